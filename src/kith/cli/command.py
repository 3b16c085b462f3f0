"""A command is a function whose first parameter is the Call; the others are Typer's.

Everything around it stands here once: the common options, settings, logs, the event loop and signals of
those that are coroutines, and what becomes of errors.
"""

import inspect
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, cast

import typer
from pydantic import ValidationError

from kith.accounts.principal import Principal
from kith.cli.errors import OK, LibraryMissing, SettingsInvalid, exit_code
from kith.cli.failures import report, say_error
from kith.cli.interrupts import run
from kith.cli.logs import CommandLog
from kith.cli.options import Common, DataOption, DebugOption, JsonOption, remember
from kith.cli.output import Output
from kith.kit.db import Database
from kith.migrations import upgrade
from kith.settings import Settings

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Call:
    """One invocation: what is set, where words go, and who asks."""

    settings: Settings
    output: Output
    log: CommandLog
    who: Principal

    @property
    def has_library(self) -> bool:
        return self.settings.database.url is not None or (self.settings.data / "kith.db").exists()

    def require_library(self) -> None:
        """Raise LibraryMissing rather than let a mistyped folder become an empty library."""
        if not self.has_library:
            raise LibraryMissing(
                f"there is no library in {self.settings.data.absolute()}: `kith import DIR` starts one, "
                "`--data` or KITH_DATA names another"
            )

    @asynccontextmanager
    async def database(self, *, make: bool = False) -> AsyncGenerator[Database]:
        """The library's database alone, for commands that look at no pictures.

        Without a library it raises LibraryMissing, or starts one: who serves others needs a key before that.
        """
        if make:
            self.settings.data.mkdir(parents=True, exist_ok=True)
        else:
            self.require_library()
        self.log.open()
        db = Database(self.settings.database_url)
        try:
            await upgrade(db)
            yield db
        finally:
            await db.close()


# What a command answers is its exit code, None for 0.
Answer = Coroutine[object, object, int | None] | int | None


class _Signed(Protocol):
    __signature__: inspect.Signature


def command(
    app: typer.Typer, name: str, *, examples: Sequence[str]
) -> Callable[[Callable[Concatenate[Call, P], Answer]], Callable[Concatenate[Call, P], Answer]]:
    """Make a function, a coroutine function most likely, a command of `app`."""

    def register(work: Callable[Concatenate[Call, P], Answer]) -> Callable[Concatenate[Call, P], Answer]:
        def invoke(
            ctx: typer.Context,
            data: DataOption,
            json: JsonOption,
            debug: DebugOption,
            *args: P.args,
            **kwargs: P.kwargs,
        ) -> None:
            said = remember(ctx, data=data, json=json, debug=debug)
            execute(said, lambda call: work(call, *args, **kwargs))

        cast("_Signed", invoke).__signature__ = _signature(work)
        app.command(name, help=_help(work, examples))(invoke)
        return work

    return register


def add_group(
    app: typer.Typer, group: typer.Typer, name: str, text: str, default: Callable[[Call], Answer]
) -> None:
    """Add a command of commands to `app`; without one of them, `default` is done."""

    def invoke(ctx: typer.Context, data: DataOption, json: JsonOption, debug: DebugOption) -> None:
        said = remember(ctx, data=data, json=json, debug=debug)
        if ctx.invoked_subcommand is None:
            execute(said, default)

    cast("_Signed", invoke).__signature__ = inspect.signature(remember, eval_str=True)
    group.callback(invoke_without_command=True)(invoke)
    app.add_typer(group, name=name, help=text)


def execute(common: Common, work: Callable[[Call], Answer]) -> None:
    """Do the work of a command; ends in typer.Exit with its exit code."""
    try:
        settings = load_settings(common.data)
    except SettingsInvalid as error:
        say_error(Output(is_json=common.json), error)
        raise typer.Exit(exit_code(error)) from None
    with CommandLog(settings.data, settings.logs, is_debug=common.debug) as log:
        output = Output(is_json=common.json)
        try:
            answer = work(Call(settings, output, log, Principal()))
            code = run(answer, output.remarks) if isinstance(answer, Coroutine) else answer
        except Exception as error:  # noqa: BLE001  # the outermost edge: whatever it is, it is reported
            code = report(error, output, log)
    raise typer.Exit(code or OK)


def load_settings(data: Path | None) -> Settings:
    """The settings of the environment, and the data folder of the command line; raises SettingsInvalid."""
    try:
        return Settings() if data is None else Settings(data=data)
    except ValidationError as error:
        first = error.errors()[0]
        variable = "KITH_" + "__".join(str(part) for part in first["loc"]).upper()
        raise SettingsInvalid(f"{variable}: {first['msg']}") from error


def _signature(work: Callable[..., Answer]) -> inspect.Signature:
    """What Typer reads: the context, the command's own parameters, the common options."""
    context, *common = inspect.signature(remember, eval_str=True).parameters.values()
    _call, *own = inspect.signature(work, eval_str=True).parameters.values()
    named = [it.replace(kind=inspect.Parameter.KEYWORD_ONLY) for it in (context, *own, *common)]
    return inspect.Signature(named)


def _help(work: Callable[..., Answer], examples: Sequence[str]) -> str:
    """The docstring, and examples as they are typed: Typer leaves the lines after a \\b alone."""
    lines = "\n".join(f"  {example}" for example in examples)
    return f"{inspect.getdoc(work)}\n\n\b\nExamples:\n{lines}"
