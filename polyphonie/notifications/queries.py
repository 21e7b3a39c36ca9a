"""What does each person follow, refuse, and still have to be told?"""

from django.db.models import QuerySet

from polyphonie.accounts.models import Account
from polyphonie.core.storage.prepared import Prepared
from polyphonie.notifications.models import Event, Follow, Refusal, Topic


def consultation_subject(process: str, consultation: str) -> str:
    """The name under which a consultation is followed."""
    return f"consultation/{process}/{consultation}"


def contribution_quote(process: str, number: int) -> str:
    """The name under which a message quotes a contribution."""
    return f"contribution/{process}/{number}"


_follow = Prepared(
    lambda account, subject: Follow.objects.filter(account=account, subject=subject).order_by("pk").values_list("pk")
)


def is_following(account: Account, subject: str) -> bool:
    return bool(_follow(account=account.pk, subject=subject))


def subjects_followed(account: Account) -> list[str]:
    return list(Follow.objects.filter(account=account).order_by("subject").values_list("subject", flat=True))


def refused_topics(account: Account) -> set[str]:
    """The kinds of message this person turned off."""
    return set(Refusal.objects.filter(account=account).values_list("topic", flat=True))


def followers(subject: str) -> QuerySet[Account]:
    """The people to tell about a subject: they follow it and did not turn such messages off."""
    refusing = Refusal.objects.filter(topic=Topic.CONSULTATIONS).values("account")
    following = Follow.objects.filter(subject=subject).values("account")
    return Account.objects.filter(pk__in=following, closed_on=None, email__isnull=False).exclude(pk__in=refusing).order_by("pk")


def untold() -> QuerySet[Event]:
    """What waits for the next digest."""
    return Event.objects.filter(told_on=None)


def accounts_to_tell(after: int, how_many: int) -> list[Account]:
    """The next people, by key, for whom a digest waits."""
    waiting = untold().filter(account__pk__gt=after).values("account")
    return list(Account.objects.filter(pk__in=waiting, closed_on=None, email__isnull=False).order_by("pk")[:how_many])
