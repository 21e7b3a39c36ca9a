"""Does what a sentence cites exist, and are its quotations real? The stored sentence, or each trouble in its place.

V1: a number that does not exist, is not visible, or belongs to another consultation is refused. V2: quoted words are looked for
in the text that stands now, then in its title; where they differ a little the real ones take their place, else they are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from polyphonie.core.plaintext import cleaned, shortened
from polyphonie.synthesis.checks.quoting import NEAR_ENOUGH, WORTH_SHOWING, Nearest, Span, nearest, verbatim
from polyphonie.synthesis.wording import Cited, Quoted, citations_in, normalised, quotations_in, stored_form

BODY, TITLE = "body", "title"
MOST_CHARACTERS = 4_000
MOST_CITATIONS = 200
SHOWN = 160


@dataclass(frozen=True)
class Citable:
    """A numbered text as it stands now: what a sentence may cite of it."""

    pk: int
    number: int
    revision: int
    title: str
    body: str
    is_visible: bool = True
    elsewhere: str = ""
    """The title of the consultation it belongs to, when it is another one."""
    answered: str = ""
    """The words of the text that it argues about, sources or completes: what it says goes with them."""


@dataclass(frozen=True)
class Resolved:
    """A citation that holds: which text in which revision, how, and the words quoted of it, if any."""

    citable: Citable
    qualifier: str
    field: str = ""
    span: Span | None = None
    is_repaired: bool = False

    @property
    def words(self) -> str:
        """The words quoted, as they are in the text; none when no words are."""
        if self.span is None:
            return ""
        source = self.citable.body if self.field == BODY else self.citable.title
        return source[self.span.start : self.span.end]


@dataclass(frozen=True)
class Trouble:
    """What refuses a sentence, at characters `[start, end)` of it as it was normalised, in a clear sentence."""

    start: int
    end: int
    sentence: str


@dataclass(frozen=True)
class Resolution:
    """A sentence held against the texts it cites."""

    written: str
    """As typed, on one line."""
    text: str
    """Its stored form; empty when it is refused."""
    citations: tuple[Resolved, ...]
    troubles: tuple[Trouble, ...]


def as_typed(text: str) -> str:
    """A sentence as it is held against the texts: clean, on one line, without the signs that the stored form keeps for itself."""
    return normalised(cleaned(text).translate({0x27E6: "[", 0x27E7: "]"}))


def numbers_in(text: str) -> list[int]:
    """The numbers a sentence cites, each once."""
    return list(dict.fromkeys(cited.number for cited in citations_in(as_typed(text))))


def resolve(text: str, known: Mapping[int, Citable]) -> Resolution:
    """Hold a sentence against `known`, the texts of the numbers it cites."""
    written = as_typed(text)
    cited, quoted = citations_in(written), quotations_in(written)
    troubles = _of_length(written, cited) + [wrong for one in cited if (wrong := _of_number(one, known)) is not None]
    refused = {trouble.start for trouble in troubles}
    resolved = [
        Resolved(known[one.number], one.qualifier) if one.start not in refused and one.number in known else None for one in cited
    ]
    for one in quoted:
        holder = resolved[one.citation]
        if holder is None:
            continue
        found = _located(one, holder)
        if isinstance(found, Trouble):
            troubles.append(found)
        else:
            resolved[one.citation] = found
    if troubles:
        return Resolution(written, "", (), tuple(sorted(troubles, key=lambda trouble: trouble.start)))
    return Resolution(written, stored_form(written, quoted), tuple(one for one in resolved if one is not None), ())


def _of_length(written: str, cited: list[Cited]) -> list[Trouble]:
    if len(written) > MOST_CHARACTERS:
        sentence = _("A statement has at most %(most)s characters: say it in two.") % {"most": MOST_CHARACTERS}
        return [Trouble(MOST_CHARACTERS, len(written), sentence)]
    if len(cited) > MOST_CITATIONS:
        sentence = _("A statement has at most %(most)s citations: say it in two.") % {"most": MOST_CITATIONS}
        return [Trouble(cited[MOST_CITATIONS].start, cited[MOST_CITATIONS].end, sentence)]
    return []


def _of_number(one: Cited, known: Mapping[int, Citable]) -> Trouble | None:
    citable = known.get(one.number)
    if citable is None:
        sentence = _("#%(number)s does not exist in this concertation. Is a digit missing?") % {"number": one.number}
    elif citable.elsewhere:
        words = {"number": one.number, "title": citable.elsewhere}
        sentence = _("#%(number)s belongs to another consultation: « %(title)s ». A synthesis cites its own alone.") % words
    elif not citable.is_visible:
        sentence = _("#%(number)s is not shown any more: it can be neither cited nor quoted.") % {"number": one.number}
    else:
        return None
    return Trouble(one.start, one.end, sentence)


def _located(one: Quoted, holder: Resolved) -> Resolved | Trouble:
    """The words in the text, else in the title, else the nearest when they are near enough."""
    citable = holder.citable
    fields = ((BODY, citable.body), (TITLE, citable.title))
    for field, source in fields:
        span = verbatim(one.words, source)
        if span is not None:
            return Resolved(citable, holder.qualifier, field, span)
    best, found_in = _nearest_of(one.words, fields)
    if best is not None and best.likeness >= NEAR_ENOUGH:
        return Resolved(citable, holder.qualifier, found_in, best.span, is_repaired=True)
    return Trouble(one.start, one.end, _not_there(one, citable, best, found_in))


def _nearest_of(words: str, fields: tuple[tuple[str, str], ...]) -> tuple[Nearest | None, str]:
    best, found_in = None, ""
    for field, source in fields:
        found = nearest(words, source)
        if found is not None and (best is None or found.likeness > best.likeness):
            best, found_in = found, field
    return best, found_in


def _not_there(one: Quoted, citable: Citable, best: Nearest | None, field: str) -> str:
    said = {"words": shortened(one.words, SHOWN), "number": citable.number}
    if best is None or best.likeness < WORTH_SHOWING:
        return _("« %(words)s »: #%(number)s does not say that. Open it to copy its words.") % said
    source = citable.body if field == BODY else citable.title
    near = shortened(" ".join(source[best.span.start : best.span.end].split()), SHOWN)
    return _("« %(words)s »: these are not the words of #%(number)s. The nearest are « %(near)s ».") % {**said, "near": near}
