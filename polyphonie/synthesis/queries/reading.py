"""What is there to read, in which order, and what stands beside a text? Shared by all rapporteurs, each at their place.

Order: what changed since somebody read it, what came since my last visit, what follows the place where I stopped, then the rest,
each by number; what another rapporteur is reading just now is left to them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from polyphonie.accounts.models import Account
from polyphonie.contributions.models import Contribution, Kind, Side, Status
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import DeskVisit, Presorted, PrivateNote, Reading, Topic
from polyphonie.synthesis.queries.desk import proposals_of
from polyphonie.synthesis.queries.live import citations_in
from polyphonie.synthesis.queries.near import Near, hints_for
from polyphonie.synthesis.queries.passages import Passage, passages_kept, passages_of

AT_IT = timedelta(minutes=10)
"""So long after their last act, a rapporteur still reads the text they were brought."""
MOST_LISTED = 50


@dataclass(frozen=True)
class Progress:
    """« 143 lues sur 300 », and how many of those read have changed since, or arrived since one's last visit."""

    read: int
    total: int
    changed: int
    arrived: int
    seen_at: datetime | None

    @property
    def left(self) -> int:
        return self.total - self.read


@dataclass(frozen=True)
class Opened:
    """A proposal opened to be read, with everything said about it."""

    text: Contribution
    arguments_for: list[Contribution]
    arguments_against: list[Contribution]
    completions: list[Contribution]
    sources: list[Contribution]
    reading: Reading | None
    presorted: Presorted | None
    has_changed: bool
    note: str
    passages: list[Passage]
    said_again_by: list[int]
    times_cited: int
    hints: list[Near]
    previous: int | None
    following: int | None

    @property
    def all_texts(self) -> list[Contribution]:
        return [self.text, *self.arguments_for, *self.arguments_against, *self.completions, *self.sources]


def readings_of(consultation: Consultation) -> QuerySet[Reading]:
    return Reading.objects.filter(synthesis__consultation=consultation, contribution__status=Status.PUBLISHED)


def changed_since_read(consultation: Consultation) -> QuerySet[Reading]:
    """Readings of texts that changed, or were answered, since."""
    of = "contribution__"
    replies = F(f"{of}arguments_for") + F(f"{of}arguments_against") + F(f"{of}sources") + F(f"{of}completions")
    return (
        readings_of(consultation)
        .annotate(now=replies)
        .filter(Q(contribution__revision__gt=F("revision")) | Q(replies__lt=F("now")))
    )


def unread(consultation: Consultation) -> QuerySet[Contribution]:
    return proposals_of(consultation).filter(~Exists(readings_of(consultation).filter(contribution=OuterRef("pk"))))


def visit_of(consultation: Consultation, account: Account) -> DeskVisit | None:
    return DeskVisit.objects.filter(synthesis__consultation=consultation, account=account).first()


def progress_of(consultation: Consultation, account: Account) -> Progress:
    visit = visit_of(consultation, account)
    seen_at = None if visit is None else visit.seen_at
    arrived = 0 if seen_at is None else unread(consultation).filter(published_at__gt=seen_at).count()
    return Progress(
        read=readings_of(consultation).filter(contribution__kind=Kind.PROPOSAL).count(),
        total=proposals_of(consultation).count(),
        changed=changed_since_read(consultation).count(),
        arrived=arrived,
        seen_at=seen_at,
    )


def next_to_read(consultation: Consultation, account: Account, *, now: datetime, after: int | None = None) -> int | None:
    """The number of the next proposal to read; None when everything is read. A few queries, each for one row."""
    visit = visit_of(consultation, account)
    at = after if after is not None else (visit.at_number if visit is not None else None) or 0
    others = DeskVisit.objects.filter(synthesis__consultation=consultation, last_at__gt=now - AT_IT, at_number__isnull=False)
    taken = list(others.exclude(account=account).order_by("pk").values_list("at_number", flat=True))
    for numbers in _in_order(consultation, visit, at):
        found = next((number for number in numbers if number not in taken and number != after), None)
        if found is not None:
            return found
    return None


