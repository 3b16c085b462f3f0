"""The review queue: is this the same person? Questions that settle most first, and answers to them."""
