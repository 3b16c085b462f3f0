"""The front end in a real browser, before a real server."""
