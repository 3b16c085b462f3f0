"""A `FaceEngine` whose networks run on another machine, over HTTP."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Self

import httpx

from kith.engine.calibration import Calibration
from kith.engine.faces import EmbeddingSpace, Faces, Float32, Image
from kith.engine.pipeline import checked_boxes
from kith.engine.remote import messages
from kith.engine.remote.errors import EngineAway, EngineBusy, EngineMessageInvalid, EngineRefused
from kith.engine.remote.messages import MEDIA_TYPE, SPACE_HEADER, EngineFacts

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 300.0  # a batch of large pictures, on a slow machine, behind others
_WAITS_SECONDS = (0.2, 1.0)  # before the second and the third attempt


class RemoteEngine:
    """What `kith engine serve` offers elsewhere. Thread-safe; nothing is done here in its place.

    Raises EngineAway when it cannot be reached, after trying three times, EngineBusy when it has too much to
    do, and EngineRefused for whatever else it answers instead of faces: a wrong key, say, or another pack
    than it had when this was made.
    """

    def __init__(self, client: httpx.Client, facts: EngineFacts, pause: Callable[[float], None]) -> None:
        self._client = client
        self._facts = facts
        self._pause = pause

    @classmethod
    def connect(
        cls, url: str, key: str | None = None, *, pause: Callable[[float], None] = time.sleep
    ) -> Self:
        """Ask the engine at `url` what it is."""
        client = httpx.Client(
            base_url=url, headers={"x-api-key": key} if key is not None else {},
            timeout=httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS), trust_env=False,
        )  # fmt: skip
        try:
            answer = _ask(client, "GET", "/engine", None, pause)
            return cls(client, EngineFacts.of_data(_json(answer)), pause)
        except EngineMessageInvalid as error:
            client.close()
            raise EngineRefused(f"{client.base_url} is no engine of Kith: {error.detail}") from error
        except BaseException:
            client.close()
            raise

    @property
    def space(self) -> EmbeddingSpace:
        return self._facts.space

    @property
    def calibration(self) -> Calibration:
        return self._facts.calibration

    def analyse(self, images: Sequence[Image]) -> list[Faces]:
        """The faces of each image, best score first, asked for in as few requests as it takes."""
        found: list[Faces] = []
        for some in self._requests(images):
            found += self._faces("/engine/analyse", messages.images_to_bytes(some), len(some))
        return found

    def embed(self, image: Image, boxes: Float32) -> Faces:
        """Faces for boxes (n, 4) xyxy in original pixels; raises InvalidBox outside the picture."""
        body = messages.images_to_bytes([image], checked_boxes(boxes, image))
        return self._faces("/engine/embed", body, 1)[0]

    def check(self) -> None:
        """Raise what keeps it from working now."""
        self._same(_ask(self._client, "GET", "/engine", None, self._pause))

    def close(self) -> None:
        self._client.close()

    def _requests(self, images: Sequence[Image]) -> Iterator[Sequence[Image]]:
        held: list[Image] = []
        size = 0
        for image in images:
            size += messages.size_of(image)
            if held and size > self._facts.max_bytes:
                yield held
                held, size = [], messages.size_of(image)
            held.append(image)
        if held:
            yield held

    def _faces(self, path: str, body: bytes, count: int) -> list[Faces]:
        answer = self._same(_ask(self._client, "POST", path, body, self._pause))
        try:
            return messages.faces_from_bytes(answer.content, count, self.space.dimension)
        except EngineMessageInvalid as error:
            raise EngineRefused(f"{self._client.base_url}: {error.detail}") from error

    def _same(self, answer: httpx.Response) -> httpx.Response:
        now = answer.headers.get(SPACE_HEADER, "nothing")
        if now != self.space.key:
            raise EngineRefused(
                f"the engine at {self._client.base_url} has {now} now, and had {self.space.key}; "
                "start Kith anew"
            )
        return answer


def _ask(
    client: httpx.Client, method: str, path: str, body: bytes | None, pause: Callable[[float], None]
) -> httpx.Response:
    """One request, again when it did not get through, and as often: asking twice changes nothing."""
    for wait in (*_WAITS_SECONDS, None):
        try:
            answer = client.request(method, path, content=body, headers={"content-type": MEDIA_TYPE})
        except httpx.HTTPError as error:
            problem: EngineAway | EngineBusy = EngineAway(
                f"the engine at {client.base_url} cannot be reached: {error or type(error).__name__}"
            )
        else:
            if answer.is_success:
                return answer
            if answer.status_code not in {502, 503, 504}:
                said = f"{answer.status_code} {_detail(answer)}".strip()
                raise EngineRefused(
                    f"the engine at {client.base_url} answers {said}", status=answer.status_code
                )
            problem = EngineBusy(f"the engine at {client.base_url} is busy: {_detail(answer)}")
        if wait is None:
            raise problem
        pause(wait)
    raise AssertionError("the last attempt returns or raises")


def _json(answer: httpx.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        return None


def _detail(answer: httpx.Response) -> str:
    told = _json(answer)
    return str(told["detail"])[:300] if isinstance(told, dict) and "detail" in told else ""
