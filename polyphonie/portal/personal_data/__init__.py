"""What is kept of people, field by field: of which nature, why, until when, in their archive or not, and how it goes?

Every field of every model has its place in one row (a test holds it); the table of « Données personnelles » is made from here.
"""

from django.utils.translation import gettext as _

from polyphonie.portal.personal_data.kinds import Kept, Nature
from polyphonie.portal.personal_data.nobodys import NOBODYS
from polyphonie.portal.personal_data.someones import SOMEONES

__all__ = ["KEPT", "Kept", "Nature", "table"]

KEPT: tuple[Kept, ...] = (*SOMEONES, *NOBODYS)


def table() -> str:
    """The table of the privacy page, in Markdown: what is someone's, row by row."""
    heads = [_("What"), _("Why"), _("Until when"), _("When you close your account"), _("In your archive")]
    rows: list[list[object]] = [
        [kept.what, kept.why, kept.until_in_words(), kept.erased, _("yes") if kept.in_archive else _("no")]
        for kept in KEPT
        if kept.what
    ]
    lines: list[list[object]] = [[*heads], ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in row)} |" for row in lines)
