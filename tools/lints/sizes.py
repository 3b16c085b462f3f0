"""How long things may be. What has grown past these limits does more than one thing."""

import ast
from collections.abc import Iterator

from tools.lints.source import Function, Rule, Source, Violation, dotted

FILE_LINES = 400
FUNCTION_LINES = 60
ROUTE_LINES = 15

MIGRATIONS = "src/kith/migrations/versions"  # a list of tables has no shorter form
VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "api_route", "websocket"})


def file_length(source: Source) -> Iterator[Violation]:
    count = source.text.count("\n")
    if count > FILE_LINES and not source.is_under(MIGRATIONS):
        yield source.violation(1, "file-length", f"{count} lines, at most {FILE_LINES}")


def function_length(source: Source) -> Iterator[Violation]:
    if source.is_under(MIGRATIONS):
        return
    for function in source.functions:
        count = _last_line(function) - function.lineno + 1
        if count > FUNCTION_LINES:
            yield source.violation(
                function.lineno,
                "function-length",
                f"{function.name} has {count} lines, at most {FUNCTION_LINES}",
            )


def route_length(source: Source) -> Iterator[Violation]:
    """A route parses, calls one service method, maps the answer; its docstring is not counted."""
    if not source.is_under("src/kith/surfaces"):
        return
    for function in source.functions:
        if not any(_is_route(decorator) for decorator in function.decorator_list):
            continue
        body = function.body[1:] if ast.get_docstring(function) is not None else function.body
        count = _last_line(function) - body[0].lineno + 1 if body else 0
        if count > ROUTE_LINES:
            yield source.violation(
                function.lineno, "route-length", f"{function.name} has {count} lines, at most {ROUTE_LINES}"
            )


def _is_route(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and dotted(decorator.func).rpartition(".")[2] in VERBS


def _last_line(function: Function) -> int:
    return function.end_lineno or function.lineno


RULES: tuple[Rule, ...] = (file_length, function_length, route_length)
