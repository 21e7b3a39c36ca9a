"""Which words must be found nowhere? A town where the same text is hidden, masked, removed, taken back, waiting… word by word.

Each state has its proposal and its source, by a person of its own. Every word that must not be seen again is made of the state
and of the part: `zqhiddentitle`, `zqhiddenbody`, `zqhiddenurl`, `zqhiddenname`. Those of the state `shown` are to be seen: a
surface that shows nothing of them proves nothing by showing nothing of the others.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from polyphonie.accounts.actions import hide_name
from polyphonie.accounts.models import Account
from polyphonie.annotations import actions as annotations
from polyphonie.annotations.models import Annotation
from polyphonie.annotations.queries import current_version
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.agreeing import agree
from polyphonie.consultation.actions.drawing import draw_lists
from polyphonie.consultation.actions.moderating import mask_passage, refuse_submitted
from polyphonie.consultation.actions.voting import cast_vote
from polyphonie.contributions.actions import Text, hide_author_name, remove
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from polyphonie.moderation.actions import flag, hide_urgently, open_case
from polyphonie.moderation.models import Ground
from polyphonie.notifications.actions import follow
from polyphonie.notifications.queries import consultation_subject
from polyphonie.portal.actions import close_account_of
from polyphonie.processes.actions.progress import publish_progress
from polyphonie.processes.models import Consultation, Role
from polyphonie.processes.queries.people import acting_as
from tests import people
from tests.people import Town, a_citizen, a_town

TITLE, BODY, URL, NAME = PARTS = ("title", "body", "url", "name")
FACTS, WORDS = "facts", "words"
"""What a moderator writes to the author, and what who flagged it writes to the moderators."""

TELLING = "Planter des tournesols devant la gare"
"""The words that all these texts share: by them they are found, and near each other."""

MODERATOR = "moderator/1"
INSULT = Ground.UNLAWFUL_INSULT


def word(state: str, part: str) -> str:
    return f"zq{state}{part}"


@dataclass
class Canaries:
    """The town; by state its two texts, its author, and the parts that nobody else may see."""

    town: Town
    texts: dict[str, tuple[Contribution, Contribution]] = field(default_factory=dict)
    comments: dict[str, list[Annotation]] = field(default_factory=dict)
    """By state, a comment on a synthesis and a reply in the discussion of someone else."""
    authors: dict[str, Account] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    voter: Account = field(init=False)

    def __post_init__(self) -> None:
        self.voter = self.town.accounts[people.CITIZEN]

    def forbidden(self) -> list[str]:
        """Every word that must not be found."""
        return [word(state, part) for state, parts in AWAY.items() for part in parts]

    def numbers(self) -> dict[str, int]:
        """Each text by its state and kind, for the addresses that take a number."""
        return {
            f"{state} {kind}": text.number
            for state, both in self.texts.items()
            for kind, text in zip(("proposal", "source"), both, strict=True)
        }


def _again(text: Contribution) -> Contribution:
    return Contribution.objects.select_related("process", "consultation", "about", "author").get(pk=text.pk)


def _hidden(canaries: Canaries, text: Contribution, state: str, now: datetime) -> None:
    """Flagged by someone, hidden urgently by a moderator: neither what the one says nor the facts of the other are for all."""
    process = canaries.town.process
    canaries.codes.append(flag(process, contribution=text, ground=INSULT, words=word(state, WORDS), now=now).code)
    moderator = acting_as(canaries.town.accounts[Role.MODERATOR.value], process, Role.MODERATOR)
    assert moderator is not None
    case = open_case(process, contribution=text, now=now)
    hide_urgently(case, ground=INSULT, facts=f"Une insulte : {word(state, FACTS)}.", by=moderator, now=now)


def _masked(canaries: Canaries, text: Contribution, state: str, now: datetime) -> None:
    found = [word(state, part) for part in (TITLE, BODY, URL)]
    there = [one for one in found if one in f"{text.title}{text.body}{text.url}"]
    mask_passage(text, passages=there, ground="unlawful_data", actor=MODERATOR, now=now)


def _removed(canaries: Canaries, text: Contribution, state: str, now: datetime) -> None:
    remove(text, ground="unlawful_threat", actor=MODERATOR, now=now)


def _withdrawn(canaries: Canaries, text: Contribution, state: str, now: datetime) -> None:
    speaking.withdraw(text, account=canaries.authors[state], now=now)


def _nameless(canaries: Canaries, text: Contribution, state: str, now: datetime) -> None:
    hide_author_name(text, ground="charter_abuse", actor=MODERATOR)


def _refused(canaries: Canaries, text: Contribution, state: str, now: datetime) -> None:
    refuse_submitted(text, ground="charter_abuse", actor=MODERATOR, now=now)


def _left_alone(canaries: Canaries, text: Contribution, state: str, now: datetime) -> None:
    """What is done is done to its author, or nothing is."""


ACTS: dict[str, Callable[[Canaries, Contribution, str, datetime], None]] = {
    "shown": _left_alone,
    "hidden": _hidden,
    "masked": _masked,
    "removed": _removed,
    "withdrawn": _withdrawn,
    "nameless": _nameless,
    "erased": _left_alone,
    "left": _left_alone,
    "refused": _refused,
    "submitted": _left_alone,
}
AWAY: dict[str, tuple[str, ...]] = {
    "hidden": (*PARTS, FACTS, WORDS),
    "masked": (TITLE, BODY, URL),
    "removed": PARTS,
    "withdrawn": PARTS,
    "nameless": (NAME,),
    "erased": PARTS,
    "left": (NAME,),
    "refused": PARTS,
    "submitted": PARTS,
}
"""What others may see no more, by state: of a masked text its author's name stays, of one whose author left the words."""

