"""Reading an answer that does not end, piece by piece, from an application in this process."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette

from kith.runtime import Runtime


class Stream:
    """What has been sent so far; `status` and `headers` once there are any."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.status = 0
        self.headers: dict[str, str] = {}
        self._text = ""

    async def begun(self) -> "Stream":
        message = await self.messages.get()
        self.status = message["status"]
        self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        return self

    async def event(self) -> tuple[str, dict[str, Any]]:
        """The next event by its name, and its data; comments are passed over."""
        while True:
            while "\n\n" not in self._text:
                message = await asyncio.wait_for(self.messages.get(), 30)
                if not message.get("more_body"):
                    return "end", {}
                self._text += message["body"].decode()
            block, _, self._text = self._text.partition("\n\n")
            lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "event" in lines:
                return lines["event"], json.loads(lines["data"])


@asynccontextmanager
async def streamed(
    app: Starlette, runtime: Runtime, path: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> AsyncIterator[Stream]:
    """GET a path of an application that has been started; the client leaves when the block ends."""
    stream, asked = Stream(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        if not asked.is_set():
            asked.set()
            return {"type": "http.request", "body": b"", "more_body": False}
        await stream.gone.wait()
        return {"type": "http.disconnect"}

    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
        "scheme": "http", "server": ("kith", 80), "client": ("127.0.0.1", 1), "root_path": "",
        "http_version": "1.1", "asgi": {"version": "3.0", "spec_version": "2.4"},
        "state": {"runtime": runtime},
    }  # fmt: skip
    serving = asyncio.create_task(app(scope, receive, stream.messages.put))
    try:
        yield await stream.begun()
    finally:
        stream.gone.set()
        await asyncio.wait_for(serving, 30)
