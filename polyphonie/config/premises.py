"""Is the machine fit for the site? Its folders and disk, its clock, its last backup, its public address, its fonts."""

import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.config import health
from polyphonie.config.backups import sqlite
from polyphonie.config.backups.making import SUFFIX, last_backup, upgrades
from polyphonie.config.findings import MISSING, UNSAFE, Finding
from polyphonie.core import addresses, printing
from polyphonie.core import papers as core_papers
from polyphonie.ledger import folder
from polyphonie.ledger.models import Checkpoint
from polyphonie.portal.rules import BACKUP_DAYS
from polyphonie.processes.models import Act, Process

OTHERS = 0o007
COMFORTABLE = 1024 * 1024 * 1024
OLDEST_BACKUP = timedelta(hours=36)
CLOCK_TOLERANCE = timedelta(minutes=1)
CERTIFICATE_DAYS = 14
FONTS = ("core/fonts/atkinson-next.woff2", "core/fonts/atkinson-next-italic.woff2")


def folders() -> Iterator[Finding]:
    """Who reads the data, and how much room is left."""
    var = Path(settings.POLYPHONIE_VAR)
    if not var.is_dir():
        return
    if var.stat().st_mode & OTHERS:
        yield Finding(
            UNSAFE, str(var), _("any account of this machine can read the data (mode 0700 wanted)."), lambda: var.chmod(0o700)
        )
    free = shutil.disk_usage(var).free
    if free < COMFORTABLE:
        level = UNSAFE if free < health.LEAST_FREE else MISSING
        yield Finding(level, str(var), _("only %(free)d MB are free on its disk: make room.") % {"free": free // 1_000_000})
    if connection.vendor == "sqlite" and (replaced := sqlite.replaced()):
        yield Finding(
            MISSING,
            str(replaced[0]),
            _("the database from before the last restore or upgrade is still there: delete it once all is well."),
        )


def fonts() -> Iterator[Finding]:
    """The pages' own typeface."""
    for name in FONTS:
        if finders.find(name) is None:
            yield Finding(UNSAFE, name, _("this font of the pages is not installed: install Polyphonie again."))


def papers() -> Iterator[Finding]:
    """Whether PDF can be made, and what to install where it cannot."""
    missing = core_papers.missing()
    if missing == core_papers.LIBRARY:
        yield Finding(
            MISSING,
            "PDF",
            _("no PDF is made, and no page offers one: WeasyPrint is not installed (pip install polyphonie[pdf])."),
        )
    elif missing:
        packages = "libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core"
        words = _("no PDF is made, and no page offers one: the libraries that draw it are missing (apt install %(packages)s).")
        yield Finding(MISSING, "PDF", words % {"packages": packages})


def backups() -> Iterator[Finding]:
    """How old the last backup is, and those that outlived the promise."""
    made_at = last_backup()
    if made_at is None and Process.objects.exists():
        yield Finding(MISSING, "backup", _("no backup was made yet: `polyphonie backup FILE`, each day."))
    elif made_at is not None and timezone.now() - made_at > OLDEST_BACKUP:
        yield Finding(
            UNSAFE, "backup", _("the last backup is of %(moment)s: make one each day.") % {"moment": printing.moment(made_at)}
        )
    limit = time.time() - timedelta(days=BACKUP_DAYS).total_seconds()
    for path in sorted(upgrades().glob(f"*{SUFFIX}")):
        if path.stat().st_mtime < limit:
            yield Finding(
                UNSAFE,
                str(path),
                _("this backup is older than the %(days)d days that people were promised: delete it.") % {"days": BACKUP_DAYS},
                path.unlink,
            )


def registers() -> Iterator[Finding]:
    """Whether the database is as far as what was seen of it."""
    for gap in folder.gaps():
        yield Finding(
            UNSAFE,
            gap.standing.origin,
            _("the database is behind its log folder by %(count)d entries: it will not be served; restore the last backup.")
            % {"count": gap.lost + gap.lost_votes},
        )


def clock() -> Iterator[Finding]:
    """Whether the hour, which decides what is in time, is right: no earlier than what is written, and kept by a time server."""
    now = timezone.now()
    latest = _latest_instant()
    if latest is not None and latest > now + CLOCK_TOLERANCE:
        yield Finding(
            UNSAFE,
            _("clock"),
            _("it says %(now)s, before what is already written (%(latest)s): set it right before serving.")
            % {"now": printing.moment(now), "latest": printing.moment(latest)},
        )
    if _is_kept_by_a_server() is False:
        yield Finding(
            MISSING, _("clock"), _("no time server keeps it right: `timedatectl set-ntp true` (package systemd-timesyncd).")
        )


def _latest_instant() -> datetime | None:
    instants = [
        Checkpoint.objects.aggregate(latest=Max("sealed_at"))["latest"],
        Act.objects.aggregate(latest=Max("happened_at"))["latest"],
    ]
    return max((instant for instant in instants if instant is not None), default=None)


def _is_kept_by_a_server() -> bool | None:
    """What systemd says; None where it is not there to say."""
    program = shutil.which("timedatectl")
    if program is None or not Path("/run/systemd/system").is_dir():
        return None
    command = [program, "show", "--property=NTPSynchronized", "--value"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(answer)


def public_address() -> Iterator[Finding]:
    """Whether the site answers where people are told to find it, with a certificate that lasts."""
    base = settings.POLYPHONIE_BASE_URL
    address = urlsplit(base)
    if settings.IS_LOCAL:
        return
    try:
        with urllib.request.urlopen(f"{base}{addresses.HEALTH}", timeout=5) as answer:  # noqa: S310  (the operator's own address)
            found = answer.read(200)
    except ssl.SSLError as error:
        yield Finding(UNSAFE, base, _("its certificate is not accepted (%(reason)s).") % {"reason": error.reason})
        return
    except (urllib.error.URLError, HTTPException, OSError) as error:
        yield Finding(
            MISSING, base, _("this site does not answer there yet (%(reason)s).") % {"reason": getattr(error, "reason", error)}
        )
        return
    if b"live" not in found:
        yield Finding(UNSAFE, base, _("something else than this site answers there."))
    if address.scheme == "https" and (days := _certificate_days(address.hostname or "", address.port or 443)) < CERTIFICATE_DAYS:
        yield Finding(UNSAFE, base, _("its certificate ends in %(days)d days and was not renewed.") % {"days": days})


def _certificate_days(host: str, port: int) -> int:
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except OSError:
        return CERTIFICATE_DAYS
    return int((ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()) // 86400)


POSTGRESQL_WANTED = {
    "default_transaction_isolation": "read committed",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "server_encoding": "UTF8",
}


def postgresql() -> Iterator[Finding]:
    """Whether PostgreSQL keeps what it confirms, and reads as the product relies on it."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for name, wanted in POSTGRESQL_WANTED.items():
            cursor.execute(f"SHOW {name}")
            (found,) = cursor.fetchone()
            if found != wanted:
                yield Finding(
                    UNSAFE, f"PostgreSQL {name}", _("it is %(found)s, not %(wanted)s.") % {"found": found, "wanted": wanted}
                )
