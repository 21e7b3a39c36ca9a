"""Which words did a revision add and remove, as a person would mark them on paper?

Two texts are first compared paragraph by paragraph, then word by word inside the paragraphs that changed. Words too
few to be worth keeping between two changes are taken into the change, so that one reads phrases and not confetti.
"""

import re
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Literal

Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that both revisions hold, or only the later ("added"), or only the earlier ("removed")."""

    kind: Kind
    text: str


Opcode = tuple[str, int, int, int, int]


@dataclass(slots=True)
class _Budget:
    """How many pairs of tokens a comparison may still look at."""

    left: int


# A word with what belongs to it (l'école, vis-à-vis, 3,5) or one sign; then the blanks that follow it.
_TOKEN = re.compile(r"(\w+(?:['’.,\-‐‑·]\w+)*|[^\w\s]|\A(?=\s))(\s*)")
_PARAGRAPH = re.compile(r"[^\n]*\n+|[^\n]+\Z")
# What difflib looks at to find one common run is each pair of equal tokens. Above a first number of pairs, the texts are
# first laid side by side where three tokens in a row occur once in each; above a second, a token that makes more than
# one in a hundred no longer starts a run; and when the budget of a whole comparison is spent, what is left
# between the runs already found counts as replaced. Never a clock: the same texts give the same pieces everywhere.
_MOST_PAIRS_WITHOUT_ANCHORS = 50_000
_MOST_PAIRS = 400_000
_BUDGET = 4_000_000
_FEWEST_WORDS_KEPT = 3  # words in common between two changes below which they are one change…
_SHORT_WORD = 3  # …when none of them is longer than this many letters
_LEAST_KEPT = 0.3  # share of the shorter text below which a paragraph was written anew: no islands are shown


def word_diff(old: str, new: str) -> list[Piece]:
    """The pieces of the two revisions in reading order, a removed piece before the added one that replaces it.

    Exact: the "same" and "removed" pieces joined are `old`, the "same" and "added" ones `new`; two pieces that follow
    each other are never of one kind, none is empty. Line ends stay inside the pieces. Texts that have grown too far
    apart to be compared at a bounded cost come out as longer removals and additions.
    """
    budget = _Budget(_BUDGET)
    pieces: list[Piece] = []
    for old_paragraphs, new_paragraphs in _changed_blocks(_PARAGRAPH.findall(old), _PARAGRAPH.findall(new), budget):
        before, after = "".join(old_paragraphs), "".join(new_paragraphs)
        pieces += [Piece("same", before)] if before == after else _diff_of_words(before, after, budget)
    return list(_joined(pieces))


def _changed_blocks(old: Sequence[str], new: Sequence[str], budget: _Budget) -> Iterable[tuple[Sequence[str], Sequence[str]]]:
    """The paragraphs in runs: equal ones, and groups that replace each other, paired one to one where they can be."""
    for kind, old_start, old_end, new_start, new_end in _opcodes(old, new, budget):
        olds, news = old[old_start:old_end], new[new_start:new_end]
        if kind == "replace" and len(olds) == len(news):
            yield from (((one,), (other,)) for one, other in zip(olds, news, strict=True))
        else:
            yield olds, news


def _diff_of_words(old: str, new: str, budget: _Budget) -> list[Piece]:
    olds, news = _TOKEN.findall(old), _TOKEN.findall(new)
    old_words, new_words = [word for word, _ in olds], [word for word, _ in news]
    opcodes = _readable(_opcodes(old_words, new_words, budget), old_words)
    kept = sum(len(word) for kind, start, end, _, _ in opcodes if kind == "equal" for word in old_words[start:end])
    if kept < _LEAST_KEPT * min(sum(map(len, old_words)), sum(map(len, new_words))):
        return _replaced(old, new)
    pieces: list[Piece] = []
    for kind, old_start, old_end, new_start, new_end in opcodes:
        if kind == "equal":
            for (word, old_blank), (_, new_blank) in zip(olds[old_start:old_end], news[new_start:new_end], strict=True):
                pieces += _kept(word, old_blank, new_blank)
        else:
            pieces += _replaced(_text(olds[old_start:old_end]), _text(news[new_start:new_end]))
    return pieces


def _kept(word: str, old_blank: str, new_blank: str) -> list[Piece]:
    """A word that stays, whose following blanks may have changed."""
    if old_blank == new_blank:
        return [Piece("same", word + old_blank)]
    return [*([Piece("same", word)] if word else []), *_replaced(old_blank, new_blank)]


def _text(tokens: Sequence[tuple[str, str]]) -> str:
    return "".join(word + blank for word, blank in tokens)


def _opcodes(old: Sequence[str], new: Sequence[str], budget: _Budget) -> list[Opcode]:
    """The steps from one sequence to the other, as `difflib.SequenceMatcher.get_opcodes` gives them."""
    opcodes: list[Opcode] = []
    old_at = new_at = 0
    for old_start, new_start, size in _common_runs(old, new, budget):
        if old_at < old_start or new_at < new_start:
            opcodes.append(("replace", old_at, old_start, new_at, new_start))
        old_at, new_at = old_start + size, new_start + size
        if size:
            opcodes.append(("equal", old_start, old_at, new_start, new_at))
    return opcodes


def _common_runs(old: Sequence[str], new: Sequence[str], budget: _Budget) -> list[tuple[int, int, int]]:
    """Places and lengths of the runs both sequences hold, in order; an empty one marks the end of both."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    runs = [(0, 0, start), (len(old) - end, len(new) - end, end), (len(old), len(new), 0)]

    occurrences = Counter(new)
    is_crowded = len(new) >= 200 and sum(occurrences[token] for token in old) > _MOST_PAIRS
    most = len(new) // 100 + 1 if is_crowded else len(new)  # the rule of difflib's autojunk
    matcher = SequenceMatcher(None, old, new, autojunk=is_crowded)
    costs = list(accumulate((1 + (occurrences[token] if occurrences[token] <= most else 0) for token in old), initial=0))
    gaps = deque([(start, len(old) - end, start, len(new) - end)])
    if costs[-1] > _MOST_PAIRS_WITHOUT_ANCHORS:
        anchors = _anchors(old, new, start, end)
        runs += [(old_at, new_at, 1) for old_at, new_at in anchors]
        gaps = deque(_between(anchors, gaps[0]))
    while gaps:
        old_start, old_end, new_start, new_end = gaps.popleft()
        cost = costs[old_end] - costs[old_start]
        if old_start == old_end or new_start == new_end or cost > budget.left:
            continue
        budget.left -= cost
        run = matcher.find_longest_match(old_start, old_end, new_start, new_end)
        if run.size:
            runs.append((run.a, run.b, run.size))
            gaps.append((old_start, run.a, new_start, run.b))
            gaps.append((run.a + run.size, old_end, run.b + run.size, new_end))
    return _coalesced(sorted(runs))


