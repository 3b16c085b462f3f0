"""The document of everything the root answers, and a page that shows it without fetching anything."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, cast

from fastapi import FastAPI

from kith import __version__

# Documents are plain JSON, as pydantic and FastAPI make them.
Document = dict[str, Any]

# (name, type, is it required, note)
Row = tuple[str, str, bool, str]

_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin: 2.5rem 0 .5rem; text-transform: capitalize }
details { border-top: 1px solid var(--line) } summary { cursor: pointer; padding: .6rem 0 }
details > div { padding: 0 0 1rem 5.5rem } code { font: .9em/1.4 ui-monospace, monospace }
.method { display: inline-block; width: 5rem; font-weight: 700 } .path { font-weight: 600 }
.what { opacity: .75; margin-left: 1rem } table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0 }
th { font-weight: 600; opacity: .75 } h3 { margin: .8rem 0 .2rem; font-size: 1rem }
"""


def merged_openapi(surfaces: Sequence[FastAPI]) -> Document:
    """One OpenAPI document of all surfaces as the root shows them: of a shared path the first's."""
    paths: Document = {}
    schemas: Document = {}
    for surface in surfaces:
        document = surface.openapi()
        for path, operations in document["paths"].items():
            paths[path] = {**operations, **paths.get(path, {})}
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            if schemas.setdefault(name, schema) != schema:
                raise ValueError(f"two surfaces call different things {name}")
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


def reference_page(document: Document) -> str:
    """The document for human eyes, as HTML that needs no script and no other file."""
    tags: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            (tag, *_) = operation.get("tags") or ["other"]
            tags.setdefault(tag, []).append(_operation(document, method, path, operation))
    sections = "".join(f"<h2>{escape(tag)}</h2>{''.join(shown)}" for tag, shown in tags.items())
    info = document["info"]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style>"
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1><p>{escape(info['description'])} "
        'For machines: <a href="openapi.json">openapi.json</a>.</p>'
        f"{sections}</html>"
    )


def _operation(document: Document, method: str, path: str, operation: Document) -> str:
    rows = [
        (it["name"], it["in"], _kind(it["schema"]), it.get("required", False), _note(it, it["schema"]))
        for it in operation.get("parameters", ())
    ]
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        rows += [(*row[:1], media, *row[1:]) for row in _properties(document, content["schema"])]
    answers = "".join(
        f"<tr><td><code>{escape(status)}</code><td>{escape(answer['description'])}"
        for status, answer in operation["responses"].items()
    )
    return (
        f'<details><summary><code class="method">{method.upper()}</code>'
        f'<code class="path">{escape(path)}</code>'
        f'<span class="what">{escape(operation.get("summary", ""))}</span></summary><div>'
        f"<p>{escape(operation.get('description', ''))}</p>{_table('Takes', rows)}"
        f"{_table('Answers', [(*row[:1], '', *row[1:]) for row in _answer(document, operation)])}"
        f"<h3>Statuses</h3><table>{answers}</table></div></details>"
    )


def _answer(document: Document, operation: Document) -> list[Row]:
    content = operation["responses"].get("200", {}).get("content", {})
    return [row for it in content.values() for row in _properties(document, it.get("schema", {}))]


def _properties(document: Document, schema: Document) -> Iterator[Row]:
    """(name, type, is it required, note) of what an object, or a list of such, holds."""
    for part in (schema, schema.get("items", {}), *schema.get("anyOf", ())):
        found = _resolved(document, part)
        required = found.get("required", ())
        for name, it in found.get("properties", {}).items():
            yield name, _kind(it), name in required, _note(it)


def _resolved(document: Document, schema: Document) -> Document:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return cast("Document", document["components"]["schemas"][name]) if name else schema


def _kind(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    return str(schema.get("type", "any"))


def _note(*parts: Mapping[str, Any]) -> str:
    """What there is to say of a value: its description, its default."""
    notes = [str(part["description"]) for part in parts if "description" in part][:1]
    notes += [f"default {part['default']}" for part in parts if part.get("default") is not None][:1]
    return " ".join(notes)


def _table(title: str, rows: Sequence[tuple[str, str, str, bool, str]]) -> str:
    if not rows:
        return ""
    lines = "".join(
        f"<tr><td><code>{escape(name)}</code><td>{escape(place)}<td>{escape(kind)}"
        f"<td>{'required' if required else ''}<td>{escape(note)}"
        for name, place, kind, required, note in rows
    )
    return f"<h3>{title}</h3><table>{lines}</table>"
