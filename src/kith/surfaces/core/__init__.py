"""The core surface: detect, embed, search, cluster and keep persons, for applications built on Kith."""

from kith.surfaces.core.app import create_core

__all__ = ["create_core"]
