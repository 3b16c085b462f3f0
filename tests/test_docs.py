"""The documentation keeps its promises: everything one can set, type, call or run into is in it."""

import json
import re
import shlex
from collections.abc import Iterator

import pytest
import typer
from fastapi.routing import APIRoute
from pydantic import BaseModel
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from kith.cli.app import ENTRIES, build
from kith.engine.packs.catalogue import known_packs
from kith.errors import AppError
from kith.kit.metrics import JobCount, Metrics
from kith.kit.offload import Offload
from kith.settings import Settings, variables
from kith.surfaces.core import create_core
from kith.surfaces.galleries import create_galleries
from kith.surfaces.operations import router as operations
from kith.surfaces.sessions import create_sessions
from kith.surfaces.vectors import create_vectors
from tests.support.errors import every_error
from tests.support.markdown import Page, page, pages
from tests.support.shared import ROOT

# What the command line and the surfaces answer where no AppError was raised.
CODES_WITHOUT_A_CLASS = {"internal_error", "request_invalid"}
EVERYWHERE = {"--help", "--data", "--json", "--debug"}


class TestSettings:
    def test_each_has_its_row(self) -> None:
        text = page("docs", "settings.md").text
        defaults = dict(default_values(Settings))
        rows = [f"| `{name}` | {defaults[name]} | {meaning} |" for name, meaning in variables(Settings)]
        assert [row for row in rows if row not in text] == []

    def test_none_is_made_up(self) -> None:
        """A beginning of names stands for all of them: `KITH_LIMITS__…`."""
        known = {name for name, _ in variables(Settings)} | {"KITH_TEST_SHARED"}
        named = {name for it in pages() for name in re.findall(r"\bKITH_[A-Z_]*", it.text)}
        groups = {name for name in named if name.endswith("_") and any(it.startswith(name) for it in known)}
        assert named - known - groups == set()


def default_values(group: type[BaseModel], prefix: str = "KITH_") -> Iterator[tuple[str, str]]:
    """(variable, default as the table shows it)."""
    for name, field in group.model_fields.items():
        variable = f"{prefix}{name}".upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from default_values(field.annotation, f"{variable}__")
        elif field.default is None:
            yield variable, "none"
        else:
            is_plain = not isinstance(field.default, tuple | bool)
            yield variable, f"`{field.default if is_plain else json.dumps(field.default)}`"


def error_classes() -> dict[str, set[type[AppError]]]:
    """Every kind of error by its code."""
    found: dict[str, set[type[AppError]]] = {}
    for error in every_error():
        found.setdefault(error.code, set()).add(error)
    return found


class TestErrors:
    def test_a_code_means_one_thing(self) -> None:
        assert [code for code, classes in error_classes().items() if len(classes) > 1] == []

    def test_each_has_its_section(self) -> None:
        documented = {it.title for it in page("docs", "errors.md").sections if it.level == 3}
        assert documented == set(error_classes()) | CODES_WITHOUT_A_CLASS

    def test_each_section_says_title_cause_and_what_to_do(self) -> None:
        classes = error_classes()
        incomplete: list[str] = []
        for section in page("docs", "errors.md").sections:
            if section.level != 3:
                continue
            titles = {it.title for it in classes.get(section.title, ())}
            has_title = not titles or section.text.strip().startswith(tuple(f"{it}." for it in titles))
            if not has_title or not re.search(r"- Cause: .+\n- What to do: .+", section.text):
                incomplete.append(section.title)
        assert incomplete == []

    def test_each_kind_says_what_follows(self) -> None:
        kinds = {cls.kind for classes in error_classes().values() for cls in classes}
        text = page("docs", "errors.md").text
        assert {kind for kind in kinds if f"Kind `{kind}`:" not in text} == set()


AnyCommand = TyperCommand | TyperGroup


def commands() -> dict[str, AnyCommand]:
    """Every command by what is typed for it: `import`, `people name`."""
    found: dict[str, AnyCommand] = {}
    waiting: list[tuple[str, object]] = [
        ("", typer.main.get_command(build([entry.name for entry in ENTRIES])))
    ]
    while waiting:
        name, command = waiting.pop()
        assert isinstance(command, AnyCommand)
        if name:
            found[name] = command
        if isinstance(command, TyperGroup):
            waiting += [(f"{name} {child}".strip(), it) for child, it in command.commands.items()]
    return found


def options_of(command: AnyCommand) -> set[str]:
    return {
        name
        for parameter in command.params
        if isinstance(parameter, TyperOption)
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name.startswith("--")
    }


class TestCommandLine:
    """That docs/cli.md has all of it is the business of tests/cli/test_documentation.py."""

    @pytest.mark.parametrize("it", pages(), ids=lambda it: str(it.path.relative_to(ROOT)))
    def test_what_pages_say_to_type_can_be_typed(self, it: Page) -> None:
        known = commands()
        wrong = [words for words in typed_commands(it) if not is_command(words, known)]
        assert wrong == []


def typed_commands(it: Page) -> Iterator[list[str]]:
    """The words after `kith` in every line of shell code, comments and pipes cut off."""
    for language, text in it.code:
        if language not in {"sh", "shell", "bash", "console"}:
            continue
        for line in text.replace("\\\n", " ").splitlines():
            if not re.match(r"(\$ )?([A-Z_]+=\S+ )*(\S*/)?kith\b", line):
                continue
            words = shlex.split(line, comments=True)
            words = words[
                1 + next(at for at, word in enumerate(words) if word.rpartition("/")[2] == "kith") :
            ]
            yield words[: next((at for at, word in enumerate(words) if word in {"|", ">", "&&", ";"}), None)]


