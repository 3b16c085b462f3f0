"""A stream of what changes: server-sent events, as browsers read them."""

import asyncio
import json
import time
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kith.accounts.principal import Principal
from kith.errors import Unavailable
from kith.jobs.tables import JobState
from kith.photos.tables import PhotoState
from kith.pulse import TOPICS, Beat
from kith.runtime import Runtime
from kith.surfaces.access import IS_HEAD
from kith.surfaces.errors import RateExceeded

_HEARTBEAT_SECONDS = 15.0
_RETRY_MS = 2000
# A browser then comes again by itself, and shows anew that it may.
_LONGEST_SECONDS = 3600.0
_AT_ONCE = 256
_AT_ONCE_OF_ONE = 64


class EventStream(Response):
    """Tells one tenant's changes until the client leaves, its key ends, or the server stops."""

    media_type = "text/event-stream"

    def __init__(self, kith: Runtime, who: Principal) -> None:
        """Raises RateExceeded while as many as there may be are open."""
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        if kith.pulses.count() >= _AT_ONCE or kith.pulses.count(who.tenant_id) >= _AT_ONCE_OF_ONE:
            raise RateExceeded(
                f"at most {_AT_ONCE_OF_ONE} streams at once", retry_after=5, limit=_AT_ONCE_OF_ONE
            )
        self._kith = kith
        self._who = who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if not scope.get(IS_HEAD):
            telling, leaving = asyncio.create_task(self._tell(send)), asyncio.create_task(_left(receive))
            try:
                await asyncio.wait([telling, leaving], return_when=asyncio.FIRST_COMPLETED)
            finally:
                telling.cancel()
                leaving.cancel()
                await asyncio.wait([telling, leaving])
            if not telling.cancelled() and (error := telling.exception()) is not None:
                raise error
        with suppress(OSError):
            await send({"type": "http.response.body", "body": b""})

    async def _tell(self, send: Send) -> None:
        pulses, tenant_id = self._kith.pulses, self._who.tenant_id
        until, name = time.monotonic() + _LONGEST_SECONDS, "hello"
        listener = pulses.listen(tenant_id)
        try:
            await _send(send, f"retry: {_RETRY_MS}\n\n")
            while time.monotonic() < until:
                beat = await listener.next(_HEARTBEAT_SECONDS)
                if listener.is_over or not await self._may_listen():
                    return
                await _send(send, event_text(name, beat) if beat is not None else ": still here\n\n")
                name = "changed" if beat is not None else name
        finally:
            pulses.leave(tenant_id, listener)

    async def _may_listen(self) -> bool:
        """Whether the key is still one; while the database is away nothing is told that could harm."""
        with suppress(Unavailable):
            return await self._kith.keyring.is_open(self._who)
        return True


def event_text(name: str, beat: Beat) -> str:
    pulse = beat.pulse
    photos = {state.value: pulse.photos.get(state, 0) for state in PhotoState}
    data = {
        "topics": [topic for topic in TOPICS if topic in beat.topics],
        "photos": {"total": sum(photos.values()), **photos},
        "jobs": {state.value: pulse.jobs.get(state, 0) for state in JobState},
        "last_decision_id": pulse.last_decision_id,
        "batches": {
            "open": pulse.batches.open, "total": pulse.batches.total,
            "processed": pulse.batches.processed, "failed": pulse.batches.failed,
        },
    }  # fmt: skip
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


async def _send(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _left(receive: Receive) -> None:
    """Wait until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
