"""Who may speak and vote here, on what, and when; and when do votes become public? Each rule answers with a reason, or none."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account, Organisation
from polyphonie.consultation.models import POSITIONS
from polyphonie.contributions.models import Contribution, Revision, Status
from polyphonie.core.printing import last_minute
from polyphonie.processes.models import Consultation

VOTERS_PER_BATCH = 20
VOTERS_PER_TEXT = 20
"""Votes on a text leave at least so many together: to know that someone voted on it then does not tell how (decision 0052)."""
BATCH_INTERVAL = timedelta(minutes=10)
SILENCE = timedelta(hours=24)
"""The last hours of a consultation, in which no batch is sealed: nobody votes with the result in view."""

NONCE_BYTES = 16


def is_open_refusal(consultation: Consultation, *, now: datetime) -> str | None:
    """Whether the consultation takes part at this instant: `closes_at` is the first refused one."""
    if consultation.is_imported:
        return _("This consultation was taken over from another site: it can be read, and is closed.")
    if consultation.opens_at is None or consultation.closes_at is None or consultation.state == Consultation.State.DRAFT:
        return _("This consultation is being prepared.")
    if now < consultation.closes_at and consultation.state == Consultation.State.CLOSED:
        return _("This consultation is a copy, rebuilt from what was published: it can be read, and is closed here.")
    if now >= consultation.closes_at or consultation.state == Consultation.State.CLOSED:
        return _("This consultation closed on %(moment)s. Everything stays readable.") % {
            "moment": last_minute(consultation.closes_at)
        }
    if now < consultation.opens_at:
        return _("This consultation opens on %(moment)s.") % {"moment": last_minute(consultation.opens_at)}
    if consultation.state != Consultation.State.OPEN:
        return _("This consultation is not open yet.")
    return None


def person_refusal(account: Account | None) -> str | None:
    """Whether this account can act at all."""
    if account is None or account.confirmed_on is None:
        return _("Sign in first: your mail address must have answered a code.")
    if account.closed_on is not None:
        return _("This account is closed.")
    if account.suspended_on is not None:
        return _("This account is suspended: it can read, and write to the moderators.")
    return None


def speak_refusal(
    consultation: Consultation, *, account: Account | None, now: datetime, speaks_for: Organisation | None = None
) -> str | None:
    """Whether this account may publish a text in this consultation at this instant, in this name."""
    return is_open_refusal(consultation, now=now) or person_refusal(account) or name_shown_refusal(account, speaks_for=speaks_for)


def name_shown_refusal(account: Account | None, *, speaks_for: Organisation | None = None) -> str | None:
    """Whether there is a public name to sign with: one that moderation hid is replaced first."""
    if speaks_for is not None:
        return _("The name of this organisation was hidden by moderation.") if speaks_for.has_hidden_name else None
    if account is not None and account.has_hidden_name:
        return _("Your public name was hidden by moderation: choose another one in your settings, then publish.")
    return None


def is_under_review(consultation: Consultation, *, now: datetime) -> bool:
    """Whether texts posted at this instant are read by a moderator before they appear."""
    return consultation.review_until is not None and now < consultation.review_until


def begin_review_refusal(consultation: Consultation, *, reason: str, now: datetime) -> str | None:
    """Whether texts may be read before they appear here: while it is open, with a reason."""
    if not reason.strip():
        return _("Say why: the reason is published.")
    return is_open_refusal(consultation, now=now)


def end_review_refusal(consultation: Consultation, *, now: datetime) -> str | None:
    if not is_under_review(consultation, now=now):
        return _("Texts already appear at once here.")
    return None


def change_under_review_refusal(consultation: Consultation, *, now: datetime) -> str | None:
    """Whether a text that is shown may change: not while new texts are read before they appear, or the reading would be vain."""
    if is_under_review(consultation, now=now):
        assert consultation.review_until is not None
        return _(
            "Texts are read by a moderator before they appear, until %(moment)s: a published text can change after that."
        ) % {"moment": last_minute(consultation.review_until)}
    return None


def seen_revision_refusal(revision: int, *, seen: int) -> str | None:
    """Whether a change may be written over this revision: not when its page showed another one (0: none was said)."""
    if seen and seen != revision:
        return _(
            "This text changed while you were writing: it is at version %(number)s now. Nothing was published and your words are"
            " kept below: see what changed, go over them, then publish."
        ) % {"number": revision}
    return None


def vote_refusal(
    contribution: Contribution, *, account: Account | None, now: datetime, speaks_for: Organisation | None = None
) -> str | None:
    """Whether this account may vote on this text at this instant; reads the contribution's consultation."""
    return (
        voter_refusal(account, speaks_for=speaks_for)
        or votable_refusal(contribution)
        or is_open_refusal(contribution.consultation, now=now)
    )


def withdraw_vote_refusal(contribution: Contribution, *, account: Account | None, now: datetime) -> str | None:
    """Whether this account may take back its vote: whoever may vote may, and also on a text that is not shown any more."""
    return voter_refusal(account) or is_open_refusal(contribution.consultation, now=now)


def voter_refusal(account: Account | None, *, speaks_for: Organisation | None = None) -> str | None:
    """Whether this account votes at all: people vote, once their address is confirmed; organisations speak."""
    refusal = person_refusal(account)
    if refusal is not None or account is None:
        return refusal
    if account.wrapped_secret is None:
        return _("This account has no voting secret yet: sign out, sign in again with a mail code, and vote.")
    if speaks_for is not None:
        return _("Organisations speak, people vote: vote in your own name.")
    return None


