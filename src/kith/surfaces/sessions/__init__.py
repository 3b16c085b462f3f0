"""The sessions surface: photos of a shoot are indexed by a client that keeps them, and found by a selfie."""

from kith.surfaces.sessions.app import create_sessions

__all__ = ["create_sessions"]
