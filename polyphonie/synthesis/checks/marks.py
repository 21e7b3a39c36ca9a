"""What should a rapporteur look at again before publishing? Amber marks: they stop nobody from writing, each asks for a yes.

V1 a cited text changed or is not shown any more; V2 quoted words repaired, or without a number; V3 a sentence that cites nothing,
or a citation whose text shares no word with it; V4 a quantity that votes do not confirm; V5 a side that is missing; V7 words that
judge.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polyphonie.synthesis.checks import figures, neutrality
from polyphonie.synthesis.checks.figures import UNCOUNTED, Counted
from polyphonie.synthesis.checks.sentences import bare, sentences
from polyphonie.synthesis.wording import SEE_ALSO, claims

LEAST_SUPPORT = 20
"""Hundredths of a sentence's words that a cited text holds at least; tuned on 1,808 human summaries."""
LONG_QUOTATION = 4
"""Words from which what stands between quotation marks is somebody's, who has a number."""
V1, V2, V3, V4, V5, V7 = "V1", "V2", "V3", "V4", "V5", "V7"
IN_WORDS: dict[str, Promise] = {
    V1: gettext_lazy("Texts that changed, or are not shown any more"),
    V2: gettext_lazy("Words quoted"),
    V3: gettext_lazy("Sentences and what they rest on"),
    V4: gettext_lazy("Quantities that no vote confirms"),
    V5: gettext_lazy("Sides that are missing"),
    V7: gettext_lazy("Words that judge"),
}
AGREEMENT, CONTROVERSY, ACTION_LEAD = "agreement", "controversy", "action_lead"
_QUOTED = re.compile(r"«\s*([^«»]*?)\s*»")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Cites:
    """A citation as the checks see it: what kind of text it is, its votes, how far it bears the sentence out (hundredths)."""

    number: int
    kind: str
    side: str = ""
    counted: Counted = UNCOUNTED
    qualifier: str = "plain"
    support: int = 100
    is_quotation: bool = False
    is_repaired: bool = False
    is_shown: bool = True
    has_changed: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as the checks see it; `text` is its stored form, `unsaid` the figures that no cited text says."""

    key: str
    text: str
    column: str
    topic: str = ""
    position: str = ""
    is_linking: bool = False
    unsaid: tuple[str, ...] = ()
    cites: tuple[Cites, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(sorted({one.number for one in self.cites}))


@dataclass(frozen=True, slots=True)
class Mark:
    """A doubt about a statement: the check, what it is about (the same while the doubt is the same), and its words for people."""

    check: str
    statement: str
    about: str
    words: str
    numbers: tuple[int, ...] = ()

    @property
    def identity(self) -> tuple[str, str, str, tuple[int, ...]]:
        """What is settled when this mark is: another citation makes it another doubt."""
        return self.check, self.statement, self.about, self.numbers


def marks_of(statements: Sequence[Said]) -> list[Mark]:
    """Every mark of a synthesis, statement by statement. Linear in its length."""
    positions = {(one.topic, one.position) for one in statements if one.column == CONTROVERSY and one.position and one.cites}
    found = []
    for said in statements:
        for check, about, words in (
            *_of_texts(said),
            *_of_quotations(said),
            *_of_support(said),
            *figures.doubts(said.text, said.unsaid, [one.counted for one in said.cites], said.numbers),
            *_of_sides(said, positions),
            *((V7, word, words) for word, words in neutrality.doubts(said.text)),
        ):
            found.append(Mark(check, said.key, about, words, said.numbers))
    return found


Doubt = tuple[str, str, str]


def _of_texts(said: Said) -> Iterable[Doubt]:
    for one in dict.fromkeys(said.cites):
        number = f"#{one.number}"
        if not one.is_shown:
            yield V1, number, _("%(number)s is not shown any more: take it out, or cite another.") % {"number": number}
        elif one.has_changed:
            yield V1, number, _("%(number)s has changed since: read it again, then save.") % {"number": number}


def _of_quotations(said: Said) -> Iterable[Doubt]:
    for one in said.cites:
        if one.is_repaired:
            words = _("What was quoted of %(number)s differed a little: its real words have taken their place.")
            yield V2, f"#{one.number}", words % {"number": f"#{one.number}"}
    for match in _QUOTED.finditer(said.text):
        if "⟦" not in match[1] and len(_WORD.findall(match[1])) >= LONG_QUOTATION:
            words = _("« %(words)s »: whose words are these? Write the number they come from right after them.")
            yield V2, match[1], words % {"words": match[1]}


def _of_support(said: Said) -> Iterable[Doubt]:
    if said.is_linking:
        if said.cites:
            yield V3, "liaison", _("This linking sentence cites: then it claims something.")
        return
    for start, end in sentences(said.text):
        sentence = said.text[start:end]
        if not claims(sentence) and bare(sentence).strip(" .,;:()…"):
            about = bare(sentence).strip()[:60]
            yield V3, about, _("This sentence cites nothing: cite what it rests on, or declare it a linking sentence.")
    for one in dict.fromkeys(said.cites):
        if one.support < LEAST_SUPPORT and one.qualifier != SEE_ALSO and not one.is_quotation:
            words = _("Does %(number)s speak of this? It shares no word, or hardly any, with the sentence.") % {
                "number": f"#{one.number}"
            }
            yield V3, f"#{one.number}", words


def _of_sides(said: Said, positions: set[tuple[str, str]]) -> Iterable[Doubt]:
    if said.is_linking:
        return
    if said.column == CONTROVERSY:
        yield from _of_controversy(said, positions)
    elif said.column == AGREEMENT:
        for one in dict.fromkeys(said.cites):
            if one.counted.votes and not one.counted.is_majority:
                yield V5, f"#{one.number}", _("A point of agreement? %(figure)s.") % {"figure": one.counted.in_words(one.number)}
    elif said.column == ACTION_LEAD and not any(one.kind in ("proposal", "completion") for one in said.cites):
        yield V5, "proposition", _("An action lead rests on at least one proposal: none is cited.")


def _of_controversy(said: Said, positions: set[tuple[str, str]]) -> Iterable[Doubt]:
    if said.position:
        other = "b" if said.position == "a" else "a"
        if (said.topic, other) not in positions:
            place = {"position": other.upper()}
            yield (
                V5,
                f"position {other}",
                _("The controversy has one side: under this topic no position %(position)s cites anything.") % place,
            )
        return
    sides = {one.side for one in said.cites if one.side}
    if len(sides) < 2:
        words = _("The controversy has one side: cite an argument for and one against, or write its positions A and B.")
        yield V5, "pour" if "for" not in sides else "contre", words
