"""What do we write to people about the frame of a concertation? A role offered; an opening that something prevents."""

from datetime import datetime

from django.utils.translation import gettext as _

from polyphonie.core.addresses import absolute, organisation_address
from polyphonie.core.printing import day
from polyphonie.core.templating import typographic
from polyphonie.outbox.actions import queue_mail
from polyphonie.processes.models import Consultation, Invitation


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
        "Hello,\n\n%(organiser)s offers you the role of %(role)s in the concertation “%(process)s”.\n\n"
        "To accept, open this page and sign in with this mail address before %(day)s:\n%(address)s\n\n"
        "Your name is not published for it: people see your role and a number. If you do not wish to, ignore this message."
    ) % {
        "organiser": process.organiser,
        "role": invitation.get_role_display(),
        "process": process.title,
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
