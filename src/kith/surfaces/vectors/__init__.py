"""The vectors surface: faces indexed, searched, compared and verified, for tenants that requests name."""

from kith.surfaces.vectors.app import create_vectors

__all__ = ["create_vectors"]
