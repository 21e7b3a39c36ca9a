"""How does one speak in a consultation? Propose, argue, bring a source, complete; change or take back one's text."""

from datetime import datetime

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account, Organisation
from polyphonie.consultation.actions.drawing import enter_draw
from polyphonie.consultation.messages import tell_published, tell_submitted
from polyphonie.consultation.queries.agreements import has_agreed
from polyphonie.consultation.rules import (
    agreement_refusal,
    change_under_review_refusal,
    is_under_review,
    seen_revision_refusal,
    speak_refusal,
)
from polyphonie.contributions import actions as voices
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution, Kind, Revision, Status
from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.writing import assert_writing
from polyphonie.processes.models import Consultation


def propose(
    consultation: Consultation,
    text: Text,
    *,
    account: Account,
    now: datetime,
    speaks_for: Organisation | None = None,
    nature: str = "",
) -> Contribution:
    """Publish a proposal (a diagnosis or a solution where the consultation distinguishes them)."""
    assert_writing()
    ensure(speak_refusal(consultation, account=account, now=now, speaks_for=speaks_for))
    _ensure_agreed(consultation, account)
    proposal = voices.publish(
        consultation,
        Kind.PROPOSAL,
        text,
        author=account,
        speaks_for=speaks_for,
        nature=nature,
        awaits_review=is_under_review(consultation, now=now),
        now=now,
    )
    return _told(proposal, account, now=now)


def argue(
    about: Contribution, text: Text, *, side: str, account: Account, now: datetime, speaks_for: Organisation | None = None
) -> Contribution:
    """Publish an argument for or against a proposal or a completion."""
    return _answer(about, Kind.ARGUMENT, text, side=side, account=account, speaks_for=speaks_for, now=now)


def add_source(
    about: Contribution, text: Text, *, account: Account, now: datetime, speaks_for: Organisation | None = None
) -> Contribution:
    """Bring a source to a proposal, an argument or a completion."""
    return _answer(about, Kind.SOURCE, text, account=account, speaks_for=speaks_for, now=now)


def complete(
    about: Contribution, text: Text, *, account: Account, now: datetime, speaks_for: Organisation | None = None
) -> Contribution:
    """Complete someone's proposal: an addition or another wording, on which people vote too."""
    return _answer(about, Kind.COMPLETION, text, account=account, speaks_for=speaks_for, now=now)


def revise(contribution: Contribution, text: Text, *, account: Account, now: datetime, seen: int = 0) -> Revision | None:
    """Change one's own text while the consultation is open; others' votes stay with the revision they were cast on. `seen`: the
    revision that was being changed, if a page showed one: another since, a masked passage say, is not written over unread."""
    assert_writing()
    ensure(speak_refusal(contribution.consultation, account=account, now=now))
    _ensure_agreed(contribution.consultation, account)
    ensure(change_under_review_refusal(contribution.consultation, now=now))
    _read_again(contribution)
    ensure(seen_revision_refusal(contribution.revision, seen=seen))
    return voices.revise(contribution, text, author=account, now=now)


def withdraw(contribution: Contribution, *, account: Account, now: datetime) -> Contribution:
    """Take one's text back: possible while open, its number stays."""
    assert_writing()
    ensure(speak_refusal(contribution.consultation, account=account, now=now))
    _read_again(contribution)
    return voices.withdraw(contribution, author=account, now=now)


def accept_completion(completion: Contribution, *, account: Account, now: datetime) -> Contribution:
    """The author of the proposal says that a completion belongs to it."""
    assert_writing()
    ensure(speak_refusal(completion.consultation, account=account, now=now))
    _read_again(completion)
    return voices.accept_completion(completion, author=account, on=now)


def _read_again(contribution: Contribution) -> None:
    """Read again what may have changed since the page was asked for, now that nobody else can change it: its author may have
    revised it elsewhere, moderation hidden or masked it. Raises Refused once it is moved."""
    standing = Contribution.objects.select_for_update().filter(pk=contribution.pk, consultation=contribution.consultation_id)
    stands = standing.order_by("pk").values("status", "title", "body", "url", "category", "revision").first()
    if stands is None:
        raise Refused(_("This text was moved meanwhile: look at it where it stands now."))
    for name, value in stands.items():
        setattr(contribution, name, value)


def _answer(
    about: Contribution,
    kind: Kind,
    text: Text,
    *,
    account: Account,
    speaks_for: Organisation | None,
    now: datetime,
    side: str = "",
) -> Contribution:
    assert_writing()
    ensure(speak_refusal(about.consultation, account=account, now=now, speaks_for=speaks_for))
    _ensure_agreed(about.consultation, account)
    answer = voices.publish(
        about.consultation,
        kind,
        text,
        author=account,
        speaks_for=speaks_for,
        about=about,
        side=side,
        awaits_review=is_under_review(about.consultation, now=now),
        now=now,
    )
    return _told(answer, account, now=now)


def _told(contribution: Contribution, account: Account, *, now: datetime) -> Contribution:
    """Tell its author what happens, and the others once it is shown."""
    if contribution.status == Status.SUBMITTED:
        tell_submitted(contribution, account, now=now)
        return contribution
    tell_published(contribution, account, now=now)
    return enter_draw(contribution)


def _ensure_agreed(consultation: Consultation, account: Account) -> None:
    process = consultation.process
    ensure(agreement_refusal(asks_consent=process.asks_consent, has_agreed=has_agreed(account, process)))
