"""Anyone flags a text, without an account, and finds the answer with the code they were given."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from polyphonie.annotations.models import Annotation, Document
from polyphonie.annotations.places import places_of
from polyphonie.annotations.queries import document_of
from polyphonie.annotations.queries import numbered as annotation_numbered
from polyphonie.contributions.models import Contribution
from polyphonie.contributions.queries import numbered
from polyphonie.core import addresses
from polyphonie.core.refusal import Refused
from polyphonie.core.serving import haste
from polyphonie.core.serving.limits import Limit, is_client_over
from polyphonie.core.writing import hold, writing
from polyphonie.moderation import queries
from polyphonie.moderation.actions import flag, lodge_appeal
from polyphonie.moderation.actions.flagging import Receipt, code_hash
from polyphonie.moderation.forms import NAME, AppealForm, FlagForm, FollowForm
from polyphonie.moderation.kinds import Subject, on
from polyphonie.moderation.models import Appeal, Case, Flag
from polyphonie.moderation.rules import flag_refusal
from polyphonie.moderation.turns import examining
from polyphonie.moderation.views.acting import may_contest
from polyphonie.processes.models import Process

FLAGS = Limit("flag a text", times=20, seconds=3600)
LOOKS = Limit("follow a flag", times=60, seconds=3600)


Text = Contribution | Annotation


@never_cache
def flag_text(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """Flag a contribution."""
    try:
        contribution = numbered(process, number)
    except Contribution.DoesNotExist as error:
        raise Http404 from error
    flagged = Case(process=contribution.process, contribution=contribution)
    return _flag(request, flagged, back=addresses.contribution_address(process, number))


@never_cache
def flag_annotation(request: HttpRequest, process: str, slug: str, number: int, kind: str) -> HttpResponse:
    """Flag a comment on a long text, or a reply to one."""
    try:
        document = document_of(process, kind, slug)
        annotation = annotation_numbered(document, number)
    except (Document.DoesNotExist, Annotation.DoesNotExist) as error:
        raise Http404 from error
    flagged = Case(process=document.process, annotation=annotation)
    return _flag(request, flagged, back=places_of(document).discussion(number))


def _flag(request: HttpRequest, flagged: Case, *, back: str) -> HttpResponse:
    """The form, in one screen; then the code, on the same address."""
    now = timezone.now()
    shown, is_held = request.POST.get(haste.STAMP_FIELD, ""), False
    form = FlagForm(request.POST or None, has_name=_has_name(flagged.subject))
    refusal = flag_refusal(is_shown=queries.is_shown(flagged), words="")
    context: dict[str, object] = {"process": flagged.process, "flagged": flagged, "back": back}
    if request.method == "POST" and refusal is None:
        is_held = haste.is_hasty(shown, request.POST.get(haste.TRAP_FIELD, ""), now)
        if form.is_valid() and not is_held:
            receipt = _write(request, flagged, form)
            return render(request, "moderation/flagged.html", context | {"receipt": receipt})
    context |= {
        "form": form,
        "refusal": refusal,
        "shown": haste.stamp_again(shown, now),
        "is_held": is_held and not form.errors,
    }
    return render(request, "moderation/flag.html", context, status=_status(form, refusal))


def _has_name(text: Text) -> bool:
    """Whether the name of a person, or of an organisation, stands beside the text."""
    if text.speaks_for is not None:
        return bool(text.author_name)
    author = text.author
    return author is not None and author.closed_on is None and bool(text.author_name)


def _flagged_name(text: Text) -> Subject:
    """The name that stands beside the text: it is examined apart from it."""
    if text.speaks_for is not None:
        return Subject(organisation=text.speaks_for)
    assert text.author is not None
    return Subject(account=text.author)


def _status(form: FlagForm, refusal: str | None) -> HTTPStatus:
    if refusal is not None:
        return HTTPStatus.GONE
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _write(request: HttpRequest, flagged: Case, form: FlagForm) -> Receipt:
    is_name = form.cleaned_data.get("about") == NAME
    with writing() as now:
        if is_client_over(FLAGS, request, now):
            raise Refused(
                _("You have flagged many texts within the hour: moderators have them. Come back a little later."),
                status=HTTPStatus.TOO_MANY_REQUESTS,
            )
        asked = _flagged_name(flagged.subject) if is_name else on(flagged.subject)
        subject = Case(**asked)
        hold(f"moderation.flags/{subject.kind}/{subject.subject.pk}")
        return flag(flagged.process, ground=form.cleaned_data["ground"], words=form.cleaned_data["words"], now=now, **asked)


@never_cache
def follow(request: HttpRequest, process: str) -> HttpResponse:
    """The answer to a flag, and how to contest it; the code travels in the body, never in an address."""
    held = get_object_or_404(Process, slug=process, is_listed=True)
    form = FollowForm(request.POST or None)
    found: Flag | None = None
    if request.method == "POST" and form.is_valid():
        if is_client_over(LOOKS, request, timezone.now()):
            raise Refused(
                _("Too many codes were tried from your connection: come back in an hour."), status=HTTPStatus.TOO_MANY_REQUESTS
            )
        flags = Flag.objects.filter(case__process=held, code_hash=code_hash(form.cleaned_data["code"]))
        found = flags.select_related(*(f"case__{name}" for name in queries.NAMED), "case__process").first()
        if found is None:
            form.add_error("code", _("No flag has this code here: check its letters and figures."))
    context: dict[str, object] = {"process": held, "form": form, "flag": found}
    if found is not None:
        context |= _answer_to(request, found)
    return render(
        request, "moderation/follow.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    )


def _answer_to(request: HttpRequest, found: Flag) -> dict[str, object]:
    """What was decided, and the form to contest a text that was kept."""
    decision = found.case.decisions.select_related("appeal").first()
    appeal_form = AppealForm(request.POST if "words" in request.POST else None)
    if decision is not None and appeal_form.is_bound and appeal_form.is_valid():
        with examining(found.case_id) as (case, now):
            kept = case.decisions.get(pk=decision.pk)
            words = appeal_form.cleaned_data["words"]
            lodge_appeal(kept, words, party=Appeal.Party.FLAGGER, is_party=True, now=now)
        decision = found.case.decisions.select_related("appeal").first()
        found.case.refresh_from_db()
    return {
        "decision": decision,
        "appeal_form": appeal_form,
        "may_contest": decision is not None and may_contest(decision, party=Appeal.Party.FLAGGER),
    }
