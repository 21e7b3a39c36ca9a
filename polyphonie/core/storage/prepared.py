"""Which reads does every page make? Those whose SQL the ORM writes once, and which are then only asked.

Writing the SQL of a read with five joins takes Django ten times as long as running it. A prepared read is declared as an
ordinary query; what it gives, and the SQL it asks, are those of that query.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators

Row = TypeVar("Row")
LARGEST = 2**31 - 1
"""Beyond, a number may not fit its column: the ORM, which knows, answers."""

_FIRST_STAND_IN = 2_000_000_001


class Prepared(Generic[Row]):
    """A read written once for each database. `query` takes the values by name and returns a queryset of models, or of tuples
    (`values_list`); calling the read with values gives the list of what it finds. Values are numbers, strings, bytes, or
    sequences of numbers: what else changes makes another read."""

    def __init__(self, query: Callable[..., QuerySet[Any, Row]]) -> None:
        self.query = query
        self._written: dict[tuple[object, ...], _Written] = {}

    def __call__(self, **values: Any) -> list[Row]:
        if not all(_is_plain(value) for value in values.values()):
            return list(self.query(**values))
        connection = connections[DEFAULT_DB_ALIAS]
        shape = (connection.vendor, *((name, _shape(value)) for name, value in values.items()))
        written = self._written.get(shape)
        if written is None:
            written = self._written[shape] = _Written(self.query, values)
        return written.asked(connection, values)


def _is_plain(value: object) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return 0 <= value <= LARGEST
    if isinstance(value, tuple | list):
        return bool(value) and all(isinstance(one, int) and _is_plain(one) for one in value)
    return isinstance(value, str | bytes)


def _shape(value: object) -> object:
    return len(value) if isinstance(value, tuple | list) else type(value)


class _Written:
    """The SQL of a read, where each value goes, and how a row becomes what the query gives."""

    def __init__(self, query: Callable[..., QuerySet[Any, Any]], values: dict[str, Any]) -> None:
        stand_ins, places = _stand_ins(values)
        queryset = query(**stand_ins)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, parameters = compiler.as_sql()
        self.parameters = [_placed(_plain(parameter), places) for parameter in parameters]
        asked = {(part.name, part.item) for part in self.parameters if isinstance(part, _Place)}
        missing = {place.name for place in places.values() if (place.name, place.item) not in asked}
        if missing:
            raise ValueError(f"a prepared read does not ask for {sorted(missing)}")
        self.converters = compiler.get_converters([part[0] for part in compiler.select[: compiler.col_count]])
        self.made = _models(compiler) if queryset._iterable_class is ModelIterable else tuple

    def asked(self, connection: Any, values: dict[str, Any]) -> list[Any]:
        binary = connection.Database.Binary
        parameters = [part.value(values, binary) if isinstance(part, _Place) else part for part in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            rows = cursor.fetchall()
        if self.converters:
            rows = [self._converted(row, connection) for row in rows]
        return [self.made(row) for row in rows]

    def _converted(self, row: Sequence[Any], connection: Any) -> list[Any]:
        cells = list(row)
        for place, (converters, expression) in self.converters.items():
            value = cells[place]
            for converter in converters:
                value = converter(value, expression, connection)
            cells[place] = value
        return cells


def _placed(parameter: object, places: dict[object, "_Place"]) -> object:
    """The place that this parameter marks, alone or inside a pattern (`%…%`); the parameter itself if it marks none."""
    if isinstance(parameter, str):
        for stand_in, place in places.items():
            if isinstance(stand_in, str) and stand_in in parameter:
                return _Place(place.name, around=parameter.partition(stand_in)[::2])
    return places.get(parameter, parameter)


@dataclass(frozen=True)
class _Place:
    """Where a value goes: the whole of it, one of its items, or, `around` it, a pattern that it has nothing to escape in."""

    name: str
    item: int | None = None
    around: tuple[str, str] = ("", "")

    def value(self, values: dict[str, Any], binary: Callable[[bytes], Any]) -> Any:
        value = values[self.name]
        if self.item is not None:
            return value[self.item]
        if any(self.around):
            if not value.isalnum():
                raise ValueError("only letters and digits are looked for by a prepared pattern")
            return value.join(self.around)
        return binary(value) if isinstance(value, bytes) else value


def _stand_ins(values: dict[str, Any]) -> tuple[dict[str, Any], dict[object, _Place]]:
    """Values of the same kinds that nothing else in a query equals, and the place that each one marks."""
    numbers = count(_FIRST_STAND_IN)
    stand_ins: dict[str, Any] = {}
    places: dict[object, _Place] = {}
    for name, value in values.items():
        if isinstance(value, int):
            stand_ins[name] = next(numbers)
        elif isinstance(value, tuple | list):
            stand_ins[name] = [next(numbers) for _one in value]
            places |= {number: _Place(name, item) for item, number in enumerate(stand_ins[name])}
            continue
        else:
            word = f"stand-in {name}"
            stand_ins[name] = word.encode() if isinstance(value, bytes) else word
        places[stand_ins[name]] = _Place(name)
    return stand_ins, places


def _plain(parameter: object) -> object:
    """A parameter as it was given, before the driver's own wrapping of bytes."""
    wrapped = getattr(parameter, "obj", parameter)
    return bytes(wrapped) if isinstance(wrapped, memoryview | bytes | bytearray) else wrapped


def _models(compiler: Any) -> Callable[[Sequence[Any]], Model]:
    """How a row becomes a model with those it was read with: what `django.db.models.query.ModelIterable` does, prepared."""
    info, select = compiler.klass_info, compiler.select
    model, fields = info["model"], info["select_fields"]
    start, end = fields[0], fields[-1] + 1
    names = [part[0].target.attname for part in select[start:end]]
    populators = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # the stubs lag behind Django 5.2
    annotations = list((compiler.annotation_col_map or {}).items())

    def made(row: Sequence[Any]) -> Model:
        found: Model = model.from_db(DEFAULT_DB_ALIAS, names, row[start:end])
        for populator in populators:
            populator.populate(row, found)
        for name, place in annotations:
            setattr(found, name, row[place])
        return found

    return made
