"""The document of everything the root answers, and a page that shows it without fetching anything."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from fastapi import FastAPI

from kith import __version__

# Documents are plain JSON, as pydantic and FastAPI make them.
Document = dict[str, Any]

_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin: 2.5rem 0 .5rem; text-transform: capitalize }
details { border-top: 1px solid var(--line) } summary { cursor: pointer; padding: .6rem 0 }
details > div { padding: 0 0 1rem 5.5rem } code { font: .9em/1.4 ui-monospace, monospace }
.method { display: inline-block; width: 5rem; font-weight: 700 } .path { font-weight: 600 }
.what { opacity: .75; margin-left: 1rem } table { border-collapse: collapse; width: 100% }
td { text-align: left; vertical-align: top; padding: .2rem .75rem .2rem 0 }
td:first-child, td:nth-child(3) { width: 12rem } td:nth-child(2) { width: 11rem; opacity: .75 }
h3 { margin: 1rem 0 .2rem; font-size: 1rem } p { margin: .2rem 0 } section { margin: 1.5rem 0 }
section:target { outline: 2px solid; outline-offset: .5rem }
"""


def merged_openapi(surfaces: Sequence[FastAPI]) -> Document:
    """One OpenAPI document of all surfaces as the root shows them: of a shared path the first's."""
    paths: Document = {}
    schemas: Document = {}
    for surface in surfaces:
        document = _with_own_names(surface.openapi(), surface.state.surface, schemas)
        for path, operations in document["paths"].items():
            paths[path] = {**operations, **paths.get(path, {})}
        schemas |= document.get("components", {}).get("schemas", {})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kith", "version": __version__,
            "description": "Photos in, people out; anybody found again by their face.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
        },
        "security": [{}, {"key": []}],
    }  # fmt: skip


def _with_own_names(document: Document, surface: str, taken: Document) -> Document:
    """A surface's document in which no shape has the name of another one of `taken`."""
    own: set[str] = set()
    while True:
        renamed = _renamed(document, {name: f"{surface.title()}{name}" for name in own})
        shapes = renamed.get("components", {}).get("schemas", {})
        clashing = {name for name, shape in shapes.items() if taken.get(name, shape) != shape}
        if not clashing:
            return renamed
        own |= clashing


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    """A copy of a document with these shapes called otherwise, where they are and where they are meant."""
    match node:
        case {"$ref": str(target)}:
            place, _, name = target.rpartition("/")
            return {**node, "$ref": f"{place}/{names.get(name, name)}"}
        case dict():
            items: Document = {}
            for key, value in node.items():
                is_shapes = key == "schemas" and isinstance(value, dict)
                inner = {names.get(it, it): shape for it, shape in value.items()} if is_shapes else value
                items[key] = _renamed(inner, names)
            return items
        case list():
            return [_renamed(it, names) for it in node]
        case _:
            return node


def reference_page(document: Document) -> str:
    """The document for human eyes, as HTML that needs no script and no other file."""
    tags: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            (tag, *_) = operation.get("tags") or ["other"]
            tags.setdefault(tag, []).append(_operation(method, path, operation))
    sections = "".join(f"<h2>{escape(tag)}</h2>{''.join(shown)}" for tag, shown in tags.items())
    shapes = "".join(_shape(name, it) for name, it in sorted(document["components"]["schemas"].items()))
    info = document["info"]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style>"
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1><p>{escape(info['description'])} "
        'For machines: <a href="openapi.json">openapi.json</a>.</p>'
        f"{sections}<h2>Shapes</h2>{shapes}</html>"
    )


def _operation(method: str, path: str, operation: Document) -> str:
    takes = [
        (it["name"], it["in"], _kind(it["schema"]), _note(it, it["schema"], is_required=it.get("required")))
        for it in operation.get("parameters", ())
    ]
    takes += [
        ("body", media, _kind(content["schema"]), "")
        for media, content in operation.get("requestBody", {}).get("content", {}).items()
    ]
    answers = [
        (status, media, _kind(content.get("schema", {})), escape(answer["description"]))
        for status, answer in sorted(operation["responses"].items())
        for media, content in answer.get("content", {"": {}}).items()
    ]
    return (
        f'<details><summary><code class="method">{method.upper()}</code>'
        f'<code class="path">{escape(path)}</code>'
        f'<span class="what">{escape(operation.get("summary", ""))}</span></summary><div>'
        f"<p>{_prose(operation.get('description', ''))}</p>"
        f"{_table('Takes', takes)}{_table('Answers', answers)}</div></details>"
    )


def _shape(name: str, schema: Document) -> str:
    """What an object holds; of another kind of value its type."""
    required = schema.get("required", ())
    rows = [
        (each, "", _kind(it), _note(it, is_required=each in required and not name.endswith("Out")))
        for each, it in schema.get("properties", {}).items()
    ] or [("each", "", _kind(schema), "")]
    about = _prose(schema.get("description", ""))
    title = f"<h3><code>{escape(name)}</code></h3>"
    return f'<section id="{escape(name)}">{title}<p>{about}</p>{_table("", rows)}</section>'


def _kind(schema: Mapping[str, Any]) -> str:
    """A type as HTML; an object leads to what it holds."""
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"])
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    return escape(str(schema.get("type", "")))


def _note(*parts: Mapping[str, Any], is_required: bool | None = False) -> str:
    """What there is to say of a value: whether it must be there, its description, its default."""
    notes = ["Required."] if is_required else []
    notes += [_prose(str(part["description"])) for part in parts if "description" in part][:1]
    notes += [f"Default {escape(str(it['default']))}." for it in parts if it.get("default") is not None][:1]
    return " ".join(notes)


def _prose(text: str) -> str:
    """Escaped, with what stands in backticks as code."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{it}</code>" if at % 2 else it for at, it in enumerate(pieces))


def _table(title: str, rows: Sequence[tuple[str, str, str, str]]) -> str:
    """Rows of a name, where it stands, its type and a note, the last two as HTML."""
    if not rows:
        return ""
    lines = "".join(
        f"<tr><td><code>{escape(name)}</code><td>{escape(place)}<td>{kind}<td>{note}"
        for name, place, kind, note in rows
    )
    return f"{f'<h3>{title}</h3>' if title else ''}<table>{lines}</table>"
