"""What does one read at a contribution's address, for ever? Its text, what answers it, its revisions, what became of it."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from markupsafe import Markup

from polyphonie.accounts.models import Account
from polyphonie.consultation.moulds import written
from polyphonie.consultation.queries.positions import my_positions_in
from polyphonie.consultation.rules import typographic_refusal
from polyphonie.consultation.strips import strip_for
from polyphonie.contributions.marking import marked_changes
from polyphonie.contributions.models import Contribution, Revision, Side, Status
from polyphonie.core.addresses import contribution_address
from polyphonie.core.paging import page_asked
from polyphonie.core.serving.freshness import shared_page
from polyphonie.core.templating import FormMark
from polyphonie.portal.notices import notice_of
from polyphonie.portal.queries import processes, voices
from polyphonie.portal.thread import thread_of
from polyphonie.portal.views.processes import reader
from polyphonie.processes.models import Role
from polyphonie.processes.queries import roles_held
from polyphonie.processes.stave import is_open
from polyphonie.synthesis.queries.published import citing_syntheses

GONE = frozenset({Status.HIDDEN, Status.WITHDRAWN, Status.REMOVED, Status.ERASED})
SIDES = {"pour": Side.FOR, "contre": Side.AGAINST}
OTHERS = {"sources": voices.SOURCES, "complements": voices.COMPLETIONS}
"""What `?arguments=` and `?voir=` list alone, page by page."""


def short_address(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """`/<process>/746` leads to the page of #746."""
    return HttpResponsePermanentRedirect(contribution_address(process, number))


def voice_or_404(request: HttpRequest, process: str, number: int, *, with_submitted: bool = False) -> Contribution:
    found = voices.voice(process, number)
    if found is None or (found.status == Status.SUBMITTED and not with_submitted):
        raise Http404
    account = reader(request)
    if not found.process.is_listed and not (account is not None and roles_held(account, process)):
        raise Http404
    return found


@shared_page
def contribution(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """One contribution; what was hidden or withdrawn keeps its address with a notice (410)."""
    found = voice_or_404(request, process, number, with_submitted=True)
    if found.status == Status.SUBMITTED:
        return _waiting(request, found)
    now = timezone.now()
    only = SIDES.get(request.GET.get("arguments", ""), "") or OTHERS.get(request.GET.get("voir", ""), "")
    answers = voices.answers_to(found, only=only, page=page_asked(request))
    texts = [answer.body for answer in answers.everything()] + ([found.body] if found.status == Status.PUBLISHED else [])
    shown = {
        "process": found.process,
        "consultation": found.consultation,
        "stave": processes.stave_of(found.process, [found.consultation], now=now),
        "contribution": found,
        "answers": answers,
        "known": voices.cited_addresses(process, texts),
        "is_open": is_open(found.consultation, now=now),
        "only": only,
    }
    if found.status in GONE:
        return render(request, "portal/contribution_gone.html", shown | {"notice": notice_of(found)}, status=HTTPStatus.GONE)
    account = reader(request)
    voter = account if found.is_votable and shown["is_open"] else None
    form = None if voter is None else _form(request, found, voter)
    return render(
        request,
        "portal/contribution.html",
        shown
        | {
            "thread": thread_of(found, voices.mentions_of(found), citing_syntheses(found)),
            "form": form,
            "is_mine": account is not None and found.author_id == account.pk,
        },
    )


def _form(request: HttpRequest, found: Contribution, voter: Account) -> Markup:
    """The vote form of the person who reads."""
    strip = strip_for(found, my_positions_in(found.consultation, voter, [found]).get(found.number))
    back = f"{contribution_address(found.process.slug, found.number)}#avis"
    return written(strip, found.consultation, mark=FormMark.of(request), back=back)


def _waiting(request: HttpRequest, found: Contribution) -> HttpResponse:
    """A text that is read before it appears: its author sees it; others, that its number is taken."""
    account = reader(request)
    is_mine = account is not None and found.author_id == account.pk
    shown = {"process": found.process, "consultation": found.consultation, "contribution": found, "is_mine": is_mine}
    status = HTTPStatus.OK if is_mine else HTTPStatus.NOT_FOUND
    return render(request, "portal/contribution_waiting.html", shown, status=status)


@shared_page
def revisions(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """Every public revision of a text, and word by word what each changed."""
    found = voice_or_404(request, process, number)
    shown = {"process": found.process, "consultation": found.consultation, "contribution": found}
    if found.status in GONE:
        details = {"notice": notice_of(found), "answers": voices.Answers(), "known": {}, "is_open": False, "only": ""}
        return render(request, "portal/contribution_gone.html", shown | details, status=HTTPStatus.GONE)
    kept = voices.revisions_of(found)
    changes = [
        {
            "revision": later,
            "title": marked_changes(earlier.title, later.title) if earlier and _are_readable(earlier, later) else None,
            "body": marked_changes(earlier.body, later.body) if earlier and _are_readable(earlier, later) else None,
        }
        for later, earlier in zip(kept, [*kept[1:], None], strict=True)
    ]
    may_declare = _may_declare_typographic(request, found, kept)
    return render(request, "portal/revisions.html", shown | {"changes": changes, "may_declare": may_declare})


def _may_declare_typographic(request: HttpRequest, found: Contribution, kept: list[Revision]) -> bool:
    """Whether whoever looks may say that the last change was typographic: the form asks what the act asks."""
    account = reader(request)
    if account is None or len(kept) < 2 or Role.MODERATOR not in roles_held(account, found.process.slug):
        return False
    return typographic_refusal(found, kept[1], kept[0], moderator=account) is None


def _are_readable(*versions: Revision) -> bool:
    """Whether two versions can be compared: one in which a passage was masked has no words left."""
    return all(version.is_readable for version in versions)
