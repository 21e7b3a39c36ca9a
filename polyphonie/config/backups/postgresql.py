"""How is a PostgreSQL database copied while it is written, and loaded again? Its own COPY, in one snapshot; no other program.

Each table is copied in the order of its key: the place of a row on the disk, which tells the order of votes, is not copied.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from polyphonie.config.commands import database
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.consultation.actions.scrambling import scramble_waiting
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation

FOLDER = "tables"
AT_ONCE = 1 << 20
PATIENCE = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = '60s'"


def copy_to(folder: Path) -> None:
    """Copy every table, all as they were at one instant, into `folder/<table>.copy`."""
    for consultation in Consultation.objects.filter(state=Consultation.State.OPEN).order_by("pk"):
        with writing(lock=consultation):
            scramble_waiting(consultation)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(PATIENCE)
        for table in tables():
            names = ", ".join(_quoted(name) for name in columns(table))
            query = f"COPY (SELECT {names} FROM {_quoted(table)} ORDER BY {_key(table)}) TO STDOUT"  # noqa: S608  (names of our own tables and columns; values are bound)
            with (folder / f"{table}.copy").open("wb") as file, _copying(cursor, query) as rows:
                file.write(f"{names}\n".encode())
                for some in rows:
                    file.write(some)


def load_from(folder: Path, migrations: list[str]) -> None:
    """Replace everything in this database, inside the caller's transaction; its tables become those of `migrations`."""
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        if database.applied() != sorted(migrations):
            _make_tables_of(migrations)
        there = tables()
        sources = {path.stem: path for path in folder.glob("*.copy")}
        if set(there) != set(sources):
            raise CommandRefused(_("this backup does not hold the tables of its version: take another one."))
        cursor.execute("TRUNCATE " + ", ".join(_quoted(table) for table in there))
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # tables come in any order, and migrations leave some immediate
        for table, path in sorted(sources.items()):
            _load(cursor, table, path)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in there:
            _set_sequences(cursor, table)


def migrate_whole() -> None:
    """Apply what migrations are pending, inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
    call_command("migrate", verbosity=0, interactive=False)


def tables() -> list[str]:
    return sorted(connection.introspection.table_names())


def columns(table: str) -> list[str]:
    """The columns that are written, not those that PostgreSQL computes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s "
            "AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def _key(table: str) -> str:
    with connection.cursor() as cursor:
        key = connection.introspection.get_primary_key_column(cursor, table)
    return _quoted(key or columns(table)[0])


def _load(cursor: Any, table: str, path: Path) -> None:
    with path.open("rb") as file:
        names = file.readline().decode().strip()
        with cursor.cursor.copy(f"COPY {_quoted(table)} ({names}) FROM STDIN") as rows:
            while some := file.read(AT_ONCE):
                rows.write(some)


def _set_sequences(cursor: Any, table: str) -> None:
    """The next row takes the number after the last one."""
    for sequence in connection.introspection.get_sequences(cursor, table):
        name, column = _quoted(table), _quoted(sequence["column"])
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, %s), GREATEST(max({column}), 1), max({column}) IS NOT NULL) FROM {name}",  # noqa: S608  (names of our own tables and columns; values are bound)
            [name, sequence["column"]],
        )


def _make_tables_of(migrations: list[str]) -> None:
    """Tables as they were when these migrations, and no other, had been applied."""
    if present := tables():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE " + ", ".join(_quoted(table) for table in present) + " CASCADE")
    executor = MigrationExecutor(connection)
    wanted = {(app, rest) for app, _dot, rest in (name.partition(".") for name in migrations)}
    graph = executor.loader.graph
    followed = {parent.key for key in wanted for parent in graph.node_map[key].parents if parent.key[0] == key[0]}
    executor.migrate(sorted(wanted - followed))


@contextmanager
def _copying(cursor: Any, query: str) -> Iterator[Any]:
    with cursor.cursor.copy(query) as rows:
        yield rows


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