def agreement_refusal(*, asks_consent: bool, has_agreed: bool) -> str | None:
    """Whether this person may speak and vote where opinions are used on the ground of explicit consent."""
    if asks_consent and not has_agreed:
        return _("What you write or vote may show your political opinions: say first that you agree to their use here.")
    return None


def taken_back_refusal(*, waits_for_close: bool) -> str | None:
    """Whether a vote that its owner took back with all others, which leaves the totals at the close, may change again."""
    if waits_for_close:
        return _("You took back all your votes here at once: this one leaves the totals at the close, and cannot change before.")
    return None


def return_refusal(*, has_departed: bool) -> str | None:
    """Whether a first vote on a text may be that of someone who voted in this consultation under an account they closed."""
    if has_departed:
        return _(
            "Someone with your mail address voted in this consultation, then closed their account: this address does not vote "
            "in it a second time. You can still write here, and vote in the other consultations."
        )
    return None


def votable_refusal(contribution: Contribution) -> str | None:
    """Whether this text is one that is voted on, and is shown."""
    if not contribution.is_votable:
        return _("Proposals and completions are voted on; arguments and sources are not.")
    if contribution.status != Status.PUBLISHED:
        return _("This text is not shown any more: it cannot be voted on.")
    return None


def ballot_refusal(position: int, nonce: bytes) -> str | None:
    """Whether what was posted is a vote at all."""
    if position not in POSITIONS:
        return _("A vote is one of three answers: agree, mixed, disagree.")
    return nonce_refusal(nonce)


def nonce_refusal(nonce: bytes) -> str | None:
    if len(nonce) != NONCE_BYTES:
        return _("This form is not complete: reload the page and answer again.")
    return None


def seal_refusal(consultation: Consultation, *, ready_voters: int, last_sealed_at: datetime | None, now: datetime) -> str | None:
    """Whether the votes on texts where enough of them wait (`VOTERS_PER_TEXT`) may become public now: enough voters in all,
    enough time, and never in the silence before the close."""
    if consultation.state != Consultation.State.OPEN or consultation.opens_at is None or consultation.closes_at is None:
        return _("Batches are sealed while a consultation is open.")
    if now >= consultation.closes_at - SILENCE:
        return _("In its last 24 hours the totals of a consultation do not move: the last batch is sealed at its close.")
    if ready_voters < VOTERS_PER_BATCH:
        return _("The votes on a text wait until %(count)s voters have acted on it.") % {"count": VOTERS_PER_TEXT}
    if now < (last_sealed_at or consultation.opens_at) + BATCH_INTERVAL:
        return _("A batch waits 10 minutes after the one before.")
    return None


def close_refusal(consultation: Consultation, *, now: datetime) -> str | None:
    """Whether it closes: it is open, and its closing instant has come."""
    if consultation.state != Consultation.State.OPEN:
        return _("Only an open consultation closes.")
    if consultation.closes_at is None or now < consultation.closes_at:
        return _("Its closing day has not come.")
    return None


def carry_over_refusal(earlier: Revision | None, later: Revision) -> str | None:
    """Whether votes pass from one revision of a text to the next: where a moderator changed how it reads, not what it says."""
    if earlier is None or earlier.contribution_id != later.contribution_id or later.number != earlier.number + 1:
        return _("Votes are carried over from one revision to the next one of the same text.")
    if later.reason not in (Revision.Reason.TYPOGRAPHIC, Revision.Reason.MASKED, Revision.Reason.UNMASKED):
        return _("Votes are carried over only when a moderator declares that the text still says the same.")
    return None


def typographic_refusal(
    contribution: Contribution, earlier: Revision | None, later: Revision, *, moderator: Account
) -> str | None:
    """Whether a moderator may say that the last change by an author left the meaning as it was."""
    if contribution.author_id == moderator.pk:
        return _("One does not judge one’s own change: another moderator decides.")
    if contribution.status != Status.PUBLISHED:
        return _("This text is not shown any more: it cannot be changed.")
    if earlier is None or later.reason != Revision.Reason.AUTHOR or not earlier.is_readable:
        return _("There is no change by its author to look at.")
    if contribution.consultation.state != Consultation.State.OPEN:
        return _("The totals of this consultation are final: votes are not carried over any more.")
    return None


def own_review_refusal(contribution: Contribution, *, by: int) -> str | None:
    """Whether this person may publish a text that waits for its review: never their own."""
    return _("You wrote this text: someone else reads it first.") if contribution.author_id == by else None


def unmask_refusal(contribution: Contribution, *, is_found: bool) -> str | None:
    """Whether a masked passage can be given back: the text is still there, and its mask in it."""
    if contribution.status not in (Status.PUBLISHED, Status.HIDDEN):
        return _("This text is not shown any more: it cannot be changed.")
    if not is_found:
        return _("The text was changed since, and the mask is not in it any more: its author may put the passage back.")
    return None


def move_refusal(contribution: Contribution, *, to: Consultation, has_votes: bool, now: datetime) -> str | None:
    """Whether a text may move to another consultation: a proposal, before any vote on it or on what completes it."""
    if contribution.about_id is not None:
        return _("An answer stays with the text it answers: move the proposal, its answers follow.")
    if contribution.status != Status.PUBLISHED:
        return _("This text is not shown any more: it cannot be changed.")
    if to.pk == contribution.consultation_id or to.process_id != contribution.process_id:
        return _("Choose another consultation of the same concertation.")
    if has_votes:
        return _("Someone has voted on this text, or on what completes it: it does not move any more.")
    return is_open_refusal(contribution.consultation, now=now) or is_open_refusal(to, now=now)
