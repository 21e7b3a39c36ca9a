"""Which contributions may the sentence being written rest on? The search index, asked for the measure of `opinion.texts.support`.

Rare words find the texts, which are then held against the sentence; nothing is kept in memory, and the time is bounded whatever
the consultation holds.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from polyphonie.contributions.models import Contribution
from polyphonie.contributions.search import MOST_HOLDERS, Stem, holders_of, texts_holding
from polyphonie.core.plaintext import shortened
from polyphonie.opinion.texts.support import beginning_of, best, indexed_stems, share_told, told_stems, weight
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.checks.sentences import bare, sentence_at
from polyphonie.synthesis.queries.live import shown_in

MOST_SHOWN = 6
MOST_COMPARED = 200
MOST_STEMS = 60
"""Of a sentence: beyond, its commonest words are left out."""
MOST_READ = 1_500
"""Characters before the cursor that are looked at."""
LONGEST = 180
_END = re.compile(r"(?<=[.!?…;])\s+|\n+")


@dataclass(frozen=True)
class Suggested:
    """A contribution that may be cited, and the words of it that tell most of the sentence; none where only its title does."""

    contribution: Contribution
    words: str = ""


def weights_of(consultation: Consultation, text: str) -> dict[str, float]:
    """How much each stem of a text tells in its consultation: the fewer texts hold it, the more. Two queries, or none."""
    stems = sorted(set(told_stems(text)))
    held = holders_of(consultation, map(_asked, stems))
    whole = min(shown_in(consultation).count(), MOST_HOLDERS) if stems else 0
    return {stem: weight(held[_asked(stem)], whole=whole) for stem in stems}


def told_before(text: str, place: int) -> str:
    """The own words of the sentence in which one writes, at this character; of the sentence before where it has none."""
    before = text[max(0, place - MOST_READ) : place].rstrip("# ")
    return bare(sentence_at(before + " ", max(0, len(before) - 1)) or before)


def suggestions(consultation: Consultation, told: str, *, most: int = MOST_SHOWN) -> list[Suggested]:
    """The contributions that say most of these words, the likeliest first: six queries at most."""
    found, weights = likeliest(consultation, told, most=most)
    return [Suggested(one, _supporting(one, weights)) for one in found]


def likeliest(consultation: Consultation, told: str, *, most: int) -> tuple[list[Contribution], dict[str, float]]:
    """The contributions that say most of these words, and how much each stem tells: six queries at most."""
    stems = sorted(set(told_stems(told)))[: MOST_STEMS * 2]
    held = {stem: count for stem, count in _held(consultation, stems).items() if count}
    if not held:
        return [], {}
    rarest = sorted(held, key=lambda stem: (held[stem], stem))[:MOST_STEMS]
    whole = min(shown_in(consultation).count(), MOST_HOLDERS)
    weights = {stem: weight(held[stem], whole=whole) for stem in rarest}
    texts = {key: indexed_stems(text) for key, text in _sharing(consultation, rarest, held).items()}
    mean_length = sum(counts.total() for counts in texts.values()) / max(len(texts), 1) or 1.0
    found = best(weights, texts, mean_length=mean_length, limit=most)
    read = shown_in(consultation).select_related("about").in_bulk([one.key for one in found])
    return [read[one.key] for one in found if one.key in read], weights


def numbered(consultation: Consultation, digits: str, *, most: int = MOST_SHOWN) -> list[Suggested]:
    """The contributions whose number begins with these digits, that very number first: one query."""
    if not digits.isascii() or not digits.isdigit() or not 0 < len(digits.lstrip("0")) < 9:
        return []
    first = int(digits)
    spans = Q(number=first)
    for power in range(1, 9 - len(str(first))):
        spans |= Q(number__gte=first * 10**power, number__lt=(first + 1) * 10**power)
    found = shown_in(consultation).filter(spans).select_related("about").order_by("number")[:most]
    return [Suggested(one, shortened(" ".join(one.body.split()), LONGEST)) for one in found]


def _held(consultation: Consultation, stems: Iterable[str]) -> dict[str, int]:
    held = holders_of(consultation, [_asked(stem) for stem in stems])
    return {stem: held[_asked(stem)] for stem in stems}


def _asked(stem: str) -> Stem:
    letters = beginning_of(stem)
    return Stem(stem) if letters is None else Stem(letters, is_beginning=True)


def _sharing(consultation: Consultation, rarest: list[str], held: Mapping[str, int]) -> dict[int, str]:
    """Index texts of those that hold the rarest stems: all of as many stems as fit, then some of the next."""
    fitting, total = 0, 0
    while fitting < len(rarest) and total + held[rarest[fitting]] <= MOST_COMPARED:
        total += held[rarest[fitting]]
        fitting += 1
    texts = texts_holding(consultation, [_asked(stem) for stem in rarest[:fitting]], most=MOST_COMPARED)
    if fitting < len(rarest) and len(texts) < MOST_COMPARED:
        more = texts_holding(consultation, [_asked(rarest[fitting])], most=MOST_COMPARED)
        texts = dict(sorted({**more, **texts}.items()))
    return texts


def _supporting(text: Contribution, weights: Mapping[str, float]) -> str:
    """The sentence of the body that says most of it; its beginning when none does."""
    sentences = [sentence for part in _END.split(text.body[:20_000]) if (sentence := " ".join(part.split()))]
    if not sentences:
        return ""
    return shortened(max(sentences, key=lambda one: share_told(weights, set(told_stems(one)))), LONGEST)
