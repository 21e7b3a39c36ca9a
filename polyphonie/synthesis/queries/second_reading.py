"""Who may read a synthesis a second time, and which ones wait for them? Whoever holds a role for it and wrote nothing of it."""

from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.processes.models import Process, RoleAssignment
from polyphonie.processes.queries.people import standing, standing_roles
from polyphonie.synthesis.models import Review, Synthesis
from polyphonie.synthesis.queries.readiness import is_writer
from polyphonie.synthesis.rules import PUBLISHERS, REVIEWERS


def second_readers(synthesis: Synthesis, *, except_for: Account | None = None) -> list[Account]:
    """Who may read it today, each once, but the one who asks."""
    held = standing_roles(synthesis.consultation.process).filter(role__in=REVIEWERS).select_related("account")
    people = {role.account.pk: role.account for role in held}
    if except_for is not None:
        people.pop(except_for.pk, None)
    return [account for account in people.values() if account.closed_on is None and not is_writer(synthesis, account)]


def those_who_write(synthesis: Synthesis) -> list[Account]:
    """Who waits for what its second reader finds: those who wrote in it or asked for this reading, and still hold their role."""
    held = standing_roles(synthesis.consultation.process).filter(role__in=PUBLISHERS).select_related("account")
    asked = synthesis.reading_asked_by
    people = {
        role.account.pk: role.account
        for role in held
        if f"{role.role}/{role.number}" == asked or is_writer(synthesis, role.account)
    }
    return [account for account in people.values() if account.closed_on is None]


def last_reading(synthesis: Synthesis) -> Review | None:
    """What was found last, of this text or of an earlier one."""
    return synthesis.reviews.order_by("-reviewed_at", "-pk").first() if synthesis.pk else None


def readings_asked(account: Account, process: Process | None = None) -> list[Synthesis]:
    """The syntheses whose second reading is asked for, and that this person may read, everywhere or in one process; one query
    when nothing is asked."""
    held = RoleAssignment.objects.filter(standing(timezone.localdate()), account=account, role__in=REVIEWERS)
    asked = Synthesis.objects.filter(reading_asked_at__isnull=False, consultation__process__in=held.values("process"))
    if process is not None:
        asked = asked.filter(consultation__process=process)
    found = asked.exclude(state=Synthesis.State.FINAL).select_related("consultation__process").order_by("reading_asked_at", "pk")
    return [synthesis for synthesis in found if not is_writer(synthesis, account)]
