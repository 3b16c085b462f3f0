"""Where an engine comes from: from the packs of this machine, or from another that was set up for it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from kith.engine.base import FaceEngine
from kith.engine.packs import PackStore
from kith.engine.remote import EngineRefused, RemoteEngine
from kith.engine.session import SessionOptions


@dataclass(slots=True)
class Engines:
    """With a `url` every engine is the one there; what is installed here then plays no part."""

    packs: PackStore
    options: SessionOptions
    progress: Callable[[str], None]
    url: str | None = None
    key: str | None = None
    _opened: list[RemoteEngine] = field(default_factory=list[RemoteEngine])

    async def default(self) -> str:
        """The pack that a library without one begins with."""
        if self.url is None:
            return await asyncio.to_thread(self.packs.default)
        return (await self._connect(self.url)).space.pack

    async def open(self, pack_id: str) -> FaceEngine:
        """Raises a pack's errors; EngineRefused if the engine elsewhere has another pack."""
        if self.url is None:
            return await asyncio.to_thread(self.packs.open, pack_id, self.options, self.progress)
        engine = await self._connect(self.url)
        if engine.space.pack != pack_id:
            raise EngineRefused(f"the engine at {self.url} has the pack {engine.space.pack}, not {pack_id}")
        return engine

    async def check(self) -> None:
        """Raise what keeps an engine elsewhere from working now."""
        if self.url is not None and self._opened:
            await asyncio.to_thread(self._opened[-1].check)

    def close(self) -> None:
        for engine in self._opened:
            engine.close()

    async def _connect(self, url: str) -> RemoteEngine:
        engine = await asyncio.to_thread(RemoteEngine.connect, url, self.key)
        self._opened.append(engine)
        return engine
