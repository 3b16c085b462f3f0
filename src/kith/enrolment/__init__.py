"""Galleries of clients that keep their own photos: faces are enrolled, searched and erased."""
