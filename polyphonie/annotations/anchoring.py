"""Where does a passage stand once the text has changed? Plain text in, plain text out: no database, no clock.

In the block of the same key first: its quote with what was around it, its quote alone, then what a comparison of the two states
of the block says, if enough of its words are left. In another block only the very words, long enough to be no accident. Else
nowhere: it is detached. A whole block is followed by its key.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

AROUND = 32
"""How many characters are kept before and after a passage."""
TELLING = 12
"""Fewer characters than these, quote and recognised surroundings together, may be there by accident."""
FURTHER = 4_000
"""How many characters on each side tell apart places whose near surroundings are alike: words repeated again and again."""
MOST_ALIKE = 200
"""As many of these places are compared, those nearest to where the passage is expected."""
LIKENESS = 0.6
"""How much of a passage has to be left (`difflib`'s ratio) for it to be recognised when its words changed."""
MOST_WORDS = 3_000
"""A block that changed over more words is not compared word by word."""

_TOKENS = re.compile(r"\w+|[^\w\s]")
_AS_COPIED = str.maketrans("’\ufffc", "'…")
"""What the page sets otherwise than the text, but for spaces: apostrophes, the place of a quotation; character for character."""
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Passage:
    """Characters `[start, end)` of a block, with their words and those around; `[0, 0)` is the whole block."""

    block: str
    start: int = 0
    end: int = 0
    exact: str = ""
    prefix: str = ""
    suffix: str = ""

    @property
    def is_whole_block(self) -> bool:
        return self.end == 0


def texts_of(blocks: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The text of each block of a version, by its key, in order."""
    return {block["key"]: block["text"] for block in blocks}


def passage_at(texts: Mapping[str, str], block: str, start: int = 0, end: int = 0) -> Passage | None:
    """The passage at this place, or None when there is no such place; `start` and `end` are 0 for the whole block."""
    if block not in texts or not 0 <= start <= end <= len(texts[block]) or (start == end and end):
        return None
    text = texts[block]
    if end == 0:
        return Passage(block)
    return Passage(block, start, end, text[start:end], text[max(0, start - AROUND) : start], text[end : end + AROUND])


def copied(words: str, block: str, text: str) -> list[Passage]:
    """Every place of a block where words copied from the page stand: as whole words if they do, else inside others. Spaces
    count where they part two words only: the page sets the others as French wants them."""
    tokens = _TOKENS.findall(words.translate(_AS_COPIED))
    if not tokens:
        return []
    parts = [re.escape(tokens[0])]
    for before, token in pairwise(tokens):
        parts.append((r"\s+" if _is_word(before) and _is_word(token) else r"\s*") + re.escape(token))
    text = text.translate(_AS_COPIED)
    found = [match.span(1) for match in re.finditer(f"(?=({''.join(parts)}))", text)]
    whole = [(start, end) for start, end in found if not _cuts_a_word(text, start) and not _cuts_a_word(text, end)]
    return [Passage(block, start, end) for start, end in whole or found]


def _is_word(token: str) -> bool:
    return token[0].isalnum()


def _cuts_a_word(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def carried(passage: Passage, before: Mapping[str, str], after: Mapping[str, str]) -> Passage | None:
    """The same passage in the later state of the text; None when it is not there any more."""
    if passage.is_whole_block:
        return _carried_block(passage, before, after)
    found = None
    if passage.block in after:
        found = _in_its_block(passage, before.get(passage.block, ""), after[passage.block])
    if found is not None:
        return passage_at(after, passage.block, *found)
    return _in_another_block(passage, after)


def _carried_block(passage: Passage, before: Mapping[str, str], after: Mapping[str, str]) -> Passage | None:
    if passage.block in after:
        return passage
    text = before.get(passage.block, "")
    if len(text) < TELLING:
        return None
    return next((Passage(key) for key, other in after.items() if other == text), None)


def _in_its_block(passage: Passage, before: str, after: str) -> tuple[int, int] | None:
    """Where the passage stands in the new text of its own block."""
    if before == after:
        return passage.start, passage.end
    expected = _expected_start(passage, before, after)
    found = _recognised(passage, before, after, expected)
    if found is not None:
        return found
    return _compared(passage, before, after) if before else None


def _expected_start(passage: Passage, before: str, after: str) -> int:
    """Where it would start if all that changed were before it, or all after it; exact when one place of the text changed."""
    unchanged_end = _common_end(before, after)
    is_after_the_change = passage.start >= len(before) - unchanged_end
    is_before_the_change = passage.end <= _common(before, after)
    return passage.start + (len(after) - len(before) if is_after_the_change and not is_before_the_change else 0)


def _recognised(passage: Passage, before: str, after: str, expected: int) -> tuple[int, int] | None:
    """The very words: where most of what was around them is still there, near first, then further; and the nearest to where they
    are expected."""
    around: dict[int, int] = {}
    for start in _occurrences(passage.exact, after):
        found = _around(passage, after, start)
        if start == expected or len(passage.exact) + found >= TELLING:
            around[start] = found
    if not around:
        return None
    most = max(around.values())
    alike = sorted((start for start in around if around[start] == most), key=lambda start: (abs(start - expected), start))
    start = alike[0] if len(alike) == 1 else max(alike[:MOST_ALIKE], key=lambda start: _further(passage, before, after, start))
    return start, start + len(passage.exact)


def _further(passage: Passage, before: str, after: str, start: int) -> int:
    """How many characters on both sides of this place are those that were there, `FURTHER` on each side at most."""
    ahead = _common_end(before[max(0, passage.start - FURTHER) : passage.start], after[max(0, start - FURTHER) : start])
    end = start + len(passage.exact)
    return ahead + _common(before[passage.end : passage.end + FURTHER], after[end : end + FURTHER])


def _around(passage: Passage, text: str, start: int) -> int:
    """How many characters around this place are those that were around the passage."""
    end = start + len(passage.exact)
    ahead = _common_end(passage.prefix, text[max(0, start - AROUND) : start])
    return ahead + _common(passage.suffix, text[end : end + AROUND])


def _compared(passage: Passage, before: str, after: str) -> tuple[int, int] | None:
    """What a word by word comparison says became of the passage, when it is still like itself."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return None
    old_at, new_at = _places(old), _places(new)
    start = end = None
    for old_start, new_start, size in _kept_words(old, new, old_at, new_at):
        first, last = max(old_start, passage.start), min(old_start + size, passage.end)
        if first >= last:
            continue
        offset = new_start - old_start
        start = first + offset if start is None else start
        end = last + offset
    if start is None or end is None:
        return None
    likeness = SequenceMatcher(None, _WORDS.findall(passage.exact), _WORDS.findall(after[start:end])).ratio()
    return (start, end) if likeness >= LIKENESS else None


def _kept_words(old: list[str], new: list[str], old_at: list[int], new_at: list[int]) -> Iterator[tuple[int, int, int]]:
    """Runs of characters that both states share: start in the old one, start in the new one, length."""
    for run in SequenceMatcher(None, old, new).get_matching_blocks():
        if run.size:
            yield old_at[run.a], new_at[run.b], old_at[run.a + run.size] - old_at[run.a]


def _in_another_block(passage: Passage, after: Mapping[str, str]) -> Passage | None:
    """The very words in a block that took them over."""
    best: tuple[int, str, int] | None = None
    for key, text in after.items():
        if key == passage.block:
            continue
        for start in _occurrences(passage.exact, text):
            around = _around(passage, text, start)
            if len(passage.exact) + around >= TELLING and (best is None or around > best[0]):
                best = (around, key, start)
    return None if best is None else passage_at(after, best[1], best[2], best[2] + len(passage.exact))


def _occurrences(words: str, text: str) -> Iterator[int]:
    start = text.find(words)
    while start >= 0:
        yield start
        start = text.find(words, start + 1)


def _places(words: list[str]) -> list[int]:
    """Where each word starts, and where the last one ends."""
    places = [0]
    for word in words:
        places.append(places[-1] + len(word))
    return places


def _common(one: str, other: str) -> int:
    """How many characters two texts share from their beginning."""
    shared, most = 0, min(len(one), len(other))
    while shared < most:
        middle = (shared + most + 1) // 2
        if one[shared:middle] == other[shared:middle]:
            shared = middle
        else:
            most = middle - 1
    return shared


def _common_end(one: str, other: str) -> int:
    """How many characters two texts share up to their end."""
    return _common(one[::-1], other[::-1])
