"""What does every page of this installation show in its frame? The entries that need several packages."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.annotations.models import Annotation
from polyphonie.core import addresses
from polyphonie.moderation.models import Decision
from polyphonie.moderation.queries import stuck_appeals, urgent_comments
from polyphonie.portal.notices import ground_in_words, urgently
from polyphonie.processes.models import Process, Role
from polyphonie.processes.queries import roles_held
from polyphonie.synthesis.queries.second_reading import readings_asked

STAFF_PAGES: tuple[tuple[Role, Callable[[str], str]], ...] = (
    (Role.ORGANISER, addresses.organisation_address),
    (Role.MODERATOR, addresses.moderation_address),
    (Role.RAPPORTEUR, addresses.writing_address),
    (Role.APPEAL, addresses.appeals_address),
)


def frame(request: HttpRequest) -> dict[str, object]:
    """Context that `core/base.html` draws: nothing that needs a query unless a page shows it."""

    @cache
    def roles_in(process: str) -> frozenset[Role]:
        account = getattr(request, "user", None)
        if account is None or not account.is_authenticated or not account.needs_second_factor:
            return frozenset()  # whoever was ever given a role has to have a second factor: the others are not asked about
        return roles_held(account, process)

    def staff_links(process: Process) -> list[tuple[str, str]]:
        held = roles_in(process.slug)
        labels = {
            Role.ORGANISER: _("Organise"),
            Role.MODERATOR: _("Moderate"),
            Role.RAPPORTEUR: _("Write"),
            Role.APPEAL: _("Appeals"),
        }
        return [(labels[role], address(process.slug)) for role, address in STAFF_PAGES if role in held]

    def staff_warnings(process: Process) -> list[str]:
        """What people in charge have to mend at once: an appeal that nobody here can judge."""
        stuck = len(stuck_appeals(process, now=timezone.now()))
        if not stuck:
            return []
        words = ngettext(
            "%(count)s appeal waits and nobody here can judge it: offer the appeal role to someone who had no part in it.",
            "%(count)s appeals wait and nobody here can judge them: offer the appeal role to someone who had no part in it.",
            stuck,
        )
        return [words % {"count": stuck}]

    @cache
    def urgent_on_comments(document: int) -> dict[int | None, Decision]:
        return {decision.annotation_id: decision for decision in urgent_comments(document)}

    def urgent_words(comment: Annotation) -> str:
        """What is said of a comment that was hidden before its author was heard; empty for any other. One query a text."""
        urgent = urgent_on_comments(comment.document_id).get(comment.pk)
        return "" if urgent is None else urgently(urgent, timezone.now())

    def second_readings(process: Process | None = None) -> list[tuple[str, str]]:
        """The syntheses that wait for the second reading of whoever is signed in, everywhere or here: title and address."""
        account = getattr(request, "user", None)
        if account is None or not account.is_authenticated or not account.needs_second_factor:
            return []
        waiting = [synthesis.consultation for synthesis in readings_asked(account, process)]
        return [(one.title, addresses.second_reading_address(one.process.slug, one.slug)) for one in waiting]

    return {
        "second_readings": second_readings,
        "staff_links": staff_links,
        "staff_warnings": staff_warnings,
        "ground_in_words": ground_in_words,
        "urgent_words": urgent_words,
    }
