"""What is suggested to those who sort and write, of which nobody decided yet? Drawn from the last measures, in today's words.

The job tells numbers and places (`opinion.suggesting`); only texts that are shown, in the revision it read, are drawn here: what
is hidden, withdrawn or changed since leaves at once. What repeats something decided is not offered again: a topic or a phrase
half of whose texts are those of a decided one, a family whose texts all are, the same extract. Another revision is another text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from polyphonie.contributions.models import Contribution, Kind, Revision, Status
from polyphonie.opinion.apart import TOPICS, computed
from polyphonie.opinion.cited import input_hash
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import DecidedSuggestion, Measure, Presorted, Reading, Synthesis, Topic

LEAST_TEXTS = 10
"""Below, nothing is suggested: a person reads them sooner than they sort suggestions."""
LEAST_SAYING = 2
MOST_SHOWN = 8
"""Titles of a topic that are shown."""
FAMILIES_SHOWN = 20

TOPIC, PHRASE, FAMILY, EXTRACT = DecidedSuggestion.Kind

Pair = tuple[int, int]
"""A number and a revision."""
Place = tuple[int, int, str, int, int]
"""A number, a revision, a field, characters [start, end) of it."""


@dataclass(frozen=True)
class Text:
    """A proposal as it stands."""

    pk: int
    number: int
    revision: int
    title: str


@dataclass(frozen=True)
class Offered:
    """Something that a person may accept or refuse: its texts, all of them shown, and its words where it has some."""

    kind: str
    texts: tuple[Text, ...]
    places: tuple[Place, ...] = ()
    words: str = ""
    repeated: int = 0
    """Of a phrase: how often its topic says it."""

    @cached_property
    def pairs(self) -> list[list[int]]:
        return [[text.number, text.revision] for text in self.texts]

    @cached_property
    def mark(self) -> str:
        """A fingerprint, the same as long as it is about the same."""
        return input_hash([self.kind, self.pairs, [list(place) for place in self.places[:1]]])


@dataclass
class OfferedTopic:
    """A topic with the phrases that may name it and the extracts worth quoting; `standing` once it was accepted."""

    offered: Offered
    phrases: list[Offered]
    extracts: list[Offered]
    standing: Topic | None = None
    waiting: int = 0
    """How many of its texts nobody sorted."""

    @property
    def label(self) -> str:
        """The name proposed first: a phrase of several words says more than one of them."""
        first = sorted(self.phrases, key=lambda phrase: " " not in phrase.words)[:1]
        return as_label(first[0].words) if first else ""


@dataclass
class Board:
    """Everything that is suggested, and when and from what it was computed."""

    topics: list[OfferedTopic] = field(default_factory=list)
    accepted: list[OfferedTopic] = field(default_factory=list)
    families: list[Offered] = field(default_factory=list)
    of_topics: Measure | None = None
    of_families: Measure | None = None

    def all_offered(self) -> list[Offered]:
        """Every suggestion, of every kind."""
        found = [topic.offered for topic in self.topics] + list(self.families)
        for topic in (*self.topics, *self.accepted):
            found += [*topic.phrases, *topic.extracts]
        return found

    def holder_of(self, mark: str) -> OfferedTopic | None:
        """The topic to which this phrase belongs."""
        every = (*self.accepted, *self.topics)
        return next((one for one in every if any(phrase.mark == mark for phrase in one.phrases)), None)


def as_label(words: str) -> str:
    """Words as the name of a topic begins."""
    line = " ".join(words.split())
    return line[:1].upper() + line[1:]


def find_topics(consultation: Consultation) -> dict[str, Any]:
    """Topics of the proposals that are shown, found in a process of its own; numbers and places alone. Raises Failed."""
    rows = _proposals(consultation).values_list(
        "number",
        "revision",
        "title",
        "body",
        "agree",
        "mixed",
        "disagree",
        "imported_agree",
        "imported_mixed",
        "imported_disagree",
    )
    texts, votes, revisions = {}, {}, {}
    for number, revision, title, body, *counts in rows:
        texts[str(number)], votes[str(number)] = (title, body), sum(counts)
        if revision > 1:
            revisions[str(number)] = revision
    if len(texts) < LEAST_TEXTS:
        return {"formula": "", "topics": [], "texts": len(texts)}
    found = computed(TOPICS, [int(number) for number in texts], (), settings={"texts": texts, "votes": votes})
    return {**found, "revisions": revisions}


def _proposals(consultation: Consultation) -> QuerySet[Contribution]:
    shown = Contribution.objects.filter(consultation=consultation, kind=Kind.PROPOSAL, status=Status.PUBLISHED)
    return shown.order_by("number")


def board_of(consultation: Consultation) -> Board:
    """What is suggested now; nine queries at most, whatever is suggested."""
    synthesis = Synthesis.objects.filter(consultation=consultation).first()
    if synthesis is None:
        return Board()
    measures = {one.kind: one for one in Measure.objects.filter(synthesis=synthesis).order_by("kind")}
    of_topics, of_families = measures.get(Measure.Kind.TOPICS), measures.get(Measure.Kind.NEARNESS)
    rows = _proposals(consultation).values_list("pk", "number", "revision", "title")
    shown = {number: Text(pk, number, revision, title) for pk, number, revision, title in rows}
    decided = _Decided(list(synthesis.decided_suggestions.select_related("topic")))
    sorted_by_hand = set(Reading.objects.filter(synthesis=synthesis).order_by().values_list("contribution__number", flat=True))
    sorted_before = set(
        Presorted.objects.filter(synthesis=synthesis, topic__isnull=False)
        .order_by()
        .values_list("contribution__number", flat=True)
    )
    board = Board(of_topics=of_topics, of_families=of_families)
    if of_topics is not None and of_topics.result:
        _Topics(consultation, of_topics.result, shown, decided, sorted_by_hand | sorted_before).fill(board)
    if of_families is not None and of_families.result:
        board.families = _families(synthesis, of_families, shown, decided)
    return board


@dataclass(frozen=True)
class ToldDecision:
    """A decision as the history tells it: its words as they are shown now, where it had some."""

    decision: DecidedSuggestion
    words: str


def decisions_of(consultation: Consultation, *, most: int = 100) -> list[ToldDecision]:
    """The last decisions about suggestions, the newest first: two queries."""
    found = DecidedSuggestion.objects.filter(synthesis__consultation=consultation).select_related("topic")[:most]
    held = list(found)
    words = words_at(consultation, [_place(place) for one in held for place in one.places])
    return [ToldDecision(one, next((words[_place(place)] for place in one.places if _place(place) in words), "")) for one in held]


class _Decided:
    """What was decided before: what repeats it is not offered again."""

    def __init__(self, decisions: Sequence[DecidedSuggestion]) -> None:
        self._by_kind: dict[str, list[tuple[DecidedSuggestion, frozenset[Pair]]]] = {}
        self._marks = {one.mark for one in decisions}
        for one in decisions:
            pairs = frozenset((number, revision) for number, revision in one.texts)
            self._by_kind.setdefault(one.kind, []).append((one, pairs))

    def topic_repeated(self, texts: Sequence[Text]) -> DecidedSuggestion | None:
        """The decided topic that holds half of these texts."""
        return next((one for one, pairs in self._by_kind.get(TOPIC, []) if 2 * _held(texts, pairs) >= len(texts)), None)

    def has_phrase(self, offered: Offered, words: Mapping[Place, str]) -> bool:
        """Whether a phrase of the same words was decided, about half of these texts."""
        for one, pairs in self._by_kind.get(PHRASE, []):
            said = {_folded(words.get(_place(place), "")) for place in one.places}
            if _folded(offered.words) in said and 2 * _held(offered.texts, pairs) >= len(offered.texts):
                return True
        return offered.mark in self._marks

    def has_family(self, texts: Sequence[Text]) -> bool:
        return any(_held(texts, pairs) == len(texts) for _one, pairs in self._by_kind.get(FAMILY, []))

    def has(self, offered: Offered) -> bool:
        return offered.mark in self._marks

    def places(self) -> list[Place]:
        return [_place(place) for one, _pairs in self._by_kind.get(PHRASE, []) for place in one.places]


def _held(texts: Sequence[Text], pairs: frozenset[Pair]) -> int:
    return sum((text.number, text.revision) in pairs for text in texts)


def _place(place: Sequence[Any]) -> Place:
    number, revision, name, start, end = place
    return number, revision, name, start, end


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


class _Topics:
    """The topics of a measure, held against what is shown and decided."""

    def __init__(
        self,
        consultation: Consultation,
        result: Mapping[str, Any],
        shown: Mapping[int, Text],
        decided: _Decided,
        is_sorted: set[int],
    ) -> None:
        self._result, self._shown, self._decided, self._sorted = result, shown, decided, is_sorted
        places = [place for topic in result["topics"] for phrase in topic["phrases"] for place in phrase["places"]]
        places += [place for topic in result["topics"] for place in topic["extracts"]]
        read = [placed for number, *rest in places if (placed := self._placed(number, *rest)) is not None]
        self._words = words_at(consultation, [*read, *decided.places()])

    def fill(self, board: Board) -> None:
        for topic in self._result["topics"]:
            texts = self._standing(topic["numbers"])
            if not texts:
                continue
            before = self._decided.topic_repeated(texts)
            if before is not None and (not before.is_accepted or before.topic is None):
                continue
            found = OfferedTopic(Offered(TOPIC, texts), self._phrases(topic), self._extracts(topic))
            if before is None:
                found.waiting = sum(text.number not in self._sorted for text in texts)
                board.topics.append(found)
            elif found.phrases or found.extracts:
                found.standing = before.topic
                board.accepted.append(found)

    def _standing(self, numbers: Iterable[int]) -> tuple[Text, ...]:
        """Those of these texts that are shown, in the revision that was read."""
        revisions = self._result.get("revisions", {})
        found = (self._shown.get(number) for number in numbers)
        return tuple(one for one in found if one is not None and one.revision == revisions.get(str(one.number), 1))

    def _placed(self, number: int, name: str, start: int, end: int) -> Place | None:
        standing = self._standing([number])
        return (number, standing[0].revision, name, start, end) if standing else None

    def _phrases(self, topic: Mapping[str, Any]) -> list[Offered]:
        found = []
        for phrase in topic["phrases"]:
            texts = self._standing(phrase["numbers"])
            placed = (self._placed(*place) for place in phrase["places"])
            places = tuple(place for place in placed if place is not None and place in self._words)
            if len(texts) >= LEAST_SAYING and places:
                offered = Offered(PHRASE, texts, places, self._words[places[0]], phrase["here"])
                if not self._decided.has_phrase(offered, self._words):
                    found.append(offered)
        return found

    def _extracts(self, topic: Mapping[str, Any]) -> list[Offered]:
        found = []
        for number, *rest in topic["extracts"]:
            place = self._placed(number, *rest)
            if place is not None and place in self._words:
                offered = Offered(EXTRACT, (self._shown[number],), (place,), self._words[place])
                if not self._decided.has(offered):
                    found.append(offered)
        return found


def words_at(consultation: Consultation, places: Iterable[Place]) -> dict[Place, str]:
    """The words at these places, of texts that are shown and revisions that may be read, and no others: one query, or none."""
    wanted = set(places)
    if not wanted:
        return {}
    numbers, revisions = {place[0] for place in wanted}, {place[1] for place in wanted}
    rows = Revision.objects.filter(
        contribution__consultation=consultation,
        contribution__number__in=numbers,
        contribution__status=Status.PUBLISHED,
        number__in=revisions,
        salt__isnull=False,
    ).order_by()
    found = {
        (number, revision): {"title": title, "body": body}
        for number, revision, title, body in rows.values_list("contribution__number", "number", "title", "body")
    }
    words = {}
    for place in wanted:
        number, revision, name, start, end = place
        source = found.get((number, revision), {}).get(name, "")
        if 0 <= start < end <= len(source):
            words[place] = source[start:end]
    return words


def _families(synthesis: Synthesis, measure: Measure, shown: Mapping[int, Text], decided: _Decided) -> list[Offered]:
    """The near-duplicates that nobody joined yet, among texts that did not change since they were compared."""
    changed = set(
        Revision.objects.filter(
            contribution__consultation=synthesis.consultation_id, number__gt=1, published_at__gt=measure.read_at
        ).values_list("contribution__number", flat=True)
    )
    joined: set[int] = set()
    for model in (Reading, Presorted):
        rows = model.objects.filter(synthesis=synthesis, same_as__isnull=False).order_by()
        joined |= set(rows.values_list("contribution__number", flat=True))
    found = []
    for numbers in measure.result["families"]:
        texts = tuple(shown[number] for number in sorted(numbers) if number in shown and number not in changed)
        if len(texts) > 1 and any(text.number not in joined for text in texts[1:]) and not decided.has_family(texts):
            found.append(Offered(FAMILY, texts))
    return sorted(found, key=lambda one: (-len(one.texts), one.texts[0].number))