DESTROYED = {"masked": (TITLE, BODY, URL), "removed": (TITLE, BODY, URL), "withdrawn": (TITLE, BODY, URL), "erased": PARTS}
"""What is left in no table at all; the rest may be shown again one day."""

AFTER_REVIEW = ("refused", "submitted")


def _hidden_comment(canaries: Canaries, comment: Annotation, state: str, now: datetime) -> None:
    annotations.hide(comment, ground=INSULT, actor=MODERATOR, now=now)


def _masked_comment(canaries: Canaries, comment: Annotation, state: str, now: datetime) -> None:
    for part in (TITLE, BODY):
        if word(state, part) in f"{comment.title} {comment.body}":
            annotations.mask_passage(comment, word(state, part), ground="unlawful_data", actor=MODERATOR, now=now)


def _removed_comment(canaries: Canaries, comment: Annotation, state: str, now: datetime) -> None:
    annotations.remove(comment, ground="unlawful_threat", actor=MODERATOR, now=now)


def _withdrawn_comment(canaries: Canaries, comment: Annotation, state: str, now: datetime) -> None:
    annotations.withdraw_annotation(comment, author=canaries.authors[state], now=now)


def _nameless_comment(canaries: Canaries, comment: Annotation, state: str, now: datetime) -> None:
    annotations.hide_author_name(comment, ground="charter_abuse", actor=MODERATOR)


COMMENT_ACTS: dict[str, Callable[[Canaries, Annotation, str, datetime], None]] = {
    "hidden": _hidden_comment,
    "masked": _masked_comment,
    "removed": _removed_comment,
    "withdrawn": _withdrawn_comment,
    "nameless": _nameless_comment,
}


def build() -> Canaries:
    """Publish them all, have them answered, voted on and told of, as on any day; `take_away` does the rest."""
    canaries = Canaries(a_town("fuites"))
    town = canaries.town
    for state in ACTS:
        if state not in AFTER_REVIEW:
            _speak(canaries, state)
    with writing() as now:
        draw_lists(town.consultation, now=now)
        cited = " ".join(f"#{proposal.number}" for proposal, _source in canaries.texts.values())
        publish_progress(town.process, title="Où en sommes-nous ?", body=cited, role=Role.ORGANISER, number=1, now=now)
    return canaries


