"""How much picture is accepted, decided from headers before any pixel is allocated."""

from dataclasses import dataclass

from kith.engine.errors import CorruptImage, EmptyImage, ImageTooLarge

_MEGAPIXEL = 1_000_000


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """The largest picture that is decoded.

    `max_bytes` counts the encoded file, `max_pixels` width x height of the picture as stored,
    `max_frames` the frames or pages of a file of which only the first is ever decoded.
    """

    max_bytes: int = 200 * 1024 * 1024
    max_pixels: int = 200 * _MEGAPIXEL
    max_side_px: int = 40_000
    max_frames: int = 10_000

    def check_bytes(self, size_bytes: int) -> None:
        """Raise EmptyImage or ImageTooLarge for a file of `size_bytes`."""
        if size_bytes == 0:
            raise EmptyImage("The file is empty: it has no bytes.")
        if size_bytes > self.max_bytes:
            raise ImageTooLarge(
                f"The file has {size_bytes:,} bytes; at most {self.max_bytes:,} are read.",
                size_bytes=size_bytes,
                max_bytes=self.max_bytes,
            )

    def check_size(self, width_px: int, height_px: int, weight: float = 1.0) -> None:
        """Raise CorruptImage for no size at all and ImageTooLarge for one too large.

        `weight` is what one pixel of this kind of file costs in time or memory beside one of a plain
        JPEG: a kind that costs twice as much may have half the pixels.
        """
        if width_px < 1 or height_px < 1:
            raise CorruptImage(f"The picture says that it is {width_px} x {height_px} px.")
        max_pixels = int(self.max_pixels / weight)
        if max(width_px, height_px) > self.max_side_px or width_px * height_px > max_pixels:
            raise ImageTooLarge(
                f"The picture is {width_px:,} x {height_px:,} px "
                f"({width_px * height_px / _MEGAPIXEL:,.1f} megapixels); at most "
                f"{max_pixels / _MEGAPIXEL:,.1f} megapixels and {self.max_side_px:,} px a side are read.",
                width_px=width_px,
                height_px=height_px,
                max_side_px=self.max_side_px,
                max_pixels=max_pixels,
            )

    def check_frames(self, frames: int) -> None:
        """Raise ImageTooLarge for more than `max_frames`; counting may stop at the first beyond."""
        if frames > self.max_frames:
            raise ImageTooLarge(
                f"The file has more than {self.max_frames:,} frames.", max_frames=self.max_frames
            )


DEFAULT_LIMITS = ImageLimits()
