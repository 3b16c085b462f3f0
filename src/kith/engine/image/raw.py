"""Camera RAW through LibRaw: demosaiced, in the camera's white balance and brightened as it would."""

import io
from dataclasses import dataclass

import numpy as np
import rawpy

from kith.engine.errors import CorruptImage, UnsupportedImage
from kith.engine.faces import Pixels
from kith.engine.image.limits import ImageLimits
from kith.engine.image.picture import Header

# LibRaw holds four 16-bit values a pixel beside the sensor's own and the result.
_WEIGHT = 1.75
_SRGB_GAMMA = (2.4, 12.92)
# How LibRaw says that the camera was turned, and how EXIF says it.
_ORIENTATIONS = {3: 3, 5: 8, 6: 6}


@dataclass(frozen=True, slots=True)
class RawPicture:
    """A RAW file whose sensor data were not read yet."""

    raw: rawpy.RawPy
    header: Header

    def pixels(self, reduction: int) -> Pixels:
        step = 2 if reduction > 1 else 1
        with self.raw as raw:
            raw.unpack()
            if raw.raw_type is rawpy.RawType.Flat and not raw.raw_image_visible[-2:].any():
                # LibRaw reads zeros where a file was cut off; a whole row of a sensor never is zero.
                raise CorruptImage("The RAW picture is cut off: its last rows are missing.")
            pixels = raw.postprocess(
                half_size=step == 2,
                use_camera_wb=True,
                user_flip=0,
                gamma=_SRGB_GAMMA,
                output_color=rawpy.ColorSpace.sRGB,
                output_bps=8,
            )
        self._check_shape(pixels, step)
        return pixels if pixels.shape[2] == 3 else np.repeat(pixels[:, :, :1], 3, axis=2)

    def _check_shape(self, pixels: Pixels, step: int) -> None:
        """Sensors with slanted or oblong pixels, and those LibRaw does not halve, have another shape."""
        height, width = pixels.shape[:2]
        stated = np.array([self.header.height_px, self.header.width_px])
        if (np.abs(stated - [height, width]) > 1).any() and (
            np.abs(stated - [height * step, width * step]) > step
        ).any():
            raise UnsupportedImage("The RAW picture comes from a kind of sensor that Kith does not read.")


def open_raw(data: bytes, limits: ImageLimits) -> RawPicture:
    """Read the header of a RAW file.

    Raises ImageTooLarge for a sensor beyond `limits`, of which the picture may be a small part, and
    whatever LibRaw raises where it does not know or trust the file.
    """
    raw = rawpy.RawPy()
    raw.open_buffer(io.BytesIO(data))
    sizes = raw.sizes
    limits.check_size(sizes.raw_width, sizes.raw_height, _WEIGHT)
    orientation = _ORIENTATIONS.get(sizes.flip, 1)
    return RawPicture(raw, Header(sizes.width, sizes.height, orientation=orientation, weight=_WEIGHT))
