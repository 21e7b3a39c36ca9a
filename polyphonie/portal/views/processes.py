"""What does one see first? The processes of the installation, one process, its progress, its timeline."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.consultation.listing import ORDERS
from polyphonie.consultation.views.reading import ORDER_WORDS
from polyphonie.core import addresses
from polyphonie.core.addresses import PREVIEW
from polyphonie.core.serving.freshness import shared_page
from polyphonie.figures.queries import stated_figures
from polyphonie.portal.queries import processes, timeline
from polyphonie.processes.citing import cited
from polyphonie.processes.models import Process, Role
from polyphonie.processes.queries import journal, public_checklist, roles_held
from polyphonie.processes.queries.method import organisers_checklist

MOST_LINES = 300
"""The lines of the organisers' journal on one page; the register holds them all."""


def reader(request: HttpRequest) -> Account | None:
    """The account that reads, if it is signed in."""
    return request.user if isinstance(request.user, Account) else None


def process_or_404(request: HttpRequest, slug: str, *, with_consultations: bool = True) -> Process:
    """The process this reader may see."""
    found = processes.shown_process(slug, reader(request), with_consultations=with_consultations)
    if found is None:
        raise Http404
    return found


@shared_page
def home(request: HttpRequest) -> HttpResponse:
    """The processes of this installation, or the only one."""
    listed = processes.listed_processes()
    if len(listed) == 1:
        return _process_page(request, process_or_404(request, listed[0].slug))
    return render(request, "portal/home.html", {"listed": processes.where_they_stand(listed, now=timezone.now())})


@shared_page
def process(request: HttpRequest, process: str) -> HttpResponse:
    """One process: where it stands, what one can do now."""
    return _process_page(request, process_or_404(request, process))


def _process_page(request: HttpRequest, found: Process) -> HttpResponse:
    now = timezone.now()
    if found.is_archive:
        return _archive_page(request, found)
    is_preview = _is_preview(request, found)
    groups = processes.groups_of(found, now=now, with_drafts=is_preview)
    rows = [row for group in groups for row in group.rows]
    is_taken_over = bool(rows) and all(row.consultation.is_imported for row in rows)
    return render(
        request,
        "portal/process.html",
        {
            "process": found,
            "referral": processes.referral_of(found),
            "stave": processes.stave_of(found, now=now),
            "groups": groups,
            "only": rows[0] if len(rows) == 1 else None,
            "open_rows": [row for row in rows if row.state == "open"],
            "promise": processes.promise_of(found, now=now),
            "totals": processes.totals_of(found),
            "updates": processes.latest_updates(found),
            "method": [] if is_taken_over else (organisers_checklist if is_preview else public_checklist)(found, now=now),
            "is_preview": is_preview,
            "is_taken_over": is_taken_over,
            "first_lists": _first_lists(found, rows) if is_taken_over else [],
        },
    )


def _first_lists(found: Process, rows: list[processes.Row]) -> list[tuple[str, str]]:
    """(label, address) of the lists by which one begins to read a consultation that is over, where there is only one."""
    if len(rows) != 1:
        return []
    address = addresses.consultation_address(found.slug, rows[0].consultation.slug)
    return [(str(ORDERS[slug].label), f"{address}?ordre={ORDER_WORDS[slug]}") for slug in ("argued", "supported", "divisive")]


def _is_preview(request: HttpRequest, found: Process) -> bool:
    """Organisers see what people will see, drafts included: before the first announcement, and when they ask for it."""
    account = reader(request)
    if account is None or Role.ORGANISER not in roles_held(account, found.slug):
        return False
    return not found.is_listed or PREVIEW in request.GET


def _archive_page(request: HttpRequest, found: Process) -> HttpResponse:
    """The public facts of a concertation that took place elsewhere, and what they leave unsaid."""
    return render(
        request,
        "portal/archive.html",
        {
            "process": found,
            "referral": processes.referral_of(found),
            "groups": processes.groups_of(found, now=timezone.now()),
            "figures": stated_figures(found)[: processes.FIGURES_IN_SHORT],
            "facts": processes.stated_facts(found),
        },
    )


@shared_page
def progress(request: HttpRequest, process: str) -> HttpResponse:
    """The dated points of the organiser or the authority, and the promised answer."""
    found = process_or_404(request, process)
    now = timezone.now()
    updates = list(found.progress_updates.all())
    return render(
        request,
        "portal/progress.html",
        {
            "process": found,
            "stave": processes.stave_of(found, now=now),
            "updates": updates,
            "promise": processes.promise_of(found, now=now),
            "cited": partial(cited, found),
        },
    )


@shared_page
def process_timeline(request: HttpRequest, process: str) -> HttpResponse:
    """Every dated fact, past and to come."""
    found = process_or_404(request, process)
    now = timezone.now()
    today = timezone.localdate(now)
    happenings = timeline.happenings(found)
    return render(
        request,
        "portal/timeline.html",
        {
            "process": found,
            "stave": processes.stave_of(found, now=now),
            "past": [happening for happening in happenings if happening.on <= today],
            "ahead": [happening for happening in happenings if happening.on > today],
            "today": today,
            "journal": journal(found, limit=MOST_LINES),
            "most_lines": MOST_LINES,
        },
    )
