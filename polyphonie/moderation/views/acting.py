"""Who acts on a page of moderation? The one signed in, under the role they hold here."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest
from django.utils import timezone

from polyphonie.accounts.models import Account, StaffAccess
from polyphonie.accounts.views.watching import note_shown
from polyphonie.annotations.models import Annotation
from polyphonie.contributions.models import Contribution
from polyphonie.moderation.models import Appeal, Case, Decision
from polyphonie.moderation.queries import named
from polyphonie.moderation.rules import appeal_refusal
from polyphonie.processes.actions import actor_name
from polyphonie.processes.models import Process, Role, RoleAssignment
from polyphonie.processes.views.frame import acting_under


def moderator_of(request: HttpRequest, process: Process) -> RoleAssignment:
    """The role of moderator of who is signed in; the table of accesses let nobody else come."""
    return acting_under(request, process, Role.MODERATOR)


def may_contest(decision: Decision, *, party: Appeal.Party) -> bool:
    """Whether they may lodge an appeal against it now; its words are judged once they are written."""
    has_appeal = hasattr(decision, "appeal")
    return appeal_refusal(decision, party=party, is_party=True, has_appeal=has_appeal, words="…", now=timezone.now()) is None


def named_or_404(process: str, number: int, text: str = "") -> Case:
    """A contribution by its number, or a comment by its own on this text, as a case would name it."""
    try:
        return named(process, number, text)
    except (Contribution.DoesNotExist, Annotation.DoesNotExist) as error:
        raise Http404 from error


def note_file_seen(case: Case, by: RoleAssignment) -> None:
    """Note, for the author, that this person in charge looked at the file of their text or of their name."""
    note_seen(case.authors, case.process, by)


def note_seen(
    people: Iterable[Account], process: Process, by: RoleAssignment, what: StaffAccess.What = StaffAccess.What.MODERATION_FILE
) -> None:
    """Note it for each of these people, once a day."""
    note_shown(people, viewer=by.account, by=actor_name(by.role, by.number), what=what, process=process.slug)
