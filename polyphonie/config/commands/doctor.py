"""`polyphonie doctor`: what is missing or unsafe in this installation, each in a sentence with its remedy?"""

import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account
from polyphonie.config import database_driver, health, messages, premises, schedule
from polyphonie.config.commands import database
from polyphonie.config.findings import MISSING, UNSAFE, Finding
from polyphonie.config.settings import env
from polyphonie.config.terminal import Outcome, Terminal
from polyphonie.ledger import keys
from polyphonie.ledger.models import KeyFingerprint
from polyphonie.moderation.queries import waiting_appeals
from polyphonie.processes.models import Process

OWNER_ONLY = 0o077

SECURITY_OF_HTTPS = {"security.W004", "security.W008", "security.W012", "security.W016", "security.W021"}
"""Django's warnings that say in five ways that the base address is not https; said once, below."""


def run(options: Namespace, terminal: Terminal) -> Outcome:
    repaired = []
    if options.fix:
        repaired = [finding.subject for finding in examine() if finding.repair is not None and _repaired(finding)]
    findings = [*examine(), *_test_mail(options.mail, terminal)]
    for finding in findings:
        mark = _("Unsafe") if finding.level == UNSAFE else _("Missing")
        terminal.say(f"{mark} · {finding.subject}: {finding.sentence}")
    if not findings:
        terminal.say(_("Nothing is missing and nothing is unsafe."))
    facts = [{key: value for key, value in asdict(finding).items() if key != "repair"} for finding in findings]
    return Outcome({"findings": facts, "repaired": repaired}, is_right=all(finding.level != UNSAFE for finding in findings))


def _repaired(finding: Finding) -> bool:
    assert finding.repair is not None
    finding.repair()
    return True


def examine() -> Iterator[Finding]:
    """Everything to repair, the gravest subjects first."""
    yield from _keys_folder()
    yield from premises.folders()
    yield from _database()
    yield from _addresses_and_modes()
    yield from premises.public_address()
    yield from premises.fonts()
    yield from premises.papers()
    yield from _mail()
    yield from _settings()
    yield from _django_checks()


def _keys_folder() -> Iterator[Finding]:
    folder, var = Path(settings.POLYPHONIE_KEYS), Path(settings.POLYPHONIE_VAR)
    subject = str(folder)
    if folder.resolve() == var.resolve() or var.resolve() in folder.resolve().parents:
        yield Finding(
            UNSAFE,
            subject,
            _("the keys are inside POLYPHONIE_VAR, which is backed up: set POLYPHONIE_KEYS to a folder outside it."),
        )
    if folder.is_dir() and folder.stat().st_mode & OWNER_ONLY:
        yield Finding(
            UNSAFE, subject, _("others than its owner can open the keys folder (mode 0700 wanted)."), lambda: folder.chmod(0o700)
        )
    for path in sorted(folder.glob("*")):
        if path.is_file() and path.stat().st_mode & OWNER_ONLY:
            yield Finding(UNSAFE, str(path), _("others than its owner can read this key (mode 0600 wanted)."), _closing(path))


def _closing(path: Path) -> Callable[[], object]:
    return lambda: path.chmod(0o600)


def _database() -> Iterator[Finding]:
    subject = _("database")
    if connection.vendor == "sqlite" and not Path(settings.POLYPHONIE_VAR).is_dir():
        yield Finding(MISSING, subject, _("it does not exist yet; the first command creates it."), database.prepare)
        return
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield Finding(UNSAFE, subject, _("it does not answer (%(reason)s).") % {"reason": " ".join(str(error).split())})
        return
    if connection.vendor == "sqlite":
        yield from _sqlite()
    yield from premises.postgresql()
    if database.is_empty():
        yield Finding(MISSING, subject, _("it is empty; the first command prepares it."), database.prepare)
    elif unknown := database.unknown():
        yield Finding(UNSAFE, subject, database.later_version(unknown))
    elif pending := database.pending():
        names = ", ".join(pending)
        yield Finding(UNSAFE, subject, _("it is of an earlier version (%(names)s): run “polyphonie upgrade”.") % {"names": names})
    else:
        yield from _records()


def _sqlite() -> Iterator[Finding]:
    version = database_driver.current_version()
    if not database_driver.is_sound(version):
        number = ".".join(str(part) for part in version)
        yield Finding(
            MISSING,
            f"SQLite {number}",
            _("this version can lose a write in its fast journal; the slower TRUNCATE journal is used."),
        )
    for name, (found, wanted) in database.pragmas_amiss().items():
        yield Finding(UNSAFE, f"SQLite {name}", _("it is %(found)s, not %(wanted)s.") % {"found": found, "wanted": wanted})


def _records() -> Iterator[Finding]:
    for fingerprint in KeyFingerprint.objects.order_by("name"):
        try:
            keys.key(fingerprint.name)
        except keys.KeyMissing as error:
            yield Finding(UNSAFE, str(settings.POLYPHONIE_KEYS), str(error))
    yield from premises.registers()
    yield from premises.backups()
    yield from premises.clock()
    yield from _appeals()
    if not Account.objects.filter(is_administrator=True).exists():
        yield Finding(MISSING, _("administrator"), _("nobody administers this installation yet."))
    turn = schedule.last_turn_file()
    if Process.objects.exists() and (not turn.exists() or time.time() - turn.stat().st_mtime > health.SECONDS_WITHOUT_TURN):
        yield Finding(
            UNSAFE,
            "tick",
            _("nothing did what is due for ten minutes: run “polyphonie serve”, or “polyphonie tick” every minute."),
        )


