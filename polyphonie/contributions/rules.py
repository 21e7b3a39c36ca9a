"""What may be written, by whom, on what? Shapes and lengths of a voice, and who may change it."""

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account
from polyphonie.contributions.models import Contribution, Kind, Outcome, Status

TITLE_LENGTH = 300
BODY_LENGTH = {Kind.PROPOSAL: 30_000, Kind.COMPLETION: 30_000, Kind.ARGUMENT: 3_000, Kind.SOURCE: 3_000}
ADDRESS_LENGTH = 1_000
REASON_LENGTH = 4_000


def text_refusal(kind: Kind, *, title: str, body: str, url: str = "") -> str | None:
    """Whether a text has what its kind needs, within its lengths (characters)."""
    if kind in (Kind.PROPOSAL, Kind.COMPLETION, Kind.SOURCE) and not title:
        return _("Give it a title.")
    if kind != Kind.SOURCE and not body:
        return _("Write your text.")
    if len(title) > TITLE_LENGTH:
        return _("The title is too long: %(count)s characters, at most %(most)s.") % {"count": len(title), "most": TITLE_LENGTH}
    if len(body) > BODY_LENGTH[kind]:
        return _("The text is too long: %(count)s characters, at most %(most)s.") % {
            "count": len(body),
            "most": BODY_LENGTH[kind],
        }
    if kind == Kind.SOURCE:
        return address_refusal(url)
    return None


def address_refusal(url: str) -> str | None:
    """Whether a source's address can be shown as a link; it may be empty (a book, a law)."""
    if not url:
        return None
    if len(url) > ADDRESS_LENGTH or any(character.isspace() for character in url):
        return _("This address cannot be read: copy it again from your browser.")
    if not url.startswith(("https://", "http://")):
        return _("An address begins with https:// or http://.")
    return None


def answer_refusal(about: Contribution | None, kind: Kind) -> str | None:
    """Whether one may answer this contribution with this kind of text."""
    allowed = {
        Kind.ARGUMENT: (Kind.PROPOSAL, Kind.COMPLETION),
        Kind.SOURCE: (Kind.PROPOSAL, Kind.ARGUMENT, Kind.COMPLETION),
        Kind.COMPLETION: (Kind.PROPOSAL,),
    }
    if kind == Kind.PROPOSAL:
        return None if about is None else _("A proposal answers nothing: write a completion.")
    if about is None or about.kind not in allowed[kind]:
        return _("This kind of text does not answer that one.")
    if about.status != Status.PUBLISHED:
        return _("The text you answer is not shown any more.")
    return None


def author_refusal(contribution: Contribution, account: Account | None) -> str | None:
    """Whether this account wrote it."""
    if account is None or contribution.author_id is None or contribution.author_id != account.pk:
        return _("Only its author can change this text.")
    return None


def change_refusal(contribution: Contribution) -> str | None:
    """Whether its text can still change as a text: only what is shown can."""
    if contribution.status != Status.PUBLISHED:
        return _("This text is not shown any more: it cannot be changed.")
    return None


def withdraw_refusal(contribution: Contribution) -> str | None:
    """Whether its author can take it back: while it is shown, or waits to be read again before it is."""
    if contribution.status == Status.SUBMITTED:
        return None
    return change_refusal(contribution)


def submitted_refusal(contribution: Contribution) -> str | None:
    """Whether it waits for its review before publication; what an import brings waits for its own end, not for a review."""
    if contribution.status != Status.SUBMITTED or contribution.consultation.is_imported:
        return _("This text does not wait for a review.")
    return None


def hide_refusal(contribution: Contribution, *, ground: str) -> str | None:
    """Whether it can be hidden, and with which ground."""
    if contribution.status not in (Status.PUBLISHED, Status.TEXT_UNAVAILABLE):
        return _("This text is not shown any more.")
    return ground_refusal(ground)


def remove_refusal(contribution: Contribution, *, ground: str) -> str | None:
    """Whether its text can be destroyed by a decision: it is shown, or hidden already."""
    if contribution.status not in (Status.PUBLISHED, Status.HIDDEN, Status.TEXT_UNAVAILABLE):
        return _("This text is already gone.")
    return ground_refusal(ground)


def ground_refusal(ground: str) -> str | None:
    if not ground:
        return _("Say on which ground: nothing is hidden without one.")
    return None


def restore_refusal(contribution: Contribution) -> str | None:
    if contribution.status != Status.HIDDEN:
        return _("Only a hidden text can be restored.")
    if not (contribution.title or contribution.body or contribution.url):
        return _("The words of this text were destroyed since: there is nothing left to show.")
    return None


def mask_refusal(contribution: Contribution, *, ground: str, is_found: bool) -> str | None:
    """Whether a passage can be masked in it: the words are there, shown or hidden for now."""
    if contribution.status not in (Status.PUBLISHED, Status.HIDDEN):
        return _("This text is not shown any more: it cannot be changed.")
    if not is_found:
        return _("This passage is not in the text: copy it as it stands.")
    return ground_refusal(ground)


def fate_refusal(fate: str, reason: str, *, has_fate: bool) -> str | None:
    """Whether this may be said to become of a voice: one of the known fates, with a reason; empty takes back what was said."""
    if fate not in Outcome.values and not (has_fate and not fate):
        return _("Choose what becomes of it.")
    if not reason.strip():
        return _("Say why: everyone will read it.")
    if len(reason) > REASON_LENGTH:
        return _("The reason is too long: at most %(most)s characters.") % {"most": REASON_LENGTH}
    return None
