"""The public register as pages: what happened by role and number, where the log stands, integrity in figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polyphonie.annotations.models import Document
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.serving.freshness import shared_page
from polyphonie.moderation.models import Ground
from polyphonie.portal.queries import register as queries
from polyphonie.portal.views.processes import process_or_404
from polyphonie.processes.models import ActKind, Role


@shared_page
def register(request: HttpRequest, process: str) -> HttpResponse:
    """The last leaves, filtered by kind, and how to verify them."""
    found = process_or_404(request, process, with_consultations=False)
    kind = request.GET.get("genre", "") if request.GET.get("genre", "") in queries.KINDS else ""
    role = request.GET.get("role", "") if request.GET.get("role", "") in queries.ROLES else ""
    leaves = queries.last_leaves(found, kind=kind, role=role, before=whole_number(request.GET.get("avant", "")))
    return render(
        request,
        "portal/register.html",
        {
            "process": found,
            "standing": queries.standing(found),
            "leaves": leaves,
            "kind": kind,
            "role": role,
            "kinds": queries.KINDS,
            "roles": queries.ROLES,
            "titles": dict(Document.objects.filter(process=found).values_list("slug", "title")),
            "acts": dict(ActKind.choices),
            "role_names": dict(Role.choices),
            "grounds": dict(Ground.choices),
        },
    )


@shared_page
def integrity(request: HttpRequest, process: str) -> HttpResponse:
    """Each figure with its formula, and what all this does not prove."""
    found = process_or_404(request, process, with_consultations=False)
    return render(
        request,
        "portal/integrity.html",
        {"process": found, "standing": queries.standing(found), "figures": queries.integrity(found)},
    )
