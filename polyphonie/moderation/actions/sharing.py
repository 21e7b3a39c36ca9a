"""How do moderators share the work? Each takes an item for ten minutes, and says « vu » of a text that needs nothing."""

from datetime import datetime

from django.db.models import Q

from polyphonie.annotations.models import Annotation
from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.moderation.kinds import on
from polyphonie.moderation.models import Case, Claim, Reading
from polyphonie.moderation.rules import CLAIM_TIME, claim_refusal, own_refusal
from polyphonie.processes.models import RoleAssignment

Written = Contribution | Annotation


def claim_case(case: Case, *, by: RoleAssignment, now: datetime) -> Claim:
    """Take a case, or keep it ten minutes more. Raises Refused when a colleague looks at it."""
    assert_writing()
    held, _created = Claim.objects.get_or_create(case=case, defaults={"moderator": by, "expires_at": now + CLAIM_TIME})
    return _taken(held, by, now)


def claim_text(text: Written, *, by: RoleAssignment, now: datetime) -> Claim:
    """Take a text to read it. Raises Refused when a colleague looks at it."""
    assert_writing()
    held, _created = Claim.objects.get_or_create(**on(text), defaults={"moderator": by, "expires_at": now + CLAIM_TIME})
    return _taken(held, by, now)


def _taken(held: Claim, by: RoleAssignment, now: datetime) -> Claim:
    held = Claim.objects.select_for_update().select_related("moderator").get(pk=held.pk)
    ensure(claim_refusal(held, moderator=by.pk, now=now))
    held.moderator, held.expires_at = by, now + CLAIM_TIME
    held.save(update_fields=["moderator", "expires_at"])
    return held


def release(case: Case) -> None:
    """Give back a case that one had taken."""
    assert_writing()
    Claim.objects.filter(case=case).delete()


def mark_read(text: Written, *, by: RoleAssignment, now: datetime) -> None:
    """« Vu »: nothing against this revision; a later one will be read again. Raises Refused when a colleague looks at it, and of
    one's own text."""
    assert_writing()
    ensure(own_refusal((text.author_id,), by.account_id))
    held = Claim.objects.filter(**on(text)).select_related("moderator").first()
    ensure(claim_refusal(held, moderator=by.pk, now=now))
    revision = getattr(text, "revision", 0)
    Reading.objects.bulk_create([Reading(**on(text), revision=revision, moderator=by, read_at=now)], ignore_conflicts=True)
    Claim.objects.filter(**on(text)).delete()


def forget_claims(*, now: datetime) -> int:
    """Give back what was taken and forgotten; how many."""
    assert_writing()
    return Claim.objects.filter(Q(expires_at__lte=now)).delete()[0]