def take_away(canaries: Canaries) -> None:
    """Hide, mask, remove, erase; then have two texts read before they appear."""
    town = canaries.town
    for state, both in canaries.texts.items():
        for text in both:
            with writing(lock=town.consultation) as now:
                ACTS[state](canaries, _again(text), state, now)
    for state, said in canaries.comments.items():
        for comment in said:
            if state in COMMENT_ACTS:
                with writing() as now:
                    COMMENT_ACTS[state](canaries, comment, state, now)
    with writing() as now:
        hide_name(canaries.authors["nameless"], ground="charter_abuse", now=now)
    for state, removes in (("erased", True), ("left", False)):
        with writing() as now:
            close_account_of(canaries.authors[state], removes_texts=removes, withdraws_votes=False, now=now)
    until = timezone.now() + timedelta(hours=70)
    Consultation.objects.filter(pk=town.consultation.pk).update(review_until=until, review_reason="Une rafale.")
    town.consultation.refresh_from_db()
    for state in AFTER_REVIEW:
        _speak(canaries, state)
        for text in canaries.texts[state]:
            with writing(lock=town.consultation) as now:
                ACTS[state](canaries, _again(text), state, now)


def _speak(canaries: Canaries, state: str) -> None:
    """A proposal in two versions and a source by someone new; answered and voted on, when that can be."""
    town = canaries.town
    author = canaries.authors[state] = a_citizen(f"Zora {word(state, NAME)}")
    Account.objects.filter(pk=author.pk).update(is_listed=True)
    with writing() as now:
        agree(author, town.process, now=now)
    words = Text(f"{TELLING}, {word(state, TITLE)}", f"Des tournesols, {word(state, BODY)}, tout l’été.")
    source = Text(f"Un relevé de tournesols {word(state, TITLE)}", word(state, BODY), f"https://exemple.fr/{word(state, URL)}")
    with writing(lock=town.consultation) as now:
        proposal = speaking.propose(town.consultation, words, account=author, now=now)
        brought = speaking.add_source(_again(town.others_proposal), source, account=author, now=now)
    canaries.texts[state] = (proposal, brought)
    if state in AFTER_REVIEW:  # a comment is not read before it appears
        return
    canaries.comments[state] = _comment(canaries, state, author)
    changed = Text(words.title, f"{words.body} Et du lin.")
    with writing(lock=town.consultation) as now:
        speaking.revise(_again(proposal), changed, account=author, now=now)
        answer = Text("", "Les abeilles viendront.")
        speaking.argue(_again(proposal), answer, side="for", account=canaries.voter, now=now)
        follow(canaries.voter, consultation_subject(town.process.slug, town.consultation.slug))
    with writing(lock=town.consultation) as now:
        cast_vote(_again(proposal), account=canaries.voter, position=1, nonce=os.urandom(16), after=0, revision=2, now=now)


def _comment(canaries: Canaries, state: str, author: Account) -> list[Annotation]:
    """What they say of the synthesis of the town: a comment, to which the voter replies, and a reply to someone else."""
    town = canaries.town
    there = Annotation.objects.select_related("document__process__log").get(
        document__slug=town.closed.slug, number=town.discussions["answered"]
    )
    version = current_version(there.document)
    assert version is not None
    words = annotations.Words(f"{TELLING}, {word(state, TITLE)}", f"Des tournesols, {word(state, BODY)}.")
    with writing() as now:
        said = annotations.annotate(version, block="trottoirs", start=0, end=10, words=words, author=author, now=now)
        annotations.reply(said, words=annotations.Words(body="Et alors ?"), author=canaries.voter, now=now)
        answer = annotations.reply(there, words=words, author=author, now=now)
    town.discussions[f"{state} comment"], town.discussions[f"{state} reply"] = said.number, answer.number
    return [said, answer]
