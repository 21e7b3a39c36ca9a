"""Is the database ready? An empty one is prepared at first need; one of another version is left as it is, and said."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from polyphonie.config import database_driver, occupancy
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.ledger import folder


def is_empty() -> bool:
    """Whether the database holds no table of ours."""
    return "django_migrations" not in connection.introspection.table_names()


def applied() -> list[str]:
    """The migrations that this database has known, `app.name`, sorted."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def pending() -> list[str]:
    """The migrations of the product that this database has not known yet."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def unknown(migrations: list[str] | None = None) -> list[str]:
    """The migrations, of this database by default, that this version does not know: a later one applied them."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    return sorted(set(applied() if migrations is None else migrations) - known)


def later_version(names: list[str]) -> str:
    """Why a database with these unknown migrations is left alone."""
    return _("this database is of a later version (%(names)s): install that one again.") % {"names": ", ".join(names)}


def pragmas_amiss() -> dict[str, tuple[str, str]]:
    """What SQLite does not hold as this product relies on it, as (found, wanted); a network disk may refuse a journal."""
    if connection.vendor != "sqlite":
        return {}
    wanted = {"journal_mode": database_driver.journal_mode().lower(), "synchronous": "2", "foreign_keys": "1"}
    with connection.cursor() as cursor:
        found = {name: str(cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in wanted}
    return {name: (found[name], value) for name, value in wanted.items() if found[name] != value}


def prepare() -> None:
    """Migrate an empty database; refuse one of another version, one that is behind its log folder, and one whose disk does
    not keep what SQLite is asked."""
    Path(settings.POLYPHONIE_VAR).mkdir(parents=True, exist_ok=True)
    occupancy.share()
    for name, (found, wanted) in pragmas_amiss().items():
        raise CommandRefused(
            _("SQLite does not keep its word here: %(name)s is %(found)s, not %(wanted)s.")
            % {"name": name, "found": found, "wanted": wanted}
        )
    if is_empty():
        call_command("migrate", verbosity=0, interactive=False)
    elif names := unknown():
        raise CommandRefused(later_version(names))
    elif pending():
        raise CommandRefused(_("this database is of an earlier version: run “polyphonie upgrade”, which backs it up first."))
    if folder.is_any_behind():
        raise CommandRefused(
            _(
                "the database is behind what was seen of its public register (%(folder)s): restore the last backup, or accept "
                "the loss (`polyphonie restore FILE --accept-loss`)."
            )
            % {"folder": folder.home()}
        )
