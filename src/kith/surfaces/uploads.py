"""Pictures that come with a request: held in memory, decoded off the event loop, stored by nobody here."""

import sys

from fastapi import UploadFile
from starlette.formparsers import MultiPartParser

from kith.engine.faces import Image
from kith.engine.image import decode
from kith.photos.importing import describe
from kith.photos.service import NewFile
from kith.runtime import Runtime

_NAME_LENGTH = 255


def keep_uploads_in_memory() -> None:
    """Have no part of an upload written to a temporary file, as Starlette does above a megabyte.

    A face somebody is only searched by must touch no disk; the limit of bodies bounds the memory.
    """
    MultiPartParser.spool_max_size = sys.maxsize


async def decode_upload(kith: Runtime, data: bytes) -> Image:
    """The picture, as large as analysis wants it; raises what is wrong with it, or Busy."""
    return await kith.decoding.run(decode, data, kith.limits, kith.settings.engine.max_side_px)


async def describe_upload(kith: Runtime, data: bytes, file: UploadFile) -> NewFile:
    """What picture this is, to be stored."""
    return await kith.decoding.run(describe, data, picture_name(file.filename), kith.limits)


def picture_name(name: str | None) -> str:
    """The last part of a client's file name without what no name holds; only ever shown, never a path."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    return shown[:_NAME_LENGTH] or "upload"
