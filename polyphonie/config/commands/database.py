"""Is the database ready? An empty one is prepared at first need; one of another version is left as it is, and said."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from polyphonie.config.commands.refusals import CommandRefused


def is_empty() -> bool:
    """Whether the database holds no table of ours."""
    return "django_migrations" not in connection.introspection.table_names()


def pending() -> list[str]:
    """The migrations of the product that this database has not known yet."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def prepare() -> None:
    """Migrate an empty database; refuse one that is behind: its owner backs it up before changing it."""
    Path(settings.POLYPHONIE_VAR).mkdir(parents=True, exist_ok=True)
    if is_empty():
        call_command("migrate", verbosity=0, interactive=False)
    elif pending():
        raise CommandRefused(_("this database is of an earlier version: back it up, then run “polyphonie manage migrate”."))