def _in_order(consultation: Consultation, visit: DeskVisit | None, at: int) -> Iterator[QuerySet[Contribution, int]]:
    few = slice(0, 12)
    changed = changed_since_read(consultation).order_by("contribution__number")
    yield changed.values_list("contribution__number", flat=True)[few]  # type: ignore[misc]  # numbers, of readings
    left = unread(consultation).order_by("number").values_list("number", flat=True)
    if visit is not None:
        yield left.filter(published_at__gt=visit.seen_at)[few]
    yield left.filter(number__gte=at)[few]
    yield left[few]


def opened(consultation: Consultation, number: int, account: Account) -> Opened | None:
    """A proposal with everything said about it, ready to be read: a dozen queries, whatever is said. None when there is none."""
    read = proposals_of(consultation).select_related("speaks_for", "author")
    text = read.filter(number=number).first()
    if text is None:
        return None
    replies = _replies(text)
    keys = [text.pk, *(reply.pk for reply in replies)]
    reading = (
        Reading.objects.filter(synthesis__consultation=consultation, contribution=text).select_related("topic", "same_as").first()
    )
    note = PrivateNote.objects.filter(synthesis__consultation=consultation, contribution=text, account=account).first()
    numbers = proposals_of(consultation).order_by("number").values_list("number", flat=True)
    same = readings_of(consultation).filter(same_as=text).order_by("contribution__number")
    return Opened(
        text=text,
        arguments_for=[one for one in replies if one.kind == Kind.ARGUMENT and one.side == Side.FOR],
        arguments_against=[one for one in replies if one.kind == Kind.ARGUMENT and one.side == Side.AGAINST],
        completions=[one for one in replies if one.kind == Kind.COMPLETION],
        sources=[one for one in replies if one.kind == Kind.SOURCE],
        reading=reading,
        presorted=_presorted(text, reading),
        has_changed=reading is not None and _has_changed(text, reading),
        note="" if note is None else note.body,
        passages=passages_kept(passages_of(consultation).filter(contribution__in=keys)),
        said_again_by=list(same.values_list("contribution__number", flat=True)[:MOST_LISTED]),
        times_cited=citations_in(consultation).filter(contribution__in=keys).values("statement").distinct().count(),
        hints=[] if reading is not None and reading.same_as_id else hints_for(consultation, text, read=_read(consultation)),
        previous=numbers.filter(number__lt=number).last(),
        following=numbers.filter(number__gt=number).first(),
    )


def _read(consultation: Consultation) -> QuerySet[Contribution]:
    return proposals_of(consultation).filter(Exists(readings_of(consultation).filter(contribution=OuterRef("pk"))))


def _presorted(text: Contribution, reading: Reading | None) -> Presorted | None:
    """Where an accepted suggestion put a text that nobody has read yet."""
    if reading is not None:
        return None
    held = Presorted.objects.filter(synthesis__consultation=text.consultation_id, contribution=text)
    return held.select_related("topic", "same_as", "decision").first()


def _has_changed(text: Contribution, reading: Reading) -> bool:
    replies = text.arguments_for + text.arguments_against + text.sources + text.completions
    return text.revision > reading.revision or replies > reading.replies


def _replies(text: Contribution) -> list[Contribution]:
    """Everything visible said about a proposal, what is said about that included."""
    shown = Contribution.objects.filter(consultation=text.consultation_id, status=Status.PUBLISHED).select_related(
        "speaks_for", "author", "about"
    )
    return list(shown.filter(Q(about=text) | Q(about__about=text)).order_by("number"))


def sorted_under(consultation: Consultation) -> list[tuple[Topic, int]]:
    """The topics in order, each with how many contributions were sorted under it, by hand or by an accepted suggestion."""
    shown = Presorted.objects.filter(synthesis__consultation=consultation, contribution__status=Status.PUBLISHED)
    counts: Counter[int] = Counter()
    for rows in (readings_of(consultation).order_by("topic"), shown.order_by("topic")):
        counts.update(dict(rows.filter(topic__isnull=False).values_list("topic").annotate(count=Count("pk"))))
    return [(topic, counts.get(topic.pk, 0)) for topic in Topic.objects.filter(synthesis__consultation=consultation)]


def proposal_of(consultation: Consultation, number: int) -> int | None:
    """The number of the visible proposal that a text of this number belongs to."""
    text = Contribution.objects.filter(consultation=consultation, number=number).select_related("about__about").first()
    for _step in range(3):
        if text is None or text.kind == Kind.PROPOSAL:
            break
        text = text.about
    return text.number if text is not None and text.is_visible else None
