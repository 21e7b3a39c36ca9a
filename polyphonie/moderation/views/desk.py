"""The moderators' desk: flagged cases first, then every new text to read; each item is taken so that two people never meet."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import StaffAccess
from polyphonie.consultation.actions.moderating import publish_submitted
from polyphonie.contributions.models import Contribution, Status
from polyphonie.contributions.queries import numbered
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import hold, writing
from polyphonie.moderation import queries
from polyphonie.moderation.actions import claim_case, claim_text, mark_read, open_case
from polyphonie.moderation.clues import BURST, SAME_DOMAIN, groups, people_in
from polyphonie.moderation.models import Case
from polyphonie.moderation.views.acting import moderator_of, note_seen
from polyphonie.processes.actions import actor_name
from polyphonie.processes.models import Consultation, Process, Role, RoleAssignment

SEEN, OPEN, NEXT = "seen", "open", "next"


@never_cache
def desk(request: HttpRequest, process: str) -> HttpResponse:
    """What waits, in order: flagged cases by severity and age, urgent hidings to confirm, texts to read."""
    asked = request.GET.get("numero", "").strip().lstrip("#")
    if asked.isascii() and asked.isdigit() and len(asked) < 16:
        return redirect("moderation:text", process=process, number=int(asked))
    held = get_object_or_404(Process, slug=process)
    now, me = timezone.now(), moderator_of(request, held)
    shown = queries.desk(held, now=now)
    listed = {author.pk: author for case in shown.waiting for author in case.authors}
    note_seen(listed.values(), held, me, StaffAccess.What.MODERATION_LIST)
    return render(
        request,
        "moderation/desk.html",
        {
            "process": held,
            "desk": shown,
            "reviewable": list(held.consultations.filter(state=Consultation.State.OPEN)),
            "now": now,
            "me": me,
        },
    )


@never_cache
def clues(request: HttpRequest, process: str) -> HttpResponse:
    """What sign-up facts bring together among the authors of a concertation: a list that one asks for, and nothing else."""
    held = get_object_or_404(Process, slug=process)
    found = groups(held)
    note_seen(people_in(found), held, moderator_of(request, held), StaffAccess.What.SIGN_UP)
    return render(request, "moderation/clues.html", {"process": held, "groups": found, "burst": BURST, "alike": SAME_DOMAIN})


@never_cache
def take(request: HttpRequest, process: str) -> HttpResponse:
    """Take a case, or the first that nobody looks at."""
    held = get_object_or_404(Process, slug=process)
    asked = request.POST.get("case", "")
    with writing() as now:
        moderator = moderator_of(request, held)
        free = queries.cases_to_take(held, now=now)
        found = (
            Case.objects.filter(process=held, pk=int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 16 else free
        )
        case = found.first()
        if case is not None:
            claim_case(case, by=moderator, now=now)
    if case is None:
        return redirect("moderation:desk", process=process)
    return redirect("moderation:case", process=process, dossier=case.number)


@never_cache
def read(request: HttpRequest, process: str) -> HttpResponse:
    """« À relire »: one text at a time, the oldest first; « vu » in one key brings the next."""
    held = get_object_or_404(Process, slug=process)
    if request.method == "POST":
        return _read_on(request, held)
    now, moderator = timezone.now(), moderator_of(request, held)
    text = queries.claimed_text(held, moderator, now=now)
    if text is not None and text.status == Status.SUBMITTED and text.author is not None:
        note_seen([text.author], held, moderator)
    left = queries.to_read(held).count()
    return render(request, "moderation/read.html", {"process": held, "text": text, "left": left})


def _read_on(request: HttpRequest, process: Process) -> HttpResponse:
    asked, number = request.POST.get("act", ""), request.POST.get("number", "")
    with writing() as now:
        moderator = moderator_of(request, process)
        text = _asked_text(process, number)
        if text is not None and asked == SEEN:
            _publish_if_submitted(text, moderator, now)
            mark_read(text, by=moderator, now=now)
        elif text is not None and asked == OPEN:
            hold(f"moderation.flags/contribution/{text.pk}")
            case = open_case(process, contribution=text, now=now)
            claim_case(case, by=moderator, now=now)
            mark_read(text, by=moderator, now=now)
            return redirect("moderation:case", process=process.slug, dossier=case.number)
        following = queries.to_read_by(process, moderator, now=now)
        if following is not None:
            claim_text(following, by=moderator, now=now)
    return redirect("moderation:read", process=process.slug)


def _publish_if_submitted(text: Contribution, moderator: RoleAssignment, now: datetime) -> None:
    """« Vu » of a text that waits for its review publishes it."""
    if text.status == Status.SUBMITTED:
        hold(Consultation(pk=text.consultation_id))
        publish_submitted(text, actor=actor_name(Role(moderator.role), moderator.number), now=now)


def _asked_text(process: Process, number: str) -> Contribution | None:
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    return (
        Contribution.objects.filter(process=process, number=int(number))
        .select_related("process__log", "consultation", "about")
        .first()
    )


@never_cache
def text(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """Any text by its number: what was decided of it, and the way to open a case."""
    contribution = get_object_or_404(Contribution.objects.all(), process__slug=process, number=number)
    contribution = numbered(process, number)
    if request.method == "POST":
        with writing() as now:
            moderator = moderator_of(request, contribution.process)
            hold(f"moderation.flags/contribution/{contribution.pk}")
            last = Case.objects.filter(contribution=contribution).order_by("-pk").first()
            case = last if not queries.is_shown(Case(contribution=contribution)) else None
            if case is None and not queries.is_shown(Case(contribution=contribution)):
                raise Refused(str(contribution.get_status_display()))
            case = case or open_case(contribution.process, contribution=contribution, now=now)
            claim_case(case, by=moderator, now=now)
        return redirect("moderation:case", process=process, dossier=case.number)
    subject = Case(process=contribution.process, contribution=contribution)
    note_seen(subject.authors, contribution.process, moderator_of(request, contribution.process))
    return render(
        request,
        "moderation/text.html",
        {
            "process": contribution.process,
            "contribution": contribution,
            "decisions": queries.decisions_on(subject),
            "case": queries.open_case_on(contribution),
            "alike": queries.alike(contribution),
        },
    )
