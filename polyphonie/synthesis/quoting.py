"""Which voices does a synthesis cite, and which of their words may be shown? Drawn from the revision, each time."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from polyphonie.contributions.models import Contribution, Revision, Status
from polyphonie.core.addresses import contribution_address
from polyphonie.processes.models import Process
from polyphonie.synthesis.wording import pieces

GONE = "\ufffc"
"""What stands for a quotation in the text of a block (`annotations.models.QUOTATION`)."""


@dataclass(frozen=True)
class Voice:
    """A cited contribution as a page may name it; of one that is not shown, its number alone."""

    number: int
    address: str
    is_known: bool = False
    is_shown: bool = False
    kind: str = ""
    title: str = ""
    revision: int = 0


@dataclass(frozen=True)
class Cited:
    """The voices of a content and the words of the revisions it cites: those of texts that are shown, and no others."""

    process: str
    voices: Mapping[int, Voice]
    revisions: Mapping[tuple[int, int], Mapping[str, str]]

    def voice(self, number: int) -> Voice:
        return self.voices.get(number, Voice(number, contribution_address(self.process, number)))

    def has(self, number: int, revision: int) -> bool:
        """Whether the words of this revision may be read."""
        return (number, revision) in self.revisions

    def words(self, citation: Mapping[str, Any]) -> str:
        """The words that a citation quotes; empty when they are withdrawn, hidden, erased, or quote nothing."""
        quote = citation.get("quote")
        text = self.revisions.get((citation["number"], citation["revision"]), {})
        if quote is None or quote["field"] not in text:
            return ""
        words = text[quote["field"]]
        return words[quote["start"] : quote["end"]] if 0 <= quote["start"] < quote["end"] <= len(words) else ""


def cited_by(process: Process, statements: Iterable[Mapping[str, Any]]) -> Cited:
    """What these statements of a content cite, in two queries."""
    asked = {(one["number"], one["revision"]) for statement in statements for one in statement["citations"]}
    voices = _voices(process, {number for number, _revision in asked})
    shown = [number for number, voice in voices.items() if voice.is_shown]
    texts = Revision.objects.filter(contribution__process=process, contribution__number__in=shown, salt__isnull=False)
    revisions = {
        (number, revision): {"title": title, "body": body}
        for number, revision, title, body in texts.order_by("pk").values_list("contribution__number", "number", "title", "body")
        if (number, revision) in asked
    }
    return Cited(process.slug, voices, revisions)


def voices_named(process: Process, numbers: Iterable[int]) -> Cited:
    """The voices of these numbers without their words, in one query."""
    return Cited(process.slug, _voices(process, set(numbers)), {})


def _voices(process: Process, numbers: Collection[int]) -> dict[int, Voice]:
    rows = Contribution.objects.filter(process=process, number__in=numbers).exclude(status=Status.SUBMITTED).order_by("number")
    return {
        number: Voice(
            number,
            contribution_address(process.slug, number),
            is_known=True,
            is_shown=status == Status.PUBLISHED,
            kind=kind,
            title=title if status == Status.PUBLISHED else "",
            revision=revision,
        )
        for number, status, kind, title, revision in rows.values_list("number", "status", "kind", "title", "revision")
    }


@dataclass(frozen=True)
class Part:
    """A part of a sentence as it is drawn: words, a citation or a quotation; `[start, end)` is its place in the block's text."""

    kind: str
    text: str
    start: int
    end: int
    voice: Voice | None = None

    @property
    def stands_for(self) -> str:
        """Its part of the block's text, where a quotation is one character."""
        return GONE if self.kind == QUOTATION else self.text


WORDS, CITATION, QUOTATION = "words", "citation", "quotation"


def parts_of(statement: Mapping[str, Any], cited: Cited) -> list[Part]:
    """The sentence in parts, in order; a quotation whose words are gone has an empty text."""
    quoting = [citation for citation in statement["citations"] if "quote" in citation]
    found: list[Part] = []
    at = 0
    for piece in pieces(statement["text"]):
        if piece.citation is not None:
            citation = statement["citations"][piece.citation]
            voice = cited.voice(citation["number"])
            kind, text, length = CITATION, f"#{voice.number}", len(f"#{voice.number}")
        elif piece.quotation is not None:
            citation = quoting[piece.quotation - 1]
            voice = cited.voice(citation["number"])
            kind, text, length = QUOTATION, cited.words(citation), 1
        else:
            kind, text, length, voice = WORDS, piece.words, len(piece.words), None
        found.append(Part(kind, text, at, at + length, voice))
        at += length
    return found


def block_text(statement: Mapping[str, Any]) -> str:
    """The sentence as plain text, one character in the place of each quotation: what annotations are anchored in."""
    kept = []
    for piece in pieces(statement["text"]):
        if piece.citation is not None:
            kept.append(f"#{statement['citations'][piece.citation]['number']}")
        else:
            kept.append(GONE if piece.quotation is not None else piece.words)
    return "".join(kept)


def in_words(statement: Mapping[str, Any], cited: Cited, withdrawn: str) -> str:
    """The sentence as plain text with its quotations; `withdrawn` stands where the words are gone."""
    return "".join(part.text or withdrawn for part in parts_of(statement, cited))
