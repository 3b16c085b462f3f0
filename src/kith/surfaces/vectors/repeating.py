"""Requests of part A that come again: done once under an idempotency key, and answered as the first time."""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Header, UploadFile
from pydantic import BaseModel

from kith.idempotency.service import Answers, Keyed, recall
from kith.idempotency.tables import MAX_KEY_LENGTH
from kith.kit.blobs import digest
from kith.runtime import Runtime
from kith.surfaces.vectors import mapping, wire
from kith.surfaces.vectors.finding import Asked, index
from kith.surfaces.vectors.pictures import look_at, require_size

Answer = TypeVar("Answer", bound=BaseModel)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=MAX_KEY_LENGTH,
        description="Sent again within 24 hours the request is done once, and answered as the first time.",
    ),
]  # fmt: skip


def keyed(key: str | None, act: str, said: bytes) -> Keyed | None:
    """A request by what it asks for and carries; None without a key."""
    return Keyed(key, digest(f"{act}\n{digest(said)}".encode())) if key is not None else None


def text_of(body: BaseModel) -> bytes:
    """A body in one form, in whatever order its fields came."""
    return json.dumps(body.model_dump(mode="json"), sort_keys=True).encode()


async def once(
    answers: Answers, asked: Keyed | None, form: type[Answer], act: Callable[[], Awaitable[Answer]]
) -> Answer:
    """Do what is asked and keep the answer, or answer as before; all in the session of `answers`."""
    if asked is None:
        return await act()
    if (told := await answers.claim(asked)) is not None:
        return form.model_validate_json(told)
    answer = await act()
    await answers.keep(asked, answer.model_dump_json())
    return answer


async def index_once(kith: Runtime, asked: Asked, file: UploadFile, key: str | None) -> wire.IndexedOut:
    """Keep a picture with its faces. Raises IdempotencyKeyReused, and what is wrong with the picture."""
    data = await file.read()
    require_size(kith, data)
    request = await kith.decoding.run(keyed, key, "index_face", data) if key is not None else None
    if request is not None:  # what is known already needs no look at the picture
        async with kith.db.read() as session:
            told = await recall(session, asked.who, kith.clock, request)
        if told is not None:
            return wire.IndexedOut.model_validate_json(told)
    looked = await look_at(kith, data, file.filename)
    async with kith.db.write() as session:

        async def act() -> wire.IndexedOut:
            return mapping.indexed(asked, looked, await index(kith, session, asked, looked))

        return await once(Answers(session, asked.who, kith.clock), request, wire.IndexedOut, act)
