"""How are rows of several tables deleted at once? By one statement where the database takes several in one."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql import DeleteQuery

from polyphonie.core.writing import assert_writing


def delete_together(*rows: QuerySet[Any]) -> None:
    """Delete these rows, of tables that no other refers to. On PostgreSQL, where each statement is a journey, by one."""
    assert_writing()
    deletions = [_deletion(one) for one in rows]
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            for statement, values in deletions:
                cursor.execute(statement, values)
            return
        parts = ", ".join(f"deletion_{rank} AS ({statement})" for rank, (statement, _values) in enumerate(deletions))
        cursor.execute(f"WITH {parts} SELECT", [value for _statement, values in deletions for value in values])


def _deletion(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    """As `QuerySet.delete` writes it of a table that no other refers to."""
    assert not rows.model._meta.related_objects, f"{rows.model._meta.label} is referred to"
    query = rows.query.chain(DeleteQuery)
    return query.get_compiler(connection=connection).as_sql()
