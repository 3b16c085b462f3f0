"""What clients of the three face services do in bench/services.py, and what their calls take."""

import base64
import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from tests.support.http import Site

KNOWN = 6  # people that are indexed before, and looked for
TENANT = "bench-tenant"
SESSION = "bench"


class Missed(Exception):
    """No answer, or one without what must be in it."""


@dataclass
class Measured:
    """What the calls of one operation took, and what was wrong with how many."""

    ms: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def errors(self) -> int:
        return sum(self.faults.values())

    def quantile(self, share: float) -> float | None:
        """Milliseconds; None where no call was answered."""
        return float(np.quantile(self.ms, share)) if self.ms else None


class Calls:
    """A client that notes what each call takes, by operation, from `begin` on."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.measured: dict[str, Measured] = defaultdict(Measured)

    def begin(self) -> None:
        self.measured = defaultdict(Measured)

    async def call(
        self, operation: str, method: str, path: str, holds: Callable[[Any], object] = bool, **request: Any
    ) -> Any:
        """The answer's JSON. Raises Missed where there is none, it is no success, or `holds` says no."""
        it = self.measured[operation]
        start = time.perf_counter()
        try:
            answer = await self._client.request(method, path, **request)
        except httpx.HTTPError as error:
            fault, told = repr(error), None
        else:
            it.ms.append((time.perf_counter() - start) * 1e3)
            told = answer.json() if answer.is_success else None
            is_right = answer.is_success and bool(holds(told))
            fault = "" if is_right else f"{answer.status_code} {answer.text[:200]}"
        if fault:
            it.faults[fault] += 1
            raise Missed(fault)
        return told


@dataclass(frozen=True)
class Portrait:
    """A photo of one person."""

    data: bytes

    def anew(self, number: int) -> bytes:
        """The same picture with other bytes: decoders stop at its end."""
        return self.data + number.to_bytes(8, "big")


class Service:
    """What clients of one service do. `numbers` make each picture a new one."""

    name = ""

    def __init__(self, calls: Calls, portraits: Sequence[Portrait], site: Site, sources: Path) -> None:
        self.calls = calls
        self.sources = sources
        self.known, others = portraits[:KNOWN], portraits[KNOWN:]
        self.site = site
        self.numbers = itertools.count(1)
        self._others = itertools.cycle(others)
        self._looked_for = itertools.cycle(range(len(self.known)))

    def next_known(self) -> int:
        return next(self._looked_for)

    def next_other(self) -> Portrait:
        return next(self._others)

    async def prepare(self) -> None:
        """Index who is known; the first call waits until the pack is open."""
        raise NotImplementedError

    async def index(self) -> None:
        raise NotImplementedError

    async def search(self) -> None:
        raise NotImplementedError


class Sessions(Service):
    name = "sessions"

    async def prepare(self) -> None:
        for number, it in enumerate(self.known):
            await self._index(f"known-{number}", it)

    async def index(self) -> None:
        await self._index(f"photo-{next(self.numbers)}", self.next_other())

    async def _index(self, photo_id: str, it: Portrait) -> None:
        key = f"{photo_id}.jpg"
        (self.sources / key).write_bytes(it.anew(next(self.numbers)))
        body = {"session_id": SESSION, "photo_id": photo_id, "s3_key": key}
        await self.calls.call(
            "index a photo", "POST", "/api/v2/index", lambda told: told["indexed"], json=body
        )

    async def search(self) -> None:
        number = self.next_known()
        await self.calls.call(
            "search by a selfie", "POST", "/api/v2/search",
            lambda told: f"known-{number}" in {match["photo_id"] for match in told["matches"]},
            files={"file": self.known[number].anew(next(self.numbers))}, data={"session_id": SESSION},
        )  # fmt: skip


class Galleries(Service):
    name = "galleries"

    async def prepare(self) -> None:
        body = {"title": "Bench"}
        self.gallery = (await self.calls.call("gallery", "POST", "/api/crud/galleries", json=body))["id"]
        self.people: list[str] = []
        for number, it in enumerate(self.known):
            body = {"real_name": f"Person {number}"}
            self.people.append((await self.calls.call("person", "POST", "/api/crud/people", json=body))["id"])
            await self._tag(it, self.people[-1])
        self.boxes = [await self._box(self._url(it)) for it in self.known]

    def _url(self, it: Portrait) -> str:
        number = next(self.numbers)
        return self.site.serve(f"/{number}.jpg", it.anew(number))

    async def index(self) -> None:
        await self._tag(self.next_other(), None)

    async def _box(self, url: str) -> Any:
        body = {"image_url": url, "apply_quality_filters": False}
        told = await self.calls.call(
            "detect", "POST", "/api/recognition/detect", lambda told: told["faces"], json=body
        )
        return told["faces"][0]["bbox"]

    async def _tag(self, it: Portrait, person: str | None) -> None:
        url = self._url(it)
        body: dict[str, Any] = {"gallery_id": self.gallery, "images": [{"image_url": url}]}
        added = await self.calls.call("add an image", "POST", "/api/galleries/add-images", json=body)
        box = await self._box(url)
        (photo,) = added["data"]["image_ids"]
        body = {"photo_id": photo, "image_url": url, "tags": [{"bbox": box, "person_id": person}]}
        await self.calls.call(
            "save its tags", "POST", "/api/faces/save-face-tags", lambda told: told["count"] == 1, json=body
        )

    async def search(self) -> None:
        number = self.next_known()
        body = {"image_url": self._url(self.known[number]), "bbox": self.boxes[number]}
        await self.calls.call(
            "recognize", "POST", "/api/recognition/recognize",
            lambda told: told["person_id"] == self.people[number], json=body,
        )  # fmt: skip


class Vectors(Service):
    name = "vectors"

    async def prepare(self) -> None:
        for it in self.known:
            await self._index(it)

    async def index(self) -> None:
        await self._index(self.next_other())

    async def _index(self, it: Portrait) -> None:
        picture = it.anew(next(self.numbers))
        await self._send("index_face", picture, lambda told: told["indexed"])

    async def _send(self, act: str, picture: bytes, holds: Callable[[Any], object]) -> None:
        await self.calls.call(
            act, "POST", f"/{act}", holds, files={"file": ("a.jpg", picture)},
            headers={"x-tenant-id": TENANT},
        )  # fmt: skip

    async def search(self) -> None:
        """One search of each kind."""

        def is_found(told: Any) -> bool:
            return any(it["score"] > 0.9 for it in told["results"])

        it = self.known[self.next_known()]
        await self._send("compare_face", it.anew(next(self.numbers)), is_found)
        await self._send("search_face", it.anew(next(self.numbers)), is_found)
        image = base64.b64encode(it.anew(next(self.numbers))).decode()
        await self.calls.call(
            "search", "POST", "/api/v1/search", lambda told: told["count"],
            json={"tenant_id": TENANT, "image_b64": image, "threshold": 0.75},
        )  # fmt: skip
