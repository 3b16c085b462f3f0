"""Listening: where it is safe to, on one socket, until a signal says stop."""

import asyncio
import errno
import gc
import ipaddress
import signal
import socket
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette

from kith.accounts.keyring import Keyring
from kith.app import create_app
from kith.engine.packs import PackStore
from kith.engine.session import SessionOptions
from kith.errors import Conflict, Forbidden, Unavailable
from kith.kit.clock import SystemClock
from kith.kit.db import Database
from kith.kit.offload import Offload
from kith.migrations import upgrade
from kith.runtime import open_runtime
from kith.settings import Settings
from kith.surfaces.engine import create_engine_app

_GRACE_SECONDS = 20


class AddressNeedsKey(Forbidden):
    code = "address_needs_key"
    title = "Other machines may only connect when an API key is set"


class AddressInUse(Conflict):
    code = "address_in_use"
    title = "Something else is listening there"


class AddressUnusable(Unavailable):
    code = "address_unusable"
    title = "The address cannot be listened on"


def serve(
    settings: Settings,
    announce: Callable[[str], None] = lambda _: None,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve HTTP until SIGINT or SIGTERM; `announce` is told the URL once requests are answered.

    Raises AddressNeedsKey, AddressInUse or AddressUnusable before anything is opened, and whatever keeps
    the data folder or the database from being opened. `progress` hears of long preparations, and of the
    ports that single surfaces have.
    """
    host = settings.server.host
    has_key = not is_loopback(host) and asyncio.run(has_keys(settings))

    @asynccontextmanager
    async def opening() -> AsyncGenerator[Served]:
        async with open_runtime(settings, progress=progress) as runtime:
            yield create_app(settings, runtime), runtime.pulses.end

    with ExitStack() as stack:
        listeners = [stack.enter_context(listen(settings, has_key=has_key))]
        for name, port in settings.surfaces.ports.items():
            variable = f"KITH_SURFACES__{name.upper()}__PORT"
            listeners.append(stack.enter_context(_socket_at(host, port, variable)))
            progress(f"The {name} surface answers alone at {url_of(listeners[-1])}.")
        _run(listeners, opening, announce)


def serve_engine(
    settings: Settings,
    announce: Callable[[str], None] = lambda _: None,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Let another Kith use the networks of this machine, until SIGINT or SIGTERM; otherwise like `serve`.

    Takes the pack that is set, else the best installed, and raises what keeps it from being opened.
    """

    @asynccontextmanager
    async def opening() -> AsyncGenerator[Served]:
        packs, wanted = PackStore(settings.packs_folder), settings.engine
        pack_id = wanted.pack or await asyncio.to_thread(packs.default)
        options = SessionOptions(wanted.threads, wanted.providers)
        engine = await asyncio.to_thread(packs.open, pack_id, options, progress)
        networks = Offload(1, settings.limits.waiting_images, "networks")
        try:
            yield create_engine_app(engine, networks, settings), lambda: None
        finally:
            await networks.close()

    with listen(settings) as listener:
        _run([listener], opening, announce)


# What is served, and what ends the streams it may have open.
Served = tuple[Starlette, Callable[[], None]]
Opening = Callable[[], AbstractAsyncContextManager[Served]]


def _run(listeners: list[socket.socket], opening: Opening, announce: Callable[[str], None]) -> None:
    """Open what is to be served, serve it, and close it again."""
    config = uvicorn.Config(
        create_app, log_config=None, log_level="warning", access_log=False, server_header=False,
        proxy_headers=False, lifespan="on", timeout_graceful_shutdown=_GRACE_SECONDS,
    )  # fmt: skip
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(config, opening, listeners, announce))


async def _serve(
    config: uvicorn.Config, opening: Opening, listeners: list[socket.socket], announce: Callable[[str], None]
) -> None:
    server = _Server(config, lambda: announce(url_of(listeners[0])))
    with _stopped_by_signals(server):
        async with opening() as (app, server.end_streams):
            app.state.prepare()
            config.app = app
            await server.serve(sockets=listeners)


class _Server(uvicorn.Server):
    """Tells when it has started, and leaves signals to those who close things after it."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start
        self.end_streams: Callable[[], None] = lambda: None

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Streams would otherwise be waited for, and come to no end."""
        self.end_streams()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What there is by now stays: Python need not look through all of it again for garbage, which
        # takes a fifth of a second and falls on some request.
        gc.collect()
        gc.freeze()
        if self.started:
            self._on_start()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Generator[None]:
    """Let SIGINT and SIGTERM end the server, and then everything below it in order.

    uvicorn itself would raise the signal again as soon as it has ended, and so cut that off.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handled = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, server.handle_exit) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def has_keys(settings: Settings) -> bool:
    """Whether whoever connects has to show a key."""
    if settings.auth.api_key is not None:
        return True
    if settings.database.url is None and not (settings.data / "kith.db").exists():
        return False
    db = Database(settings.database_url)
    try:
        await upgrade(db)
        return await Keyring(db, SystemClock(), None).has_keys()
    finally:
        await db.close()


def listen(settings: Settings, *, has_key: bool = False) -> socket.socket:
    """A socket that listens where the settings say; for other machines only if there is any key."""
    host, port = settings.server.host, settings.server.port
    if not (has_key or settings.auth.api_key is not None or is_loopback(host)):
        raise AddressNeedsKey(
            f"{host} can be reached by other machines; `kith keys create` a key, set KITH_AUTH__API_KEY, "
            "or listen on 127.0.0.1"
        )
    return _socket_at(host, port, "KITH_SERVER__PORT")


def _socket_at(host: str, port: int, variable: str) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(f"port {port} of {host} is taken; {variable} names another") from error
        raise AddressUnusable(f"{host}:{port} cannot be listened on: {error.strerror}") from error


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to `host`; a name only if all its addresses are such."""
    try:
        found = {it[4][0] for it in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(str(it).split("%")[0]).is_loopback for it in found)


def url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
