"""How did I vote? Someone's own positions, found through the account's pseudonym and kept nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import voter_secret
from polyphonie.consultation.models import Vote
from polyphonie.contributions.models import Contribution
from polyphonie.contributions.queries import Face
from polyphonie.core.refusal import Refused
from polyphonie.core.storage.prepared import Prepared
from polyphonie.ledger.keys import KeyMissing
from polyphonie.ledger.pseudonyms import voter_pseudonym
from polyphonie.processes.models import Consultation


@dataclass(frozen=True)
class MyVote:
    """Where one's own vote on a text stands. `position` is empty once withdrawn; `seq` is what a form sends back as `after`."""

    number: int
    position: int | None
    seq: int
    revision: int
    is_asked_again: bool
    is_waiting: bool


NO_VOTE_SEQ = 0

_FIELDS = ("contribution_id", "position", "seq", "revision", "is_waiting", "waits_for_close")
_rows = Prepared(
    lambda voter, texts: Vote.objects.filter(voter=voter, contribution__in=texts).order_by("pk").values_list(*_FIELDS)
)


def my_positions(account: Account | None, contributions: Iterable[Contribution]) -> dict[int, MyVote]:
    """The account's votes on these texts by number, in one query when they are of one consultation (at most two to find slugs).

    Empty for a visitor, an account without a secret, or when the voter key is missing.
    """
    texts = {text.pk: text for text in contributions if text.is_votable}
    secret = _secret(account)
    if not texts or secret is None:
        return {}
    voters = [
        voter_pseudonym(secret, consultation.process.slug, consultation.slug)
        for consultation in _consultations_of(list(texts.values()))
    ]
    votes = Vote.objects.filter(voter__in=voters, contribution__in=list(texts))
    return {texts[vote.contribution_id].number: _mine(vote, texts[vote.contribution_id]) for vote in votes.order_by()}


def my_positions_in(consultation: Consultation, account: Account, proposals: Iterable[Face | Contribution]) -> dict[int, MyVote]:
    """The same for one page of a consultation's list: one query, whatever was voted."""
    shown = {face.pk: face for face in proposals}
    secret = _secret(account)
    if not shown or secret is None:
        return {}
    voter = voter_pseudonym(secret, consultation.process.slug, consultation.slug)
    rows = _rows(voter=voter, texts=list(shown))
    mine = {}
    for key, position, seq, revision, is_waiting, waits_for_close in rows:
        face = shown[key]
        mine[face.number] = MyVote(
            number=face.number,
            position=position,
            seq=seq,
            revision=revision,
            is_asked_again=position is not None and revision != face.revision,
            is_waiting=is_waiting or waits_for_close,
        )
    return mine


def my_votes(account: Account) -> list[tuple[Consultation, list[tuple[Contribution, MyVote]]]]:
    """Every vote of the account, withdrawn ones left out, by consultation and number; recomputed on the spot, in two queries.
    Raises Refused without the voter key: to show none would say that nobody voted."""
    secret = _secret(account)
    if secret is None:
        if account.wrapped_secret is not None:
            raise Refused(
                _("Your votes cannot be found: a key of this site is missing. They stand; the site’s operator must restore it."),
                status=HTTPStatus.SERVICE_UNAVAILABLE,
            )
        return []
    consultations = Consultation.objects.filter(is_imported=False).exclude(state=Consultation.State.DRAFT)
    voters = [
        voter_pseudonym(secret, process, slug) for process, slug in consultations.order_by().values_list("process__slug", "slug")
    ]
    votes = (
        Vote.objects.filter(voter__in=voters, position__isnull=False)
        .select_related("contribution__consultation__process")
        .order_by("contribution__consultation__process_id", "contribution__consultation_id", "contribution__number")
    )
    return [
        (consultation, [(vote.contribution, _mine(vote, vote.contribution)) for vote in mine])
        for consultation, mine in groupby(votes, key=lambda vote: vote.contribution.consultation)
    ]


def my_votes_in(consultation: Consultation, account: Account) -> dict[int, MyVote]:
    """The account's votes in one consultation by number, withdrawn ones too; in one query."""
    secret = _secret(account)
    if secret is None:
        return {}
    voter = voter_pseudonym(secret, consultation.process.slug, consultation.slug)
    votes = Vote.objects.filter(voter=voter, contribution__consultation=consultation).select_related("contribution")
    return {vote.contribution.number: _mine(vote, vote.contribution) for vote in votes.order_by()}


def _secret(account: Account | None) -> bytes | None:
    if account is None or account.wrapped_secret is None:
        return None
    try:
        return voter_secret(account)
    except KeyMissing:
        return None


def _consultations_of(texts: list[Contribution]) -> list[Consultation]:
    """Those the page has in hand cost nothing; the others are read together."""
    in_hand = {
        text.consultation_id: text.consultation
        for text in texts
        if Contribution.consultation.is_cached(text) and Consultation.process.is_cached(text.consultation)
    }
    missing = {text.consultation_id for text in texts} - set(in_hand)
    found = Consultation.objects.select_related("process").filter(pk__in=missing).order_by("pk") if missing else []
    return [*in_hand.values(), *found]


def _mine(vote: Vote, text: Contribution) -> MyVote:
    return MyVote(
        number=text.number,
        position=vote.position,
        seq=vote.seq,
        revision=vote.revision,
        is_asked_again=vote.position is not None and vote.revision != text.revision,
        is_waiting=vote.is_waiting or vote.waits_for_close,
    )
