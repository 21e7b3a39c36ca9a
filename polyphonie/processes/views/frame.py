"""What do all pages of organisers share? Their process, the role under which one acts, and forms that lose nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account
from polyphonie.core.addresses import charter_reasons_address, verifications_address
from polyphonie.core.printing import clock, day
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.processes.actions.traces import ChangedMeanwhile, actor_name
from polyphonie.processes.models import Consultation, Process, Role, RoleAssignment
from polyphonie.processes.queries.people import acting_as
from polyphonie.processes.queries.standing import stave

STAFF = (Role.ORGANISER, Role.AUTHORITY)


@dataclass(frozen=True)
class Difference:
    """A field that two organisers wrote differently: what is there now, what was just typed."""

    label: str
    theirs: str
    mine: str


def the_process(slug: str) -> Process:
    return get_object_or_404(Process.objects.select_related("log"), slug=slug)


def the_consultation(process: str, slug: str) -> Consultation:
    return get_object_or_404(Consultation.objects.select_related("process__log", "theme"), process__slug=process, slug=slug)


def signed_in(request: HttpRequest) -> Account:
    """The account of a page that only people who hold a role reach."""
    assert isinstance(request.user, Account)
    return request.user


def acting_under(request: HttpRequest, process: Process, *roles: Role) -> RoleAssignment:
    """The role, among these, under which this person acts here; the table of accesses let nobody else come."""
    assignment = acting_as(signed_in(request), process, *roles)
    if assignment is None:
        raise Http404
    return assignment


def actor_of(request: HttpRequest, process: Process, *roles: Role) -> str:
    """The same in a word, role and number: that of organiser, or of one of these."""
    assignment = acting_under(request, process, *(roles or (Role.ORGANISER,)))
    return actor_name(assignment.role, assignment.number)


def page(request: HttpRequest, template: str, process: Process, *, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
    """One page of the organisers of a process, with their menu."""
    frame = {"process": process, "stave": stave(process), "menu": menu(request, process)}
    name = template if "/" in template else f"processes/{template}"
    return render(request, name, {**frame, **context}, status=status)


def menu(request: HttpRequest, process: Process) -> list[tuple[str, str, bool]]:
    """The organisers' pages of a process: name, address, whether it is the one shown. Levels it lacks are not in it."""
    entries = [
        ("processes:dashboard", _("Dashboard")),
        ("processes:presentation", _("Presentation")),
        ("processes:method", _("Method")),
        ("processes:roles", _("Roles")),
        ("processes:progress", _("Progress points")),
        ("processes:journal", _("Journal")),
    ]
    is_organiser = acting_as(signed_in(request), process, Role.ORGANISER) is not None
    if not is_organiser:
        entries = [entry for entry in entries if entry[0] == "processes:progress"]
    elif process.themes.exists():
        entries.insert(3, ("processes:themes", _("Themes")))
    places = [(label, reverse(name, kwargs={"process": process.slug})) for name, label in entries]
    if is_organiser:
        places.append((_("Reasons of moderation"), charter_reasons_address(process.slug)))
        places.append((_("Verified accounts"), verifications_address(process.slug)))
    return [(label, address, request.path == address) for label, address in places]


def status_of(form: forms.Form, differences: list[Difference] | None = None) -> int:
    """200, or 422 when something is to be corrected, or 409 when someone else wrote meanwhile."""
    if differences:
        return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK


def done(form: forms.Form, act: Callable[[datetime], Any], *, lock: Model | str) -> bool:
    """Do it in one transaction; a refusal becomes an error of the form, which keeps all that was typed."""
    try:
        with writing(lock=lock) as now:
            act(now)
    except ChangedMeanwhile:
        raise
    except Refused as refused:
        form.add_error(None, refused.reason)
        return False
    return True


@dataclass
class Edit:
    """A form that changes one record: shown, saved, or shown again with what someone else wrote meanwhile."""

    form: forms.Form
    lock: Model | str
    act: Callable[[datetime], Any]
    current: Callable[[], Mapping[str, Any]]
    """What the record says now: the form's initial values, its version included."""

    differences: list[Difference] | None = None

    def is_saved(self, request: HttpRequest) -> bool:
        if request.method != "POST" or not self.form.is_valid():
            return False
        try:
            return done(self.form, self.act, lock=self.lock)
        except ChangedMeanwhile as conflict:
            self._compare(conflict)
            return False

    def _compare(self, conflict: ChangedMeanwhile) -> None:
        """Show both texts; the form now answers to the version that is there, so that saving again is a choice."""
        current = self.current()
        typed = self.form.cleaned_data
        self.differences = [
            Difference(str(field.label), in_words(current.get(name)), in_words(typed.get(name)))
            for name, field in self.form.fields.items()
            if name != "version" and name in typed and (current.get(name) or "") != (typed.get(name) or "")
        ]
        self.form.data = self.form.data.copy()  # type: ignore[attr-defined]  # the data of a bound form
        self.form.data["version"] = str(current["version"])  # type: ignore[index]  # the data of a bound form
        self.form.add_error(None, conflict.reason)

    @property
    def status(self) -> int:
        if self.differences is not None:
            return HTTPStatus.CONFLICT
        return status_of(self.form)


def in_words(value: Any) -> str:
    """A value as a person reads it."""
    if value is None or value == "":
        return "–"
    if value is True:
        return _("yes")
    if value is False:
        return _("no")
    if isinstance(value, datetime):
        return f"{day(value)}, {clock(value)}"
    if isinstance(value, date):
        return day(value)
    return str(value)


def back_to(name: str, **kwargs: object) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"processes:{name}", kwargs=kwargs))


def today() -> date:
    return timezone.localdate()


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent, even empty; None when the page is only read."""
    return request.POST if request.method == "POST" else None
