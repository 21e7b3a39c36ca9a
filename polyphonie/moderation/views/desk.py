"""The moderators' desk: flagged cases first, then every new text to read; each item is taken so that two people never meet."""

import re
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import StaffAccess
from polyphonie.annotations.models import Annotation
from polyphonie.consultation.actions.moderating import publish_submitted
from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import hold, writing
from polyphonie.moderation import queries
from polyphonie.moderation.actions import claim_case, claim_text, mark_read, open_case
from polyphonie.moderation.clues import BURST, SAME_DOMAIN, groups, people_in
from polyphonie.moderation.kinds import on
from polyphonie.moderation.models import Case
from polyphonie.moderation.views.acting import moderator_of, named_or_404, note_seen
from polyphonie.processes.actions import actor_name
from polyphonie.processes.models import Consultation, Process, Role, RoleAssignment

SEEN, OPEN = "seen", "open"
COMMENT_ADDRESS = re.compile(
    r"/syntheses/(?P<slug>[-a-zA-Z0-9_]{1,80})/discussions/(?P<number>\d{1,9})/(?:\?[\w=&-]*)?(?:#commentaire-(?P<reply>\d{1,9}))?"
)


@never_cache
def desk(request: HttpRequest, process: str) -> HttpResponse:
    """What waits, in order: flagged cases by severity and age, urgent hidings to confirm, texts to read."""
    found = _looked_for(request.GET.get("numero", ""))
    if found is not None:
        return redirect("moderation:annotation" if "slug" in found else "moderation:text", process=process, **found)
    held = get_object_or_404(Process, slug=process)
    now, me = timezone.now(), moderator_of(request, held)
    shown = queries.desk(held, me, now=now)
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


def _looked_for(asked: str) -> dict[str, Any] | None:
    """What is typed or pasted at the desk: the number of a contribution, or the address of a comment."""
    number = whole_number(asked)
    if number is not None:
        return {"number": number}
    pasted = COMMENT_ADDRESS.search(asked)
    return None if pasted is None else {"slug": pasted["slug"], "number": int(pasted["reply"] or pasted["number"])}


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
    asked = whole_number(request.POST.get("case", ""))
    with writing() as now:
        moderator = moderator_of(request, held)
        free = queries.cases_to_take(held, now=now)
        case = (free if asked is None else Case.objects.filter(process=held, pk=asked)).first()
        if case is not None:
            claim_case(case, by=moderator, now=now)
    if case is None:
        return redirect("moderation:desk", process=process)
    return redirect("moderation:case", process=process, dossier=case.number)


@never_cache
def read(request: HttpRequest, process: str) -> HttpResponse:
    """« À relire »: one text at a time, of any kind, the oldest first; « vu » in one key brings the next."""
    held = get_object_or_404(Process, slug=process)
    if request.method == "POST":
        return _read_on(request, held)
    now, moderator = timezone.now(), moderator_of(request, held)
    text = queries.claimed_text(held, moderator, now=now)
    item = None if text is None else Case(process=held, **on(text))
    if item is not None and text is not None and text.waits:
        note_seen(item.authors, held, moderator)
    left = queries.left_to_read(held, moderator)
    return render(request, "moderation/read.html", {"process": held, "item": item, "left": left})


def _read_on(request: HttpRequest, process: Process) -> HttpResponse:
    asked, name = request.POST.get("act", ""), request.POST.get("text", "")
    with writing() as now:
        moderator = moderator_of(request, process)
        item = _asked(process, name)
        if item is not None and asked == SEEN:
            _publish_if_submitted(item, moderator, now)
            mark_read(item.subject, by=moderator, now=now)
        elif item is not None and asked == OPEN:
            case = _open(item, now)
            claim_case(case, by=moderator, now=now)
            mark_read(item.subject, by=moderator, now=now)
            return redirect("moderation:case", process=process.slug, dossier=case.number)
        following = queries.to_read_by(process, moderator, now=now)
        if following is not None:
            claim_text(following, by=moderator, now=now)
    return redirect("moderation:read", process=process.slug)


def _open(item: Case, now: datetime) -> Case:
    """The one open case of this text."""
    hold(f"moderation.flags/{item.kind}/{item.subject.pk}")
    return open_case(item.process, **on(item.subject), now=now)


def _publish_if_submitted(item: Case, moderator: RoleAssignment, now: datetime) -> None:
    """« Vu » of a text that waits for its review publishes it."""
    text = item.contribution
    if text is not None and text.status == Status.SUBMITTED:
        hold(Consultation(pk=text.consultation_id))
        publish_submitted(text, actor=actor_name(Role(moderator.role), moderator.number), now=now)


def _asked(process: Process, name: str) -> Case | None:
    """The text of this name: `contribution/12`, `annotation/places/7`."""
    rest, _slash, last = name.rpartition("/")
    _kind, _slash, slug = rest.partition("/")
    number = whole_number(last)
    if number is None or "\x00" in slug:
        return None
    try:
        return queries.named(process.slug, number, slug)
    except (Contribution.DoesNotExist, Annotation.DoesNotExist):
        return None


@never_cache
def text(request: HttpRequest, process: str, number: int, slug: str = "") -> HttpResponse:
    """Any text by its number: what was decided of it, and the way to open a case."""
    item = named_or_404(process, number, slug)
    if request.method == "POST":
        with writing() as now:
            moderator = moderator_of(request, item.process)
            hold(f"moderation.flags/{item.kind}/{item.subject.pk}")
            case = _case_to_see(item, now)
            claim_case(case, by=moderator, now=now)
        return redirect("moderation:case", process=process, dossier=case.number)
    note_seen(item.authors, item.process, moderator_of(request, item.process))
    return render(
        request,
        "moderation/text.html",
        {
            "process": item.process,
            "item": item,
            "is_shown": queries.is_shown(item),
            "decisions": queries.decisions_on(item),
            "case": queries.open_case_on(item),
            "alike": queries.alike(item),
        },
    )


def _case_to_see(item: Case, now: datetime) -> Case:
    """The open case of a text that is shown, opened if need be; the last one of a text that is not."""
    if queries.is_shown(item):
        return _open(item, now)
    last = Case.objects.filter(queries.about(item), process=item.process).order_by("-pk").first()
    if last is None:
        raise Refused(str(item.subject.get_status_display()))
    return last
