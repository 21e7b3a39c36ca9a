"""How does a database come to this version? Saved first, then wholly or not at all.

SQLite: migrations are applied to a copy, which takes its place once it holds together. PostgreSQL: all in one transaction.
"""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.translation import gettext as _

from polyphonie.config import occupancy
from polyphonie.config.backups import postgresql, sqlite
from polyphonie.config.backups.making import Made, make_backup, upgrades
from polyphonie.config.commands import database
from polyphonie.config.commands.refusals import CommandRefused


@dataclass(frozen=True)
class Upgraded:
    """What an upgrade did: the migrations it applied, and the backup made before (None when there was nothing to do)."""

    applied: list[str]
    backup: Made | None


def upgrade() -> Upgraded:
    """Apply the pending migrations. Raises CommandRefused, with the database as it was."""
    Path(settings.POLYPHONIE_VAR).mkdir(parents=True, exist_ok=True)
    with occupancy.alone():
        if database.is_empty():
            call_command("migrate", verbosity=0, interactive=False)
            return Upgraded([], None)
        if names := database.unknown():
            raise CommandRefused(database.later_version(names))
        pending = database.pending()
        if not pending:
            return Upgraded([], None)
        upgrades().mkdir(mode=0o700, exist_ok=True)
        made = make_backup(upgrades())
        try:
            _migrate_wholly()
        except Exception as error:  # whatever a migration raises
            raise CommandRefused(
                _("the upgrade could not be made and nothing was changed (%(reason)s); install the former version again.")
                % {"reason": " ".join(str(error).split())}
            ) from error
    return Upgraded(pending, made)


def _migrate_wholly() -> None:
    if connection.vendor != "sqlite":
        with transaction.atomic():
            postgresql.migrate_whole()
        return
    candidate = sqlite.present().with_name(f"{sqlite.present().name}.candidate")
    sqlite.forget(candidate)
    sqlite.copy_to(candidate)
    try:
        with sqlite.working_on(candidate):
            call_command("migrate", verbosity=0, interactive=False)
            sqlite.ensure_sound()
        sqlite.put_in_place(candidate)
    finally:
        sqlite.forget(candidate)
