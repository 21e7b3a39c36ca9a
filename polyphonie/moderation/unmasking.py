"""What can be given back of a masked passage? What finds its place by itself, and what its author is offered to put back."""

from dataclasses import dataclass, replace

from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.consultation.rules import speak_refusal
from polyphonie.contributions.actions import Text
from polyphonie.contributions.masking import Taken, given_back, holds, masked, text_of
from polyphonie.contributions.models import Status
from polyphonie.moderation.models import Act, Decision, SealedText
from polyphonie.moderation.queries import about


def returnable(restriction: Decision, sealed: SealedText) -> list[Taken]:
    """What a mask took and has not given back, without the words that another mask in force took too."""
    others = _other_masks(restriction)
    return [replace(one, words=_covered(one.words, others)) for one in passages_of(sealed)]


def passages_of(sealed: SealedText) -> list[Taken]:
    return [Taken(**one) for one in sealed.taken]


def _other_masks(restriction: Decision) -> list[Taken]:
    kept = SealedText.objects.filter(decision__in=Decision.objects.filter(about(restriction), act=Act.MASKED, ended_at=None))
    return [one for sealed in kept.exclude(decision=restriction).order_by("pk") for one in passages_of(sealed)]


def _covered(words: str, masks: list[Taken]) -> str:
    for one in masks:
        words = masked(Text(body=words), [one.words], words=one.mask).body
    return words


@dataclass(frozen=True)
class Prospect:
    """If a mask is undone now: how many passages go back where they were, and how many have no place any more."""

    found: int
    lost: int


def prospect(restriction: Decision) -> Prospect | None:
    """What undoing a mask would do, for who decides; None of anything else, or when the words are not kept any more."""
    sealed, text = restriction.sealed_or_none, restriction.text
    if restriction.act != Act.MASKED or restriction.ended_at is not None or sealed is None or text is None:
        return None
    passages = returnable(restriction, sealed)
    _words, lost = given_back(text_of(text), passages)
    return Prospect(len(passages) - len(lost), len(lost))


@dataclass(frozen=True)
class Offer:
    """Passages that an undone mask could not put back: the words, and the text with their lines at its end, for its author to
    publish as it is or to change; `refusal` says why it cannot be changed now."""

    words: list[str]
    text: Text
    refusal: str | None


def offer(restriction: Decision, author: Account) -> Offer | None:
    """What the author of a text is offered once a mask on it is undone; None when nothing is left to put back."""
    sealed, text = restriction.sealed_or_none, restriction.contribution
    if restriction.act != Act.MASKED or restriction.ended_at is None or sealed is None or text is None:
        return None
    if text.status != Status.PUBLISHED or text.author_id != author.pk:
        return None
    present, others = text_of(text), _other_masks(restriction)
    missing = [one for one in returnable(restriction, sealed) if not holds(present, [one.words])]
    if not missing:
        return None
    lines = list(dict.fromkeys(_covered(_line_of(sealed, one), others) for one in missing if one.field != "url" or present.url))
    address = next((one.words for one in missing if one.field == "url"), "")
    proposed = replace(present, body="\n\n".join([present.body, *lines]).strip(), url=present.url or address)
    refusal = speak_refusal(text.consultation, account=author, now=timezone.now())
    return Offer([one.words for one in missing], proposed, refusal)


def _line_of(sealed: SealedText, passage: Taken) -> str:
    """The line of the text before that held a passage: alone it would not be understood."""
    lines = getattr(sealed, passage.field).splitlines()
    return next((line.strip() for line in lines if holds(Text(body=line), [passage.words])), passage.words)
