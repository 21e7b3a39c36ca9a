"""What do all pages of the desk share? Their consultation, the role under which one acts, and what a list is asked for."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from polyphonie.core.refusal import ensure
from polyphonie.core.serving.asked import whole_number
from polyphonie.processes.models import Consultation, Process, Role
from polyphonie.processes.views.frame import actor_of
from polyphonie.synthesis.queries.voices import FILTERS, GROUP, NEAR, TO_READ, TOPIC, Asked
from polyphonie.synthesis.rules import desk_refusal


def the_desk(process: str, slug: str) -> Consultation:
    """The consultation whose desk this is, once it is open. Raises Http404, or Refused with when it will."""
    found = Consultation.objects.select_related("process__log", "theme")
    consultation = get_object_or_404(found, process__slug=process, slug=slug)
    ensure(desk_refusal(consultation, is_copy=bool(consultation.process.copied_from)))
    return consultation


def rapporteur(request: HttpRequest, process: Process) -> str:
    """The role and number of the rapporteur signed in."""
    return actor_of(request, process, Role.RAPPORTEUR)


def asked_of(request: HttpRequest) -> Asked:
    """What the list beside the text is asked for, by the address; what is not understood is left aside."""
    said = request.GET
    chosen = said.get("liste", "")
    return Asked(
        list=chosen if chosen in FILTERS else TO_READ,
        topic=said.get("trie", "")[:12],
        origin=said.get("origine", "")[:16],
        number=whole_number(said.get("numero", "")),
        page=max(1, min(whole_number(said.get("page", "1")) or 1, 10_000)),
        group=said.get("groupe", "")[:1],
    )


def query_of(asked: Asked, **changes: Any) -> str:
    """The same list, with these changes, as the end of an address."""
    wanted = replace(asked, **changes)
    said: dict[str, Any] = {
        "liste": wanted.list,
        "trie": "" if TOPIC in (asked.list, wanted.list) else wanted.topic,
        "origine": wanted.origin,
        "page": wanted.page if wanted.page > 1 else "",
    }
    if wanted.list == NEAR:
        said["numero"] = wanted.number or ""
    elif wanted.list == GROUP:
        said["groupe"] = wanted.group
    return urlencode({name: value for name, value in said.items() if value})
