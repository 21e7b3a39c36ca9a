"""What can one be told, and choose to be told? Tell, follow, turn a kind of message off; hand the day's digest over."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.utils import timezone, translation

from polyphonie.accounts.models import Account
from polyphonie.core.plaintext import shortened
from polyphonie.core.refusal import ensure
from polyphonie.core.storage.deleting import delete_together
from polyphonie.core.writing import assert_writing
from polyphonie.notifications import messages
from polyphonie.notifications.models import Event, Follow, Refusal, Topic
from polyphonie.notifications.queries import followers, refused_topics, untold
from polyphonie.notifications.rules import digest_refusal, telling_refusal
from polyphonie.outbox import actions as outbox

LINE_LENGTH = 400
TOLD_KEPT = timedelta(days=30)


def tell(
    account: Account,
    topic: str,
    *,
    key: str,
    line: str,
    address: str,
    now: datetime,
    quotes: str = "",
    is_due_to_them: bool = False,
) -> bool:
    """Tell one person something once: at once about their own texts, in the digest of the day otherwise.

    `key` says what happened (« published/climat/746 ») and is told once to each; `line` is one sentence in the account's
    language; `address` is local; `quotes` names what the line quotes. False when the person turned that kind off,
    unless it `is_due_to_them` whatever they chose: the reasons of a decision against their own text.
    """
    assert_writing()
    is_refused = not is_due_to_them and str(topic) in refused_topics(account)
    if telling_refusal(has_address=bool(account.email), is_refused=is_refused) is not None:
        return False
    line = " ".join(line.split())
    if topic == Topic.MY_TEXTS:
        subject, body = messages.immediate_mail(account, topic, line, address)
        stop = messages.stop_address(account, topic)
        to = account.email or ""
        return outbox.queue_mail(f"{key}/to/{account.pk}", to, subject, body, now=now, quotes=quotes, unsubscribe=stop)
    _write([_event(account, topic, key=key, line=line, address=address, quotes=quotes, now=now)])
    return True


def tell_followers(
    subject: str,
    *,
    key: str,
    line: Callable[[], str],
    address: str,
    now: datetime,
    quotes: str = "",
    except_for: int | None = None,
) -> int:
    """Tell all who follow a subject, in the digest of the day; how many. `line` is called under each language in turn."""
    assert_writing()
    lines: dict[str, str] = {}
    events = []
    for account in followers(subject).iterator(chunk_size=1000):
        if account.pk == except_for:
            continue
        if account.language not in lines:
            with translation.override(account.language):
                lines[account.language] = " ".join(line().split())
        events.append(
            _event(account, Topic.CONSULTATIONS, key=key, line=lines[account.language], address=address, quotes=quotes, now=now)
        )
    _write(events)
    return len(events)


def _event(account: Account, topic: str, *, key: str, line: str, address: str, quotes: str, now: datetime) -> Event:
    return Event(
        account=account,
        topic=topic,
        key=key,
        line=shortened(line, LINE_LENGTH),
        address=address,
        quotes=quotes,
        happened_on=timezone.localdate(now),
    )


def _write(events: list[Event]) -> None:
    Event.objects.bulk_create(events, ignore_conflicts=True, batch_size=500)


def follow(account: Account, subject: str) -> None:
    """Follow something; once is enough. Publishing a text in a consultation follows it, voting never does."""
    assert_writing()
    Follow.objects.bulk_create([Follow(account=account, subject=subject)], ignore_conflicts=True)


def unfollow(account: Account, subject: str) -> None:
    """Stop following, and drop what was still to be told about it."""
    assert_writing()
    Follow.objects.filter(account=account, subject=subject).delete()


def refuse(account: Account, topic: str) -> None:
    """Turn a kind of message off, and drop what was waiting to be told."""
    assert_writing()
    Refusal.objects.bulk_create([Refusal(account=account, topic=topic)], ignore_conflicts=True)
    waiting = untold().filter(account=account, topic=topic)
    waiting.delete()


def accept(account: Account, topic: str) -> None:
    """Turn a kind of message on again."""
    assert_writing()
    Refusal.objects.filter(account=account, topic=topic).delete()


def choose_topics(account: Account, wanted: set[str]) -> None:
    """Turn on the kinds of message in `wanted`, and off all others."""
    assert_writing()
    for topic in Topic.values:
        if topic in wanted:
            accept(account, topic)
        else:
            refuse(account, topic)


def withdraw_quoting(name: str) -> int:
    """Destroy what waits to be told or sent and quotes this, in the transaction that hides or erases it; how many.

    The other lines of a digest that had not left come back in the next one.
    """
    assert_writing()
    dropped = Event.objects.filter(quotes=name).delete()[0]
    keys = outbox.withdraw_quoting(name)
    if keys:
        Event.objects.filter(told_in__in=keys).exclude(told_in="").update(told_on=None, told_in="")
    return dropped + len(keys)


def forget_person(account: Account) -> None:
    """Destroy what a person followed, refused and still had to be told: they close their account."""
    assert_writing()
    delete_together(*(kept.objects.filter(account=account) for kept in (Follow, Refusal, Event)))


def hand_digest_over(account: Account, *, now: datetime) -> bool:
    """Queue the day's digest of one person, of every kind they chose, if there is something to tell and none left today
    already. Raises Refused before the hour of digests."""
    assert_writing()
    ensure(digest_refusal(now))
    events = list(untold().filter(account=account).order_by("pk"))
    if not events or not account.email:
        return False
    subject, body = messages.digest_mail(account, events)
    today = timezone.localdate(now)
    key = digest_key(account, today)
    was_queued = outbox.queue_mail(
        key,
        account.email,
        subject,
        body,
        now=now,
        quotes=sorted({event.quotes for event in events if event.quotes}),
        unsubscribe=messages.stop_address(account, *messages.topics_of(events)),
    )
    if was_queued:
        Event.objects.filter(pk__in=[event.pk for event in events]).update(told_on=today, told_in=key)
    return was_queued


def digest_key(account: Account, day: date) -> str:
    """One digest a day and a person, whatever it tells: the outbox queues a key once."""
    return f"digest/{account.pk}/{day.isoformat()}"


def forget_told(*, now: datetime) -> int:
    """Destroy what was told a month ago; how many lines."""
    assert_writing()
    return Event.objects.filter(told_on__lt=timezone.localdate(now) - TOLD_KEPT).delete()[0]
