"""How does one publish? One writes first, looks at what is close, identifies last: three screens, without JavaScript."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import Account
from polyphonie.consultation import drafts
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.drafts import Draft
from polyphonie.consultation.forms import FORMS, TextForm
from polyphonie.consultation.rules import is_open_refusal, seen_revision_refusal
from polyphonie.contributions import search
from polyphonie.contributions.models import Contribution, Kind, Status
from polyphonie.contributions.queries import numbered
from polyphonie.core import addresses
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import writing
from polyphonie.opinion.texts.similarity import Candidate, closest
from polyphonie.processes.models import Consultation

NEAR_ONES = 5
SIDES = {"pour": "for", "contre": "against"}


@never_cache
def propose(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """Screen 1 of a proposal: its title and text."""
    consultation = get_object_or_404(Consultation.objects.select_related("process", "theme"), process__slug=process, slug=slug)
    return _write(request, consultation, Kind.PROPOSAL)


@never_cache
def argue(request: HttpRequest, process: str, number: int) -> HttpResponse:
    return _answer(request, process, number, Kind.ARGUMENT)


@never_cache
def add_source(request: HttpRequest, process: str, number: int) -> HttpResponse:
    return _answer(request, process, number, Kind.SOURCE)


@never_cache
def complete(request: HttpRequest, process: str, number: int) -> HttpResponse:
    return _answer(request, process, number, Kind.COMPLETION)


@never_cache
def near_ones(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """Screen 2 of a proposal: « L'une de ces propositions dit-elle déjà la même chose ? »"""
    consultation = get_object_or_404(Consultation.objects.select_related("process"), process__slug=process, slug=slug)
    draft = drafts.kept(request.session)
    if draft is None or not draft.is_proposal or (draft.process, draft.consultation) != (process, slug):
        return HttpResponseRedirect(addresses.propose_address(process, slug))
    near = _near(consultation, draft) if request.method != "POST" else []
    if not near:
        return HttpResponseRedirect(_publish_address(process))
    return render(
        request,
        "consultation/near_ones.html",
        {"process": consultation.process, "consultation": consultation, "draft": draft, "near": near},
    )


