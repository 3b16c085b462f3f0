"""The engine surface: networks for another Kith to use. It has neither library nor database."""

from kith.surfaces.engine.app import create_engine_app

__all__ = ["create_engine_app"]
