"""Is a draft ready to be published? What resolves, what is neither cited nor explained, who read it, who wrote it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account
from polyphonie.contributions.models import Contribution, Kind, Status
from polyphonie.processes.models import Consultation, Process, RoleAssignment
from polyphonie.synthesis.content import cited_numbers, content_hash
from polyphonie.synthesis.models import Review, Synthesis, SynthesisVersion
from polyphonie.synthesis.quoting import Cited, cited_by
from polyphonie.synthesis.rules import Readiness


def readiness(synthesis: Synthesis, content: Mapping[str, Any], *, doubts: int) -> Readiness:
    """How this content, as it is written now, stands before publication; `doubts` are its unsettled amber marks."""
    consultation = synthesis.consultation
    cited = cited_by(consultation.process, content["statements"])
    hashed = content_hash(dict(content))
    last = last_version(synthesis)
    return Readiness(
        is_closed=consultation.is_imported or consultation.state == Consultation.State.CLOSED,
        is_empty=not content["statements"],
        has_review=favourable_review(synthesis, hashed) is not None,
        is_same_as_published=last is not None and bytes(last.content_hash) == hashed,
        unresolved=unresolved(content, cited),
        doubts=doubts,
        without_reason=without_reason(consultation, content),
    )


def unresolved(content: Mapping[str, Any], cited: Cited) -> list[str]:
    """Each citation that does not resolve to a shown contribution, a revision of it and words that are there, in a sentence."""
    found = []
    for rank, statement in enumerate(content["statements"], start=1):
        for citation in statement["citations"]:
            problem = _problem(citation, cited)
            if problem:
                place = {"rank": rank, "number": citation["number"]}
                found.append(_("Sentence %(rank)s, #%(number)s: ") % place + problem)
    return found


def _problem(citation: Mapping[str, Any], cited: Cited) -> str:
    number, revision = citation["number"], citation["revision"]
    voice = cited.voice(number)
    if not voice.is_known:
        return _("no contribution of this concertation has this number.")
    if not voice.is_shown:
        return _("this contribution is not shown any more.")
    if not cited.has(number, revision):
        return _("the version that is cited cannot be read any more.")
    if "quote" in citation and not cited.words(citation):
        return _("the quoted words are not in the version that is cited.")
    return ""


def without_reason(consultation: Consultation, content: Mapping[str, Any]) -> list[int]:
    """The numbers of the shown proposals that no statement cites and no reason explains."""
    known = cited_numbers(content["statements"]) | {row["number"] for row in content["uncited"]}
    numbers = proposals_of(consultation).values_list("number", flat=True).order_by("number")
    return [number for number in numbers if number not in known]


def proposals_of(consultation: Consultation) -> Any:
    """Its proposals that are shown: those of which a synthesis says what became of each."""
    return Contribution.objects.filter(consultation=consultation, kind=Kind.PROPOSAL, status=Status.PUBLISHED)


def favourable_review(synthesis: Synthesis, hashed: bytes) -> Review | None:
    """The reading that found this very content neutral, if the last one of it did."""
    last = synthesis.reviews.filter(content_hash=hashed).order_by("-reviewed_at", "-pk").first()
    return last if last is not None and last.is_favourable else None


def last_version(synthesis: Synthesis) -> SynthesisVersion | None:
    return synthesis.versions.order_by("-number").first()


def is_writer(synthesis: Synthesis, account: Account) -> bool:
    """Whether this person wrote in the draft, under any role they hold or held here."""
    return account.pk in _accounts_of(synthesis.consultation.process, hands_of(synthesis))


def hands_of(synthesis: Synthesis) -> set[str]:
    """Every role and number that wrote in the draft: what a version says, reasons, settled doubts."""
    return {
        *synthesis.writers.values_list("actor", flat=True),
        *synthesis.uncited_reasons.values_list("given_by", flat=True),
        *synthesis.settled_doubts.values_list("settled_by", flat=True),
    } - {""}


def _accounts_of(process: Process, actors: set[str]) -> set[int]:
    held = RoleAssignment.objects.filter(process=process).order_by("pk").values_list("role", "number", "account")
    return {account for role, number, account in held if f"{role}/{number}" in actors}
