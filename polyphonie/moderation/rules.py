"""What must a moderator say? The facts, in a sentence that the author will read."""

from django.utils.translation import gettext as _

REASON_LENGTH = 2_000


def reason_refusal(reason: str) -> str | None:
    """Whether the moderator gave the facts that the author will read."""
    if not reason.strip():
        return _("Write the facts in a sentence: the author will read them.")
    if len(reason) > REASON_LENGTH:
        return _("The reason is too long: at most %(most)s characters.") % {"most": REASON_LENGTH}
    return None
