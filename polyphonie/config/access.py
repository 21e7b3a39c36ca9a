"""Who may ask what? One table, default deny: an address that is not in it is refused, and fails a test.

The audience says who may reach an address at all; what may then be done with an object in its present state is for the
rules of its package (`…_refusal`), which the page, the action, the API and the feeds ask alike.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from polyphonie.core import addresses
from polyphonie.processes.models import Role
from polyphonie.processes.queries import roles_held
from polyphonie.processes.queries.people import may_create

logger = logging.getLogger(__name__)

READ = frozenset({"GET", "HEAD"})
FORM = frozenset({"GET", "HEAD", "POST"})
ACT = frozenset({"POST"})
OPEN = READ | {"OPTIONS"}
"""Read from any page of any site."""


class Audience(Enum):
    """Who may reach an address."""

    ANYONE = "anyone"
    ANYONE_FULLY = "anyone; whoever is signed in has passed their second factor"
    SIGNED_IN = "signed in"
    ADMINISTRATOR = "administrator of the installation"
    CREATOR = "administrator, or someone they let start concertations"
    DEMO = "anyone, in demonstration mode only"


@dataclass(frozen=True)
class Access:
    """One row of the table: an audience or roles of the process, and the methods that are answered."""

    audience: Audience | frozenset[Role]
    methods: frozenset[str] = READ


def staff(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


ORGANISERS = staff(Role.ORGANISER)
MODERATORS = staff(Role.MODERATOR)
RAPPORTEURS = staff(Role.RAPPORTEUR)
REVIEWERS = staff(Role.ORGANISER, Role.MODERATOR)
"""Those who have texts read before they appear."""
JUDGES = staff(Role.APPEAL, Role.MODERATOR)
"""Who may judge an appeal: the appeal body; moderators where none stands, and never one who had a part in the case."""
RAPPORTEURS = staff(Role.RAPPORTEUR)
SECOND_READERS = staff(Role.RAPPORTEUR, Role.MODERATOR, Role.ORGANISER, Role.AUTHORITY)
"""Who may be the second reader of a synthesis; its rules leave out whoever wrote in it."""
PUBLISHERS = staff(Role.RAPPORTEUR, Role.ORGANISER)
"""Those who publish a synthesis."""
REPORTERS = staff(Role.ORGANISER, Role.AUTHORITY)
"""Those who publish progress points."""

TABLE: dict[str, Access] = {
    # accounts
    "accounts:sign_in": Access(Audience.ANYONE, FORM),
    "accounts:code": Access(Audience.ANYONE, FORM),
    "accounts:name": Access(Audience.ANYONE, FORM),
    "accounts:password_sign_in": Access(Audience.ANYONE, FORM),
    "accounts:second_factor": Access(Audience.ANYONE, FORM),
    "accounts:link": Access(Audience.ANYONE, FORM),
    "accounts:sign_out": Access(Audience.ANYONE, ACT),
    "accounts:settings": Access(Audience.SIGNED_IN, FORM),
    "accounts:organisations": Access(Audience.SIGNED_IN, FORM),
    "accounts:organisation": Access(Audience.SIGNED_IN, FORM),
    "accounts:join": Access(Audience.SIGNED_IN, FORM),
    "accounts:security": Access(Audience.SIGNED_IN),
    "accounts:new_password": Access(Audience.SIGNED_IN, FORM),
    "accounts:second_factor_setup": Access(Audience.SIGNED_IN, FORM),
    # notifications
    "notifications:stop": Access(Audience.ANYONE, FORM),
    # processes
    "processes:new": Access(Audience.CREATOR),
    "processes:new_from": Access(Audience.CREATOR, FORM),
    "processes:new_duplicate": Access(Audience.CREATOR, FORM),
    "processes:new_from_file": Access(Audience.CREATOR, FORM),
    "processes:rights": Access(Audience.ADMINISTRATOR, FORM),
    "processes:end_right": Access(Audience.ADMINISTRATOR, ACT),
    "processes:hand_over": Access(Audience.ADMINISTRATOR, FORM),
    "processes:dashboard": Access(ORGANISERS),
    "processes:journal": Access(ORGANISERS),
    "processes:starting_point": Access(ORGANISERS),
    "processes:presentation": Access(ORGANISERS, FORM),
    "processes:method": Access(ORGANISERS, FORM),
    "processes:referral": Access(ORGANISERS, FORM),
    "processes:themes": Access(ORGANISERS, FORM),
    "processes:theme": Access(ORGANISERS, FORM),
    "processes:remove_theme": Access(ORGANISERS, ACT),
    "processes:paste": Access(ORGANISERS, FORM),
    "processes:group_calendar": Access(ORGANISERS, FORM),
    "processes:new_consultation": Access(ORGANISERS, FORM),
    "processes:consultation": Access(ORGANISERS, FORM),
    "processes:remove_consultation": Access(ORGANISERS, ACT),
    "processes:calendar": Access(ORGANISERS, FORM),
    "processes:announce": Access(ORGANISERS, FORM),
    "processes:announce_ready": Access(ORGANISERS, FORM),
    "processes:open_now": Access(ORGANISERS, ACT),
    "processes:extend": Access(ORGANISERS, FORM),
    "processes:roles": Access(ORGANISERS, FORM),
    "processes:end_role": Access(ORGANISERS, ACT),
    "processes:withdraw_invitation": Access(ORGANISERS, ACT),
    "processes:accept_invitation": Access(Audience.SIGNED_IN, FORM),
    "processes:progress": Access(REPORTERS, FORM),
    # consultation
    "consultation:week": Access(REPORTERS),
    "consultation:seed": Access(ORGANISERS, FORM),
    "consultation:review": Access(REVIEWERS, FORM),
    "consultation:typographic": Access(MODERATORS, ACT),
    "consultation:consultation": Access(Audience.ANYONE),
    "consultation:follow": Access(Audience.SIGNED_IN, ACT),
    "consultation:orders": Access(Audience.ANYONE),
    "consultation:sections": Access(Audience.ANYONE),
    "consultation:opinions": Access(Audience.ANYONE),
    "consultation:one_at_a_time": Access(Audience.ANYONE),
    "consultation:vote_on": Access(Audience.SIGNED_IN),
    "consultation:agreement": Access(Audience.SIGNED_IN, FORM),
    "consultation:receipt": Access(Audience.SIGNED_IN),
    "consultation:vote": Access(Audience.ANYONE_FULLY, ACT),
    "consultation:proposal": Access(Audience.ANYONE, FORM),
    "consultation:near_ones": Access(Audience.ANYONE, FORM),
    "consultation:argument": Access(Audience.ANYONE, FORM),
    "consultation:source": Access(Audience.ANYONE, FORM),
    "consultation:completion": Access(Audience.ANYONE, FORM),
    "consultation:publish": Access(Audience.ANYONE_FULLY, FORM),
    "consultation:published": Access(Audience.SIGNED_IN),
    "consultation:revise": Access(Audience.SIGNED_IN, FORM),
    "consultation:withdraw": Access(Audience.SIGNED_IN, FORM),
    "consultation:accept": Access(Audience.SIGNED_IN, ACT),
    # synthesis
    "synthesis:desks": Access(RAPPORTEURS),
    "synthesis:desk": Access(RAPPORTEURS),
    "synthesis:statement": Access(RAPPORTEURS, ACT),
    "synthesis:suggest": Access(RAPPORTEURS, ACT),
    "synthesis:move": Access(RAPPORTEURS, ACT),
    "synthesis:reading": Access(RAPPORTEURS),
    "synthesis:read": Access(RAPPORTEURS, FORM),
    "synthesis:plan": Access(RAPPORTEURS, FORM),
    "synthesis:doubts": Access(RAPPORTEURS, FORM),
    "synthesis:left_out": Access(RAPPORTEURS, FORM),
    "synthesis:coverage": Access(RAPPORTEURS),
    "synthesis:past": Access(RAPPORTEURS),
    "synthesis:suggestions": Access(RAPPORTEURS, FORM),
    "synthesis:exchange": Access(RAPPORTEURS, FORM),
    "synthesis:draft": Access(RAPPORTEURS),
    "synthesis:book": Access(RAPPORTEURS, FORM),
    "synthesis:book_volume": Access(RAPPORTEURS),
    "synthesis:draft_document": Access(RAPPORTEURS),
    "synthesis:draft_pdf": Access(RAPPORTEURS, FORM),
    # annotations
    "annotations:annotate": Access(Audience.ANYONE_FULLY, FORM),
    "annotations:discussion": Access(Audience.ANYONE),
    "annotations:feed": Access(Audience.ANYONE),
    "annotations:reply": Access(Audience.ANYONE_FULLY, FORM),
    "annotations:withdraw": Access(Audience.SIGNED_IN, FORM),
    "annotations:answers": Access(RAPPORTEURS, FORM),
    # moderation
    "moderation:flag": Access(Audience.ANYONE, FORM),
    "moderation:flag_annotation": Access(Audience.ANYONE, FORM),
    "moderation:follow": Access(Audience.ANYONE, FORM),
    "moderation:register": Access(Audience.ANYONE),
    "moderation:my_cases": Access(Audience.SIGNED_IN),
    "moderation:my_case": Access(Audience.SIGNED_IN, FORM),
    "moderation:charter": Access(ORGANISERS, FORM),
    "moderation:desk": Access(MODERATORS),
    "moderation:clues": Access(MODERATORS),
    "moderation:take": Access(MODERATORS, ACT),
    "moderation:read": Access(MODERATORS, FORM),
    "moderation:case": Access(MODERATORS, FORM),
    "moderation:text": Access(MODERATORS, FORM),
    "moderation:flood": Access(MODERATORS, FORM),
    "moderation:annotation": Access(MODERATORS, FORM),
    "moderation:flood_annotation": Access(MODERATORS, FORM),
    "moderation:appeals": Access(JUDGES),
    "moderation:appeal": Access(JUDGES, FORM),
    # synthesis
    "synthesis:review": Access(SECOND_READERS, FORM),
    "synthesis:ask_reading": Access(PUBLISHERS, ACT),
    "synthesis:publication": Access(PUBLISHERS, FORM),
    "synthesis:final": Access(PUBLISHERS, ACT),
    "synthesis:syntheses": Access(Audience.ANYONE),
    "synthesis:synthesis": Access(Audience.ANYONE),
    "synthesis:version": Access(Audience.ANYONE),
    "synthesis:changes": Access(Audience.ANYONE),
    "synthesis:markdown": Access(Audience.ANYONE),
    "synthesis:json": Access(Audience.ANYONE),
    "synthesis:coverage_told": Access(Audience.ANYONE),
    "synthesis:coverage_of_version": Access(Audience.ANYONE),
    "synthesis:document": Access(Audience.ANYONE),
    "synthesis:pdf": Access(Audience.ANYONE),
    "synthesis:uncited": Access(Audience.ANYONE),
    "synthesis:sentence": Access(Audience.ANYONE),
    # figures
    "figures:figures": Access(Audience.ANYONE),
    # opendata
    "opendata:archive": Access(Audience.ANYONE, OPEN),
    "opendata:file": Access(Audience.ANYONE, OPEN),
    "opendata:data": Access(Audience.ANYONE),
    "opendata:report": Access(Audience.ANYONE),
    "opendata:api_short": Access(Audience.ANYONE),
    "opendata:api": Access(Audience.ANYONE),
    "opendata:api_processes": Access(Audience.ANYONE, OPEN),
    "opendata:api_process": Access(Audience.ANYONE, OPEN),
    "opendata:api_consultations": Access(Audience.ANYONE, OPEN),
    "opendata:api_contributions": Access(Audience.ANYONE, OPEN),
    "opendata:api_contribution": Access(Audience.ANYONE, OPEN),
    "opendata:api_revisions": Access(Audience.ANYONE, OPEN),
    "opendata:api_votes": Access(Audience.ANYONE, OPEN),
    "opendata:api_tallies": Access(Audience.ANYONE, OPEN),
    "opendata:api_listings": Access(Audience.ANYONE, OPEN),
    "opendata:api_opinions": Access(Audience.ANYONE, OPEN),
    "opendata:api_figures": Access(Audience.ANYONE, OPEN),
    "opendata:api_participants": Access(Audience.ANYONE, OPEN),
    "opendata:api_erasures": Access(Audience.ANYONE, OPEN),
    "opendata:api_syntheses": Access(Audience.ANYONE, OPEN),
    "opendata:api_citations": Access(Audience.ANYONE, OPEN),
    "opendata:api_fates": Access(Audience.ANYONE, OPEN),
    "opendata:api_moderation": Access(Audience.ANYONE, OPEN),
    "opendata:api_documents": Access(Audience.ANYONE, OPEN),
    "opendata:api_annotations": Access(Audience.ANYONE, OPEN),
    "opendata:api_checkpoints": Access(Audience.ANYONE, OPEN),
    "opendata:api_leaves": Access(Audience.ANYONE, OPEN),
    "opendata:api_openapi": Access(Audience.ANYONE, OPEN),
    "opendata:api_nothing": Access(Audience.ANYONE, OPEN),
    # for a supervisor
    "health:live": Access(Audience.ANYONE),
    "health:ready": Access(Audience.ANYONE),
    # portal
    "portal:register": Access(Audience.ANYONE),
    "portal:integrity": Access(Audience.ANYONE),
    "portal:receipt_lookup": Access(Audience.ANYONE, FORM),
    "portal:recount": Access(Audience.ANYONE),
    "portal:my_receipts": Access(Audience.SIGNED_IN),
    "portal:search": Access(Audience.ANYONE),
    "portal:demo": Access(Audience.DEMO),
    "portal:enter": Access(Audience.DEMO, ACT),
    "portal:demo_mails": Access(Audience.DEMO),
    "portal:my_contributions": Access(Audience.SIGNED_IN),
    "portal:my_votes": Access(Audience.SIGNED_IN),
    "portal:my_archive": Access(Audience.SIGNED_IN, FORM),
    "portal:bringing": Access(Audience.SIGNED_IN, FORM),
    "portal:use_taken_text": Access(Audience.SIGNED_IN, ACT),
    "portal:my_agreements": Access(Audience.SIGNED_IN, FORM),
    "portal:take_agreement_back": Access(Audience.SIGNED_IN, FORM),
    "portal:closing": Access(Audience.SIGNED_IN, FORM),
    "portal:my_messages": Access(Audience.SIGNED_IN, FORM),
    "portal:verifications_of_the_site": Access(Audience.ADMINISTRATOR, FORM),
    "portal:verifications": Access(ORGANISERS, FORM),
    "portal:help": Access(Audience.ANYONE),
    "portal:accessibility": Access(Audience.ANYONE),
    "portal:fairness": Access(Audience.ANYONE),
    "portal:fairness_data": Access(Audience.ANYONE),
    "portal:legal_notice": Access(Audience.ANYONE),
    "portal:privacy": Access(Audience.ANYONE),
    "portal:privacy_version": Access(Audience.ANYONE),
    "portal:privacy_changes": Access(Audience.ANYONE),
    "portal:terms": Access(Audience.ANYONE),
    "portal:terms_version": Access(Audience.ANYONE),
    "portal:terms_changes": Access(Audience.ANYONE),
    "portal:security_text": Access(Audience.ANYONE),
    "portal:language": Access(Audience.ANYONE),
    "portal:process_feed": Access(Audience.ANYONE),
    "portal:data_feed": Access(Audience.ANYONE),
    "portal:progress_feed": Access(Audience.ANYONE),
    "portal:consultation_feed": Access(Audience.ANYONE),
    "portal:problems": Access(Audience.ANYONE, FORM),
    "portal:problem_answer": Access(Audience.ADMINISTRATOR, FORM),
    "portal:home": Access(Audience.ANYONE),
    "portal:process": Access(Audience.ANYONE),
    "portal:short_address": Access(Audience.ANYONE),
    "portal:short_address_slash": Access(Audience.ANYONE),
    "portal:contribution": Access(Audience.ANYONE),
    "portal:revisions": Access(Audience.ANYONE),
    "portal:progress": Access(Audience.ANYONE),
    "portal:timeline": Access(Audience.ANYONE),
    "portal:participants": Access(Audience.ANYONE),
    "portal:profile": Access(Audience.ANYONE),
}
"""View name (`namespace:name`) → who may reach it, with which methods. Anything absent is refused."""


class Guard:
    """Holds every request against the table before its view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        access = TABLE.get(name)
        if access is None:
            logger.error("no row in the access table for %s", name)
            return _denied(request)
        if access.audience is Audience.DEMO and not settings.POLYPHONIE_DEMO:
            raise Http404
        if request.method not in access.methods:
            return HttpResponseNotAllowed(sorted(access.methods))
        return _held_against(access, request, kwargs)


