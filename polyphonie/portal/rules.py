"""Which report of a problem can be kept, and which answer given? Each rule answers with a reason, or with none."""

from django.utils.translation import gettext as _

WORDS_LENGTH = 2_000
MOST_A_DAY = 200
PROBLEM_DAYS = 365
"""How long a report of a problem is kept after its answer, or after it was made when nobody answered."""
BACKUP_DAYS = 30
"""How long backups are kept: the last one that holds a destroyed secret is gone after that."""


def problem_refusal(words: str, *, reported_today: int) -> str | None:
    """Whether this report can be kept: words, not too many, and a day that is not flooded."""
    if not words.strip():
        return _("Say in a few words what went wrong.")
    if len(words) > WORDS_LENGTH:
        return _("This is too long: at most %(most)s characters.") % {"most": WORDS_LENGTH}
    if reported_today >= MOST_A_DAY:
        return _("Too many problems were reported today: please write or call instead, the contacts are on the help page.")
    return None


def answer_refusal(answer: str, *, is_answered: bool) -> str | None:
    """Whether this answer can be given: once, and with words."""
    if is_answered:
        return _("This report was already answered.")
    if not answer.strip():
        return _("Write the answer: everyone will read it.")
    return None
