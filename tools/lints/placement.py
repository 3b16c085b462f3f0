"""What belongs where: queries, commits, settings, names of modules."""

import ast
from collections.abc import Iterator

from tools.lints.source import Rule, Source, Violation, dotted

CODE = "src/kith"
MIGRATIONS = "src/kith/migrations"
VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "manager", "base_service"})


def select_in_queries(source: Source) -> Iterator[Violation]:
    """Statements that read live in queries.py, where ownership is applied and seen to be."""
    if not source.is_under(CODE) or source.is_under(MIGRATIONS) or source.path.name == "queries.py":
        return
    for call in source.calls:
        if dotted(call.func) in {"select", "sa.select", "sqlalchemy.select"}:
            yield source.violation(call.lineno, "select-in-queries", "select() belongs in queries.py")


def commit_at_the_edge(source: Source) -> Iterator[Violation]:
    """Services never commit; the session that kit/db opens at the edge does, once."""
    if not source.is_under(CODE) or source.is_under("src/kith/kit/db"):
        return
    for call in source.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit":
            yield source.violation(call.lineno, "commit-at-the-edge", "only kit/db commits")


def relationships_raise(source: Source) -> Iterator[Violation]:
    """A relationship that loads by itself is a query nobody wrote down."""
    for call in source.calls:
        if dotted(call.func).rpartition(".")[2] != "relationship" or not source.is_under(CODE):
            continue
        lazy = [word.value for word in call.keywords if word.arg == "lazy"]
        if not any(isinstance(value, ast.Constant) and value.value == "raise" for value in lazy):
            yield source.violation(call.lineno, "relationships-raise", 'a relationship needs lazy="raise"')


def settings_handed_down(source: Source) -> Iterator[Violation]:
    """Settings are made once, at the edge; nothing else looks at the environment, least of all on import."""
    if not source.is_under(CODE):
        return
    if source.path.name != "settings.py":
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and dotted(node) in {"os.environ", "os.getenv"}:
                yield source.violation(
                    node.lineno, "settings-handed-down", "only settings.py reads the environment"
                )
    for node in _run_on_import(source.tree):
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "Settings":
            yield source.violation(node.lineno, "settings-handed-down", "no settings are made on import")


def telling_module_names(source: Source) -> Iterator[Violation]:
    parts = {source.path.stem, *source.path.parent.parts}
    for name in sorted(parts & VAGUE_NAMES):
        yield source.violation(1, "telling-module-names", f"{name} says nothing; name the module by its noun")


def _run_on_import(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes that run when the module is imported: everything but the bodies of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        yield child
        yield from _run_on_import(child)


RULES: tuple[Rule, ...] = (
    select_in_queries, commit_at_the_edge, relationships_raise, settings_handed_down, telling_module_names,
)  # fmt: skip
