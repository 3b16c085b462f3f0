"""Nothing silenced without a reason, nothing of our own replaced in a test."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tools.lints.source import Rule, Source, Violation, dotted

SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pyright:)")
REASON = re.compile(r"#\s*(?:noqa|type:\s*ignore|pyright:)[^#]*#\s*\w+\W+\w+")

# What a test may do to the process it runs in; all else of monkeypatch replaces code.
HARMLESS = frozenset({"setenv", "delenv", "chdir", "syspath_prepend", "context", "undo"})


def suppressions_say_why(source: Source) -> Iterator[Violation]:
    """`# noqa: BLE001  # one bad job must not end the worker`"""
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type != tokenize.COMMENT or not SUPPRESSION.search(token.string):
            continue
        if not REASON.search(token.string):
            yield source.violation(token.start[0], "suppressions-say-why", "say why behind a second #")


def no_mocks(source: Source) -> Iterator[Violation]:
    """Tests run our own code as it is: real parts, or fakes of the same Protocol."""
    if not source.is_under("tests"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        if any(name.startswith(("unittest.mock", "pytest_mock")) for name in names):
            yield source.violation(node.lineno, "no-mocks", "use the real thing, or a fake of its Protocol")


def no_patching(source: Source) -> Iterator[Violation]:
    """monkeypatch is for the environment and for other people's modules, never for kith's own."""
    if not source.is_under("tests"):
        return
    foreign = _foreign_modules(source.tree)
    for call in source.calls:
        owner, _, method = dotted(call.func).rpartition(".")
        if owner.rpartition(".")[2] != "monkeypatch" or method in HARMLESS:
            continue
        if not call.args or not _is_foreign(call.args[0], foreign):
            yield source.violation(call.lineno, "no-patching", f"monkeypatch.{method} replaces our own code")


def _foreign_modules(tree: ast.Module) -> set[str]:
    """Names that stand for modules, or parts of modules, that are not ours."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {(it.asname or it.name).split(".")[0] for it in node.names if not _is_ours(it.name)}
        elif isinstance(node, ast.ImportFrom) and not _is_ours(node.module or ""):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def _is_foreign(target: ast.expr, foreign: set[str]) -> bool:
    if isinstance(target, ast.Constant):
        return isinstance(target.value, str) and not _is_ours(target.value)
    return dotted(target).split(".")[0] in foreign


def _is_ours(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] in {"kith", "tests", ""}


RULES: tuple[Rule, ...] = (suppressions_say_why, no_mocks, no_patching)
