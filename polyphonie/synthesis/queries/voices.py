"""Which voices stand beside the text? One page of those of a consultation, with where each is cited, read, left aside."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from polyphonie.contributions.models import Contribution, Kind, Origin, Status
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import Citation, KeptPassage, Reading, UncitedReason

TO_READ, UNCITED, CITED, PASSAGES, EVERY = "a-lire", "non-citees", "citees", "passages", "toutes"
FILTERS = (TO_READ, UNCITED, CITED, PASSAGES, EVERY)
A_PAGE = 20


@dataclass(frozen=True)
class Asked:
    """What the list beside the text is asked for."""

    list: str = UNCITED
    topic: str = ""
    origin: str = ""
    number: int | None = None
    page: int = 1


@dataclass(frozen=True)
class Beside:
    """A voice of the list: how often it is cited, under which topic it was sorted, said already by which, why it is not cited."""

    voice: Contribution
    times_cited: int
    reading: Reading | None
    reason: UncitedReason | None

    @property
    def votes(self) -> int:
        return self.voice.votes or self.voice.imported_votes


@dataclass(frozen=True)
class Page:
    """A page of the list; `has_next` when another follows."""

    items: list[Beside]
    page: int
    has_next: bool


def citations_in(consultation: Consultation) -> QuerySet[Citation]:
    return Citation.objects.filter(statement__synthesis__consultation=consultation)


def voices_beside(consultation: Consultation, asked: Asked) -> Page:
    """One page of what is asked for, four queries whatever its length. Those with most votes first, then by number."""
    voices = _chosen(consultation, asked)
    start = (asked.page - 1) * A_PAGE
    found = list(voices.defer("fate_reason", "origin_note")[start : start + A_PAGE + 1])
    return Page(beside(consultation, found[:A_PAGE]), asked.page, len(found) > A_PAGE)


def beside(consultation: Consultation, voices: Iterable[Contribution]) -> list[Beside]:
    """These voices with what the desk knows of each: three queries."""
    held = list(voices)
    keys = [voice.pk for voice in held]
    cited = citations_in(consultation).filter(contribution__in=keys).order_by("contribution").values_list("contribution")
    times = dict(cited.annotate(count=Count("statement", distinct=True)))
    read = Reading.objects.filter(synthesis__consultation=consultation, contribution__in=keys).select_related("topic", "same_as")
    readings = {reading.contribution_id: reading for reading in read}
    given = UncitedReason.objects.filter(synthesis__consultation=consultation, contribution__in=keys)
    reasons = {reason.contribution_id: reason for reason in given}
    return [Beside(voice, times.get(voice.pk, 0), readings.get(voice.pk), reasons.get(voice.pk)) for voice in held]


def _chosen(consultation: Consultation, asked: Asked) -> QuerySet[Contribution]:
    shown = Contribution.objects.filter(consultation=consultation, status=Status.PUBLISHED)
    if asked.number is not None:
        return shown.filter(number=asked.number).order_by("number")
    is_cited = Exists(citations_in(consultation).filter(contribution=OuterRef("pk")))
    if asked.list == PASSAGES:
        kept = passages_of(consultation).filter(contribution=OuterRef("pk"))
        voices = shown.filter(Exists(kept))
    elif asked.list == CITED:
        voices = shown.filter(is_cited)
    else:
        voices = shown.filter(kind=Kind.PROPOSAL)
        if asked.list in (UNCITED, TO_READ):
            voices = voices.filter(~is_cited)
    if asked.topic:
        sorted_there = Reading.objects.filter(synthesis__consultation=consultation, topic__key=asked.topic)
        voices = voices.filter(Exists(sorted_there.filter(contribution=OuterRef("pk"))))
    if asked.origin in Origin.values:
        voices = voices.filter(origin=asked.origin)
    total = F("agree") + F("mixed") + F("disagree") + F("imported_agree") + F("imported_mixed") + F("imported_disagree")
    return voices.annotate(total_votes=total).order_by("-total_votes", "number")


def passages_of(consultation: Consultation) -> QuerySet[KeptPassage]:
    return KeptPassage.objects.filter(synthesis__consultation=consultation)
