"""Where does a passage stand in a text, however it is typed? What a moderator masks is found in every version, and replaced.

A telephone number reads the same with spaces, dots or nothing between its digits: digits and words are looked for in order,
whatever separates them, whole (« Jean » does not mask « Jeanne »), in any case. What a mask took goes back where the mask still
stands, told by the words on either side of it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.contributions.actions.publishing import Text
from polyphonie.contributions.rules import TITLE_LENGTH

_PIECES = re.compile(r"\d|[^\W\d_]+|[^\w\s]+|_+")
_BETWEEN = r"[\W_]*"
FIELDS = ("title", "body")
AROUND = 24
"""How many characters on either side tell one mask from another."""


@dataclass(frozen=True)
class Taken:
    """A passage that a mask took: in which field, its words, the mask in its place, and what stands before and after that."""

    field: str
    words: str
    mask: str
    before: str = ""
    after: str = ""

    def strength(self, text: str, start: int) -> int:
        """Of the two sides of a mask that stands here, how many are those of this passage; an edge of the text is one."""
        before, after = text[:start], text[start + len(self.mask) :]
        is_before = before.endswith(self.before) if self.before.strip() else not before.strip()
        is_after = after.startswith(self.after) if self.after.strip() else not after.strip()
        return is_before + is_after


def text_of(words: Any) -> Text:
    """What a contribution, a revision, a comment or a sealed text says."""
    return Text(words.title, words.body, getattr(words, "url", ""), getattr(words, "category", ""))


def mask_words(reason: str = "") -> str:
    """« [passage masqué : donnée personnelle] », in the language of the site; `reason` says why in two or three words."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("[passage masked: %(reason)s]") % {"reason": reason or _("personal data")}


def pattern_of(passage: str) -> re.Pattern[str]:
    """What finds a passage: its digits and words in order, whatever separates them; a passage of signs alone, as it stands."""
    passage = unicodedata.normalize("NFC", passage).strip()
    pieces = [piece for piece in _PIECES.findall(passage) if piece[0].isalnum()]
    if not pieces:
        return re.compile(re.escape(passage) if passage else r"(?!)")
    return re.compile(r"(?<![^\W_])" + _BETWEEN.join(map(re.escape, pieces)) + r"(?![^\W_])", re.IGNORECASE)


def holds(text: Text, passages: Sequence[str]) -> bool:
    """Whether one of these passages stands anywhere in a text."""
    patterns = [pattern_of(passage) for passage in passages]
    return any(pattern.search(words) for pattern in patterns for words in (text.title, text.body, text.url))


def masked(text: Text, passages: Sequence[str], *, words: str) -> Text:
    """The text with each of these passages replaced everywhere; an address that holds one goes whole."""
    patterns = [pattern_of(passage) for passage in passages]

    def without(field: str) -> str:
        return reduce(lambda left, pattern: pattern.sub(lambda _found: words, left), patterns, field)

    url = "" if any(pattern.search(text.url) for pattern in patterns) else text.url
    return Text(title=without(text.title)[:TITLE_LENGTH], body=without(text.body), url=url, category=text.category)


def taken(text: Text, passage: str, *, words: str) -> list[Taken]:
    """What `masked` takes out of a text for one passage, in order."""
    pattern = pattern_of(passage)
    there = [one for name in FIELDS for one in _taken_from(name, getattr(text, name), pattern, words)]
    return [*there, Taken("url", text.url, "")] if pattern.search(text.url) else there


def _taken_from(name: str, field: str, pattern: re.Pattern[str], words: str) -> Iterator[Taken]:
    without, end = "", 0
    left = pattern.sub(lambda _found: words, field)
    for found in pattern.finditer(field):
        without += field[end : found.start()]
        place, end = len(without), found.end()
        without += words
        yield Taken(name, found[0], words, without[max(0, place - AROUND) : place], left[len(without) : len(without) + AROUND])


def given_back(text: Text, passages: Sequence[Taken]) -> tuple[Text, list[Taken]]:
    """The text with each passage in the place of its own mask, and those whose mask is not found any more, or not told apart."""
    fields, lost = {"url": text.url}, list[Taken]()
    for name in FIELDS:
        those = [one for one in passages if one.field == name]
        filled, left = _filled(getattr(text, name), those)
        fits = name != "title" or len(filled) <= TITLE_LENGTH
        fields[name] = filled if fits else text.title
        lost += left if fits else those
    for one in passages:
        if one.field == "url" and not fields["url"]:
            fields["url"] = one.words
        elif one.field == "url":
            lost.append(one)
    return Text(**fields, category=text.category), lost


def _filled(field: str, passages: Sequence[Taken]) -> tuple[str, list[Taken]]:
    """Masks with both sides as they were first, then those with one; where two passages could stand, neither is put back."""
    left, chosen = list(passages), dict[int, Taken]()
    masks = {found.start(): mask for mask in {one.mask for one in passages} for found in re.finditer(re.escape(mask), field)}
    for sides in (2, 1):
        fitting = {
            at: [one for one in left if one.mask == mask and one.strength(field, at) == sides] for at, mask in masks.items()
        }
        for at, those in fitting.items():
            rivals = [place for place, others in fitting.items() if any(one in those for one in others)]
            if len({one.words for one in those}) == 1 and len(rivals) <= len(those):
                chosen[at] = next(one for one in those if one in left)
                left.remove(chosen[at])
                del masks[at]
    for at in sorted(chosen, reverse=True):
        field = field[:at] + chosen[at].words + field[at + len(chosen[at].mask) :]
    return field, left
