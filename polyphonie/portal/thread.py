"""What becomes of this contribution? Its steps so far, each with where it can be checked, and the next one expected."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.contributions.fates import fate_in_words
from polyphonie.contributions.models import Contribution, Origin
from polyphonie.core import addresses, printing
from polyphonie.processes.models import Process, ProgressUpdate
from polyphonie.synthesis.models import SynthesisVersion


@dataclass(frozen=True)
class Knot:
    """One step of the thread: done, or awaited."""

    title: str
    words: str = ""
    address: str = ""
    is_awaited: bool = False


def thread_of(
    contribution: Contribution,
    mentions: Iterable[ProgressUpdate],
    citing: Iterable[tuple[SynthesisVersion, int]] = (),
) -> list[Knot]:
    """The steps of a contribution, the oldest first; what is awaited comes last. `citing`: the syntheses that cite it, and in how
    many sentences."""
    process = contribution.process
    knots = [_publication(contribution)]
    if contribution.revision > 1:
        address = addresses.revisions_address(process.slug, contribution.number)
        knots.append(Knot(_("Changed by its author"), _("version %(number)s") % {"number": contribution.revision}, address))
    if contribution.accepted_on:
        knots.append(Knot(_("Accepted by the author of the proposal"), printing.day(contribution.accepted_on)))
    for update in mentions:
        address = f"{addresses.progress_address(process.slug)}#point-{update.pk}"
        knots.append(Knot(_("Cited in a progress point"), f"{printing.day(update.published_at)}, {update.title}", address))
    knots += [_of_a_synthesis(process, contribution.number, version, times) for version, times in citing]
    if contribution.fate:
        knots.append(Knot(fate_in_words(contribution.fate), contribution.fate_reason, contribution.fate_address))
    return knots + _awaited(contribution, process)


def _of_a_synthesis(process: Process, number: int, version: SynthesisVersion, times: int) -> Knot:
    consultation = version.synthesis.consultation
    words = ngettext("in %(count)s sentence", "in %(count)s sentences", times) % {"count": times}
    address = f"{addresses.synthesis_address(process.slug, consultation.slug)}#cite-{number}"
    return Knot(_("Cited in the synthesis of « %(title)s »") % {"title": consultation.title}, words, address)


def _publication(contribution: Contribution) -> Knot:
    words = printing.day(contribution.published_at)
    if contribution.origin == Origin.PUBLIC_DEBATE:
        words += ", " + _("taken from the public debate before the opening")
    elif contribution.origin not in (Origin.WEB, Origin.IMPORT):
        words += f", {Origin(contribution.origin).label}"
    if contribution.origin_note:
        words += f", {contribution.origin_note}"
    return Knot(_("Contribution #%(number)s") % {"number": contribution.number}, words, contribution.origin_address)


def _awaited(contribution: Contribution, process: Process) -> list[Knot]:
    """What the method of the process promises next."""
    if contribution.fate or process.feedback_given_on:
        return []
    knots = []
    if (
        process.synthesis_planned
        and not contribution.consultation.is_imported
        and not contribution.consultation.synthesis_version
    ):
        knots.append(Knot(_("Synthesis of the contributions"), _("after the closing: it says which it cites"), is_awaited=True))
    if process.feedback_due_on:
        due = _("promised for %(day)s") % {"day": printing.day(process.feedback_due_on)}
        address = addresses.progress_address(process.slug)
        knots.append(Knot(_("Answer of %(organiser)s") % {"organiser": process.organiser}, due, address, is_awaited=True))
    return knots
