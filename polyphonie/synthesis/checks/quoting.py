"""Where do quoted words stand in a text? As they are, or as near as can be found, always at real places of the real text."""

import unicodedata
from dataclasses import dataclass

NEAR_ENOUGH = 95
"""Hundredths of the quoted words that must be right for the real ones to take their place."""
WORTH_SHOWING = 50
"""Under so many hundredths, the nearest words of a text have nothing to do with what was quoted."""
MOST_CHARACTERS = 2_000

_SAME = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ‛′`´＇", "'"),
        **dict.fromkeys("«»“”„‟‹›″＂", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_AFTER_NO_SPACE = frozenset(';:!?%"')


@dataclass(frozen=True)
class Span:
    """Characters `[start, end)` of the text as it is stored."""

    start: int
    end: int


@dataclass(frozen=True)
class Nearest:
    """The part of a text nearest to quoted words: how near, in hundredths."""

    span: Span
    likeness: int


@dataclass(frozen=True)
class Folded:
    """A text whose typographic differences are levelled; character `k` of it comes from `[starts[k], ends[k])`."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def folded(text: str) -> Folded:
    """NFKC, one kind of apostrophe, of quotation mark and of dash, one space where there are several and none where French type
    puts one before a sign."""
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    position = 0
    while position < len(text):
        end = position + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        for letter in unicodedata.normalize("NFKC", text[position:end]).translate(_SAME):
            _add(letter, (position, end), letters, places)
        position = end
    return Folded("".join(letters), tuple(start for start, _end in places), tuple(end for _start, end in places))


def _add(letter: str, place: tuple[int, int], letters: list[str], places: list[tuple[int, int]]) -> None:
    if letter in _INVISIBLE:
        return
    if letter.isspace():
        if not letters or letters[-1] in (" ", '"'):
            return
        letter = " "
    elif letter in _AFTER_NO_SPACE and letters and letters[-1] == " ":
        letters.pop()
        places.pop()
    letters.append(letter)
    places.append(place)


def verbatim(words: str, text: str) -> Span | None:
    """Where these words stand whole in the text, typography apart; None when they do not."""
    sought, read = folded(words).text.strip(), folded(text)
    at = read.text.find(sought) if sought else -1
    while at >= 0:
        if _is_whole(read.text, at, at + len(sought)):
            return Span(read.starts[at], read.ends[at + len(sought) - 1])
        at = read.text.find(sought, at + 1)
    return None


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no word is cut at either edge."""
    opens = start == 0 or not (text[start].isalnum() and text[start - 1].isalnum())
    return opens and (end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum()))


def nearest(words: str, text: str) -> Nearest | None:
    """The part of the text that differs least from the words, letters' case apart, stretched to whole words; None without any.

    Edit distance of the words to any part of the text (P. H. Sellers 1980, by G. Myers' bit vectors, J. ACM 46 (1999)): one step
    for each character of the text.
    """
    sought, read = folded(words).text.strip().casefold()[:MOST_CHARACTERS], folded(text)
    within = "".join(letter.casefold()[:1] for letter in read.text)
    if not sought or not within:
        return None
    distance, end = _best_end(sought, within)
    backwards, length = _best_end(sought[::-1], within[:end][::-1], is_anchored=True)
    start = end - length
    if start >= end or backwards > distance + len(sought):
        return None
    while start > 0 and within[start].isalnum() and within[start - 1].isalnum():
        start -= 1
    while end < len(within) and within[end - 1].isalnum() and within[end].isalnum():
        end += 1
    likeness = max(0, 100 * (len(sought) - distance) // len(sought))
    return Nearest(Span(read.starts[start], read.ends[end - 1]), likeness)


def _best_end(sought: str, text: str, *, is_anchored: bool = False) -> tuple[int, int]:
    """The least edit distance of `sought` to a part of the text (to its beginning, when anchored), and where that part ends."""
    height = len(sought)
    mask, high = (1 << height) - 1, 1 << (height - 1)
    equal: dict[str, int] = {}
    for place, letter in enumerate(sought):
        equal[letter] = equal.get(letter, 0) | 1 << place
    plus, minus, distance = mask, 0, height
    best, best_end = height, 0
    for end, letter in enumerate(text, start=1):
        matches = equal.get(letter, 0)
        vertical = matches | minus
        horizontal = (((matches & plus) + plus) ^ plus) | matches
        rises = (minus | ~(horizontal | plus)) & mask
        falls = plus & horizontal
        distance += 1 if rises & high else -1 if falls & high else 0
        rises = (rises << 1 | is_anchored) & mask
        falls = falls << 1 & mask
        plus = (falls | ~(vertical | rises)) & mask
        minus = rises & vertical
        if distance < best:
            best, best_end = distance, end
    return best, best_end
