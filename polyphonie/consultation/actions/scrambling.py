"""What would the place of a row on the disk tell? The order in which votes came, on PostgreSQL: they are laid down again.

People who sign up and vote at once would be found again by setting the order of the accounts beside that of the votes. SQLite
keeps rows in the order of their keys, which are random; PostgreSQL keeps them, and dumps them, as they came.
"""

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from polyphonie.consultation.models import series_at_close, series_on
from polyphonie.consultation.queries.recount import waiting_votes
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.models import WaitingEntry
from polyphonie.processes.models import Consultation


def scramble_waiting(consultation: Consultation) -> None:
    """Lay down again the votes and leaves that wait for their batch. Done before a backup, alone with the consultation."""
    assert_writing()
    lay_down_again(waiting_votes(consultation))
    its_own = Q(series__startswith=series_on(consultation)) | Q(series=series_at_close(consultation))
    lay_down_again(WaitingEntry.objects.filter(its_own, log=consultation.process.log_id))


def lay_down_again(rows: QuerySet[Any]) -> None:
    """Rewrite these rows in the order of their keys, unchanged. Nobody else may be writing them."""
    if connection.vendor != "postgresql":
        return
    table = rows.model._meta.db_table
    chosen, parameters = rows.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH gone AS (DELETE FROM {table} WHERE id IN ({chosen}) RETURNING *) "  # noqa: S608  (names of our own tables and columns; values are bound)
            f"INSERT INTO {table} SELECT * FROM gone ORDER BY id",
            parameters,
        )
