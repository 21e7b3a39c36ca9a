"""How does one take one's data, and leave? Two pages, each behind a fresh mail code."""

from datetime import timedelta
from http import HTTPStatus

from django.contrib.auth import logout
from django.forms import Form
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from polyphonie.accounts import sessions
from polyphonie.accounts.models import Account
from polyphonie.accounts.rules import ACCESSES_KEPT_DAYS
from polyphonie.accounts.views.proving import code_sending_refusal, is_proved
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.opendata.publishing import note_erasure
from polyphonie.portal.actions import Closing, close_account_of
from polyphonie.portal.archive import archive_of
from polyphonie.portal.forms import ArchiveForm, ClosingForm
from polyphonie.portal.queries.my_space import accesses, processes_written_in
from polyphonie.portal.rules import BACKUP_DAYS

CLOSING, ARCHIVE = "close account", "archive"


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _is_code_sent(request: HttpRequest, form: Form, purpose: str) -> bool:
    """Whether this request asked for a code and it was sent; says on the form why not."""
    if "send" not in request.POST:
        return "code" in request.POST
    refusal = code_sending_refusal(request, _account(request), purpose)
    if refusal is not None:
        form.errors.clear()
        form.add_error(None, refusal)
    return refusal is None


def _status(form: Form) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK


@never_cache
@sensitive_post_parameters("code")
def closing(request: HttpRequest) -> HttpResponse:
    """What goes, what stays and until when, said before the button; then the account closes and the browser is signed out."""
    account = _account(request)
    form = ClosingForm(request.POST if request.method == "POST" else None)
    is_sent = _is_code_sent(request, form, CLOSING)
    if "send" in request.POST and is_sent:
        form = ClosingForm(initial={name: request.POST.get(name) or "keep" for name in ("texts", "votes")})
    elif is_sent and form.is_valid() and is_proved(request, account, CLOSING, form):
        done = _closed(request, account, form)
        if done is not None:
            return render(request, "portal/closed.html", {"done": done, "until": _backups_gone(), "days": BACKUP_DAYS})
    context = {"account": account, "form": form, "is_sent": is_sent, "until": _backups_gone(), "days": BACKUP_DAYS}
    return render(request, "portal/closing.html", context, status=_status(form))


def _closed(request: HttpRequest, account: Account, form: ClosingForm) -> Closing | None:
    """Close it, destroy its sessions, have the public files made again; None, with the reason on the form, when it stays open."""
    keys = sessions.keys_of(account.pk, account.email or "")
    touched = processes_written_in(account)
    try:
        with writing() as now:
            done = close_account_of(
                account,
                removes_texts=form.cleaned_data["texts"] == "remove",
                withdraws_votes=form.cleaned_data["votes"] == "withdraw",
                now=now,
            )
            logout(request)
            sessions.destroy(keys)
    except Refused as refused:
        form.add_error(None, refused.reason)
        return None
    for process in touched:
        note_erasure(process)
    return done


def _backups_gone() -> object:
    """The day when the last backup that holds today's secrets has expired."""
    return timezone.localdate() + timedelta(days=BACKUP_DAYS)


@never_cache
@sensitive_post_parameters("code")
def archive(request: HttpRequest) -> HttpResponseBase:
    """Everything this site holds of me, in one file, written while it leaves."""
    account = _account(request)
    form = ArchiveForm(request.POST if request.method == "POST" else None)
    is_sent = _is_code_sent(request, form, ARCHIVE)
    if "send" in request.POST and is_sent:
        form = ArchiveForm()
    elif is_sent and form.is_valid() and is_proved(request, account, ARCHIVE, form):
        response = StreamingHttpResponse(archive_of(account, at=timezone.now()), content_type="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="mes-donnees-{timezone.localdate().isoformat()}.zip"'
        return response
    context = {"form": form, "is_sent": is_sent, "accesses": accesses(account), "kept_days": ACCESSES_KEPT_DAYS}
    return render(request, "portal/my_archive.html", context, status=_status(form))
