"""Is the database set up as the product relies on it?"""

import pytest
from django.db import IntegrityError, connection, transaction

from polyphonie.accounts.models import Membership
from polyphonie.config import database_driver
from polyphonie.config.commands import database
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.core.writing import writing
from polyphonie.ledger.models import Log


@pytest.mark.django_db(transaction=True)
def test_a_reference_to_nothing_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(account_id=1, organisation_id=1, since_on="2026-01-01")


@pytest.mark.django_db(transaction=True)
def test_sqlite_waits_for_the_disk_and_keeps_its_journal_in_the_safe_way():
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own settings")
    with connection.cursor() as cursor:
        pragmas = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": database_driver.journal_mode().lower(), "synchronous": 2, "foreign_keys": 1}


@pytest.mark.django_db(transaction=True)
def test_a_sqlite_that_does_not_wait_for_the_disk_is_refused_before_anything_is_served():
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own settings")
    database.prepare()
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
        with pytest.raises(CommandRefused, match="synchronous"):
            database.prepare()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_postgresql_never_waits_for_ever():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL's own settings")
    with connection.cursor() as cursor:
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone()[0] not in ("0", None), name


@pytest.mark.django_db(transaction=True)
def test_what_was_written_before_an_error_is_undone():
    def interrupted() -> None:
        with writing():
            Log.objects.create(origin="example.org/essai")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        interrupted()
    assert not Log.objects.exists()


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 53, 0), "WAL"),
    ],
)
def test_a_sqlite_that_may_lose_a_transaction_does_without_the_write_ahead_log(version, mode):
    assert database_driver.journal_mode(version) == mode
