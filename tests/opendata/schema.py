"""Is a value what a JSON Schema says? The part of JSON Schema 2020-12 that our OpenAPI document uses, and no other word."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

TYPES = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list, "null": type(None)}
KNOWN = {
    "$ref", "type", "properties", "required", "additionalProperties", "items", "maxItems", "enum", "pattern", "format", "oneOf",
    "description", "minimum", "maximum", "default", "maxLength",
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any], document: dict[str, Any], place: str = "$") -> Iterator[str]:
    """What is wrong with the value, each with its place."""
    unknown = set(schema) - KNOWN
    assert not unknown, f"this checker does not know {unknown}"
    if "$ref" in schema:
        yield from faults(value, referred(schema["$ref"], document), document, place)
        return
    if "oneOf" in schema:
        found = [list(faults(value, one, document, place)) for one in schema["oneOf"]]
        if sum(not wrong for wrong in found) != 1:
            yield f"{place}: not exactly one of {len(found)} ({[wrong[:1] for wrong in found]})"
    kinds = schema.get("type", list(TYPES))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not any(isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool)) for kind in kinds):
        yield f"{place}: {value!r} is none of {kinds}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is not in {schema['enum']}"
    if isinstance(value, str):
        yield from _of_text(value, schema, place)
    elif isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            yield f"{place}: {len(value)} items"
        for rank, item in enumerate(value):
            yield from faults(item, schema.get("items", {}), document, f"{place}[{rank}]")
    elif isinstance(value, dict):
        yield from _of_object(value, schema, document, place)


def referred(reference: str, document: dict[str, Any]) -> dict[str, Any]:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def _of_text(value: str, schema: dict[str, Any], place: str) -> Iterator[str]:
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{place}: {value!r} is not {schema['pattern']}"
    form = schema.get("format")
    assert form in (None, "date", "uri"), form
    try:
        if form == "date":
            date.fromisoformat(value)
        if form == "uri":
            assert urlsplit(value).scheme
    except (ValueError, AssertionError):
        yield f"{place}: {value!r} is no {form}"


def _of_object(value: dict[str, Any], schema: dict[str, Any], document: dict[str, Any], place: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{place}: {name} is missing"
    for name, inner in value.items():
        if name in properties:
            yield from faults(inner, properties[name], document, f"{place}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{place}: {name} is not declared"
