"""Which concertations do tests stand on? A process whose method is complete, a consultation at each of its states."""

from datetime import datetime, timedelta
from typing import Any

from polyphonie.accounts.models import Account
from polyphonie.contributions.models import Contribution
from polyphonie.moderation.actions import hide_urgently, open_case
from polyphonie.moderation.models import Decision, Ground
from polyphonie.processes.actions import announce_consultation, create_process, grant_role, open_consultation
from polyphonie.processes.models import Consultation, Process, Role, RoleAssignment

METHOD = {
    "who_decides": "Le conseil municipal, par une délibération.",
    "what_becomes": "Chaque proposition reçoit une réponse écrite.",
    "legal_basis": "Mission d’intérêt public, par une délibération du conseil.",
    "synthesis_planned": "Une synthèse écrite, relue par une seconde personne.",
    "appeal_body": "Médiatrice de la commune voisine",
}


def a_person(name: str, *, on: datetime, **details: Any) -> Account:
    """A confirmed account of this name."""
    slug = name.lower().replace(" ", "-")
    return Account.objects.create(
        email=f"{slug}@exemple.fr",
        display_name=name,
        display_key=name.casefold(),
        slug=slug,
        joined_on=on.date(),
        confirmed_on=on.date(),
        **details,
    )


def complete_method(process: Process, *, now: datetime, asks_consent: bool = False) -> Process:
    """Fill what the checklist asks: the texts of the method, a late enough answer, two moderators, a judge. Inside writing().

    It asks no consent, so that tests speak and vote at once; those that are about consent turn it on.
    """
    for field, value in METHOD.items():
        setattr(process, field, value)
    process.asks_consent = asks_consent
    process.feedback_due_on = (now + timedelta(days=3650)).date()
    process.save()
    for rank in (1, 2):
        moderator = a_person(f"Modératrice {rank} {process.slug}", on=now)
        grant_role(process, moderator, Role.MODERATOR, actor="organiser/1", now=now)
    judge = a_person(f"Médiatrice {process.slug}", on=now, has_second_factor=True)
    grant_role(process, judge, Role.APPEAL, actor="organiser/1", now=now)
    return process


def a_process(*, now: datetime, slug: str = "demain", asks_consent: bool = False, **details: Any) -> Process:
    """A process whose method is complete. Inside writing()."""
    details = {"title": "Demain, nos places", "organiser": "Commune de Saint-Exemple", **details}
    return complete_method(create_process(slug=slug, now=now, **details), now=now, asks_consent=asks_consent)


def a_draft(process: Process, *, now: datetime, slug: str = "places", **details: Any) -> Consultation:
    """A draft that could be announced: a question, ten days from yesterday."""
    details = {
        "title": "Nos places",
        "questions": "Que faire de nos places ?",
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=9),
        **details,
    }
    return Consultation.objects.create(process=process, slug=slug, **details)


def an_open_consultation(process: Process, *, now: datetime, **details: Any) -> Consultation:
    """A consultation announced, then open. Inside writing()."""
    draft = a_draft(process, now=now, **details)
    announce_consultation(draft, actor="organiser/1", now=now)
    return open_consultation(draft, now=now)


def a_moderator(process: Process, number: int = 1) -> RoleAssignment:
    """One of the two moderators of a process whose method is complete."""
    return process.roles.get(role=Role.MODERATOR, number=number)


def hide_by_moderation(text: Contribution, *, ground: Ground, facts: str, now: datetime, number: int = 1) -> Decision:
    """Hide a text urgently, by one of the moderators. Inside writing()."""
    case = open_case(text.process, contribution=text, now=now)
    return hide_urgently(case, ground=ground, facts=facts, by=a_moderator(text.process, number), now=now)
