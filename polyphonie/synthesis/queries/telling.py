"""Who is to be told of a version, and of what? Authors of what it cites or leaves out; all who took part, of the first."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from polyphonie.accounts.models import Account
from polyphonie.contributions.models import Contribution, Status
from polyphonie.notifications.models import Follow, Refusal, Topic
from polyphonie.notifications.queries import consultation_subject
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import SynthesisVersion


@dataclass(frozen=True)
class Told:
    """What one person is told: their numbers cited with how many times, those left out with fate and reason, and the end of the
    comments, if they are to be told of it."""

    cited: Sequence[tuple[int, int]]
    left_out: Sequence[tuple[int, str, str]]
    closes_at: datetime | None

    @property
    def topics(self) -> list[Topic]:
        own = [Topic.MY_TEXTS] if self.cited or self.left_out else []
        return own + ([Topic.CONSULTATIONS] if self.closes_at is not None else [])


def to_be_told(version: SynthesisVersion, *, how_many: int) -> list[Account]:
    """The next people, by key."""
    people = people_of(version.synthesis.consultation).filter(pk__gt=version.told_up_to or 0)
    return list(people.order_by("pk")[:how_many])


def people_of(consultation: Consultation) -> QuerySet[Account]:
    """Those who wrote in a consultation, and those who follow it, as far as a mail reaches them."""
    authors = Contribution.objects.filter(consultation=consultation, status=Status.PUBLISHED, author__isnull=False)
    following = Follow.objects.filter(subject=consultation_subject(consultation.process.slug, consultation.slug))
    people = Account.objects.filter(Q(pk__in=authors.values("author")) | Q(pk__in=following.values("account")))
    return people.filter(closed_on=None, email__isnull=False)


def told_to(version: SynthesisVersion, accounts: Sequence[Account]) -> dict[int, Told]:
    """What each of these people is told, by account, less what they turned off; three queries."""
    times = times_cited(version)
    reasons = {row["number"]: (row["fate"], row["reason"]) for row in version.content["uncited"]}
    before = SynthesisVersion.objects.filter(synthesis=version.synthesis_id, number=version.number - 1).first()
    if before is not None:
        earlier = times_cited(before)
        known = {row["number"]: (row["fate"], row["reason"]) for row in before.content["uncited"]}
        times = {number: count for number, count in times.items() if number not in earlier}
        reasons = {number: said for number, said in reasons.items() if known.get(number) != said}
    mine: dict[int, list[int]] = defaultdict(list)
    texts = Contribution.objects.filter(
        consultation=version.synthesis.consultation_id, status=Status.PUBLISHED, author__in=[account.pk for account in accounts]
    )
    for author, number in texts.order_by("number").values_list("author", "number"):
        mine[author].append(number)
    refused: dict[int, set[str]] = defaultdict(set)
    for person, topic in Refusal.objects.filter(account__in=accounts).order_by("pk").values_list("account", "topic"):
        refused[person].add(topic)
    closes_at = version.synthesis.comments_close_at if before is None else None
    found = {}
    for account in accounts:
        own = [] if Topic.MY_TEXTS in refused[account.pk] else mine[account.pk]
        found[account.pk] = Told(
            cited=[(number, times[number]) for number in own if number in times],
            left_out=[(number, *reasons[number]) for number in own if number in reasons],
            closes_at=None if Topic.CONSULTATIONS in refused[account.pk] else closes_at,
        )
    return found


def times_cited(version: SynthesisVersion) -> Mapping[int, int]:
    """In how many sentences of a version each number is cited."""
    return Counter(
        number
        for statement in version.content["statements"]
        for number in {citation["number"] for citation in statement["citations"]}
    )