def _held_against(access: Access, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponse | None:
    audience = access.audience
    if audience in (Audience.ANYONE, Audience.DEMO):
        return None
    account = request.user
    if not account.is_authenticated and audience is Audience.ANYONE_FULLY:
        return None
    if not account.is_authenticated:
        return HttpResponseRedirect(f"{addresses.SIGN_IN}?{urlencode({'suite': request.get_full_path()})}")
    if audience in (Audience.SIGNED_IN, Audience.ANYONE_FULLY):
        return _second_step(access, request) if account.has_second_factor else None
    if audience is Audience.ADMINISTRATOR:
        allowed = account.is_administrator
    elif audience is Audience.CREATOR:
        allowed = account.is_administrator or may_create(account)
    else:
        allowed = bool(roles_held(account, kwargs.get("process", "")) & audience)
    if not allowed:
        return _denied(request)
    return _second_step(access, request) if account.needs_second_factor or account.has_second_factor else None


def _second_step(access: Access, request: HttpRequest) -> HttpResponse | None:
    """To the second factor, for those who have one or whose role asks for one, unless this session passed it; then back to
    this page, or to the one its form came from when it is not one that is read."""
    if request.session.get("second_factor"):
        return None
    is_read = bool(access.methods & READ)
    suite = request.get_full_path() if is_read else addresses.local(request.POST.get("suite", ""), addresses.MY_SPACE)
    return HttpResponseRedirect(f"{addresses.SECOND_FACTOR}?{urlencode({'suite': suite})}")


def _denied(request: HttpRequest) -> HttpResponse:
    return render(request, "core/denied.html", status=HTTPStatus.FORBIDDEN)