def is_command(words: list[str], known: dict[str, AnyCommand]) -> bool:
    """Whether a command of these words exists and knows the options among them."""
    plain = [word for word in words if not word.startswith("-")]
    name = next((it for it in (" ".join(plain[:2]), " ".join(plain[:1])) if it in known), None)
    if name is None:
        return set(words) <= {"--help", "--version"}
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    has_place_for_words = any(isinstance(it, TyperArgument) for it in known[name].params)
    is_complete = (
        has_place_for_words or isinstance(known[name], TyperGroup) or len(plain) == len(name.split())
    )
    return options <= options_of(known[name]) | EVERYWHERE and is_complete


# Under which prefixes a surface says once that everything is there, too.
ELSEWHERE_TOO = {
    "core": re.compile("$"),
    "galleries": re.compile("$"),
    "sessions": re.compile("/api/v1/"),
    "vectors": re.compile("/pipeline/|/api/(?!v1/)"),
}


def endpoints() -> dict[str, set[str]]:
    """`METHOD /path` of everything that is served, by the surface that serves it."""
    found: dict[str, set[str]] = {}
    for app in (create_core(), create_sessions(), create_galleries(), create_vectors()):
        paths: dict[str, dict[str, object]] = app.openapi()["paths"]
        found[app.state.surface] = {
            f"{verb.upper()} {path}"
            for path, verbs in paths.items()
            for verb in verbs
            if not ELSEWHERE_TOO[app.state.surface].match(path)
        }
    return found


def for_operators() -> set[str]:
    """What is served beside the surfaces: health, metrics, descriptions."""
    return {f"GET {route.path}" for route in operations.routes if isinstance(route, APIRoute)}


class TestHttp:
    @pytest.mark.parametrize("surface", ["core", "sessions", "galleries", "vectors"])
    def test_each_endpoint_is_documented_and_none_made_up(self, surface: str) -> None:
        pages = {"vectors": ["vectors", "batches"]}.get(surface, [surface])
        text = "\n".join(page("docs", "api", f"{name}.md").text for name in pages)
        named = set(re.findall(r"\b(?:GET|POST|PUT|PATCH|DELETE) /[^\s`|),]*", text))
        assert named - for_operators() == endpoints()[surface]

    def test_what_is_for_those_who_run_it_is_documented(self) -> None:
        text = page("docs", "operations.md").text
        assert [endpoint for endpoint in sorted(for_operators()) if f"`{endpoint}`" not in text] == []

    async def test_metrics_are_documented(self) -> None:
        metrics, offload = Metrics(), Offload(1, 0, "pool")
        metrics.request("core", "GET", "/", status=200, seconds=0)
        await offload.run(sorted, [])
        rendered = metrics.render([offload], [JobCount("analyse", "queued", 1)]).decode()
        await offload.close()
        served = set(re.findall(r"^# TYPE (kith_\w+?) ", rendered, re.MULTILINE))
        served = {name for name in served if not name.endswith("_created")}
        documented = set(re.findall(r"^\| `(kith_\w+)` \|", page("docs", "operations.md").text, re.MULTILINE))
        assert documented == served


class TestPacks:
    def test_each_is_in_the_table_with_its_licence(self) -> None:
        lines = page("docs", "packs.md").text.splitlines()
        missing = [
            pack.id
            for pack in known_packs()
            if not any(
                line.startswith(f"| `{pack.id}` |") and pack.license in line and f"{pack.dimension}-d" in line
                for line in lines
            )
        ]
        assert missing == []

    def test_whoever_needs_acceptance_is_named_as_such(self) -> None:
        text = page("README.md").text
        about = next(line for line in text.splitlines() if "--accept-license" in line or "buffalo_s" in line)
        assert all(pack.id in about for pack in known_packs() if pack.requires_acceptance)


class TestPages:
    @pytest.mark.parametrize("it", pages(), ids=lambda it: str(it.path.relative_to(ROOT)))
    def test_links_lead_somewhere(self, it: Page) -> None:
        assert [link for link in it.links if not leads_somewhere(it, link)] == []

    def test_every_page_can_be_found_from_the_index(self) -> None:
        seen, waiting = set(), [ROOT / "docs" / "index.md"]
        while waiting:
            path = waiting.pop()
            if path in seen or not path.exists():
                continue
            seen.add(path)
            links = [it.partition("#")[0] for it in Page(path, path.read_text(encoding="utf-8")).links]
            waiting += [
                (path.parent / it).resolve() for it in links if it.endswith(".md") and "://" not in it
            ]
        assert {it.path for it in pages()} - seen - {ROOT / "CHANGELOG.md"} == set()

    def test_make_targets_exist(self) -> None:
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
        named = {
            name for it in pages() for name in re.findall(r"(?:`|^|\$ )make ([a-z-]+)", it.text, re.MULTILINE)
        }
        assert named - targets == set()

    def test_snippets_are_what_the_files_say(self) -> None:
        text = page("AGENTS.md").text
        snippets = re.findall(
            r"^From `([^`]+)`[^\n]*\n\n```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
        )
        assert len(snippets) >= 6
        assert [path for path, code in snippets if code not in (ROOT / path).read_text()] == []


def leads_somewhere(it: Page, link: str) -> bool:
    if "://" in link:
        return True
    path, _, anchor = link.partition("#")
    target = (it.path.parent / path).resolve() if path else it.path
    if not target.exists():
        return False
    if not anchor:
        return True
    return anchor in {section.anchor for section in Page(target, target.read_text(encoding="utf-8")).sections}
