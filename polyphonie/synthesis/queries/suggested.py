"""What is suggested to those who sort and write, of which nobody decided yet? Drawn from the last measures, in today's words.

The job tells numbers and places (`opinion.texts.suggesting`); only texts that are shown, in the revision it read, are drawn here:
what is hidden, withdrawn or changed since leaves at once. What repeats something decided is not offered again: a topic or a
phrase half of whose texts are those of a decided one, a family whose texts all are, the same extract. Another revision is another
text.
To a topic that was accepted later texts are offered; to each that stands, phrases that name it as it is sorted now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from polyphonie.contributions.models import Revision, Status
from polyphonie.opinion.fingerprint import input_hash
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import DecidedSuggestion, Measure, Presorted, Reading, Synthesis, Topic
from polyphonie.synthesis.queries.finding import proposals_of
from polyphonie.synthesis.queries.live import families_of_last_job

LEAST_SAYING = 2
MOST_SHOWN = 8
"""Titles of a topic that are shown."""
FAMILIES_SHOWN = 20

TOPIC, PHRASE, FAMILY, EXTRACT, JOINING, SECTION = DecidedSuggestion.Kind

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
    topic: Topic | None = None
    """Of later texts: the topic they may join."""

    @cached_property
    def pairs(self) -> list[list[int]]:
        return [[text.number, text.revision] for text in self.texts]

    @cached_property
    def mark(self) -> str:
        """A fingerprint, the same as long as it is about the same."""
        joined = [self.topic.key] if self.topic is not None else []
        return input_hash([self.kind, self.pairs, [list(place) for place in self.places[:1]], *joined])


@dataclass
class OfferedTopic:
    """A topic with the phrases that may name it and the extracts worth quoting; `standing` once it is one of the synthesis, then
    with the later texts that may join it."""

    offered: Offered
    phrases: list[Offered]
    extracts: list[Offered]
    standing: Topic | None = None
    joining: Offered | None = None
    is_accepted: bool = False
    """Whether it was suggested, and accepted; else people made it."""
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
    standing: list[OfferedTopic] = field(default_factory=list)
    families: list[Offered] = field(default_factory=list)
    of_topics: Measure | None = None
    of_families: Measure | None = None

    def all_offered(self) -> list[Offered]:
        """Every suggestion, of every kind."""
        found = [topic.offered for topic in self.topics] + list(self.families)
        for topic in (*self.topics, *self.standing):
            found += [*topic.phrases, *topic.extracts, *([topic.joining] if topic.joining else [])]
        return found

    def holder_of(self, mark: str) -> OfferedTopic | None:
        """The topic to which this phrase belongs."""
        every = (*self.standing, *self.topics)
        return next((one for one in every if any(phrase.mark == mark for phrase in one.phrases)), None)


def as_label(words: str) -> str:
    """Words as the name of a topic begins."""
    line = " ".join(words.split())
    return line[:1].upper() + line[1:]


def board_of(consultation: Consultation) -> Board:
    """What is suggested now; twelve queries at most, whatever is suggested."""
    synthesis = Synthesis.objects.filter(consultation=consultation).first()
    if synthesis is None:
        return Board()
    kept = Measure.objects.filter(synthesis=synthesis)
    measures = {one.kind: one for one in kept.exclude(kind=Measure.Kind.NEARNESS).order_by("kind")}
    of_topics = measures.get(Measure.Kind.TOPICS)
    of_families = kept.filter(kind=Measure.Kind.NEARNESS).defer("result").first()  # of which the pairs are many
    rows = proposals_of(consultation).values_list("pk", "number", "revision", "title")
    shown = {number: Text(pk, number, revision, title) for pk, number, revision, title in rows}
    decided = _Decided(list(synthesis.decided_suggestions.select_related("topic")))
    sorted_by_hand = set(Reading.objects.filter(synthesis=synthesis).order_by().values_list("contribution__number", flat=True))
    sorted_before = set(
        Presorted.objects.filter(synthesis=synthesis, topic__isnull=False)
        .order_by()
        .values_list("contribution__number", flat=True)
    )
    board = Board(of_topics=of_topics, of_families=of_families)
    of_phrases = measures.get(Measure.Kind.PHRASES)
    found, named = ({} if one is None else one.result for one in (of_topics, of_phrases))
    topics = _Topics(found, named, shown=shown, decided=decided, is_sorted=sorted_by_hand | sorted_before)
    topics.read(consultation)
    topics.fill(board, synthesis.topics.order_by("rank", "pk"))
    if of_families is not None:
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
        """The decided topic that holds half of these texts, with those that joined it."""
        for one, pairs in self._by_kind.get(TOPIC, []):
            if 2 * _held(texts, pairs | self._joined(one.topic_id, is_accepted=True)) >= len(texts):
                return one
        return None

    def asked_about(self, topic: Topic) -> frozenset[Pair]:
        """The texts of which somebody said already whether they belong to this accepted topic."""
        became = (pairs for one, pairs in self._by_kind.get(TOPIC, []) if one.topic_id == topic.pk)
        return self._joined(topic.pk).union(*became)

    def _joined(self, topic: int | None, *, is_accepted: bool | None = None) -> frozenset[Pair]:
        rows = self._by_kind.get(JOINING, [])
        wanted = (pairs for one, pairs in rows if one.topic_id == topic and is_accepted in (None, one.is_accepted))
        return frozenset[Pair]().union(*wanted)

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


class _Texts:
    """The texts that are shown, as a measure read them."""

    def __init__(self, result: Mapping[str, Any], shown: Mapping[int, Text]) -> None:
        self._revisions, self._shown = result.get("revisions", {}), shown

    def standing(self, numbers: Iterable[int]) -> tuple[Text, ...]:
        """Those of these texts that are shown, in the revision that was read."""
        found = (self._shown.get(number) for number in numbers)
        return tuple(one for one in found if one is not None and one.revision == self._revisions.get(str(one.number), 1))

    def placed(self, number: int, name: str, start: int, end: int) -> Place | None:
        standing = self.standing([number])
        return (number, standing[0].revision, name, start, end) if standing else None


class _Topics:
    """The topics of the last measures, held against what is shown and decided."""

    def __init__(
        self,
        found: Mapping[str, Any],
        named: Mapping[str, Any],
        *,
        shown: Mapping[int, Text],
        decided: _Decided,
        is_sorted: set[int],
    ) -> None:
        self._found, self._named = found.get("topics", []), named.get("topics", {})
        self._texts, self._texts_named = _Texts(found, shown), _Texts(named, shown)
        self._decided, self._sorted = decided, is_sorted
        self._words: dict[Place, str] = {}

    def read(self, consultation: Consultation) -> None:
        """The words at all these places: one query."""
        phrases = [(self._texts, phrase) for topic in self._found for phrase in topic["phrases"]]
        phrases += [(self._texts_named, phrase) for inside in self._named.values() for phrase in inside]
        told = [texts.placed(*place) for texts, phrase in phrases for place in phrase["places"]]
        told += [self._texts.placed(*place) for topic in self._found for place in topic["extracts"]]
        self._words = words_at(consultation, [*(place for place in told if place is not None), *self._decided.places()])

    def fill(self, board: Board, topics: Iterable[Topic]) -> None:
        """What is suggested, and what is offered to the topics that stand."""
        standing: dict[int, OfferedTopic] = {}
        for topic in topics:
            phrases = self._phrases(self._texts_named, self._named.get(topic.key, ()))
            said_otherwise = [one for one in phrases if _folded(one.words) != _folded(topic.label)]
            standing[topic.pk] = OfferedTopic(Offered(TOPIC, ()), said_otherwise, [], standing=topic)
        for told in self._found:
            texts = self._texts.standing(told["numbers"])
            before = self._decided.topic_repeated(texts) if texts else None
            became = None if before is None else standing.get(before.topic_id or 0)
            if not texts or (before is not None and became is None):
                continue
            phrases, extracts = self._phrases(self._texts, told["phrases"]), self._extracts(told)
            if became is None:
                waiting = sum(text.number not in self._sorted for text in texts)
                board.topics.append(OfferedTopic(Offered(TOPIC, texts), phrases, extracts, waiting=waiting))
            else:
                self._add(became, texts, phrases, extracts)
        board.standing = [one for one in standing.values() if one.phrases or one.extracts or one.joining]

    def _add(self, topic: OfferedTopic, texts: Sequence[Text], phrases: list[Offered], extracts: list[Offered]) -> None:
        """What a measure says of a topic that was accepted: extracts; the later texts that nobody sorted; phrases, as long as
        none was found for it as it is sorted now."""
        assert topic.standing is not None
        topic.is_accepted = True
        topic.extracts += extracts
        if topic.standing.key not in self._named:
            topic.phrases += phrases
        asked = self._decided.asked_about(topic.standing)
        later = tuple(text for text in texts if text.number not in self._sorted and (text.number, text.revision) not in asked)
        if later and topic.joining is None:
            topic.joining = Offered(JOINING, later, topic=topic.standing)

    def _phrases(self, texts: _Texts, phrases: Iterable[Mapping[str, Any]]) -> list[Offered]:
        found = []
        for phrase in phrases:
            saying = texts.standing(phrase["numbers"])
            placed = (texts.placed(*place) for place in phrase["places"])
            places = tuple(place for place in placed if place is not None and place in self._words)
            if len(saying) >= LEAST_SAYING and places:
                offered = Offered(PHRASE, saying, places, self._words[places[0]], phrase["here"])
                if not self._decided.has_phrase(offered, self._words):
                    found.append(offered)
        return found

    def _extracts(self, topic: Mapping[str, Any]) -> list[Offered]:
        found = []
        for number, *rest in topic["extracts"]:
            place = self._texts.placed(number, *rest)
            if place is not None and place in self._words:
                offered = Offered(EXTRACT, self._texts.standing([number]), (place,), self._words[place])
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
    for numbers in families_of_last_job(synthesis.consultation):
        texts = tuple(shown[number] for number in sorted(numbers) if number in shown and number not in changed)
        if len(texts) > 1 and any(text.number not in joined for text in texts[1:]) and not decided.has_family(texts):
            found.append(Offered(FAMILY, texts))
    return sorted(found, key=lambda one: (-len(one.texts), one.texts[0].number))
