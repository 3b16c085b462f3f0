"""What `kith engine serve` answers: pictures in, faces out, one batch at a time and few waiting."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.types import Scope

from kith import __version__
from kith.accounts.errors import ApiKeyMissing
from kith.accounts.principal import Principal
from kith.engine.base import FaceEngine
from kith.engine.faces import Faces
from kith.engine.remote import messages
from kith.engine.remote.errors import EngineMessageInvalid
from kith.engine.remote.messages import MEDIA_TYPE, SPACE_HEADER, EngineFacts
from kith.errors import Busy
from kith.kit.metrics import CONTENT_TYPE, Metrics
from kith.kit.offload import Offload
from kith.settings import Settings, revealed
from kith.surfaces.access import PUBLIC
from kith.surfaces.dispatch import Site
from kith.surfaces.middleware import Access, BodyLimit, RequestContext
from kith.surfaces.problems import install

# A request holds several pictures, unless one alone is larger. Few wait, for whole requests are in memory.
_REQUEST_BYTES = 64 << 20
_WAITING = 8

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Serving:
    """What the routes stand on."""

    engine: FaceEngine
    facts: EngineFacts
    networks: Offload
    metrics: Metrics

    def require_room(self) -> None:
        """Refuse a request before its pictures are read."""
        if self.networks.depth > _WAITING:
            raise Busy(f"{self.networks.depth} requests wait already")


class EngineHealthOut(BaseModel):
    """`depth` requests are in work or wait."""

    status: str
    pack: str
    depth: int


async def _serving(request: Request) -> Serving:
    return cast("Serving", request.app.state.serving)


ServingHere = Annotated[Serving, Depends(_serving)]


@router.get("/health", dependencies=[PUBLIC], summary="Whether it answers, and how much it has to do")
async def health(serving: ServingHere) -> EngineHealthOut:
    return EngineHealthOut(status="ok", pack=serving.facts.space.pack, depth=serving.networks.depth)


@router.get("/metrics", summary="Prometheus metrics")
async def read_metrics(serving: ServingHere) -> Response:
    return Response(serving.metrics.render([serving.networks], []), media_type=CONTENT_TYPE)


@router.get("/engine", summary="What engine this is")
async def describe(serving: ServingHere, response: Response) -> dict[str, object]:
    response.headers[SPACE_HEADER] = serving.facts.space.key
    return serving.facts.as_data()


@router.post("/engine/analyse", summary="The faces of pictures")
async def analyse(request: Request, serving: ServingHere) -> Response:
    serving.require_room()
    images, _ = messages.images_from_bytes(await request.body())
    if not images:
        raise EngineMessageInvalid("there is no picture in it")
    return _answer(serving, await serving.networks.run(serving.engine.analyse, images))


@router.post("/engine/embed", summary="Faces for boxes in a picture")
async def embed(request: Request, serving: ServingHere) -> Response:
    serving.require_room()
    images, boxes = messages.images_from_bytes(await request.body())
    if len(images) != 1 or boxes is None:
        raise EngineMessageInvalid("one picture and boxes are embedded")
    found = await serving.networks.run(serving.engine.embed, images[0], boxes)
    return _answer(serving, [found])


def create_engine_app(engine: FaceEngine, networks: Offload, settings: Settings) -> Starlette:
    """The application over an engine whose calls run on `networks`; it asks for the key of the settings."""
    largest = 3 * settings.engine.max_side_px**2 + messages.OVERHEAD_BYTES
    facts = EngineFacts(engine.space, engine.calibration, max(_REQUEST_BYTES, largest))
    metrics = Metrics()
    app = FastAPI(
        title="Kith: an engine", version=__version__, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.surface = "engine"
    app.state.serving = Serving(engine, facts, networks, metrics)
    app.include_router(router)
    install(app)
    site = Site({}, [app])
    opens = revealed(settings.auth.api_key)

    async def identify(_scope: Scope, shown: str | None) -> Principal | None:
        if opens is None:
            return None
        if not hmac.compare_digest((shown or "").encode(errors="replace"), opens.encode()):
            raise ApiKeyMissing("the key is not valid" if shown else "")
        return Principal(actor="kith")

    outer = Starlette(
        routes=[Mount("/", site)],
        middleware=[
            Middleware(RequestContext, metrics=metrics),
            Middleware(Access, site=site, identify=identify, trusted_proxies=settings.server.trusted_proxies),
            Middleware(BodyLimit, max_bytes=facts.max_bytes),
        ],
    )
    outer.state.prepare = site.prepare
    return outer


def _answer(serving: Serving, found: Sequence[Faces]) -> Response:
    return Response(
        messages.faces_to_bytes(found),
        media_type=MEDIA_TYPE,
        headers={SPACE_HEADER: serving.facts.space.key},
    )
