"""May a progress point be published? With a title and a text; the promised answer only once people have spoken."""

from django.utils.translation import gettext as _

from polyphonie.processes.rules.method import is_left_to_write

TITLE_LENGTH = 200
BODY_LENGTH = 30_000


def progress_refusal(title: str, body: str, *, is_feedback: bool, has_open: bool) -> str | None:
    """Whether this point may be published; `has_open` when a consultation is still to close."""
    if not title:
        return _("Give the point a title.")
    if len(title) > TITLE_LENGTH:
        return _("The title is too long: %(count)s characters, at most %(most)s.") % {"count": len(title), "most": TITLE_LENGTH}
    if not body:
        return _("Write the text of the point.")
    if len(body) > BODY_LENGTH:
        return _("The text is too long: %(count)s characters, at most %(most)s.") % {"count": len(body), "most": BODY_LENGTH}
    if is_left_to_write(body) or is_left_to_write(title):
        return _("A passage between brackets is left to be written.")
    if is_feedback and has_open:
        return _("A consultation has not closed yet: the promised answer comes after.")
    return None
