"""Parts B and C: searching, enrolling and verifying, with the tenant in a field of the request."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from kith import __version__
from kith.accounts.principal import Scope
from kith.people.reading import read_statistics
from kith.surfaces.access import PUBLIC, needs
from kith.surfaces.requests import Kith
from kith.surfaces.vectors import mapping, verifying, wire
from kith.surfaces.vectors.bodies import SEARCH_BODY, FileBody, SearchBody
from kith.surfaces.vectors.links import links_of
from kith.surfaces.vectors.prefixes import PIPELINE, Prefixed
from kith.surfaces.vectors.searching import find_face, search
from kith.surfaces.vectors.tenants import TenantByField

API_VERSION = "v0.1"

_SEARCH = [needs(Scope.SEARCH)]
_UNUSABLE = {"model": wire.VectorsDetailOut, "description": "The request or its picture cannot be used"}
_DENIED = {"model": wire.VectorsDetailOut, "description": "The tenant is another's"}
_MISSING = {"model": wire.VectorsDetailOut, "description": "There is no such thing"}
_TAKEN = {"model": wire.VectorsDetailOut, "description": "The identity is enrolled already"}
_LARGE = {"model": wire.VectorsDetailOut, "description": "The picture is too large"}
_BUSY = {"model": wire.VectorsDetailOut, "description": "Busy or not ready; try again later"}

NamedTenant = Annotated[wire.TenantName | None, Query(description="The tenant; else that of the key.")]


async def _version(response: Response) -> None:
    response.headers["x-api-version"] = API_VERSION


router = Prefixed(
    PIPELINE, tags=["vectors"], dependencies=[Depends(_version)],
    responses={403: _DENIED, 422: _UNUSABLE, 503: _BUSY},
)  # fmt: skip


@router.get("/health", dependencies=[PUBLIC], summary="Whether this surface answers")
async def health() -> wire.VectorHealthOut:
    """Whether faces can be found is told by the health of the whole server."""
    return wire.VectorHealthOut(
        status="ok", service="kith-vectors", version=__version__, api_version=API_VERSION,
        note="/health/ready says whether faces can be found",
    )  # fmt: skip


@router.post(
    "/search", dependencies=_SEARCH, summary="Find faces like a vector, or the best one of a picture",
    responses={413: _LARGE}, openapi_extra=SEARCH_BODY,
)  # fmt: skip
async def search_faces(
    asked: SearchBody, request: Request, kith: Kith, tenancy: TenantByField
) -> wire.HitsOut:
    """JSON, or a form with a picture, whose `top_k` is then 10 and its `threshold` 0.75. Nothing is kept."""
    who = await tenancy.of(asked.tenant_id)
    links = await links_of(kith, who, request.scope.get("root_path", ""))
    return mapping.hits(links, asked, await search(kith, who, asked))


@router.post(
    "/search/file", dependencies=_SEARCH, summary="Find faces like the best one of a picture",
    responses={413: _LARGE},
)  # fmt: skip
async def search_by_file(
    asked: FileBody, request: Request, kith: Kith, tenancy: TenantByField
) -> wire.HitsOut:
    who = await tenancy.of(asked.tenant_id)
    links = await links_of(kith, who, request.scope.get("root_path", ""))
    return mapping.hits(links, asked, await search(kith, who, asked))


@router.post(
    "/enroll_identity", dependencies=[needs(Scope.MANAGE)], summary="Know somebody by pictures",
    responses={409: _TAKEN, 413: _LARGE},
)  # fmt: skip
async def enroll_identity(body: wire.EnrolIn, kith: Kith, tenancy: TenantByField) -> wire.EnrolledOut:
    """The pictures are kept; they must show one good face each. Enrolled anew, only the new ones count."""
    who = await tenancy.of(body.tenant_id)
    used = await verifying.enrol(kith, who, body.identity_id, body.images_b64, overwrite=body.overwrite)
    return mapping.enrolled(body, used, (await kith.recognition()).engine.space.dimension)


@router.post(
    "/verify", dependencies=_SEARCH, summary="Whether a picture shows an identity", responses={404: _MISSING}
)
async def verify(
    body: wire.VerifyIn, request: Request, kith: Kith, tenancy: TenantByField
) -> wire.VerdictOut:
    """Only if it does, where else that identity was seen. A picture that will not do is not verified."""
    who = await tenancy.of(body.tenant_id)
    await verifying.require_enrolled(kith, who, body.identity_id)
    links = await links_of(kith, who, request.scope.get("root_path", ""))
    claim = verifying.Claim(body.identity_id, body.image_b64, body.hi_threshold, body.top_k)
    return mapping.verdict(links, body, claim, await verifying.verify(kith, who, claim))


@router.post(
    "/identity_safe_search",
    dependencies=_SEARCH,
    summary="Find where somebody was seen who is verified first",
)
async def identity_safe_search(
    body: wire.SafeSearchIn, request: Request, kith: Kith, tenancy: TenantByField
) -> wire.VerdictOut:
    """As long as a picture is not verified nothing is searched. Always 200; `reason` says why not."""
    who = await tenancy.of(body.tenant_id)
    links = await links_of(kith, who, request.scope.get("root_path", ""))
    threshold = kith.settings.surfaces.vectors.verify
    claim = verifying.Claim(body.identity_id, body.image_b64, threshold, body.top_k, body.min_score)
    return mapping.verdict(links, body, claim, await verifying.verify(kith, who, claim))


@router.get("/faces/{face_id}", dependencies=[needs(Scope.READ)], summary="A face", responses={404: _MISSING})
async def show_face(
    face_id: str, request: Request, kith: Kith, tenancy: TenantByField, tenant_id: NamedTenant = None
) -> wire.VectorFaceOut:
    who = await tenancy.of(tenant_id)
    links = await links_of(kith, who, request.scope.get("root_path", ""))
    return mapping.face(links, await find_face(kith, who, face_id))


@router.get("/stats", dependencies=[needs(Scope.READ)], summary="How much there is")
async def stats(kith: Kith, tenancy: TenantByField, tenant_id: NamedTenant = None) -> wire.VectorStatsOut:
    who = await tenancy.of(tenant_id)
    async with kith.db.read() as session:
        return mapping.statistics(await read_statistics(session, who))
