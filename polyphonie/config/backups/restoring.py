"""How does a site start again from a backup? Whole or not at all, and never unawares from a day before what was seen.

Everything is done on a database apart (SQLite) or in one transaction (PostgreSQL): unpack and check; bring the log folder up to
the present database, if it can still be read; compare with that folder; refuse what is behind unless its loss is accepted; erase
again what was erased since; then, only, take the place of the present one. (A backup is never behind the log folder that it
holds: that one is copied first.)
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.accounts import closings
from polyphonie.config import occupancy
from polyphonie.config.backups import package, postgresql, sqlite
from polyphonie.config.backups.making import KEPT_AS_THEY_ARE
from polyphonie.config.backups.replaying import Replayed, replay
from polyphonie.config.commands import database
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.core.writing import writing
from polyphonie.ledger import folder as log_folder
from polyphonie.ledger.canonical import leaf_hash
from polyphonie.ledger.tasks import keep_logs
from polyphonie.ledger.tree import append_to, root_of_frontier
from polyphonie.processes.actions.incidents import record_incident
from polyphonie.processes.models import Process


@dataclass(frozen=True)
class Restored:
    """What a restore did: from which instant the site goes on, what was lost, what was erased again."""

    manifest: package.Manifest
    gaps: list[log_folder.Gap]
    replayed: Replayed
    untold: list[str]
    """The registers that the backup did not know at all: nothing of the site can say that they were lost."""


def restore(source: Path, *, accept_loss: bool) -> Restored:
    """Put this backup in the place of everything but the keys. Raises CommandRefused; nothing is changed then."""
    var = Path(settings.POLYPHONIE_VAR)
    var.mkdir(parents=True, exist_ok=True)
    with occupancy.alone(), TemporaryDirectory(prefix=".restoring-", dir=var) as name:
        unpacked = Path(name)
        manifest = package.unpack(source, unpacked)
        _refuse_another_kind(manifest)
        with suppress(DatabaseError):  # the present database may be what is broken
            keep_logs()  # it may hold votes that were confirmed since the last turn of `tick`
        with _loaded(unpacked, manifest):
            gaps = log_folder.gaps()
            if gaps and not accept_loss:
                raise CommandRefused(_behind(manifest, gaps))
            replayed = replay([*closings.noted(), *closings.noted(unpacked / "log" / closings.journal().name)], gaps)
            untold = [gap.standing.origin for gap in gaps if not _say_incident(gap, manifest)]
        for gap in gaps:
            log_folder.set_lost_apart(gap, log_folder.log_of(gap.standing))
        _take_logs(unpacked / "log")
        for kept in KEPT_AS_THEY_ARE:
            _replace_folder(unpacked / kept, var / kept)
        shutil.rmtree(var / "exports", ignore_errors=True)  # made from another database; made again by the next turn
    return Restored(manifest, gaps, replayed, untold)


def _refuse_another_kind(manifest: package.Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise CommandRefused(
            _("this backup is of a %(kind)s database: set POLYPHONIE_DATABASE_URL to one of the same kind.")
            % {"kind": manifest.vendor}
        )
    if unknown := database.unknown(manifest.migrations):
        raise CommandRefused(
            _("this backup was made by a later version (%(version)s, %(names)s): install it first.")
            % {"version": manifest.version, "names": ", ".join(unknown)}
        )


def _take_logs(folder: Path) -> None:
    """Of each log, the longer of what was seen here and of what the backup saw; every closing of both journals."""
    for path in sorted(folder.glob(f"*/{log_folder.STANDING}")):
        theirs = log_folder.read_standing(path)
        assert theirs is not None
        ours = log_folder.read_standing(theirs.folder / log_folder.STANDING)
        if ours is None or (ours.size, ours.pending) < (theirs.size, theirs.pending):
            _replace_folder(path.parent, theirs.folder)
    known = closings.noted()
    for closing in closings.noted(folder / closings.journal().name):
        if closing not in known:
            closings.note(closing)


@contextmanager
def _loaded(unpacked: Path, manifest: package.Manifest) -> Iterator[None]:
    """The backup's database under every query, up to date; it takes its place when the block ends without an error."""
    if connection.vendor == "sqlite":
        candidate = sqlite.present().with_name(f"{sqlite.present().name}.candidate")
        shutil.move(unpacked / sqlite.DATABASE, candidate)
        try:
            with sqlite.working_on(candidate):
                sqlite.ensure_sound()
                call_command("migrate", verbosity=0, interactive=False)
                yield
            sqlite.put_in_place(candidate)
        finally:
            sqlite.forget(candidate)
        return
    with transaction.atomic():
        postgresql.load_from(unpacked / postgresql.FOLDER, manifest.migrations)
        postgresql.migrate_whole()
        yield


def _behind(manifest: package.Manifest, gaps: list[log_folder.Gap]) -> str:
    """What would be lost, said so that one can choose."""
    leaves = sum(gap.lost for gap in gaps)
    votes = sum(gap.lost_votes for gap in gaps)
    lost = []
    if leaves:
        words = ngettext("%(count)d entry of the public register", "%(count)d entries of the public register", leaves)
        lost.append(words % {"count": leaves})
    if votes:
        words = ngettext("%(count)d vote that was waiting", "%(count)d votes that were waiting", votes)
        lost.append(words % {"count": votes})
    return _(
        "this backup is behind what was seen here (it would lose %(lost)s, in %(logs)s): take a later one or, if there is "
        "none, `polyphonie restore --accept-loss`, which the public register will say for ever."
    ) % {
        "lost": _(" and ").join(lost) or _("nothing that is counted"),
        "logs": ", ".join(gap.standing.origin for gap in gaps),
    }


def _say_incident(gap: log_folder.Gap, manifest: package.Manifest) -> bool:
    """Write in the register what was lost of it; False when the restored database holds no such process."""
    process = Process.objects.select_related("log").filter(log=log_folder.log_of(gap.standing)).first()
    if process is None:
        return False
    with writing() as now:
        record_incident(
            process,
            kept=gap.common,
            lost=gap.lost + gap.lost_votes,
            lost_root=_root_seen(gap.standing),
            lost_since=timezone.localtime(manifest.made_at),
            now=now,
        )
    return True


def _root_seen(seen: log_folder.Standing) -> bytes:
    """The root of the tree that was seen and is lost."""
    frontier: list[bytes] = []
    for position, leaf in enumerate(log_folder.kept_leaves(seen)):
        append_to(frontier, position, leaf_hash(leaf.encode()))
    return root_of_frontier(frontier)


def _replace_folder(source: Path, target: Path) -> None:
    """Put a folder in the place of another, if there is one to put."""
    if not source.is_dir():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    shutil.move(source, target)
    shutil.rmtree(old, ignore_errors=True)
