"""A consultation as one reads it: its questions, its proposals in a chosen order with the rule of that order."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from markupsafe import Markup

from polyphonie.accounts.models import Account
from polyphonie.consultation.cards import cards_of, with_form
from polyphonie.consultation.listing import DEFAULT_ORDER, ORDERS, Order
from polyphonie.consultation.moulds import written
from polyphonie.consultation.queries.lists import listed, page_of
from polyphonie.consultation.queries.positions import my_positions_in
from polyphonie.consultation.rules import is_open_refusal, is_under_review
from polyphonie.consultation.strips import Strip, strips_for
from polyphonie.contributions.models import Nature
from polyphonie.contributions.queries import imported_votes
from polyphonie.core import addresses
from polyphonie.core.paging import page_asked
from polyphonie.core.serving.freshness import shared_page
from polyphonie.core.storage.prepared import Prepared
from polyphonie.core.templating import FormMark
from polyphonie.ledger.canonical import b64
from polyphonie.notifications.queries import consultation_subject, is_following
from polyphonie.processes.models import Consultation, Role
from polyphonie.processes.queries import roles_held
from polyphonie.processes.stave import Step, steps

ORDER_WORDS = {
    "discover": "a-decouvrir",
    "recent": "recentes",
    "supported": "soutenues",
    "divisive": "qui-divisent",
    "argued": "argumentees",
}
"""What each order is called in addresses."""

_ORDERS_BY_WORD = {word: ORDERS[slug] for slug, word in ORDER_WORDS.items()}
MOST_SECTIONS = 60
"""How many the filter of a list offers; all of them have their page."""
SECTIONS_PER_PAGE = 200

_consultation = Prepared(
    lambda process, slug: (
        Consultation.objects.select_related("process__referral", "theme").filter(process__slug=process, slug=slug).order_by("pk")
    )
)


@shared_page
def consultation(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """The page of a consultation."""
    account = request.user if isinstance(request.user, Account) else None
    shown = shown_consultation(process, slug, account)
    order = _ORDERS_BY_WORD.get(request.GET.get("ordre", ""), DEFAULT_ORDER)
    nature = request.GET.get("nature", "") if shown.has_diagnoses else ""
    section = request.GET.get("section", "").replace("\x00", "")
    page = page_of(shown, order=order, number=page_asked(request), nature=_known(nature), section=section)
    section_names = sections_of(shown)
    now = timezone.now()
    refusal = is_open_refusal(shown, now=now)
    sees_results = refusal is not None or request.GET.get("resultats") == "oui"
    strips = (
        strips_for(page.faces, my_positions_in(shown, account, page.faces)) if account is not None and refusal is None else {}
    )
    cards = cards_of(
        page.faces,
        shown,
        is_open=refusal is None,
        sees=lambda face: sees_results or (face.number in strips and bool(strips[face.number].mine)),
    )
    return render(
        request,
        "consultation/consultation.html",
        {
            "process": shown.process,
            "consultation": shown,
            "page": page,
            "is_open": refusal is None,
            "under_review": is_under_review(shown, now=now),
            "refusal": refusal,
            "orders": _order_choices(shown, order, nature=nature, section=section),
            "order_word": ORDER_WORDS[order.slug],
            "section_names": section_names[:MOST_SECTIONS],
            "section_count": len(section_names),
            "section": section,
            "nature": nature,
            "here": _here(shown, order, nature=nature, section=section),
            "cards": _with_forms(request, shown, cards, [face.number for face in page.faces if face.number in cards], strips),
            "sees_results": sees_results,
            "follows": account is not None and is_following(account, consultation_subject(process, slug)),
            "stave": stave_of(shown, now=now),
            "votes_taken_over": imported_votes([shown]),
            "extensions": shown.extensions.all(),
        },
    )


def _with_forms(
    request: HttpRequest, shown: Consultation, cards: dict[int, Markup], numbers: list[int], strips: dict[int, Strip]
) -> list[Markup]:
    """The cards in order, each with the form of the person who reads, if there is one."""
    if not strips:
        return [with_form(cards[number]) for number in numbers]
    mark, here = FormMark.of(request), request.get_full_path()
    return [with_form(cards[number], written(strips[number], shown, mark=mark, back=f"{here}#c{number}")) for number in numbers]


@shared_page
def orders(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """How each order is computed, in words and in a formula, with what a stranger needs to recompute it."""
    shown = shown_consultation(process, slug)
    return render(
        request,
        "consultation/orders.html",
        {
            "process": shown.process,
            "consultation": shown,
            "orders": ORDERS.values(),
            "words": ORDER_WORDS,
            "rules_leaf": b64(bytes(shown.config_leaf or b"")),
        },
    )


@shared_page
def sections(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """Every section of the source, each with its list."""
    shown = shown_consultation(process, slug)
    names = sections_of(shown)
    pages = max(1, -(-len(names) // SECTIONS_PER_PAGE))
    page = min(page_asked(request), pages)
    begins = (page - 1) * SECTIONS_PER_PAGE
    named = [(name, _here(shown, DEFAULT_ORDER, nature="", section=name)) for name in names[begins : begins + SECTIONS_PER_PAGE]]
    context = {"process": shown.process, "consultation": shown, "named_sections": named, "page": page, "pages": pages}
    return render(request, "consultation/sections.html", context)


def shown_consultation(process: str, slug: str, account: Account | None = None) -> Consultation:
    """A consultation that this reader may see; raises Http404 for a draft, but to its organisers, who preview it."""
    read = _consultation(process=process, slug=slug)
    if not read:
        raise Http404
    found = read[0]
    if found.state == Consultation.State.DRAFT and (account is None or Role.ORGANISER not in roles_held(account, process)):
        raise Http404
    return found


def stave_of(shown: Consultation, *, now: datetime) -> list[Step]:
    """The steps of the concertation as this consultation lives them."""
    referral = shown.process.referral if hasattr(shown.process, "referral") else None
    return steps(shown.process, referral=referral, consultations=[shown], now=now, today=timezone.localdate(now))


def sections_of(shown: Consultation) -> list[str]:
    """The sections of the source, in alphabetical order; none in most consultations."""
    if not shown.is_imported:
        return []
    return list(listed(shown).exclude(section="").order_by("section").values_list("section", flat=True).distinct())


def _order_choices(shown: Consultation, current: Order, *, nature: str, section: str) -> list[tuple[str, str, str]]:
    """(key, label, address) of each order."""
    return [(order.slug, str(order.label), _here(shown, order, nature=nature, section=section)) for order in ORDERS.values()]


def _here(shown: Consultation, order: Order, *, nature: str, section: str) -> str:
    """The address of this list in this order, without its page."""
    asked = {"ordre": ORDER_WORDS[order.slug], "nature": nature, "section": section}
    if order is DEFAULT_ORDER:
        asked["ordre"] = ""
    query = urlencode({name: value for name, value in asked.items() if value})
    address = addresses.consultation_address(shown.process.slug, shown.slug)
    return f"{address}?{query}" if query else address


def _known(nature: str) -> str:
    return nature if nature in Nature.values else ""
