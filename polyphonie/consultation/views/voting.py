"""One posts a vote here, and answers proposals one at a time: three answers, or pass, and stop at any moment."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from polyphonie.accounts.models import Account
from polyphonie.consultation.actions.booth import Booth, Cast, approach
from polyphonie.consultation.actions.voting import AgreementMissing, RevisionConflict, VoteConflict, cast_vote, withdraw_vote
from polyphonie.consultation.queries.lists import to_answer
from polyphonie.consultation.queries.positions import my_positions, my_votes_in
from polyphonie.consultation.rules import is_open_refusal
from polyphonie.consultation.strips import POSITION_OF, Strip, strip_for
from polyphonie.consultation.views.agreeing import agreement_asked
from polyphonie.consultation.views.reading import shown_consultation, stave_of
from polyphonie.contributions.models import Contribution
from polyphonie.contributions.queries import known_addresses, numbered
from polyphonie.core import addresses
from polyphonie.core.plaintext import cited_numbers
from polyphonie.core.refusal import Refused
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.writing import writing
from polyphonie.ledger.canonical import unb64
from polyphonie.opinion.texts.worddiff import word_diff

INVITE_AFTER = 10
MOST_PASSED = 150
"""« Passer » is remembered in the address alone; past this many, those passed first come back."""


@never_cache
def one_at_a_time(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """« Donner mon avis »: the next proposal in the fair order that this person neither answered nor passed."""
    shown = shown_consultation(process, slug)
    refusal = is_open_refusal(shown, now=timezone.now())
    account = request.user if isinstance(request.user, Account) else None
    passed = _numbers(request.GET.get("passe", ""))
    seen = _count(request.GET.get("vues", ""))
    mine = {} if account is None else my_votes_in(shown, account)
    answered = {number for number, vote in mine.items() if vote.position is not None and not vote.is_asked_again}
    text = None if refusal is not None else to_answer(shown, passed=set(passed), answered=answered)
    here = addresses.opinions_address(process, slug)
    strip = strip_for(text, mine.get(text.number)) if text is not None and account is not None else None
    agreement = agreement_asked(account, shown.process)
    following = urlencode({"vues": seen + 1, **({"passe": _written(passed)} if passed else {})})
    return render(
        request,
        "consultation/one_at_a_time.html",
        {
            "process": shown.process,
            "consultation": shown,
            "text": text,
            "address_of": _address_of(text),
            "stave": stave_of(shown, now=timezone.now()),
            "strip": strip,
            "agreement": agreement,
            "here_now": request.get_full_path(),
            "refusal": refusal,
            "seen": seen,
            "invites": seen > 0 and seen % INVITE_AFTER == 0,
            "answered": len(answered),
            "next_address": f"{here}?{following}",
            "pass_address": f"{here}?{urlencode({'vues': seen + 1, 'passe': _written([*passed, text.number])})}" if text else "",
            "sign_in_address": f"{addresses.SIGN_IN}?{urlencode({'suite': request.get_full_path()})}",
        },
    )


@never_cache
def vote_on(request: HttpRequest, process: str, number: int) -> HttpResponse:
    """The page where one votes on one text: the text, its results if one wishes, and the form."""
    text = _text(process, number)
    assert isinstance(request.user, Account)
    if not text.is_visible:
        return HttpResponseRedirect(addresses.contribution_address(process, number))
    refusal = is_open_refusal(text.consultation, now=timezone.now())
    strip = _strip_again(text, request.user)
    return render(
        request,
        "consultation/vote_on.html",
        {
            "process": text.process,
            "consultation": text.consultation,
            "text": text,
            "address_of": _address_of(text),
            "strip": strip,
            "agreement": agreement_asked(request.user, text.process),
            "here_now": request.get_full_path(),
            "refusal": refusal,
            "back": _back(request, process, number),
        },
    )


@never_cache
def vote(request: HttpRequest, process: str) -> HttpResponse:
    """The one address votes are posted to, the number in the body. A vote clicked before signing in is not kept."""
    number = _count(request.POST.get("number", ""))
    back = _back(request, process, number)
    account = request.user
    if not isinstance(account, Account):
        _text(process, number)
        return HttpResponseRedirect(f"{addresses.SIGN_IN}?{urlencode({'suite': back})}")
    booth = approach(process, number, account)
    if booth is None:
        raise Http404
    text = booth.text
    try:
        _cast(request, booth)
    except AgreementMissing:
        return _to_agreement(process, text)
    except (VoteConflict, RevisionConflict) as conflict:
        return _conflict(request, _text(process, number), account, conflict, back)
    return HttpResponseRedirect(back)


def _strip_again(text: Contribution, account: Account) -> Strip:
    """The form of a text on which this person may have voted: read, for what the page or the act knew may be old."""
    return strip_for(text, my_positions(account, [text]).get(text.number))


def _to_agreement(process: str, text: Contribution) -> HttpResponse:
    """Where one agrees first, then back to this text: the vote was not kept."""
    words = urlencode({"numero": text.number, "suite": addresses.vote_address(process, text.number)})
    return HttpResponseRedirect(f"{addresses.agreement_address(process)}?{words}")


def _cast(request: HttpRequest, booth: Booth) -> Cast:
    """Set or withdraw, at the instant that decides. Raises Refused or one of the two conflicts."""
    text, account = booth.text, booth.account
    nonce = _nonce(request.POST.get("n", ""))
    after = _count(request.POST.get("after", ""))
    word = request.POST.get("position", "")
    position = None if word == "withdraw" else POSITION_OF.get(word, 9)
    booth.written(seq=after + 1, position=position, nonce=nonce)  # ahead of its turn
    with writing(lock=text.consultation, shared=True) as now:
        if position is None:
            return withdraw_vote(text, account=account, nonce=nonce, after=after, now=now, seen=booth)
        return cast_vote(
            text,
            account=account,
            position=position,
            nonce=nonce,
            after=after,
            revision=_count(request.POST.get("revision", "")),
            now=now,
            seen=booth,
        )


def _conflict(request: HttpRequest, text: Contribution, account: Account, conflict: Refused, back: str) -> HttpResponse:
    """409: where the vote or the text stands now, what changed, and a fresh form."""
    pieces = None
    if isinstance(conflict, RevisionConflict):
        earlier = text.revisions.filter(number=conflict.shown).first()
        if earlier is not None and earlier.is_readable and text.is_visible:
            pieces = word_diff(f"{earlier.title}\n\n{earlier.body}", f"{text.title}\n\n{text.body}")
    strip = _strip_again(text, account)
    return render(
        request,
        "consultation/vote_conflict.html",
        {
            "process": text.process,
            "consultation": text.consultation,
            "text": text,
            "address_of": _address_of(text),
            "strip": strip,
            "reason": conflict.reason,
            "pieces": pieces,
            "back": back,
        },
        status=HTTPStatus.CONFLICT,
    )


def _text(process: str, number: int) -> Contribution:
    try:
        return numbered(process, number)
    except Contribution.DoesNotExist as error:
        raise Http404 from error


def _address_of(text: Contribution | None) -> Callable[[int], str | None] | None:
    """Which of the numbers that a text mentions are known, for its links."""
    return None if text is None else known_addresses(text.process.slug, cited_numbers(text.body)).get


def _back(request: HttpRequest, process: str, number: int) -> str:
    """Where to return: the page the form came from, if it is ours, else the text."""
    asked = request.POST.get("suite") or request.GET.get("suite") or ""
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return f"{addresses.contribution_address(process, number)}#avis-{number}"


def _nonce(written: str) -> bytes:
    try:
        return unb64(written)
    except ValueError:
        return b""


def _count(written: str) -> int:
    return whole_number(written) or 0


def _numbers(written: str) -> list[int]:
    return [_count(part) for part in written.split(".")[:MOST_PASSED] if _count(part)]


def _written(passed: list[int]) -> str:
    return ".".join(str(number) for number in passed[-MOST_PASSED:])
