"""What may happen to a synthesis, when, and by whom? It is written, read by a second person, published, made final."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from polyphonie.contributions.models import Contribution
from polyphonie.core.printing import day
from polyphonie.processes.models import Consultation, Role
from polyphonie.synthesis.models import ColumnKind, Statement, Synthesis

REVIEWERS = (Role.RAPPORTEUR, Role.MODERATOR, Role.ORGANISER, Role.AUTHORITY)
"""Who may be a second reader, if they wrote nothing of it."""
PUBLISHERS = (Role.RAPPORTEUR, Role.ORGANISER)
LEAST_WINDOW = timedelta(days=7)
REMARKS_LENGTH = 4000

CHECKLIST = {
    "both_sides": gettext_lazy("Each controversy states both positions, in words of the same weight"),
    "faithful": gettext_lazy("I opened the citations: each says what the sentence makes it say"),
    "own_words": gettext_lazy("No sentence judges; what is asserted is attributed to who asserts it"),
    "amounts": gettext_lazy("« Many », « some », « a majority » agree with the numbers"),
    "lone_voices": gettext_lazy("Ideas held by few people are there when they are sound"),
    "uncited": gettext_lazy("The reasons given for what is not cited are fair, and would be accepted by those who wrote it"),
}
"""The questions of neutrality that a second reader answers; an unfavourable answer to one is explained in the remarks."""

FATES = ("merged", "not_retained", "out_of_scope", "partly", "retained")
"""The fates of `Contribution.fate`, those fit for what is not cited first."""


def desk_refusal(consultation: Consultation, *, is_copy: bool = False) -> str | None:
    """The desk opens with the consultation, and stays open after it; only publication waits for the closing."""
    if is_copy:
        return _("This concertation is a copy: its synthesis is written on the site where it takes place.")
    if consultation.state in (Consultation.State.OPEN, Consultation.State.CLOSED):
        return None
    if consultation.state == Consultation.State.ANNOUNCED and consultation.opens_at is not None:
        return _("The desk opens with the consultation, on %(moment)s.") % {"moment": day(consultation.opens_at)}
    return _("The desk opens with the consultation, which has no date yet.")


@dataclass(frozen=True)
class Progress:
    """How far the work on a synthesis is, in the figures of its desk."""

    read: int
    total: int
    statements: int
    doubtful: int
    unexplained: int
    state: str
    is_closed: bool
    is_changed: bool = False
    """Since the version that is published."""
    is_read_again: bool = False
    """A second person found it neutral, and no sentence changed since."""


def next_step(now: Progress) -> str:
    """What to do next at the desk: "begin", "write", "check", "read", "explain", "review", "publish", "wait" or "done"."""
    if not now.statements:
        return "write" if now.read else "begin"
    if now.state == Synthesis.State.FINAL or (now.state == Synthesis.State.PUBLISHED and not now.is_changed):
        return "done"
    if now.doubtful:
        return "check"
    if now.unexplained:
        return "read" if now.read < now.total else "explain"
    if now.state == Synthesis.State.DRAFT or (now.state == Synthesis.State.PUBLISHED and not now.is_read_again):
        return "review"
    return "publish" if now.is_closed else "wait"


def writing_refusal(state: str) -> str | None:
    """A final synthesis does not change any more."""
    if state == Synthesis.State.FINAL:
        return _("This synthesis is final: it does not change any more.")
    return None


def place_refusal(column: str, position: str) -> str | None:
    """A statement stands in one of the four columns; only a controversy has two positions."""
    if column not in ColumnKind.values:
        return _("Choose the column in which this statement stands.")
    if position and (column != ColumnKind.CONTROVERSY or position not in Statement.Position.values):
        return _("Only a controversy has a position A and a position B.")
    return None


def empty_refusal(text: str) -> str | None:
    if not text.strip():
        return _("Write the statement first: an empty one says nothing.")
    return None


def reason_refusal(reason: str) -> str | None:
    """What is published says why, in words."""
    if len(reason.strip()) < 3:
        return _("Give the reason in a few words: it is published.")
    return None


def review_refusal(
    *, state: str, is_writer: bool, is_empty: bool, answers: Mapping[str, bool], is_favourable: bool, remarks: str
) -> str | None:
    """Whether this person may record this reading; `is_writer` when they wrote in the draft under any role."""
    if state == Synthesis.State.FINAL:
        return _("This synthesis is final: nothing in it is read again.")
    if is_writer:
        return _("You wrote in this synthesis: its second reader is someone else.")
    if is_empty:
        return _("This synthesis has no sentence yet.")
    if set(answers) != set(CHECKLIST):
        return _("Answer every question of the checklist.")
    if is_favourable and not all(answers.values()):
        return _("A question is answered « no »: the synthesis cannot be found neutral. Say what is to be changed.")
    if not is_favourable and not remarks:
        return _("Say in a few words what is to be changed.")
    if len(remarks) > REMARKS_LENGTH:
        return _("The remarks are too long: %(count)s characters, at most %(most)s.") % {
            "count": len(remarks),
            "most": REMARKS_LENGTH,
        }
    return None


def ask_refusal(*, state: str, is_empty: bool, is_same_as_published: bool, has_review: bool) -> str | None:
    """Whether a second reading of this very content can be asked for: there is something in it that nobody found neutral yet."""
    if state == Synthesis.State.FINAL:
        return _("This synthesis is final: nothing in it is read again.")
    if is_empty:
        return _("This synthesis has no sentence yet.")
    if is_same_as_published:
        return _("Nothing changed since the version that is published.")
    if has_review:
        return _("A second person has read this very text and found it neutral.")
    return None


@dataclass(frozen=True)
class Readiness:
    """What publication asks, as it stands: the second reading of this very content, its citations, doubts and reasons."""

    is_closed: bool
    is_empty: bool
    has_review: bool
    is_same_as_published: bool
    unresolved: Sequence[str]
    """Each citation that does not resolve, in a sentence."""
    doubts: int
    """Amber marks that nobody settled."""
    without_reason: Sequence[int]
    """Numbers of proposals that are neither cited nor given a reason."""


def readiness_refusals(state: str, ready: Readiness) -> list[str]:
    """Everything that stands between this content and its publication, each in a sentence; empty when nothing does."""
    if state == Synthesis.State.FINAL:
        return [_("This synthesis is final.")]
    found = []
    if not ready.is_closed:
        found.append(_("The consultation is not closed yet: its synthesis is published after the closing."))
    if ready.is_empty:
        found.append(_("This synthesis has no sentence yet."))
    if ready.is_same_as_published:
        found.append(_("Nothing changed since the version that is published."))
    found += ready.unresolved
    if ready.doubts:
        words = ngettext("%(count)s doubt is not settled.", "%(count)s doubts are not settled.", ready.doubts)
        found.append(words % {"count": ready.doubts})
    if ready.without_reason:
        words = ngettext(
            "%(count)s proposal is neither cited nor given a reason: %(numbers)s.",
            "%(count)s proposals are neither cited nor given a reason: %(numbers)s.",
            len(ready.without_reason),
        )
        sentence = words % {"count": len(ready.without_reason), "numbers": _numbers(ready.without_reason)}
        found.append(sentence.replace("….", "…"))
    if not ready.has_review:
        found.append(_("A second person has not read this very text and found it neutral: any change asks for a new reading."))
    return found


def window_refusal(*, previous: datetime | None, closes_at: datetime | None, now: datetime) -> str | None:
    """Whether comments may stay open until then; `previous` is the end already announced, `closes_at` None to keep it."""
    if closes_at is None:
        return _("Say until which day the synthesis is open to comments.") if previous is None else None
    if previous is not None and closes_at < previous:
        return _("Comments were announced to be open until %(day)s: they never close sooner.") % {"day": day(previous)}
    if previous is not None and closes_at == previous:
        return None
    if closes_at < now + LEAST_WINDOW:
        return _("Leave people at least seven days to comment.")
    return None


def because_refusal(because: Collection[int], *, discussions: Collection[int]) -> str | None:
    """Whether a change may be said to come from these comments: only those of this synthesis."""
    unknown = sorted(set(because) - set(discussions))
    if unknown:
        return _("There is no discussion number %(number)s on this synthesis.") % {"number": unknown[0]}
    return None


def final_refusal(*, state: str, closes_at: datetime | None, unanswered: int, is_changed: bool, now: datetime) -> str | None:
    """Whether the published synthesis becomes final: comments are over, each has its answer, nothing is half-written."""
    if state == Synthesis.State.FINAL:
        return _("This synthesis is already final.")
    if state != Synthesis.State.PUBLISHED:
        return _("A synthesis is published before it is final.")
    if closes_at is not None and now < closes_at:
        return _("Comments are still open, until %(day)s.") % {"day": day(closes_at)}
    if unanswered:
        words = ngettext("%(count)s discussion has no answer yet.", "%(count)s discussions have no answer yet.", unanswered)
        return words % {"count": unanswered}
    if is_changed:
        return _("The draft differs from what is published: publish it, or put it back as it was.")
    return None


def _numbers(numbers: Sequence[int], most: int = 12) -> str:
    shown = ", ".join(f"#{number}" for number in numbers[:most])
    return f"{shown}…" if len(numbers) > most else shown


def fate_refusal(fate: str) -> str | None:
    """A contribution that is not cited bears one of the fates that its page will show."""
    if fate not in FATES:
        return _("Choose what becomes of it.")
    return None


def longer_list_refusal(*, seen: int, now: int) -> str | None:
    """A reason is given to a whole list as it was seen: what came since is looked at first."""
    if now > seen:
        words = ngettext(
            "The list has grown by %(count)s contribution since you saw it: look at it again, then give the reason.",
            "The list has grown by %(count)s contributions since you saw it: look at it again, then give the reason.",
            now - seen,
        )
        return words % {"count": now - seen}
    return None


def same_refusal(contribution: Contribution, same_as: Contribution | None) -> str | None:
    """« Déjà dit par » another visible text of the same consultation."""
    if same_as is None:
        return None
    if same_as.pk == contribution.pk:
        return _("A contribution cannot be said already by itself.")
    if same_as.consultation_id != contribution.consultation_id or not same_as.is_visible:
        return _("#%(number)s is not a text that everyone sees in this consultation.") % {"number": same_as.number}
    return None
