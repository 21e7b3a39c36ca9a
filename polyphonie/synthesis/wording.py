"""How does a sentence cite? `#746` or « Contribution 746 » in the prose; « quoted words », then their number.

Written form: what rapporteurs type and read. Stored form: the same, each citation as `#746`, and the words of each quotation
replaced by `⟦1⟧`, `⟦2⟧`… in their order: a quotation is a reference: hiding or erasing what it quotes empties it everywhere.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

PLAIN, PER, SEE_ALSO = "plain", "per", "see_also"
"""The qualifiers of a citation, as `models.Qualifier` lists them."""

_SPELT = re.compile(r"\b[Cc]ontribution\s+(?:[Nn](?:°|º|o\b)\s*)?#?(\d{1,9})\b")
_CITATION = re.compile(r"(?<![\w&/#\[])#(\d{1,9})\b")
_ZEROS = re.compile(r"(?<![\w&/#\[])#0+(?=\d)")
_QUOTATION = re.compile(r"«\s*([^«»⟦⟧]+?)\s*»(?=\s*[,(\[]?\s*(?:[Ss]elon\s+)?(?:l[ae]s?\s+)?#(\d{1,9})\b)")
_INNER = str.maketrans({"«": "“", "»": "”", "⟦": "[", "⟧": "]"})
_PLACE = re.compile(r"⟦(\d{1,3})⟧")
_JOINT = re.compile(r"(?:\s*(?:,|;|et|and|&)\s*)+")
_PER = re.compile(r"(?:\b[Ss]elon|\b[Dd][’']après|\b[Aa]ccording to)\s+(?:l[ae]s?\s+|the\s+)?(?:contributions?\s+)?\(?$")
_SEE_ALSO = re.compile(r"(?:\b[Vv]oir aussi|\b[Ss]ee also)\s*:?\s*(?:l[ae]s?\s+|the\s+)?(?:contributions?\s+)?$")


@dataclass(frozen=True)
class Cited:
    """A number cited at characters `[start, end)` of the text, and how."""

    number: int
    qualifier: str
    start: int
    end: int


@dataclass(frozen=True)
class Quoted:
    """Words quoted at `[start, end)` of the text, and which of its citations (from 0) they are taken from."""

    words: str
    citation: int
    start: int
    end: int


@dataclass(frozen=True)
class Piece:
    """A part of a stored sentence: plain words, the citation of this rank (from 0), or the quotation of this rank (from 1)."""

    words: str = ""
    citation: int | None = None
    quotation: int | None = None


def normalised(text: str) -> str:
    """The same sentence with « Contribution 746 », « contribution n° 746 » and « #0746 » written `#746`, on one line."""
    return re.sub(r"[ \t\r\n]+", " ", _ZEROS.sub("#", _SPELT.sub(r"#\1", text))).strip()


def citations_in(text: str) -> list[Cited]:
    """The citations of a normalised sentence, in order; « voir aussi : #12, #13 » qualifies both."""
    found: list[Cited] = []
    for match in _CITATION.finditer(text):
        qualifier = PLAIN
        if found and _JOINT.fullmatch(text[found[-1].end : match.start()]):
            qualifier = found[-1].qualifier
        elif _SEE_ALSO.search(text, 0, match.start()):
            qualifier = SEE_ALSO
        elif _PER.search(text, 0, match.start()):
            qualifier = PER
        found.append(Cited(int(match[1]), qualifier, match.start(), match.end()))
    return found


def quotations_in(text: str) -> list[Quoted]:
    """The quotations of a normalised sentence: « words » followed by the number they come from."""
    ranks = {cited.start: rank for rank, cited in enumerate(citations_in(text))}
    found = []
    for match in _QUOTATION.finditer(text):
        rank = ranks.get(match.start(2) - 1)
        if rank is not None:
            found.append(Quoted(match[1], rank, match.start(1), match.end(1)))
    return found


def stored_form(text: str, quotations: Sequence[Quoted]) -> str:
    """The normalised sentence with the words of each of these quotations replaced by its place."""
    kept, position = [], 0
    for rank, quoted in enumerate(quotations, start=1):
        kept += [text[position : quoted.start], f"⟦{rank}⟧"]
        position = quoted.end
    return "".join([*kept, text[position:]])


def written_form(stored: str, words_of: Callable[[int], str]) -> str:
    """The sentence with its quotations in words again; `words_of` maps the rank of a quotation (from 1) to them."""
    return _PLACE.sub(lambda place: words_of(int(place[1])), stored)


def quotable(words: str) -> str:
    """Quoted words as they can be typed between « and »: on one line, the guillemets inside them as other quotation marks."""
    return re.sub(r"[ \t\r\n]+", " ", words.translate(_INNER)).strip()


def pieces(stored: str) -> Iterator[Piece]:
    """The parts of a stored sentence in order, for pages and files to draw."""
    ranks = count()
    position = 0
    for match in re.finditer(f"{_CITATION.pattern}|{_PLACE.pattern}", stored):
        if match.start() > position:
            yield Piece(words=stored[position : match.start()])
        yield Piece(citation=next(ranks)) if match[1] else Piece(quotation=int(match[2]))
        position = match.end()
    if position < len(stored):
        yield Piece(words=stored[position:])


def claims(stored: str) -> bool:
    """Whether the sentence cites anything."""
    return _CITATION.search(stored) is not None
