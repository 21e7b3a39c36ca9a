"""The steps of `test_upgrading.py`, in a process and a database of their own; never run by the product."""

import os

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from polyphonie.config.backups.upgrading import upgrade
from polyphonie.config.commands import database
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.processes.models import Process
from tests.consultation import electorate


def an_upgrade_that_fails_then_one_that_does_not() -> dict[str, object]:
    call_command("migrate", verbosity=0)
    electorate.a_process()
    settings.MIGRATION_MODULES = {"portal": "tests.config.later.migrations"}
    os.environ["FAILS"] = "1"
    before = picture()
    facts: dict[str, object] = {"refused_to_serve": sentence_of(database.prepare), "failed": sentence_of(upgrade)}
    facts["same_after_failure"] = picture() == before
    del os.environ["FAILS"]
    done = upgrade()
    facts |= {"applied": done.applied, "backup": str(done.backup and done.backup.file), "process": Process.objects.get().slug}
    facts["is_served"] = sentence_of(database.prepare) == ""
    facts["nothing_to_do"] = upgrade().applied
    return facts


def a_database_of_a_later_version() -> dict[str, object]:
    call_command("migrate", verbosity=0)
    MigrationRecorder(connection).record_applied("contributions", "0099_future")
    return {"sentences": [sentence_of(database.prepare), sentence_of(upgrade)]}


def sentence_of(act) -> str:
    try:
        act()
    except CommandRefused as refused:
        return str(refused)
    return ""


def picture() -> object:
    """The tables, the migrations and the process, as they are."""
    return sorted(connection.introspection.table_names()), database.applied(), list(Process.objects.values())
