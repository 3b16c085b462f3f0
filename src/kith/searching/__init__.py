"""Finding photos by who is in them, when they were taken, and what is said of them."""