def _appeals() -> Iterator[Finding]:
    """Appeals that nobody can judge, or that have waited too long."""
    now = timezone.now()
    for process in Process.objects.filter(is_archive=False).order_by("slug"):
        waiting = waiting_appeals(process, now=now)
        if any(not appeal.judges for appeal in waiting):
            yield Finding(MISSING, process.slug, _("an appeal waits and nobody can judge it: offer the appeal role to someone."))
        if any(appeal.is_late for appeal in waiting):
            yield Finding(MISSING, process.slug, _("an appeal has waited for more than 30 days: it has to be judged."))


def _addresses_and_modes() -> Iterator[Finding]:
    address = urlsplit(settings.POLYPHONIE_BASE_URL)
    is_local = address.hostname in ("127.0.0.1", "localhost", "::1")
    if settings.DEBUG:
        yield Finding(UNSAFE, "POLYPHONIE_DEBUG", _("errors show the code and the settings to anyone: unset it."))
    if settings.POLYPHONIE_DEMO:
        yield Finding(UNSAFE, "POLYPHONIE_DEMO", _("anyone signs in as anyone: unset it."))
    if not is_local and address.scheme != "https":
        yield Finding(UNSAFE, "POLYPHONIE_BASE_URL", _("it is public and not https: sessions and votes travel in clear."))
    if is_local and not settings.POLYPHONIE_DEMO:
        yield Finding(MISSING, "POLYPHONIE_BASE_URL", _("it names this machine only: set the public address (https://…)."))


def _mail() -> Iterator[Finding]:
    if "POLYPHONIE_MAIL_URL" not in env_given():
        yield Finding(
            MISSING, "POLYPHONIE_MAIL_URL", _("no mail leaves: set the mail server (smtp://user:password@host:587/?tls=true).")
        )
        return
    try:
        mail = get_connection(timeout=5)
        mail.open()
        mail.close()
    except (OSError, TypeError) as error:
        yield Finding(UNSAFE, "POLYPHONIE_MAIL_URL", _("the mail server does not answer (%(reason)s).") % {"reason": error})


def _test_mail(address: str, terminal: Terminal) -> Iterator[Finding]:
    """Send one mail, at once, without the outbox."""
    if not address:
        return
    subject = _("Test mail from %(site)s") % {"site": settings.POLYPHONIE_BASE_URL}
    body = _("This site can write to people. Check that this mail did not land among the unwanted ones.")
    mail = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address], connection=get_connection(timeout=15))
    try:
        mail.send()
    except (OSError, TypeError) as error:  # smtplib's errors are OSErrors
        reason = " ".join(str(error).split())
        yield Finding(UNSAFE, address, _("the test mail did not leave (%(reason)s).") % {"reason": reason})
    else:
        terminal.say(_("Test mail sent to %(address)s: see whether it arrives.") % {"address": address})


def _settings() -> Iterator[Finding]:
    sentences = {
        "POLYPHONIE_MAIL_FROM": _("mails leave under an address that nobody reads: set the sender."),
        "POLYPHONIE_CONTACT_MAIL": _("the foot of each page gives no mail address."),
        "POLYPHONIE_CONTACT_PHONE": _("the foot of each page gives no telephone number."),
        "POLYPHONIE_CONTACT_PLACES": _("the foot of each page names no place where one is helped."),
    }
    given = env_given()
    for name, sentence in sentences.items():
        if name not in given:
            yield Finding(MISSING, name, sentence)
    for blank, value in settings.POLYPHONIE_LEGAL.items():
        if not value:
            yield Finding(MISSING, LEGAL_SETTINGS[blank], _("the legal pages leave this blank."))
    if any(not path.exists() for path in messages.compiled_paths()):
        yield Finding(
            MISSING, _("French"), _("the catalogues are not compiled: the pages speak English."), messages.compile_catalogues
        )


def env_given() -> set[str]:
    """The settings that the environment or `.env` gives."""
    return {name for name in SETTINGS if env.str(name, "")}


SETTINGS = (
    "POLYPHONIE_MAIL_URL",
    "POLYPHONIE_MAIL_FROM",
    "POLYPHONIE_CONTACT_MAIL",
    "POLYPHONIE_CONTACT_PHONE",
    "POLYPHONIE_CONTACT_PLACES",
)

LEGAL_SETTINGS = {
    "publisher": "POLYPHONIE_PUBLISHER",
    "publisher_address": "POLYPHONIE_PUBLISHER_ADDRESS",
    "publication_director": "POLYPHONIE_PUBLICATION_DIRECTOR",
    "host": "POLYPHONIE_HOSTING",
    "host_address": "POLYPHONIE_HOSTING_ADDRESS",
    "data_protection_officer": "POLYPHONIE_DATA_PROTECTION_OFFICER",
}


def _django_checks() -> Iterator[Finding]:
    is_https = settings.POLYPHONIE_BASE_URL.startswith("https:")
    for message in checks.run_checks(include_deployment_checks=True):
        if message.is_silenced() or (message.id in SECURITY_OF_HTTPS and not is_https):
            continue
        if message.id == "security.W018":  # said above, as POLYPHONIE_DEBUG
            continue
        level = UNSAFE if message.level >= checks.WARNING else MISSING
        yield Finding(level, str(message.id), " ".join(str(message.msg).split()))
