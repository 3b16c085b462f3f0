"""Kith: a self-hosted, face-aware photo platform."""

__version__ = "0.1.0"
