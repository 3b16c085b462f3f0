"""The front end's pages, served by the same process as the API they stand on."""

from kith.surfaces.frontend.pages import BUILT, Frontend, is_page

__all__ = ["BUILT", "Frontend", "is_page"]
