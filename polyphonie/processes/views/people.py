"""How do organisers share the work? Roles offered by mail, taken up, ended; all by role and number."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import StaffAccess, folded
from polyphonie.accounts.queries import accounts_of
from polyphonie.accounts.views.watching import note_shown
from polyphonie.core.writing import writing
from polyphonie.processes.actions import people as charging
from polyphonie.processes.forms import InvitationForm
from polyphonie.processes.models import Invitation, Process, Role, RoleAssignment
from polyphonie.processes.queries.people import count_moderators
from polyphonie.processes.rules.method import MODERATORS
from polyphonie.processes.rules.people import DUTIES, accept_refusal
from polyphonie.processes.views.frame import (
    actor_of,
    back_to,
    done,
    page,
    posted,
    signed_in,
    status_of,
    the_process,
)


@never_cache
def roles(request: HttpRequest, process: str) -> HttpResponse:
    """Who does what here, and an offer to someone else."""
    held = the_process(process)
    actor = actor_of(request, held)
    form = InvitationForm(posted(request), initial={"role": request.GET.get("role", Role.MODERATOR)})
    if (
        request.method == "POST"
        and form.is_valid()
        and done(form, lambda now: _offer(request, held, form, actor, now), lock=held)
    ):
        return back_to("roles", process=process)
    today = timezone.localdate()
    assignments = held.roles.select_related("account").order_by("role", "number")
    standing = [item for item in assignments if item.until_on is None or item.until_on > today]
    waiting = list(held.invitations.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()))
    viewer, seen = signed_in(request), StaffAccess.What
    note_shown([item.account for item in standing], viewer=viewer, by=actor, what=seen.ROLE, process=process)
    offered = accounts_of([item.email for item in waiting])
    note_shown(offered, viewer=viewer, by=actor, what=seen.ADDRESS, process=process)
    return page(
        request,
        "roles.html",
        held,
        form=form,
        standing=standing,
        ended=[item for item in assignments if item.until_on is not None and item.until_on <= today],
        waiting=waiting,
        moderators=count_moderators(held),
        moderators_needed=MODERATORS,
        status=status_of(form),
    )


def _offer(request: HttpRequest, process: Process, form: InvitationForm, actor: str, now: datetime) -> None:
    """An offer to oneself is taken up at once; to anyone else it goes by mail."""
    account = signed_in(request)
    role, values = Role(form.cleaned_data["role"]), form.cleaned_data
    if folded(values["email"]) == folded(account.email or ""):
        charging.grant_role(process, account, role, actor=actor, body=values["body"], until_on=form.until_on(), now=now)
        return
    charging.invite(
        process, email=values["email"], role=role, actor=actor, body=values["body"], until_on=form.until_on(), now=now
    )


def end_role(request: HttpRequest, process: str, pk: int) -> HttpResponse:
    held = the_process(process)
    actor = actor_of(request, held)
    with writing(lock=held) as now:
        charging.end_role(get_object_or_404(RoleAssignment, process=held, pk=pk), actor=actor, now=now)
    return back_to("roles", process=process)


def withdraw_invitation(request: HttpRequest, process: str, pk: int) -> HttpResponse:
    held = the_process(process)
    actor_of(request, held)
    with writing(lock=held) as now:
        charging.withdraw_invitation(get_object_or_404(Invitation, process=held, pk=pk), now=now)
    return back_to("roles", process=process)


@never_cache
def accept(request: HttpRequest, process: str, token: str) -> HttpResponse:
    """The page that the mail leads to: what the role is, and a button to take it up."""
    invitation = Invitation.objects.select_related("process__log").filter(token_hash=charging.token_hash(token)).first()
    if invitation is None or invitation.process.slug != process:
        raise Http404
    context = {"invitation": invitation, "process": invitation.process, "duty": DUTIES[Role(invitation.role)]}
    if request.method == "POST":
        with writing(lock=invitation.process) as now:
            fresh = Invitation.objects.select_related("process__log").get(pk=invitation.pk)
            charging.accept_invitation(fresh, signed_in(request), now=now)
        return render(request, "processes/accepted.html", context)
    return render(
        request,
        "processes/accept.html",
        {**context, "refusal": accept_refusal(invitation, signed_in(request), now=timezone.now())},
    )
