"""Which voices stand beside the text? One page of those of a consultation, with where each is cited, read, left aside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from polyphonie.contributions.fates import fate_in_words
from polyphonie.contributions.models import Contribution, Kind, Origin
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import Presorted, Reading, UncitedReason
from polyphonie.synthesis.queries.desk import NO_TOPIC
from polyphonie.synthesis.queries.groups import Told, told_by_group
from polyphonie.synthesis.queries.live import citations_in, shown_in, to_read_of
from polyphonie.synthesis.queries.near import Near, near_ones
from polyphonie.synthesis.queries.passages import Passage, passages_kept, passages_of

TO_READ, TOPIC, UNCITED, CITED, PASSAGES, EVERY, NEAR, GROUP = (
    "a-lire",
    "sujet",
    "non-citees",
    "citees",
    "passages",
    "toutes",
    "proches",
    "groupe",
)
FILTERS = (TO_READ, TOPIC, UNCITED, CITED, PASSAGES, EVERY, NEAR, GROUP)
WAITING, EXPLAINED = "sans-raison", "avec-raison"
"""Of what is not cited: without a reason yet, and with one."""
A_PAGE = 20


@dataclass(frozen=True)
class Asked:
    """What the list beside the text is asked for; `number`: this one, or those near it; `group`: a group of opinion, by name."""

    list: str = TO_READ
    topic: str = ""
    origin: str = ""
    number: int | None = None
    page: int = 1
    group: str = ""


@dataclass(frozen=True)
class Beside:
    """A voice of the list: how often it is cited, under which topic it was sorted, said already by which, why it is not cited."""

    voice: Contribution
    times_cited: int
    reading: Reading | None
    reason: UncitedReason | None
    passages: list[Passage]
    near: Near | None = None
    told: Told | None = None

    @property
    def votes(self) -> int:
        return self.voice.votes or self.voice.imported_votes

    @property
    def fate_in_words(self) -> str:
        return "" if self.reason is None else fate_in_words(self.reason.fate)


@dataclass(frozen=True)
class Page:
    """A page of the list; `has_next` when another follows."""

    items: list[Beside]
    page: int
    has_next: bool


def left_out_of(consultation: Consultation, asked: Asked) -> QuerySet[Contribution]:
    """The proposals that nothing cites, as far as they are asked for: those that wait for a reason, or those that have one."""
    given = UncitedReason.objects.filter(synthesis__consultation=consultation, contribution=OuterRef("pk"))
    found = _chosen(consultation, replace(asked, list=UNCITED, number=None))
    return found.filter(Exists(given)) if asked.list == EXPLAINED else found.filter(~Exists(given))


def left_out_page(consultation: Consultation, asked: Asked, *, a_page: int) -> Page:
    """One page of `left_out_of`, six queries."""
    start = (asked.page - 1) * a_page
    found = list(left_out_of(consultation, asked).defer("fate_reason", "origin_note")[start : start + a_page + 1])
    return Page(beside(consultation, found[:a_page]), asked.page, len(found) > a_page)


def voices_beside(consultation: Consultation, asked: Asked, *, a_page: int = A_PAGE) -> Page:
    """One page of what is asked for, four queries whatever its length. Those with most votes first, then by number."""
    start = (asked.page - 1) * a_page
    near: dict[int, Near] = {}
    told: dict[int, Told] = {}
    if asked.list == NEAR:
        near = _near(consultation, asked.number)
        found = [one.contribution for one in near.values()][start : start + a_page + 1]
    elif asked.list == GROUP:
        told = {one.number: one for one in told_by_group(consultation, asked.group)}
        found = _in_order(consultation, list(told)[start : start + a_page + 1])
    elif asked.list == TO_READ and asked.number is None:
        numbers = [number for family in to_read_of(consultation) for number in family.numbers]
        found = _in_order(consultation, numbers[start : start + a_page + 1])
    else:
        found = list(_chosen(consultation, asked).defer("fate_reason", "origin_note")[start : start + a_page + 1])
    items = beside(consultation, found[:a_page])
    items = [replace(one, near=near.get(one.voice.number), told=told.get(one.voice.number)) for one in items]
    return Page(items, asked.page, len(found) > a_page)


def _near(consultation: Consultation, number: int | None) -> dict[int, Near]:
    text = None if number is None else shown_in(consultation).filter(number=number).first()
    return {} if text is None else {one.contribution.number: one for one in near_ones(consultation, text)}


def _in_order(consultation: Consultation, numbers: Sequence[int]) -> list[Contribution]:
    by_number = {voice.number: voice for voice in shown_in(consultation).filter(number__in=numbers)}
    return [by_number[number] for number in numbers if number in by_number]


def beside(consultation: Consultation, voices: Iterable[Contribution]) -> list[Beside]:
    """These voices with what the desk knows of each: five queries."""
    held = list(voices)
    keys = [voice.pk for voice in held]
    cited = citations_in(consultation).filter(contribution__in=keys).order_by("contribution").values_list("contribution")
    times = dict(cited.annotate(count=Count("statement", distinct=True)))
    read = Reading.objects.filter(synthesis__consultation=consultation, contribution__in=keys).select_related("topic", "same_as")
    readings = {reading.contribution_id: reading for reading in read}
    given = UncitedReason.objects.filter(synthesis__consultation=consultation, contribution__in=keys)
    reasons = {reason.contribution_id: reason for reason in given}
    kept: dict[int, list[Passage]] = {}
    for passage in passages_kept(passages_of(consultation).filter(contribution__in=keys)):
        kept.setdefault(passage.kept.contribution_id, []).append(passage)
    known = ((one, times.get(one.pk, 0), readings.get(one.pk), reasons.get(one.pk), kept.get(one.pk, [])) for one in held)
    return [Beside(*one) for one in known]


def _chosen(consultation: Consultation, asked: Asked) -> QuerySet[Contribution]:
    shown = shown_in(consultation)
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
        if asked.list == UNCITED:
            voices = voices.filter(~is_cited)
    if asked.topic:
        there: dict[str, object] = {"synthesis__consultation": consultation, "contribution": OuterRef("pk")}
        if asked.topic == NO_TOPIC:
            voices = voices.filter(Exists(Reading.objects.filter(**there, topic=None)))
        else:
            there["topic__key"] = asked.topic
            voices = voices.filter(Exists(Reading.objects.filter(**there)) | Exists(Presorted.objects.filter(**there)))
    if asked.origin in Origin.values:
        voices = voices.filter(origin=asked.origin)
    total = F("agree") + F("mixed") + F("disagree") + F("imported_agree") + F("imported_mixed") + F("imported_disagree")
    return voices.annotate(total_votes=total).order_by("-total_votes", "number")