@never_cache
def revise(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """Change one's own text: a new public revision, with a warning when others have voted on it."""
    contribution = _shown(process, number)
    account = _account(request)
    form_class = FORMS[contribution.kind]
    initial = {name: getattr(contribution, name) for name in ("title", "body", "url", "category", "side", "nature")}
    form = form_class(
        request.POST if request.method == "POST" else None,
        initial=initial,
        **_options(contribution.consultation, contribution.kind),
    )
    form.fields.pop("side", None)
    form.fields.pop("nature", None)
    seen = whole_number(request.POST.get("revision", "")) or 0
    if request.method == "POST" and form.is_valid():
        try:
            with writing(lock=contribution.consultation, shared=True) as now:
                speaking.revise(contribution, _text(form), account=account, seen=seen, now=now)
        except Refused as refused:
            if seen_revision_refusal(contribution.revision, seen=seen) is None:
                raise
            form.add_error(None, refused.reason)
        else:
            return HttpResponseRedirect(addresses.contribution_address(process, number))
    return render(
        request,
        "consultation/revise.html",
        {
            "process": contribution.process,
            "consultation": contribution.consultation,
            "contribution": contribution,
            "form": form,
            "is_own": contribution.author_id == account.pk,
            "is_changed": bool(form.errors) and seen_revision_refusal(contribution.revision, seen=seen) is not None,
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
    )


@never_cache
def withdraw(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """Take one's text back: the page says what stays (the number) and what goes (the text)."""
    account = _account(request)
    contribution = _own_waiting(process, number, account) or _shown(process, number)
    if request.method == "POST":
        with writing(lock=contribution.consultation, shared=True) as now:
            speaking.withdraw(contribution, account=account, now=now)
        return HttpResponseRedirect(addresses.contribution_address(process, number))
    return render(
        request,
        "consultation/withdraw.html",
        {
            "process": contribution.process,
            "consultation": contribution.consultation,
            "contribution": contribution,
            "is_own": contribution.author_id == account.pk,
        },
    )


def accept(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """The author of the proposal accepts a completion."""
    completion = _shown(process, number)
    account = _account(request)
    if completion.kind != Kind.COMPLETION or completion.about is None:
        raise Http404
    with writing(lock=completion.consultation, shared=True) as now:
        speaking.accept_completion(completion, account=account, now=now)
    return HttpResponseRedirect(f"{addresses.contribution_address(process, completion.about.number)}#completions")


def _write(request: HttpRequest, consultation: Consultation, kind: Kind, about: Contribution | None = None) -> HttpResponse:
    """Screen 1 of every kind: the form, then the draft kept in the session and the next screen."""
    with_form: dict[str, Any] = _options(consultation, kind)
    begun = drafts.kept(request.session)
    is_same = begun is not None and (begun.kind, begun.consultation, begun.about) == (
        kind,
        consultation.slug,
        None if about is None else about.number,
    )
    initial = vars(begun) if begun is not None and is_same else {"side": SIDES.get(request.GET.get("sens", ""), "")}
    form = FORMS[kind](request.POST if request.method == "POST" else None, initial=initial, **with_form)
    refusal = _closed_refusal(consultation)
    if request.method == "POST" and refusal is None and form.is_valid():
        draft = Draft(
            kind=kind,
            process=consultation.process.slug,
            consultation=consultation.slug,
            about=None if about is None else about.number,
            side=form.cleaned_data.get("side", ""),
            nature=form.cleaned_data.get("nature", ""),
            **vars(_text(form)),
        )
        drafts.keep(request.session, draft)
        if kind == Kind.PROPOSAL:
            return HttpResponseRedirect(
                reverse("consultation:near_ones", kwargs={"process": draft.process, "slug": draft.consultation})
            )
        return HttpResponseRedirect(_publish_address(draft.process))
    return render(
        request,
        "consultation/write.html",
        {
            "process": consultation.process,
            "consultation": consultation,
            "about": about,
            "kind": kind,
            "form": form,
            "refusal": refusal,
            "typed": form.data if refusal and form.is_bound else {},
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
    )


def _answer(request: HttpRequest, process: str, number: int, kind: Kind) -> HttpResponse:
    about = _shown(process, number)
    return _write(request, about.consultation, kind, about)


def _near(consultation: Consultation, draft: Draft) -> list[tuple[Contribution, str]]:
    """Up to five proposals close to the draft, each with the label of `opinion.texts.similarity`; those that perhaps say the
    contrary come last, under a question that asks for the same."""
    found = {candidate.pk: candidate for candidate in search.candidates(consultation, draft.title, draft.body)}
    asked = [Candidate(key, candidate.title, candidate.body) for key, candidate in found.items()]
    matches = closest(draft.title, draft.body, asked, limit=NEAR_ONES)
    matches.sort(key=lambda match: match.label == "perhaps_contrary")
    return [(found[match.key], match.label) for match in matches]


def _shown(process: str, number: int) -> Contribution:
    """A contribution that is shown; what is not keeps its notice on its own page and cannot be answered."""
    try:
        contribution = numbered(process, number)
    except Contribution.DoesNotExist as error:
        raise Http404 from error
    if contribution.status != Status.PUBLISHED:
        raise Http404
    return contribution


def _own_waiting(process: str, number: int, account: Account) -> Contribution | None:
    """One's own text that waits to be read before it appears."""
    own = Contribution.objects.select_related("consultation__theme", "process", "author", "speaks_for", "about")
    return own.filter(process__slug=process, number=number, author=account, status=Status.SUBMITTED).first()


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _options(consultation: Consultation, kind: str) -> dict[str, Any]:
    return {"asks_nature": consultation.has_diagnoses} if kind == Kind.PROPOSAL else {}


def _text(form: TextForm) -> drafts.Text:
    answers = form.cleaned_data
    return drafts.Text(
        title=answers["title"], body=answers["body"], url=answers.get("url", ""), category=answers.get("category", "")
    )


def _closed_refusal(consultation: Consultation) -> str | None:
    """Said on the form itself, so that nothing typed is lost; the deciding clock is read at publication."""
    return is_open_refusal(consultation, now=timezone.now())


def _publish_address(process: str) -> str:
    return reverse("consultation:publish", kwargs={"process": process})
