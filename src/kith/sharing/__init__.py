"""Galleries that are shared with guests: filled, given a time, opened by links."""
