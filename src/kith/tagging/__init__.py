"""Faces in the images of galleries: found, named by hand, recognised, counted."""
