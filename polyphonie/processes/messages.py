"""What do we write to people about the frame of a concertation? A role offered; an opening that something prevents."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from polyphonie.core.addresses import absolute, consultation_address, organisation_address
from polyphonie.core.printing import day, last_minute
from polyphonie.core.templating import typographic
from polyphonie.notifications.actions import tell_followers
from polyphonie.notifications.queries import consultation_subject
from polyphonie.outbox.actions import queue_mail
from polyphonie.processes.models import Consultation, Invitation, Role
from polyphonie.processes.rules.people import DUTIES


def invitation_address(process: str, token: str) -> str:
    return f"{organisation_address(process)}invitation/{token}/"


def queue_invitation(invitation: Invitation, token: str, *, now: datetime) -> None:
    """The offer of a role: what it is, until when one may accept, and that one may ignore it."""
    process = invitation.process
    subject = _("%(process)s: the role of %(role)s is offered to you") % {
        "process": process.title,
        "role": invitation.get_role_display(),
    }
    body = _(
        "Hello,\n\n%(organiser)s offers you the role of %(role)s in the concertation “%(process)s”. %(duty)s\n\n"
        "To accept, open this page and sign in with this mail address before %(day)s:\n%(address)s\n\n"
        "Your name is not published for it: people see your role and a number. If you do not wish to, ignore this message."
    ) % {
        "organiser": _("The team of this site") if process.is_taken_over else process.organiser,
        "role": invitation.get_role_display(),
        "process": process.title,
        "duty": DUTIES[Role(invitation.role)],
        "day": day(invitation.expires_at),
        "address": absolute(invitation_address(process.slug, token)),
    }
    queue_mail(
        f"invitation/{invitation.pk}",
        invitation.email,
        typographic(subject),
        typographic(body),
        now=now,
        worthless_after=invitation.expires_at,
    )


def queue_opening_prevented(consultation: Consultation, email: str, missing: str, *, now: datetime) -> None:
    """To each organiser, once: its hour has come and something of the method is missing."""
    process = consultation.process
    subject = _("“%(title)s” could not open") % {"title": consultation.title}
    body = _(
        "Hello,\n\nThe consultation “%(title)s” was to open on %(day)s and could not:\n\n%(missing)s\n\n"
        "It opens by itself as soon as nothing is missing:\n%(address)s"
    ) % {
        "title": consultation.title,
        "day": day(consultation.opens_at or now),
        "missing": missing,
        "address": absolute(organisation_address(process.slug)),
    }
    opens_at = "" if consultation.opens_at is None else consultation.opens_at.isoformat()
    key = f"opening-prevented/{consultation.pk}/{opens_at}/{email}"
    queue_mail(key[:200], email, typographic(subject), typographic(body), now=now)


def tell_opened(consultation: Consultation, *, now: datetime) -> None:
    """Those who follow a consultation learn that it is open."""
    _tell_followers(consultation, "opened", lambda: _("“%(title)s” is open until %(until)s.") % _facts(consultation), now)


def tell_extended(consultation: Consultation, reason: str, *, now: datetime) -> None:
    """… that it stays open longer, and why."""
    closes_at = "" if consultation.closes_at is None else consultation.closes_at.isoformat()
    _tell_followers(
        consultation,
        f"extended/{closes_at}",
        lambda: _("“%(title)s” is extended until %(until)s: %(reason)s") % {**_facts(consultation), "reason": reason},
        now,
    )


def tell_closing_soon(consultation: Consultation, *, now: datetime) -> None:
    """… that three days are left."""
    closes_at = "" if consultation.closes_at is None else consultation.closes_at.isoformat()
    _tell_followers(
        consultation,
        f"closing/{closes_at}",
        lambda: _("“%(title)s” closes soon: you can take part until %(until)s.") % _facts(consultation),
        now,
    )


def _facts(consultation: Consultation) -> dict[str, str]:
    until = "" if consultation.closes_at is None else last_minute(consultation.closes_at)
    return {"title": consultation.title, "until": until}


def _tell_followers(consultation: Consultation, what: str, line: Callable[[], str], now: datetime) -> None:
    process = consultation.process.slug
    tell_followers(
        consultation_subject(process, consultation.slug),
        key=f"{what}/{process}/{consultation.slug}",
        line=line,
        address=consultation_address(process, consultation.slug),
        now=now,
    )
