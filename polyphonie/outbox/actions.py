"""What can happen to a mail? It is queued once, withdrawn with what it quotes, claimed, sent, put off, forgotten."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from polyphonie.core.plaintext import shortened
from polyphonie.core.writing import assert_writing
from polyphonie.outbox.models import Mail
from polyphonie.outbox.queries import due, quoting, waiting

CLAIM = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
REFUSALS_BEFORE_GIVING_UP = 3
KEYS_KEPT = timedelta(days=90)
SUBJECT_LENGTH = 250


def queue_mail(
    key: str,
    to: str,
    subject: str,
    body: str,
    *,
    now: datetime,
    quotes: str | Sequence[str] = "",
    unsubscribe: str = "",
    due: datetime | None = None,
    worthless_after: datetime | None = None,
) -> bool:
    """Leave a mail to be sent, in the caller's transaction; False when `key` was queued before (it is then left as it is).

    `quotes` names what the text quotes, `unsubscribe` is the absolute address of its one-click link, `due` the first instant
    at which it may leave (now by default), `worthless_after` the one from which it is not worth sending.
    """
    assert_writing()
    if Mail.objects.filter(key=key).exists():
        return False
    names = [quotes] if isinstance(quotes, str) else list(quotes)
    Mail.objects.bulk_create(
        [
            Mail(
                key=key,
                to=to,
                subject=shortened(" ".join(subject.split()), SUBJECT_LENGTH),
                body=body,
                quotes="".join(f" {name} " for name in names if name),
                unsubscribe_address=unsubscribe,
                queued_at=now,
                due_on_or_after=due or now,
                worthless_after=worthless_after,
            )
        ],
        ignore_conflicts=True,
    )
    return True


def withdraw_quoting(name: str) -> list[str]:
    """Destroy the waiting mails that quote this, in the transaction that hides, erases or closes it; returns their keys.

    Packages above `notifications` call its `withdraw_quoting`, which also keeps the other lines of a digest.
    """
    assert_writing()
    keys = list(quoting(name).values_list("key", flat=True))
    if keys:
        Mail.objects.filter(key__in=keys).delete()
    return keys


def withdraw(keys: Iterable[str]) -> int:
    """Destroy waiting mails by their keys."""
    assert_writing()
    return waiting().filter(key__in=list(keys)).delete()[0]


def forget_address(address: str) -> int:
    """Destroy every mail to an address that is no longer anyone's, those that the demonstration keeps too; how many."""
    assert_writing()
    return Mail.objects.filter(to=address).exclude(to="").delete()[0]


def claim_due(*, now: datetime, how_many: int) -> list[Mail]:
    """Take mails to send: nobody else takes them for five minutes; those of a sender that was killed come back after that."""
    assert_writing()
    chosen = list(due(now).select_for_update(skip_locked=True).values_list("pk", flat=True)[:how_many])
    Mail.objects.filter(pk__in=chosen).update(claimed_until=now + CLAIM)
    return sorted(Mail.objects.filter(pk__in=chosen), key=lambda mail: chosen.index(mail.pk))


def note_sent(mail: Mail, *, keeps_content: bool, now: datetime) -> None:
    """A mail has left: its text is destroyed, and the whole row when it carried a code; the demonstration keeps both."""
    assert_writing()
    if keeps_content:
        Mail.objects.filter(pk=mail.pk).update(sent_at=now, claimed_until=None, last_error="")
    elif mail.worthless_after is not None:
        Mail.objects.filter(pk=mail.pk).delete()
    else:
        Mail.objects.filter(pk=mail.pk).update(
            sent_at=now, claimed_until=None, last_error="", to="", subject="", body="", quotes="", unsubscribe_address=""
        )


def note_failure(mails: Iterable[Mail], *, error: str, is_refused: bool, now: datetime) -> None:
    """Mails did not leave: they are tried again later, for ever while the server is down, three times when it says that the
    address itself refuses them."""
    assert_writing()
    for mail in mails:
        mail.attempts += 1
        mail.last_error = error[:300]
        mail.claimed_until = None
        mail.due_on_or_after = now + min(FIRST_WAIT * 2 ** min(mail.attempts - 1, 10), LONGEST_WAIT)
        if is_refused and mail.attempts >= REFUSALS_BEFORE_GIVING_UP:
            mail.given_up_at = now
            mail.to = mail.subject = mail.body = mail.quotes = mail.unsubscribe_address = ""
        mail.save()


def give_back(mails: Iterable[Mail]) -> None:
    """Leave claimed mails to the next sender, without counting an attempt."""
    assert_writing()
    Mail.objects.filter(pk__in=[mail.pk for mail in mails]).update(claimed_until=None)


def forget_left_mails(*, now: datetime) -> int:
    """Destroy what is of no further use: expired codes that never left, and the keys of mails sent long ago; how many."""
    assert_writing()
    expired = waiting().filter(worthless_after__lt=now).delete()[0]
    return (
        expired
        + Mail.objects.filter(queued_at__lt=now - KEYS_KEPT, due_on_or_after__lt=now - KEYS_KEPT)
        .exclude(sent_at=None, given_up_at=None)
        .delete()[0]
    )
