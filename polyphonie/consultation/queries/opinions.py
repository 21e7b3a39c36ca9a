"""What is computed of opinions, for which consultations is it due, and which votes enter?"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, QuerySet

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import voter_secret
from polyphonie.consultation.models import ImportedVote, OpinionAnalysis, Vote
from polyphonie.contributions.models import Contribution, Kind, Status
from polyphonie.ledger.models import Entry
from polyphonie.ledger.pseudonyms import voter_pseudonym
from polyphonie.processes.models import Consultation, Process

VOTABLE = (Kind.PROPOSAL, Kind.COMPLETION)
AT_ONCE = 20_000
TRIED_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Waited:
    """What the analysis waits for: its `turn`, the end of an `import`, or to be tried `again` after it failed, from when on."""

    what: str
    failed_at: datetime | None = None
    tried_again_at: datetime | None = None


def due_for_analysis(*, now: datetime) -> list[Consultation]:
    """Closed consultations without an analysis, whose voters' keys are here; one that failed waits for an hour."""
    closed = Consultation.objects.filter(state=Consultation.State.CLOSED, process__copied_from="")
    known = OpinionAnalysis.objects.values_list("consultation_id", "computed_at", "result")
    settled = {pk for pk, computed_at, result in known if result or computed_at > now - TRIED_AGAIN_AFTER}
    due = closed.exclude(pk__in=settled).select_related("process").order_by("pk")
    return [one for one in due if not one.is_imported or finished_imports(one.process)]


def analysis_of(consultation: Consultation) -> OpinionAnalysis | None:
    """What was published of its opinions; None as long as nothing was."""
    found = OpinionAnalysis.objects.filter(consultation=consultation).first()
    return found if found is not None and found.result else None


def waited_for(consultation: Consultation) -> Waited:
    """Why nothing is published of the opinions of a closed consultation yet."""
    if consultation.is_imported and not finished_imports(consultation.process):
        return Waited("import")
    failed = OpinionAnalysis.objects.filter(consultation=consultation).first()
    if failed is not None:
        return Waited("again", failed.computed_at, failed.computed_at + TRIED_AGAIN_AFTER)
    return Waited("turn")


def texts_to_analyse(consultation: Consultation) -> list[int]:
    """The numbers of the texts that votes are about and that are shown."""
    return list(_shown(consultation).order_by("number").values_list("number", flat=True))


def published_positions(consultation: Consultation) -> Iterator[tuple[bytes, int, int]]:
    """(voter's pseudonym, number, position) of every published vote on the present revision of a text, in no order."""
    here = Vote.objects.filter(contribution__in=_shown(consultation), published_position__isnull=False)
    rows = here.filter(published_revision=F("contribution__revision")).order_by()
    for voter, number, position in rows.values_list("voter", "contribution__number", "published_position").iterator(AT_ONCE):
        if position is not None:
            yield bytes(voter), number, position
    if consultation.is_imported:
        imported = ImportedVote.objects.filter(
            contribution__in=_shown(consultation), import_number__in=list(finished_imports(consultation.process))
        ).order_by("import_number", "line")
        for voter, number, position in imported.values_list("voter", "contribution__number", "position").iterator(AT_ONCE):
            yield bytes(voter), number, position


def unplaced_voters(consultation: Consultation, *, until: date | None = None) -> list[bytes]:
    """The pseudonyms here of those who asked, until that day, to be counted and placed nowhere. Computed from their secrets when
    it is needed and written nowhere: no row says that such a vote is of such an account. Raises ledger.keys.KeyMissing."""
    accounts = Account.objects.filter(off_the_map_on__isnull=False, wrapped_secret__isnull=False).order_by("pk")
    if until is not None:
        accounts = accounts.filter(off_the_map_on__lte=until)
    place = consultation.process.slug, consultation.slug
    return [voter_pseudonym(voter_secret(account), *place) for account in accounts.iterator(chunk_size=AT_ONCE)]


def _shown(consultation: Consultation) -> QuerySet[Contribution]:
    return Contribution.objects.filter(consultation=consultation, kind__in=VOTABLE, status=Status.PUBLISHED)


def voters_up_to(consultation: Consultation, most: int) -> int:
    """How many voters those positions are of, counted no further than `most`."""
    seen: set[bytes] = set()
    for voter, _number, _position in published_positions(consultation):
        seen.add(voter)
        if len(seen) >= most:
            break
    return len(seen)


def finished_imports(process: Process) -> dict[int, int | None]:
    """The position of the `import` leaf of each import number: only what was taken over to its end has one."""
    leaves = Entry.objects.filter(log=process.log_id, kind="import").exclude(leaf__contains='"undoes"').order_by("pk")
    return {json.loads(leaf)["import"]: position for leaf, position in leaves.values_list("leaf", "position")}


def told_texts(consultation: Consultation, numbers: Iterable[int]) -> dict[int, Contribution]:
    """Those of these texts that are still shown, by number, with what a link says of them."""
    shown = Contribution.objects.filter(consultation=consultation, number__in=list(numbers), status=Status.PUBLISHED)
    return {text.number: text for text in shown.only("number", "title", "kind", "body", "consultation_id").order_by("number")}