def _anchors(old: Sequence[str], new: Sequence[str], start: int, end: int) -> list[tuple[int, int]]:
    """Where three tokens in a row occur once in each text, as many such places as keep their order in both."""
    old_places, new_places = (_places_of_unique_trigrams(tokens, start, len(tokens) - end) for tokens in (old, new))
    pairs = [(place, new_places[trigram]) for trigram, place in old_places.items() if trigram in new_places]
    ends: list[int] = []  # longest increasing subsequence: the last place of the best chain of each length
    chains: list[int] = []
    previous = [-1] * len(pairs)
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        previous[index] = chains[length - 1] if length else -1
        ends[length : length + 1] = [place]
        chains[length : length + 1] = [index]
    found: list[tuple[int, int]] = []
    index = chains[-1] if chains else -1
    while index >= 0:
        found.append(pairs[index])
        index = previous[index]
    return found[::-1]


def _places_of_unique_trigrams(tokens: Sequence[str], start: int, end: int) -> dict[tuple[str, ...], int]:
    trigrams = [tuple(tokens[place : place + 3]) for place in range(start, end - 2)]
    counts = Counter(trigrams)
    return {trigram: start + place for place, trigram in enumerate(trigrams) if counts[trigram] == 1}


Gap = tuple[int, int, int, int]


def _between(anchors: Sequence[tuple[int, int]], whole: Gap) -> Iterable[Gap]:
    old_start, old_end, new_start, new_end = whole
    for old_at, new_at in anchors:
        yield old_start, old_at, new_start, new_at
        old_start, new_start = old_at + 1, new_at + 1
    yield old_start, old_end, new_start, new_end


def _coalesced(runs: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    joined: list[tuple[int, int, int]] = []
    for old_at, new_at, size in runs:
        if joined and size and joined[-1][0] + joined[-1][2] == old_at and joined[-1][1] + joined[-1][2] == new_at:
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + size)
        else:
            joined.append((old_at, new_at, size))
    return joined


def _readable(opcodes: list[Opcode], tokens: Sequence[str]) -> list[Opcode]:
    """The same steps, where what is kept between two changes and is not worth reading on its own has joined them."""
    merged: list[Opcode] = []
    for place, opcode in enumerate(opcodes):
        kind, old_start, old_end, new_start, new_end = opcode
        between = 0 < place < len(opcodes) - 1
        if kind == "equal" and between and not _is_worth_keeping(tokens[old_start:old_end]):
            kind = "replace"
        if kind != "equal" and merged and merged[-1][0] != "equal":
            _, first_old, _, first_new, _ = merged.pop()
            merged.append(("replace", first_old, old_end, first_new, new_end))
        else:
            merged.append((kind, old_start, old_end, new_start, new_end))
    return merged


def _is_worth_keeping(tokens: Sequence[str]) -> bool:
    found = [token for token in tokens if token[:1].isalnum()]
    return len(found) >= _FEWEST_WORDS_KEPT or any(len(word) > _SHORT_WORD for word in found)


def _replaced(old: str, new: str) -> list[Piece]:
    return ([Piece("removed", old)] if old else []) + ([Piece("added", new)] if new else [])


def _joined(pieces: Iterable[Piece]) -> Iterable[Piece]:
    """Neighbouring changes as one removal and one addition, neighbouring kept text as one piece."""
    texts: dict[Kind, str] = {}

    def flushed() -> Iterable[Piece]:
        for kind in ("same", "removed", "added"):
            if texts.get(kind):
                yield Piece(kind, texts[kind])
        texts.clear()

    for piece in pieces:
        if texts and ("same" in texts) != (piece.kind == "same"):
            yield from flushed()
        texts[piece.kind] = texts.get(piece.kind, "") + piece.text
    yield from flushed()
