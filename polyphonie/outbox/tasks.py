"""Later work of the outbox: mails that are due leave, by the mail server of the settings, one connection for many."""

import hashlib
import logging
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from polyphonie.core.writing import writing
from polyphonie.outbox.actions import claim_due, forget_left_mails, give_back, note_failure, note_sent
from polyphonie.outbox.models import Mail
from polyphonie.outbox.queries import due

logger = logging.getLogger(__name__)

AT_ONCE = 50
PERMANENT_ERRORS = 500


def send_due() -> int:
    """Send what is due; how many left. Safe when run twice or killed: a mail is claimed, sent, then marked, and one that a
    killed sender may have sent leaves again with the same Message-ID."""
    sent = 0
    while due(timezone.now()).exists():
        with writing() as now:
            mails = claim_due(now=now, how_many=AT_ONCE)
        if not mails:
            break
        count, goes_on = _hand_over(mails)
        sent += count
        if not goes_on:
            break
    return sent


def forget_left() -> int:
    """Destroy what the outbox no longer needs."""
    with writing() as now:
        return forget_left_mails(now=now)


def _hand_over(mails: list[Mail]) -> tuple[int, bool]:
    """Send these; how many left, and whether to go on."""
    if settings.POLYPHONIE_DEMO:
        for mail in mails:
            _mark_sent(mail)
        return len(mails), True
    try:
        connection: BaseEmailBackend = get_connection()
        connection.open()
    except OSError as error:
        _put_off(mails, error)
        return 0, False
    sent = 0
    try:
        for place, mail in enumerate(mails):
            try:
                connection.send_messages([message(mail)])
            except (OSError, SMTPResponseException) as error:
                _put_off([mail], error)
                if not _is_about_recipient(error):
                    with writing():
                        give_back(mails[place + 1 :])
                    return sent, False
                continue
            _mark_sent(mail)
            sent += 1
    finally:
        connection.close()
    return sent, True


def _mark_sent(mail: Mail) -> None:
    with writing() as now:
        note_sent(mail, keeps_content=settings.POLYPHONIE_DEMO, now=now)


def _put_off(mails: list[Mail], error: Exception) -> None:
    logger.warning("%s mail(s) wait: %s", len(mails), type(error).__name__)
    with writing() as now:
        note_failure(mails, error=type(error).__name__, is_refused=_is_refused_for_good(error), now=now)


def _is_about_recipient(error: Exception) -> bool:
    return isinstance(error, SMTPRecipientsRefused)


def _is_refused_for_good(error: Exception) -> bool:
    return isinstance(error, SMTPRecipientsRefused) and all(code >= PERMANENT_ERRORS for code, _ in error.recipients.values())


def message(mail: Mail) -> EmailMessage:
    """The mail as it leaves: plain text; its one-click unsubscription in the headers (RFC 2369, RFC 8058)."""
    domain = settings.POLYPHONIE_HOST.split(":")[0] or "localhost"
    headers = {
        "Message-ID": f"<{hashlib.sha256(mail.key.encode()).hexdigest()[:32]}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
    if mail.unsubscribe_address:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_address}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return EmailMessage(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.to], headers=headers)


TASKS = [send_due, forget_left]
"""What `tick` runs, in this order."""
