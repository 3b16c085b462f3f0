"""The galleries surface: galleries of events, the people tagged in their images, and who recognises them."""

from kith.surfaces.galleries.app import create_galleries

__all__ = ["create_galleries"]
