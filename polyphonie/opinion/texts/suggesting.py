"""What may be suggested to those who sort the texts of a consultation? Topics, with phrases to name them and extracts to quote.

Two entries, `suggestions`, and `naming` for the topics that people made: told by numbers and places, never by words, so that a
text that is hidden or erased takes its words along: a phrase is where some texts say it, an extract is characters [start, end)
of one. Each waits for a person to accept or to refuse it.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from polyphonie.opinion.texts.french import alternatives, words
from polyphonie.opinion.texts.phrases import FEWEST, LEAST_SPECIFICITY, LONGEST, Phrase, key_phrases
from polyphonie.opinion.texts.similarity import told_words
from polyphonie.opinion.texts.topics import DIVERSITY, EXTRACTS, LEAST_TEXTS, NEARLY, PHRASES, TEXTS_KEPT, TRIALS, Topic, topics

FORMULA, NAMING = "suggestions/1", "phrases/1"
LEAST_SAYING = 2
"""A phrase is told when so many texts of its topic say it: what one person alone says names nothing."""
MOST_PLACES, MOST_SAYING = 3, 100
SHORTEST, LONGEST_EXTRACT = 40, 320
MOST_CHARACTERS = 20_000
THOUSAND = 1_000
_OF_PHRASES = ("phrases", "longest", "fewest", "least_specificity", "least_saying")
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
_BETWEEN = r"[^\w\n.!?;:,]{1,3}(?:(?:[ldjmntscç]|qu|jusqu|lorsqu|puisqu|quoiqu)['’])?"
_ENDINGS = 3

Span = tuple[str, int, int]
"""A field and characters [start, end) of it."""
Text = tuple[str, str]


def suggestions(numbers: Sequence[int], texts: Mapping[int, Text], votes: Mapping[int, int], *, seed: int = 0) -> dict[str, Any]:
    """What to suggest of these texts (number → title and body; how many votes each received). Deterministic."""
    told = [texts[number] for number in numbers]
    found = topics([f"{title}\n{body}" for title, body in told], votes=[votes.get(number, 0) for number in numbers], seed=seed)
    holders = _holders(told)
    return {
        "formula": FORMULA,
        "seed": seed,
        "parameters": _parameters(),
        "texts": len(numbers),
        "stability": None if found.stability is None else round(found.stability * THOUSAND),
        "topics": [_topic(one, numbers, told, holders) for one in found.topics],
        "unplaced": [numbers[place] for place in found.unplaced],
    }


def naming(numbers: Sequence[int], texts: Mapping[int, Text], topics: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """Phrases proper to each of `topics` (name → numbers of its texts) among all of these. Deterministic."""
    places = {number: place for place, number in enumerate(numbers)}
    members = {name: [places[number] for number in inside if number in places] for name, inside in sorted(topics.items())}
    told = [texts[number] for number in numbers]
    rest = set(range(len(numbers))).difference(*members.values())
    parts: dict[str | None, list[int]] = {None: sorted(rest)}
    parts.update(members)
    found = key_phrases({name: ["\n".join(told[place]) for place in inside] for name, inside in parts.items()}, most=PHRASES)
    phrases = {name: [_phrase(phrase, members[name], numbers, told) for phrase in found[name]] for name in members}
    return {
        "formula": NAMING,
        "parameters": {name: value for name, value in _parameters().items() if name in _OF_PHRASES},
        "topics": {name: [phrase for phrase in inside if phrase is not None] for name, inside in phrases.items()},
    }


def _parameters() -> dict[str, float]:
    return {
        "least_texts": LEAST_TEXTS,
        "texts_kept": TEXTS_KEPT,
        "trials": TRIALS,
        "nearly": NEARLY,
        "diversity": DIVERSITY,
        "extracts": EXTRACTS,
        "phrases": PHRASES,
        "longest": LONGEST,
        "fewest": FEWEST,
        "least_specificity": LEAST_SPECIFICITY,
        "least_saying": LEAST_SAYING,
    }


def _topic(topic: Topic, numbers: Sequence[int], told: Sequence[Text], holders: Mapping[str, int]) -> dict[str, Any]:
    phrases = (_phrase(phrase, topic.members, numbers, told) for phrase in topic.phrases)
    centre = _weights([told[place] for place in topic.members], holders, len(told))
    extracts = ((numbers[place], typical_span(*told[place], centre)) for place in topic.extracts)
    return {
        "numbers": [numbers[place] for place in topic.members],
        "phrases": [phrase for phrase in phrases if phrase is not None],
        "extracts": [[number, *span] for number, span in extracts if span is not None],
    }


def _phrase(phrase: Phrase, members: Iterable[int], numbers: Sequence[int], told: Sequence[Text]) -> dict[str, Any] | None:
    """Which texts say it, and where some do, in the form that is most frequent first; None when too few do."""
    look, stems = _looked_for(phrase.words), _stems(phrase.words)
    exactly: list[list[Any]] = []
    otherwise: list[list[Any]] = []
    saying = []
    for place in members:
        found = _said_in(told[place], look, stems)
        if found is None:
            continue
        saying.append(numbers[place])
        field, start, end = found
        here = told[place][0 if field == "title" else 1][start:end]
        is_exact = words(here) == phrase.words.split(" ")
        (exactly if is_exact else otherwise).append([numbers[place], field, start, end])
        if len(saying) >= MOST_SAYING:
            break
    if len(saying) < LEAST_SAYING:
        return None
    return {
        "numbers": saying,
        "places": [*exactly, *otherwise][:MOST_PLACES],
        "here": phrase.here,
        "everywhere": phrase.everywhere,
        "specificity": round(phrase.specificity * THOUSAND),
    }


def _looked_for(phrase: str) -> re.Pattern[str]:
    """What a text that says it may look like, whatever the endings of its words."""
    parts = (re.escape(word[: max(3, len(word) - _ENDINGS)]) + r"\w{0,8}" for word in phrase.split(" "))
    return re.compile(r"(?<!\w)" + _BETWEEN.join(parts) + r"(?!\w)", re.IGNORECASE)


def _said_in(text: Text, look: re.Pattern[str], stems: Sequence[str]) -> Span | None:
    for field, source in zip(("title", "body"), text, strict=True):
        for match in look.finditer(source[:MOST_CHARACTERS]):
            if _stems(match[0]) == stems:
                return field, match.start(), match.end()
    return None


def _stems(text: str) -> list[str]:
    return [(alternatives(word) or ("",))[0] for word in words(text)]


def _holders(told: Iterable[Text]) -> Counter[str]:
    """How many texts hold each stem."""
    holders = Counter[str]()
    for text in told:
        holders.update(_content(" ".join(text)))
    return holders


def _content(text: str) -> set[str]:
    return {(alternatives(word) or (word,))[0] for word in told_words(text[:MOST_CHARACTERS])}


def _weights(members: Sequence[Text], holders: Mapping[str, int], whole: int) -> dict[str, float]:
    """How much each stem tells of these texts: the share of them that hold it, times how few of all do."""
    here = _holders(members)
    return {stem: count / len(members) * math.log(1 + whole / holders[stem]) for stem, count in here.items()}


def typical_span(title: str, body: str, weights: Mapping[str, float]) -> Span | None:
    """The sentence that says most of what these weights tell: of the body, else its beginning, else the title."""
    best, found = 0.0, None
    for start, end in _sentences(body[:MOST_CHARACTERS]):
        if SHORTEST <= end - start <= LONGEST_EXTRACT:
            content = _content(body[start:end])
            score = math.fsum(sorted(weights.get(stem, 0.0) for stem in content)) / math.sqrt(len(content) or 1)
            if round(score, 9) > best:
                best, found = round(score, 9), (start, end)
    if found is not None:
        return "body", *found
    start, end = _beginning(body)
    if end > start:
        return "body", start, end
    return ("title", 0, len(title)) if title else None


def _sentences(body: str) -> Iterator[tuple[int, int]]:
    for match in _SENTENCE.finditer(body):
        start, end = match.span()
        blank = len(match[0]) - len(match[0].lstrip())
        if start + blank < end:
            yield start + blank, start + len(match[0].rstrip())


def _beginning(body: str) -> tuple[int, int]:
    """The beginning of a text, cut after a whole word."""
    start = len(body) - len(body.lstrip())
    if len(body.rstrip()) - start <= LONGEST_EXTRACT:
        return start, len(body.rstrip())
    cut = body.rfind(" ", start, start + LONGEST_EXTRACT)
    return start, cut if cut > start else start + LONGEST_EXTRACT
