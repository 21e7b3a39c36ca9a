"""What does a « cahier de lecture » hold? Every proposal of a consultation, by topic, with all that is said about it, in volumes.

A volume holds so much and no more, so that making it takes bounded memory and time however large the consultation is. What is
not shown any more keeps its number and a notice; its words are not even carried this far.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from polyphonie.contributions.models import Contribution, Kind, Side, Status
from polyphonie.core.addresses import absolute, contribution_address
from polyphonie.core.printing import day
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import Reading, Topic
from polyphonie.synthesis.queries.live import citations_in

MOST_WEIGHT = 600
"""Of a volume, in texts: an argument or a source counts for one, and every `A_TEXT` characters of a proposal for one."""
A_TEXT = 700
NO_END = 10**9
NO_BREAK = "\u00a0"
PATHS = ("", "about__", "about__about__")
"""From a text to the proposal it is about, in at most two steps."""


@dataclass(frozen=True)
class Chapter:
    """Proposals under one topic, by their numbers; `is_continued` when an earlier volume begins it; `span` when no volume can
    hold all that is said about its one proposal: from which number to which this one does."""

    label: str
    numbers: Sequence[int]
    is_continued: bool = False
    span: tuple[int, int] | None = None


@dataclass(frozen=True)
class Piece:
    """A text as the book prints it; of one that is not shown, its number and `notice` alone."""

    number: int
    kind: str
    address: str
    published_at: datetime
    notice: str = ""
    title: str = ""
    body: str = ""
    url: str = ""
    nature: str = ""
    section: str = ""
    tallies: Sequence["Tally"] = ()
    arguments_for: list["Piece"] = field(default_factory=list)
    arguments_against: list["Piece"] = field(default_factory=list)
    completions: list["Piece"] = field(default_factory=list)
    sources: list["Piece"] = field(default_factory=list)
    gone: list["Piece"] = field(default_factory=list)

    @property
    def everything(self) -> Iterator["Piece"]:
        """The text, then all that is said about it, and about that."""
        yield self
        for piece in (*self.arguments_for, *self.arguments_against, *self.completions, *self.sources, *self.gone):
            yield from piece.everything


@dataclass(frozen=True)
class Tally:
    """The votes on a text, cast here or taken over from elsewhere."""

    agree: int
    mixed: int
    disagree: int
    is_imported: bool = False

    @property
    def voters(self) -> int:
        """Each voter has one vote on a text."""
        return self.agree + self.mixed + self.disagree


@dataclass(frozen=True)
class Filled:
    """A chapter with its texts."""

    label: str
    is_continued: bool
    texts: list[Piece]
    span: tuple[int, int] | None = None


def volumes_of(consultation: Consultation, *, most: int = MOST_WEIGHT) -> list[list[Chapter]]:
    """The volumes of the book, each with its chapters; a topic is cut only when no volume can hold it, and so is what is said
    about a proposal. Four queries, and one for each proposal that is cut."""
    weights = _weights(consultation)
    volumes: list[list[Chapter]] = [[]]
    held = 0
    for label, numbers in _topics(consultation, weights):
        whole = sum(weights[number][0] for number in numbers)
        if volumes[-1] and held + whole > most:
            volumes.append([])
            held = 0
        is_continued = False
        for part, span in _parts(consultation, numbers, weights, most):
            if is_continued:
                volumes.append([])
                held = 0
            volumes[-1].append(Chapter(label, part, is_continued, span))
            held += sum(weights[number][0] for number in part)
            is_continued = True
    return [volume for volume in volumes if volume]


def _parts(
    consultation: Consultation, numbers: Sequence[int], weights: Mapping[int, tuple[int, str]], most: int
) -> Iterator[tuple[list[int], tuple[int, int] | None]]:
    for part in _cut(numbers, weights, most):
        heaviest = weights[part[0]][0]
        for span in _spans(consultation, part[0], most) if len(part) == 1 and heaviest > most else [None]:
            yield part, span


def _spans(consultation: Consultation, number: int, most: int) -> list[tuple[int, int]] | list[None]:
    """What is said about a proposal, so many texts at a time, by number; the last one holds what comes later too."""
    under = _listed(consultation).filter(Q(about__number=number) | Q(about__about__number=number)).order_by("number")
    said = list(under.values_list("number", flat=True))
    if len(said) <= most:
        return [None]
    edges = [0, *said[most::most], NO_END]
    return [(first, following - 1) for first, following in pairwise(edges)]


def _cut(numbers: Sequence[int], weights: Mapping[int, tuple[int, str]], most: int) -> Iterator[list[int]]:
    part: list[int] = []
    held = 0
    for number in numbers:
        weight = weights[number][0]
        if part and held + weight > most:
            yield part
            part, held = [], 0
        part.append(number)
        held += weight
    yield part


def _listed(consultation: Consultation) -> Any:
    return Contribution.objects.filter(consultation=consultation).exclude(status=Status.SUBMITTED)


def _weights(consultation: Consultation) -> dict[int, tuple[int, str]]:
    """Each proposal by its number: what it weighs, its section; in order."""
    second = _listed(consultation).filter(about__about__isnull=False).order_by().values_list("about__about__number")
    beyond = dict(second.annotate(Count("pk")))
    replies = F("arguments_for") + F("arguments_against") + F("sources") + F("completions")
    rows = _listed(consultation).filter(kind=Kind.PROPOSAL).annotate(said=replies, length=Length("body")).order_by("number")
    return {
        number: (1 + said + beyond.get(number, 0) + length // A_TEXT, section)
        for number, section, said, length in rows.values_list("number", "section", "said", "length")
    }


def _topics(consultation: Consultation, known: Mapping[int, tuple[int, str]]) -> list[tuple[str, list[int]]]:
    """What the chapters are: the topics of the synthesis where there are some, else the sections, else everything."""
    found: dict[Any, list[int]] = {}
    labels: dict[Any, str] = {}
    topics = list(Topic.objects.filter(synthesis__consultation=consultation))
    if topics:
        read = Reading.objects.filter(synthesis__consultation=consultation, topic__isnull=False).order_by("contribution")
        sorted_under = dict(read.values_list("contribution__number", "topic"))
        found = {topic.pk: list[int]() for topic in topics} | {None: list[int]()}
        cited_under = _cited_under(consultation)
        for number in known:
            found[sorted_under.get(number) or cited_under.get(number)].append(number)
        labels = {topic.pk: topic.label for topic in topics} | {None: _("Not sorted yet")}
    else:
        for number, (_weight, section) in known.items():
            found.setdefault(section, []).append(number)
            labels[section] = section or (consultation.title if len(found) == 1 else _("Without section"))
    return [(labels[key], numbers) for key, numbers in found.items() if numbers]


def _cited_under(consultation: Consultation) -> dict[int, int | None]:
    """The topic of the first sentence that cites a proposal, or what is said about it: where one that nobody sorted stands."""
    rows = citations_in(consultation).filter(statement__topic__isnull=False).order_by("statement__rank", "statement", "rank")
    found: dict[int, int | None] = {}
    for topic, *numbers in rows.values_list("statement__topic", *(f"contribution__{path}number" for path in PATHS)):
        for number in numbers:
            if number is not None:
                found.setdefault(number, topic)
    return found


def filled(consultation: Consultation, chapters: Iterable[Chapter]) -> list[Filled]:
    """The chapters of a volume with their texts: two queries, and two more for each chapter of a proposal that is cut."""
    held = list(chapters)
    return [
        Filled(chapter.label, chapter.is_continued, pieces, chapter.span)
        for chapter, pieces in zip(held, _pieces(consultation, held), strict=True)
    ]


def _pieces(consultation: Consultation, chapters: Sequence[Chapter]) -> Iterator[list[Piece]]:
    whole = _read(consultation, [number for chapter in chapters if not chapter.span for number in chapter.numbers])
    for chapter in chapters:
        pieces = _read(consultation, chapter.numbers, chapter.span) if chapter.span else whole
        yield [pieces[number] for number in chapter.numbers if number in pieces]


def _read(consultation: Consultation, numbers: Sequence[int], span: tuple[int, int] | None = None) -> dict[int, Piece]:
    """These proposals with what is said about them: all of it, or the numbers of a span, each under what it is about."""
    texts = list(_listed(consultation).filter(number__in=numbers, kind=Kind.PROPOSAL).order_by("number"))
    keys = [text.pk for text in texts]
    said = _listed(consultation).filter(Q(about__in=keys) | Q(about__about__in=keys)).order_by("number")
    if span:
        within = said.filter(number__range=span)
        said = said.filter(Q(pk__in=within.values("pk")) | Q(pk__in=within.values("about"), about__in=keys))
    about: dict[int, list[Contribution]] = {}
    for reply in said.iterator(500):
        about.setdefault(reply.about_id, []).append(reply)
    slug = consultation.process.slug
    return {text.number: _piece(text, about, slug) for text in texts}


def _piece(text: Contribution, about: Mapping[int, list[Contribution]], process: str) -> Piece:
    address = absolute(contribution_address(process, text.number))
    said = [_piece(reply, about, process) for reply in about.get(text.pk, ())]
    replies: dict[str, Any] = {
        "arguments_for": [one for one in said if one.kind == Side.FOR],
        "arguments_against": [one for one in said if one.kind == Side.AGAINST],
        "completions": [one for one in said if one.kind == Kind.COMPLETION and not one.notice],
        "sources": [one for one in said if one.kind == Kind.SOURCE and not one.notice],
        "gone": [one for one in said if one.notice],
    }
    if not text.is_visible:
        return Piece(text.number, text.kind, address, text.published_at, notice=notice_in_words(text), **replies)
    return Piece(
        text.number,
        text.side or text.kind,
        address,
        text.published_at,
        title=text.title,
        body=text.body,
        url=text.url,
        nature=str(text.get_nature_display()) if text.nature else "",
        section=text.section,
        tallies=_tallies(text),
        **replies,
    )


def _tallies(text: Contribution) -> list[Tally]:
    cast = Tally(text.agree, text.mixed, text.disagree)
    taken = Tally(text.imported_agree, text.imported_mixed, text.imported_disagree, is_imported=True)
    return [tally for tally in (cast, taken) if tally.voters or (text.is_votable and not tally.is_imported and not taken.voters)]


def notice_in_words(text: Contribution) -> str:
    """What stands for a text that is not shown: by whom in role, since when; the ground is at its address."""
    since = {"day": "" if text.status_since is None else day(text.status_since)}
    if text.status == Status.WITHDRAWN:
        return _("Withdrawn by its author on %(day)s.") % since if since["day"] else _("Withdrawn by its author.")
    if text.status == Status.ERASED:
        return _("Erased with the account that wrote it.")
    if text.status == Status.TEXT_UNAVAILABLE:
        return _("This number is cited, but its text was not handed over.")
    if text.status == Status.REMOVED:
        return _("Removed by moderation on %(day)s.") % since if since["day"] else _("Removed by moderation.")
    return _("Hidden by moderation on %(day)s.") % since if since["day"] else _("Hidden by moderation.")


@dataclass(frozen=True)
class Indexed:
    """A number in the index: its kind, and the proposal under which it stands."""

    number: int
    kind: str
    under: int


def index_of(chapters: Iterable[Filled]) -> list[Indexed]:
    """Every number of a volume, in order, with where it stands."""
    found = [
        Indexed(piece.number, piece.kind, text.number)
        for chapter in chapters
        for text in chapter.texts
        for piece in text.everything
    ]
    return sorted(found, key=lambda one: one.number)


def general_index(consultation: Consultation, volumes: Sequence[Sequence[Chapter]]) -> list[str]:
    """Which volume holds which number: « #12–#47 (3) » for those of volume 3, in the order of the numbers, some thousands of
    them in a line of text each hundred, which weighs little to set; one query."""
    at: dict[int, list[tuple[int, int]]] = {}
    for place, volume in enumerate(volumes, 1):
        for chapter in volume:
            for number in chapter.numbers:
                at.setdefault(number, []).append((chapter.span[1] if chapter.span else NO_END, place))
    rows = _listed(consultation).order_by("number").values_list("number", "about__number", "about__about__number")
    runs: list[list[int]] = []
    for number, about, beyond in rows.iterator(2_000):
        places = at.get(number) or at.get(about) or at.get(beyond)
        if places is None:
            continue
        place = places[0][1] if number in at else next(place for last, place in places if number <= last)
        if runs and runs[-1][2] == place:
            runs[-1][1] = number
        else:
            runs.append([number, number, place])
    hundreds: dict[int, list[str]] = {}
    for first, last, place in runs:
        words = f"#{first} ({place})" if first == last else f"#{first}–#{last} ({place})"
        hundreds.setdefault(first // 100, []).append(words.replace(" ", NO_BREAK))
    return [", ".join(words) for words in hundreds.values()]
