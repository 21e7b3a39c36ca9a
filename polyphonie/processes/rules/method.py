"""Is the method of a concertation complete? The checklist shown to all, which gates every opening (recommendation 19)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.core.printing import day, last_minute
from polyphonie.processes.models import Consultation, Process

MODERATORS = 2
CRPA_DAYS = 15
PLACEHOLDERS = ("[à compléter", "[to be completed")
"""What a starting point leaves to be written; a question that still holds it is not a question."""


def is_left_to_write(text: str) -> bool:
    """Whether a text still holds what its starting point left to be written."""
    return any(placeholder in text for placeholder in PLACEHOLDERS)


@dataclass(frozen=True)
class MethodItem:
    """One line of the checklist: what is promised, whether it is kept, what is there or what is missing."""

    key: str
    label: str
    is_kept: bool
    words: str
    consultation: str = ""
    """The slug of the consultation it is about; empty when it is about the whole process."""


def method_checklist(process: Process, consultation: Consultation | None, *, moderators: int, judges: int) -> list[MethodItem]:
    """The lines of the checklist for a consultation, or for the process alone when there is none yet."""
    slug = "" if consultation is None else consultation.slug
    items = [
        replace(question_item(consultation), consultation=slug),
        replace(calendar_item(consultation), consultation=slug),
        written_item("who_decides", _("Who decides"), process.who_decides, _("Nobody is named yet.")),
        written_item("what_becomes", _("What will be done with the answers"), process.what_becomes, _("Not said yet.")),
        feedback_item(process.feedback_due_on, consultation),
        written_item("legal_basis", _("Legal basis for personal data"), process.legal_basis, _("Not stated yet.")),
        moderators_item(moderators),
        written_item("appeal_body", _("Appeal body"), process.appeal_body, _("Nobody is named yet.")),
        judges_item(judges),
        written_item("synthesis_planned", _("Synthesis planned"), process.synthesis_planned, _("Not planned yet.")),
    ]
    if consultation is not None and consultation.is_under_crpa:
        items.append(replace(crpa_item(consultation.opens_at, consultation.closes_at), consultation=slug))
    return items


def missing_items(items: Iterable[MethodItem]) -> list[MethodItem]:
    return [item for item in items if not item.is_kept]


def method_refusal(items: Iterable[MethodItem]) -> str | None:
    """Whether something of the method is still missing, all of it named."""
    missing = missing_items(items)
    if not missing:
        return None
    return _("It cannot open yet: %(missing)s.") % {"missing": " · ".join(f"{item.label} ({item.words})" for item in missing)}


def written_item(key: str, label: str, text: str, absent: str) -> MethodItem:
    words = text.strip()
    kept = bool(words) and not is_left_to_write(words)
    return MethodItem(key, label, kept, words if kept else absent)


def question_item(consultation: Consultation | None) -> MethodItem:
    """A clear question: it is written, and nothing in it is left to be written."""
    label = _("A clear question")
    if consultation is None:
        return MethodItem("question", label, False, _("No question is written yet."))
    if not consultation.questions.strip():
        return MethodItem("question", label, False, _("“%(title)s” asks no question yet.") % {"title": consultation.title})
    if any(is_left_to_write(text) for text in (consultation.title, consultation.presentation, consultation.questions)):
        return MethodItem("question", label, False, _("A passage between brackets is left to be written."))
    return MethodItem("question", label, True, consultation.questions.strip())


def calendar_item(consultation: Consultation | None) -> MethodItem:
    """Two dates, known before it opens."""
    label = _("Calendar")
    if consultation is None or consultation.opens_at is None or consultation.closes_at is None:
        return MethodItem("calendar", label, False, _("The days it opens and closes are not chosen yet."))
    words = _("From %(opening)s to %(closing)s") % {
        "opening": day(consultation.opens_at),
        "closing": last_minute(consultation.closes_at),
    }
    return MethodItem("calendar", label, True, words)


def feedback_item(due_on: date | None, consultation: Consultation | None) -> MethodItem:
    """The day by which an answer is promised; it cannot come before the closing."""
    label = _("Day of the answer")
    if due_on is None:
        return MethodItem("feedback", label, False, _("No day is promised yet."))
    if consultation is not None and consultation.closes_at is not None and due_on < last_day(consultation.closes_at):
        return MethodItem(
            "feedback", label, False, _("The promised day, %(day)s, comes before the closing.") % {"day": day(due_on)}
        )
    return MethodItem("feedback", label, True, _("An answer is promised by %(day)s") % {"day": day(due_on)})


def moderators_item(moderators: int) -> MethodItem:
    """Two people at least, so that nobody is judge of their own decision; they may belong to another body."""
    words = ngettext("%(count)s moderator named", "%(count)s moderators named", moderators) % {"count": moderators}
    if moderators < MODERATORS:
        words = ngettext("%(count)s named, two are needed", "%(count)s named, two are needed", moderators) % {"count": moderators}
    if not moderators:
        words = _("Nobody is named yet, two people are needed")
    return MethodItem("moderators", _("Two moderators"), moderators >= MODERATORS, words)


def judges_item(judges: int) -> MethodItem:
    """One person at least who accepted to judge appeals: a name on a page judges nothing."""
    words = ngettext("%(count)s person accepted this role", "%(count)s people accepted this role", judges) % {"count": judges}
    absent = _("Nobody has accepted this role yet, with a second factor.")
    return MethodItem("judges", _("Appeal body at work"), judges > 0, words if judges else absent)


def crpa_item(opens_at: datetime | None, closes_at: datetime | None) -> MethodItem:
    """Fifteen days at least, for a consultation declared under articles L132-1 and R132-10 of the code of relations
    between the public and the administration, and for no other."""
    label = _("Fifteen days at least (code of relations between the public and the administration)")
    if opens_at is None or closes_at is None:
        return MethodItem("crpa", label, False, _("The days it opens and closes are not chosen yet."))
    days = open_days(opens_at, closes_at)
    words = ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return MethodItem("crpa", label, days >= CRPA_DAYS, words)


def open_days(opens_at: datetime, closes_at: datetime) -> int:
    """How many days of the calendar it stays open, whatever the hour and the clocks' changes."""
    return (last_day(closes_at) - timezone.localdate(opens_at)).days + 1


def last_day(closes_at: datetime) -> date:
    """The last day on which one can still answer: the eve of a closing at midnight."""
    return timezone.localdate(closes_at - timedelta(seconds=1))
