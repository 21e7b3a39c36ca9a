"""Which amber marks does a synthesis bear now, and which of them did somebody settle? Six queries, whatever its length."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from polyphonie.contributions.models import Status
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.checks.figures import UNCOUNTED, Counted
from polyphonie.synthesis.checks.marks import IN_WORDS, Mark, marks_of
from polyphonie.synthesis.checks.said import Cites, Said
from polyphonie.synthesis.checks.sides import Pattern
from polyphonie.synthesis.models import Citation, SettledDoubt, Statement, Synthesis
from polyphonie.synthesis.queries.groups import pattern_of

Identity = tuple[str, str, str, tuple[int, ...]]


@dataclass(frozen=True)
class Doubts:
    """The marks of a synthesis: those that wait for somebody, and those that were settled."""

    open: list[Mark]
    settled: list[Mark]
    statements: int
    linking: int

    @property
    def doubtful(self) -> int:
        """How many statements bear an open mark."""
        return len({mark.statement for mark in self.open})

    def of(self, statement: str) -> list[Mark]:
        return [mark for mark in self.open if mark.statement == statement]

    @property
    def by_check(self) -> list[tuple[str, str, list[Mark]]]:
        """The open marks, kind by kind: the check, what it looks at, the marks."""
        kinds = [(check, str(words), [mark for mark in self.open if mark.check == check]) for check, words in IN_WORDS.items()]
        return [kind for kind in kinds if kind[2]]


def doubts_of(consultation: Consultation, pattern: Pattern | None = None) -> Doubts:
    """Every mark of the synthesis of a consultation, with the votes as they are now; `pattern`, when it is known already."""
    said = said_in(consultation)
    settled = _settled(consultation)
    marks = marks_of(said, pattern_of(consultation) if pattern is None else pattern)
    return Doubts(
        open=[mark for mark in marks if mark.identity not in settled],
        settled=[mark for mark in marks if mark.identity in settled],
        statements=len(said),
        linking=sum(one.is_linking for one in said),
    )


def unsettled(synthesis: Synthesis) -> list[Mark]:
    """The marks that publication waits for."""
    return doubts_of(synthesis.consultation).open


def said_in(consultation: Consultation) -> list[Said]:
    """The statements as the checks see them, in order: two queries."""
    cites = _cites(consultation)
    fields = ("pk", "key", "text", "column", "topic__key", "position", "is_linking", "evidence")
    found = []
    rows = Statement.objects.filter(synthesis__consultation=consultation).order_by("rank", "pk").values_list(*fields)
    for pk, key, text, column, topic, position, is_linking, evidence in rows:
        support = evidence.get("support", [])
        cited = tuple(_cite(row, support[rank] if rank < len(support) else 100) for rank, row in enumerate(cites.get(pk, ())))
        found.append(Said(key, text, column, topic or "", position, is_linking, tuple(evidence.get("unsaid", ())), cited))
    return found


def _cite(row: Sequence[Any], support: int) -> Cites:
    """A citation as the checks see it, from its row (`_FIELDS`)."""
    number, kind, side, agree, mixed, disagree, arguments, qualifier, start, is_repaired, status, revision, now, *of = row
    counted = Counted(agree, mixed, disagree, arguments)
    about, about_counted = (of[0], Counted(*of[1:])) if of[0] else (0, UNCOUNTED)
    is_quotation, is_shown, has_changed = start is not None, status == Status.PUBLISHED, revision != now
    return Cites(
        number, kind, side, counted, qualifier, support, is_quotation, is_repaired, is_shown, has_changed, about, about_counted
    )


_FIELDS = (
    "contribution__number", "contribution__kind", "contribution__side", "votes_for", "votes_mixed", "votes_against", "arguments",
    "qualifier", "start", "is_repaired", "contribution__status", "revision", "contribution__revision",
    "contribution__about__number", "about_for", "about_mixed", "about_against",
)  # fmt: skip


def _cites(consultation: Consultation) -> dict[int, list[Sequence[Any]]]:
    of = "contribution__"
    rows = (
        Citation.objects.filter(statement__synthesis__consultation=consultation)
        .annotate(
            votes_for=F(f"{of}agree") + F(f"{of}imported_agree"),
            votes_mixed=F(f"{of}mixed") + F(f"{of}imported_mixed"),
            votes_against=F(f"{of}disagree") + F(f"{of}imported_disagree"),
            arguments=F(f"{of}arguments_for") + F(f"{of}arguments_against"),
            about_for=F(f"{of}about__agree") + F(f"{of}about__imported_agree"),
            about_mixed=F(f"{of}about__mixed") + F(f"{of}about__imported_mixed"),
            about_against=F(f"{of}about__disagree") + F(f"{of}about__imported_disagree"),
        )
        .order_by("statement", "rank")
        .values_list("statement", *_FIELDS)
    )
    found: dict[int, list[Sequence[Any]]] = {}
    for statement, *row in rows:
        found.setdefault(statement, []).append(row)
    return found


def _settled(consultation: Consultation) -> set[Identity]:
    rows = SettledDoubt.objects.filter(synthesis__consultation=consultation).order_by("pk").values_list("check_name", "marks")
    return {(check, mark["statement"], mark["mark"], tuple(mark.get("cites", ()))) for check, marks in rows for mark in marks}
