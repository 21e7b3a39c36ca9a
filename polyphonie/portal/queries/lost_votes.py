"""Which votes of mine did a restore lose? Those whose published mark is mine, among the leaves that were set apart then."""

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import voter_secret
from polyphonie.consultation.queries.positions import my_votes_in
from polyphonie.contributions.models import Contribution
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.folder import lost_leaves
from polyphonie.ledger.keys import KeyMissing
from polyphonie.ledger.pseudonyms import nullifier
from polyphonie.processes.models import Consultation, Process


def votes_to_give_again(account: Account) -> list[Contribution]:
    """The texts on which the account's vote was published, then lost, and which can still be voted on; nothing is written.

    A vote that waited for its batch has no leaf: the notice on every page asks its voter again.
    """
    restored = Process.objects.exclude(incident_on=None).select_related("log").order_by("pk")
    if account.wrapped_secret is None or not restored:
        return []
    try:
        secret = voter_secret(account)
    except KeyMissing:
        return []
    return [text for process in restored for text in _lost_in(process, secret, account)]


def _lost_in(process: Process, secret: bytes, account: Account) -> list[Contribution]:
    marks: dict[int, set[str]] = {}
    for leaf in lost_leaves(process.log.origin):
        if leaf["kind"] == "vote":
            marks.setdefault(int(str(leaf["contribution"])), set()).add(str(leaf["nullifier"]))
    mine = [number for number, known in marks.items() if b64(nullifier(secret, process.slug, number)) in known]
    texts = Contribution.objects.filter(process=process, number__in=mine, consultation__state=Consultation.State.OPEN)
    found = texts.select_related("consultation__process", "process").order_by("number")
    return [text for text in found if text.is_visible and text.number not in my_votes_in(text.consultation, account)]
