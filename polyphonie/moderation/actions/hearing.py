"""How is an author heard? They are told what is held against their text, and reply; or 48 hours pass."""

from datetime import datetime

from polyphonie.accounts.models import Account
from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.moderation.actions.sharing import claim_case, release
from polyphonie.moderation.messages import tell_notice
from polyphonie.moderation.models import Case, Ground, Hearing, State
from polyphonie.moderation.queries import hearing_of, standing_of
from polyphonie.moderation.rules import HEARING_TIME, REPLY_LENGTH, notice_refusal, reason_refusal, reply_refusal
from polyphonie.processes.models import RoleAssignment


def give_notice(case: Case, *, ground: Ground, facts: str, by: RoleAssignment, now: datetime) -> Hearing:
    """Tell the author what is held against the text, by mail and in their space: they have 48 hours to reply."""
    assert_writing()
    ensure(reason_refusal(facts))
    ensure(notice_refusal(case, standing_of(case), by=by.account_id))
    claim_case(case, by=by, now=now)
    hearing = open_hearing(case, ground=ground, facts=facts, now=now)
    tell_notice(hearing, now=now)
    release(case)
    return hearing


def open_hearing(case: Case, *, ground: Ground, facts: str, now: datetime) -> Hearing:
    """Begin the 48 hours. Its caller asked its own rule, and tells the author."""
    assert_writing()
    hearing = Hearing.objects.create(case=case, ground=ground, facts=facts.strip(), notified_at=now, due_at=now + HEARING_TIME)
    case.state = State.HEARING
    case.save(update_fields=["state"])
    return hearing


def reply(case: Case, words: str, *, account: Account, now: datetime) -> Hearing:
    """The author replies: the case comes back to the desk at once."""
    assert_writing()
    hearing = hearing_of(case)
    words = cleaned(words)[:REPLY_LENGTH]
    ensure(reply_refusal(case, hearing, is_author=case.is_authored_by(account), words=words))
    assert hearing is not None
    hearing.reply, hearing.replied_at = words, now
    hearing.save(update_fields=["reply", "replied_at"])
    case.state = State.HEARD
    case.save(update_fields=["state"])
    return hearing


def end_silent_hearing(case: Case) -> None:
    """The 48 hours passed without a reply: the case comes back to the desk."""
    assert_writing()
    case.state = State.HEARD
    case.save(update_fields=["state"])
