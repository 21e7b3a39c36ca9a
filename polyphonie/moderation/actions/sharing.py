"""How do moderators share the work? Each takes an item for ten minutes, and says « vu » of a text that needs nothing."""

from datetime import datetime

from django.db.models import Q

from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.moderation.models import Case, Claim, Reading
from polyphonie.moderation.rules import CLAIM_TIME, claim_refusal
from polyphonie.processes.models import RoleAssignment


def claim_case(case: Case, *, by: RoleAssignment, now: datetime) -> Claim:
    """Take a case, or keep it ten minutes more. Raises Refused when a colleague looks at it."""
    assert_writing()
    held, _created = Claim.objects.get_or_create(case=case, defaults={"moderator": by, "expires_at": now + CLAIM_TIME})
    return _taken(held, by, now)


def claim_text(contribution: Contribution, *, by: RoleAssignment, now: datetime) -> Claim:
    """Take a text to read it. Raises Refused when a colleague looks at it."""
    assert_writing()
    held, _created = Claim.objects.get_or_create(
        contribution=contribution, defaults={"moderator": by, "expires_at": now + CLAIM_TIME}
    )
    return _taken(held, by, now)


def _taken(held: Claim, by: RoleAssignment, now: datetime) -> Claim:
    held = Claim.objects.select_for_update().select_related("moderator").get(pk=held.pk)
    ensure(claim_refusal(held, moderator=by.pk, now=now))
    held.moderator, held.expires_at = by, now + CLAIM_TIME
    held.save(update_fields=["moderator", "expires_at"])
    return held


def release(*, case: Case | None = None, contribution: Contribution | None = None) -> None:
    """Give back what one had taken."""
    assert_writing()
    Claim.objects.filter(case=case, contribution=contribution).delete()


def mark_read(contribution: Contribution, *, by: RoleAssignment, now: datetime) -> None:
    """« Vu »: nothing against this revision; a later one will be read again. Raises Refused when a colleague looks at it."""
    assert_writing()
    held = Claim.objects.filter(contribution=contribution).select_related("moderator").first()
    ensure(claim_refusal(held, moderator=by.pk, now=now))
    Reading.objects.bulk_create(
        [Reading(contribution=contribution, revision=contribution.revision, moderator=by, read_at=now)], ignore_conflicts=True
    )
    release(contribution=contribution)


def forget_claims(*, now: datetime) -> int:
    """Give back what was taken and forgotten; how many."""
    assert_writing()
    return Claim.objects.filter(Q(expires_at__lte=now)).delete()[0]
