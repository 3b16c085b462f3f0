"""What the routes of part A ask for, beside what all surfaces do."""

from typing import Annotated

from fastapi import Depends, File, Query, Request, UploadFile

from kith.surfaces.problems import request_id
from kith.surfaces.requests import Kith
from kith.surfaces.vectors.errors import TopInvalid
from kith.surfaces.vectors.finding import Asked, Wanted
from kith.surfaces.vectors.links import links_of
from kith.surfaces.vectors.pictures import Looked, Memory, look_at
from kith.surfaces.vectors.tenants import TenantByHeader

_MOST = 50

Picture = Annotated[UploadFile, File(description="A picture in any format Kith reads.")]


async def _asked(request: Request, kith: Kith, who: TenantByHeader) -> Asked:
    root = str(request.scope.get("root_path", ""))
    return Asked(who, request_id(request), await links_of(kith, who, root))


AskedBy = Annotated[Asked, Depends(_asked)]


async def _wanted(
    top_k: Annotated[int, Query(description="How many faces to find, 1 to 50; more are 50.")] = 10,
    threshold: Annotated[float, Query(ge=0, le=1, description="The lowest similarity, calibrated.")] = 0.25,
) -> Wanted:
    if top_k < 1:
        raise TopInvalid("top_k is at least 1")
    return Wanted(min(top_k, _MOST), threshold)


WantedFaces = Annotated[Wanted, Depends(_wanted)]


async def _looked(file: Picture, kith: Kith, _asked: AskedBy) -> Looked:
    return await look_at(kith, await file.read(), file.filename)


async def _remembered(file: Picture, request: Request, kith: Kith, asked: AskedBy) -> Looked:
    memory: Memory = request.app.state.memory
    return await memory.look_at(kith, asked.who, await file.read(), file.filename)


# A picture of the request; the second without a look at bytes that were looked at a moment ago.
LookedAt = Annotated[Looked, Depends(_looked)]
Remembered = Annotated[Looked, Depends(_remembered)]
