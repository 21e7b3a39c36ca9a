"""What does the API answer, said to programs? Its OpenAPI 3.1 document, made of the declarations of what is published."""

from functools import cache
from http import HTTPStatus
from typing import Any

from django.utils import translation

from polyphonie.core.addresses import absolute
from polyphonie.core.tables import Column, Section
from polyphonie.opendata.api.answering import PER_CLIENT, PROBLEM
from polyphonie.opendata.api.asking import AFTER, DIGITS, LIMIT, LONGEST
from polyphonie.opendata.api.operations import LEAST, MOST, OPERATIONS, ROOT, USUAL, Operation

Schema = dict[str, Any]

INSTANT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?[+-]\d\d:\d\d$"
SLUG = r"^[-a-zA-Z0-9_]+$"
WORD = r"^[A-Za-z0-9_-]*$"
WORDS: dict[str, Any] = {"type": "string", "maxLength": LONGEST, "pattern": r"^[^\u0000]*$"}
"""What is asked in words: no longer than is read, and without a null character."""
TOO_LONG = HTTPStatus.REQUEST_URI_TOO_LONG
"""Answered by the server before us, in its own words."""
TYPES: dict[str, Schema] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "pattern": INSTANT},
    "object": {"type": "object"},
    "array": {"type": "array", "items": {}},
}


@cache
def document() -> dict[str, Any]:
    """The whole document, in English as the fields are."""
    with translation.override("en"):
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "Polyphonie",
                "version": "1",
                "summary": "Everything public about the concertations of this site, as in the files of their open data.",
                "description": (
                    f"Read only, without key or account, from any page. {PER_CLIENT.times} requests each {PER_CLIENT.seconds} s "
                    "to each connection; for a whole table, take its file. Times are ISO 8601 with their offset. Votes appear in "
                    "batches: between two batches nothing here changes because of a vote."
                ),
            },
            "servers": [{"url": absolute(ROOT.rstrip("/"))}],
            "paths": {_path(operation): {"get": _asked(operation)} for operation in OPERATIONS},
            "components": {"schemas": _schemas(), "responses": _responses(), "headers": _headers()},
        }


def field(column: Column) -> Schema:
    """The JSON Schema of one field: the very type that the files declare."""
    schema = {**TYPES[column.type], "description": str(column.meaning)}
    if column.choices:
        schema["enum"] = [*column.choices, ""]
    elif column.is_computed:
        schema["pattern"] = WORD
    if column.is_nullable:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def _path(operation: Operation) -> str:
    return "/" + operation.address.removeprefix(ROOT)


def _asked(operation: Operation) -> Schema:
    return {
        "operationId": operation.name,
        "summary": str(operation.summary),
        "parameters": [*_in_path(operation), *_in_query(operation)],
        "responses": {
            "200": {
                "description": "What was asked.",
                "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in _told(operation)},
                "content": {"application/json": {"schema": answer(operation)}},
            },
            "304": {"description": "Nothing changed since the ETag, or the instant, that was sent."},
            **{str(status.value): {"$ref": f"#/components/responses/{_name(status)}"} for status in _refusals(operation)},
        },
    }


def answer(operation: Operation) -> Schema:
    """The schema of what this operation answers."""
    if operation.sections:
        return {"$ref": "#/components/schemas/Document"}
    row = {"$ref": f"#/components/schemas/{_row(operation)}"}
    if not operation.is_page:
        return row
    following = {"type": ["string", "null"], "format": "uri", "description": "The address of the next page, or null."}
    return _object({"items": {"type": "array", "items": row, "maxItems": MOST}, "next": following})


def _told(operation: Operation) -> list[str]:
    return ["ETag", "Last-Modified", *(["Link"] if operation.is_paged else [])]


def _refusals(operation: Operation) -> list[HTTPStatus]:
    missing = [HTTPStatus.NOT_FOUND] if "{" in operation.address else []
    return [HTTPStatus.BAD_REQUEST, *missing, TOO_LONG, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE]


def _in_path(operation: Operation) -> list[Schema]:
    kinds: dict[str, Schema] = {"process": {"type": "string", "pattern": SLUG}, "number": {"type": "integer", "minimum": 0}}
    named = [name for name in kinds if f"{{{name}}}" in operation.address]
    return [{"name": name, "in": "path", "required": True, "schema": kinds[name]} for name in named]


def _in_query(operation: Operation) -> list[Schema]:
    asked = [_parameter(column.name, str(column.meaning), _filter(column)) for column in operation.filters]
    if operation.is_paged:
        size = {"type": "integer", "minimum": LEAST, "maximum": MOST, "default": USUAL}
        asked.append(_parameter(LIMIT, "How many rows a page holds.", size))
        asked.append(_parameter(AFTER, "The place after which the page begins, as “next” gives it.", WORDS))
    return asked


def _parameter(name: str, meaning: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": meaning, "schema": schema}


def _filter(column: Column) -> Schema:
    if column.type == "integer":
        return {"type": "integer", "minimum": 0, "maximum": 10**DIGITS - 1}
    return {"type": "string", "enum": list(column.choices)} if column.choices else WORDS


def _schemas() -> dict[str, Schema]:
    rows = {_row(operation): _fields(operation.columns) for operation in OPERATIONS if operation.columns}
    sections = next(operation.sections for operation in OPERATIONS if operation.sections)
    return {**rows, "Document": _object({section.name: _section(section) for section in sections}), "Problem": _problem()}


def _row(operation: Operation) -> str:
    named = operation.table or operation.section
    return "" if named is None else named.name.capitalize()


def _section(section: Section) -> Schema:
    row = {**_fields(section.columns), "description": str(section.title)}
    if section.is_list:
        return {"type": "array", "items": row}
    return {"oneOf": [row, {"type": "null"}]} if section.is_nullable else row


def _fields(columns: tuple[Column, ...]) -> Schema:
    return _object({column.name: field(column) for column in columns})


def _object(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "required": list(properties), "additionalProperties": False, "properties": properties}


def _problem() -> Schema:
    words = {name: {"type": "string"} for name in ("type", "title", "detail")}
    return {
        "type": "object",
        "description": "RFC 9457; title and detail are in the language asked for.",
        "required": ["type", "title", "status", "detail"],
        "properties": {**words, "status": {"type": "integer"}, "parameter": {"type": "string"}},
    }


def _responses() -> dict[str, Schema]:
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses = {_name(status): {"description": status.phrase, "content": content} for status in _everything()}
    del responses[_name(TOO_LONG)]["content"]
    waiting = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    for status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        responses[_name(status)]["headers"] = waiting
    return responses


def _everything() -> list[HTTPStatus]:
    return sorted({status for operation in OPERATIONS for status in _refusals(operation)})


def _name(status: HTTPStatus) -> str:
    return status.phrase.title().replace(" ", "")


def _headers() -> dict[str, Schema]:
    return {
        "ETag": {"description": "Changes with the content: send it back in If-None-Match.", "schema": {"type": "string"}},
        "Last-Modified": {
            "description": "Since when this answer is known to be this one: send it back in If-Modified-Since. Absent when new.",
            "schema": {"type": "string"},
        },
        "Link": {"description": 'The next page, rel="next"; absent on the last.', "schema": {"type": "string"}},
        "Retry-After": {"description": "In how many seconds to ask again.", "schema": {"type": "integer"}},
    }
