"""Crawling a site of one's own for pictures."""
