"""What can be done with an archive brought from elsewhere? Take its settings and texts up; publish or drop a text."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from polyphonie.accounts.actions import change_settings
from polyphonie.accounts.models import Account
from polyphonie.accounts.queries import is_name_taken
from polyphonie.accounts.rules import name_refusal
from polyphonie.core.writing import assert_writing
from polyphonie.notifications.actions import choose_topics
from polyphonie.notifications.models import Topic
from polyphonie.portal.bringing import Brought
from polyphonie.portal.models import TakenText


@dataclass(frozen=True)
class TakenUp:
    """What was restored: how many texts are new drafts, and whether the name could be taken."""

    texts: int
    has_name: bool


def take_up(account: Account, brought: Brought, *, now: datetime) -> TakenUp:
    """Restore settings and keep texts as drafts; twice is once. Votes, roles and status never come; being listed among the
    participants is asked again here."""
    assert_writing()
    is_free = not is_name_taken(brought.name, except_account=account)
    has_name = bool(brought.name) and name_refusal(brought.name, is_taken=not is_free) is None
    change_settings(
        account,
        name=brought.name if has_name else account.display_name,
        category=brought.category or account.category,
        territory=brought.territory or account.territory,
        is_listed=account.is_listed,
        language=brought.language if brought.language in dict(settings.LANGUAGES) else account.language,
        now=now,
    )
    choose_topics(account, {topic for topic in Topic.values if topic not in brought.refused_messages})
    return TakenUp(_keep_texts(account, brought, now), has_name)


def _keep_texts(account: Account, brought: Brought, now: datetime) -> int:
    known = TakenText.objects.filter(account=account)
    before = known.count()
    TakenText.objects.bulk_create(
        [
            TakenText(
                account=account,
                kind=text.kind,
                title=text.title,
                body=text.body,
                url=text.url,
                origin=text.origin or f"{rank}",
                taken_on=timezone.localdate(now),
            )
            for rank, text in enumerate(brought.texts, start=1)
        ],
        ignore_conflicts=True,
        batch_size=200,
    )
    return known.count() - before


def drop_taken_text(text: TakenText) -> None:
    """Destroy a draft brought from elsewhere."""
    assert_writing()
    text.delete()


def forget_taken_texts(account: Account) -> None:
    """Destroy all of them: their owner closes the account."""
    assert_writing()
    TakenText.objects.filter(account=account).delete()
