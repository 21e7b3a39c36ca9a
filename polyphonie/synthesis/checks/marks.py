"""What should a rapporteur look at again before publishing? Amber marks: they stop nobody from writing, each asks for a yes.

V1 a cited text changed or is not shown any more; V2 quoted words repaired, or without a number; V3 a sentence that cites nothing,
or a citation whose text hardly says what it says; V4 a quantity that votes do not confirm; V5 a side that is missing, or votes
that are not those of an agreement or of a controversy; V7 words that judge.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polyphonie.opinion.texts.support import SUPPORTED
from polyphonie.synthesis.checks import figures, neutrality, sides
from polyphonie.synthesis.checks.said import Said
from polyphonie.synthesis.checks.sentences import bare, sentences
from polyphonie.synthesis.checks.sides import NO_PATTERN, Pattern
from polyphonie.synthesis.wording import SEE_ALSO, claims

LEAST_SUPPORT = round(100 * SUPPORTED)
"""Hundredths of what a sentence tells that a cited text tells at least; tuned on 1,808 human summaries."""
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
_QUOTED = re.compile(r"«\s*([^«»]*?)\s*»")
_WORD = re.compile(r"[^\W_]+")


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


def marks_of(statements: Sequence[Said], pattern: Pattern = NO_PATTERN) -> list[Mark]:
    """Every mark of a synthesis, statement by statement; `pattern`: what is known of groups of opinion. Linear in its length."""
    controversies = sides.Controversies(statements, pattern)
    found = []
    for said in statements:
        for check, about, words in (
            *_of_texts(said),
            *_of_quotations(said),
            *_of_support(said),
            *figures.doubts(said.text, said.unsaid, [one.counted for one in said.cites], said.numbers),
            *((V5, about, words) for about, words in sides.doubts(said, controversies, pattern)),
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
            words = _("Does %(number)s speak of this? It says hardly anything of the sentence.") % {"number": f"#{one.number}"}
            yield V3, f"#{one.number}", words
