"""Kith's own surface, on which its front end stands."""

from kith.surfaces.native.app import create_native

__all__ = ["create_native"]
