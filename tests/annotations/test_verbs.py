"""One comments on what is published, while comments are open; the register holds each comment, and what becomes of it."""

import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.annotations.actions import (
    Words,
    annotate,
    answer_discussion,
    extend_comments,
    finish,
    forget_author,
    hide,
    hide_author_name,
    open_comments,
    publish_version,
    remove,
    reply,
    restore,
    restore_author_name,
    withdraw_annotation,
)
from polyphonie.annotations.commitments import annotation_commitment, annotation_document, places_print
from polyphonie.annotations.models import Anchor, Annotation, Document
from polyphonie.annotations.queries import current_version
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing, writing_at
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.models import Entry
from polyphonie.notifications.models import Event
from polyphonie.processes.models import Act, ActKind, Process
from tests.annotations.texts import BLOCKS, FIRST, SECOND, THIRD, a_document, comment
from tests.concertations import a_person, a_process

pytestmark = pytest.mark.django_db(transaction=True)


class World:
    """A process, a commented text, two people."""

    def __init__(self) -> None:
        with writing() as now:
            self.process: Process = a_process(now=now)
            self.google: Account = a_person("Google France", on=now)
            self.camille: Account = a_person("Camille", on=now)
            self.document: Document = a_document(self.process, now=now)

    def says(self, words: str = "Une partie des contributeurs", **details: str) -> Annotation:
        with writing() as now:
            return comment(self.document, words, author=self.google, now=now, **details)

    def leaves(self, *kinds: str) -> list[dict[str, object]]:
        entries = Entry.objects.filter(log=self.process.log, kind__in=kinds).order_by("pk")
        return [json.loads(entry.leaf) for entry in entries]


@pytest.fixture
def world() -> World:
    return World()


def test_a_comment_keeps_its_passage_and_its_leaf_opens_to_its_words(world: World) -> None:
    said = world.says()
    anchor = Anchor.objects.get(annotation=said)
    assert (anchor.block, anchor.start, anchor.exact, anchor.prefix) == ("s1", 0, "Une partie des contributeurs", "")
    assert FIRST.startswith(anchor.exact + anchor.suffix)
    said = Annotation.objects.get(pk=said.pk)
    (leaf,) = world.leaves("annotation")
    assert leaf["object"] == "annotation/places/1"
    assert said.author_name == "Google France"
    assert leaf["cm"] == b64(annotation_commitment(annotation_document(said, anchor), bytes(said.salt or b"")))
    with writing() as now:
        answer = reply(said, words=Words("sans titre", "Ils sont 57."), author=world.camille, now=now)
    assert (answer.number, answer.title, answer.opening) == (2, "", said)
    assert [event.account for event in Event.objects.all()] == [world.google]


def test_one_comments_on_the_last_version_within_its_window_and_in_ones_own_name(world: World) -> None:
    version = current_version(world.document)
    assert version is not None
    words = Words("Titre", "Texte")
    world.document.refresh_from_db()
    closes_at = world.document.closes_at
    assert closes_at is not None
    said: list[str] = []

    def refused(at: datetime | None = None, **changed: object) -> None:
        asked = {"block": "s1", "start": 0, "end": 9, "words": words, "author": world.google, "speaks_for": None, **changed}
        with pytest.raises(Refused) as refusal, writing_at(at or timezone.now()) as now:
            annotate(version, **asked, now=now)  # type: ignore[arg-type]
        said.append(str(refusal.value))

    refused(at=closes_at)
    refused(start=4, end=4)
    refused(block="s9")
    refused(words=Words("", "Texte"))
    refused(words=Words("Titre", " \u202e "))
    refused(words=Words("Titre", "a" * 3001))
    Account.objects.filter(pk=world.google.pk).update(confirmed_on=None)
    refused(author=Account.objects.get(pk=world.google.pk))
    Account.objects.filter(pk=world.google.pk).update(confirmed_on=timezone.localdate())
    Process.objects.update(asks_consent=True)
    version.document.process.refresh_from_db()
    refused()
    Process.objects.update(asks_consent=False)
    version.document.process.refresh_from_db()
    with writing() as now:
        publish_version(world.document, BLOCKS, actor="rapporteur/1", now=now)
    refused()
    assert len(set(said)) == len(said) - 1
    assert Annotation.objects.count() == 0
    with writing_at(closes_at) as now:
        extend_comments(world.document, closes_at=now + timedelta(days=5), reason="Beaucoup de lecteurs.", actor="r/1", now=now)
        comment(world.document, "habitants", author=world.google, now=now)
    with pytest.raises(Refused), writing_at(closes_at) as now:
        extend_comments(world.document, closes_at=now, reason="Plus court.", actor="r/1", now=now)
    with writing_at(closes_at) as now, pytest.raises(Refused):
        open_comments(world.document, closes_at=now + timedelta(days=5), actor="r/1", now=now)


def test_the_next_version_carries_discussions_along_and_says_which_lost_their_passage(world: World) -> None:
    kept, moved, lost, whole = (
        world.says(),
        world.says("craignent que les lieux ne profitent", block="s2"),
        world.says("Une convention type", block="s3"),
        world.says("", block="s2"),
    )
    with writing() as now:
        answer_discussion(kept, "integrated", actor="rapporteur/1", now=now)
        answer_discussion(kept, "integrated", actor="rapporteur/1", now=now)
        second = publish_version(
            world.document,
            [
                {"key": "s2", "text": "Parfois, " + SECOND.lower()},
                {"key": "s1", "text": f"57 proposent : {FIRST}"},
                {"key": "s4", "text": "Tout autre chose."},
            ],
            actor="rapporteur/1",
            now=now,
        )
    places = {anchor.annotation_id: anchor for anchor in Anchor.objects.filter(version=second)}
    assert (places[kept.pk].start, places[kept.pk].exact) == (len("57 proposent : "), "Une partie des contributeurs")
    assert places[moved.pk].exact == "craignent que les lieux ne profitent"
    assert places[whole.pk].block == "s2"
    assert places[lost.pk].is_detached
    assert places[lost.pk].exact == "Une convention type"
    kept.refresh_from_db()
    assert kept.answered_in == second
    assert Act.objects.filter(kind=ActKind.ANSWERED).count() == 1
    (carried,) = (json.loads(act.document) for act in Act.objects.filter(kind=ActKind.CARRIED))
    assert (carried["version"], carried["discussions"], carried["detached"]) == (2, 4, 1)
    assert carried["places"] == b64(places_print([(anchor.annotation.number, anchor) for anchor in places.values()]))
    with writing() as now:
        third = publish_version(world.document, [*BLOCKS[:1], {"key": "s7", "text": THIRD}], actor="rapporteur/1", now=now)
    found = Anchor.objects.get(version=third, annotation=lost)
    assert (found.block, found.is_detached) == ("s7", False)  # its words are back
    kept.refresh_from_db()
    assert kept.answered_in == second


def test_an_answer_may_change_until_the_text_is_final_and_a_refusal_says_why(world: World) -> None:
    said = world.says()
    with pytest.raises(Refused), writing() as now:
        answer_discussion(said, "declined", reason="  ", actor="rapporteur/1", now=now)
    with writing() as now:
        answer_discussion(said, "noted", actor="rapporteur/1", now=now)
        answer_discussion(said, "declined", reason="Le nombre est dans le titre.", actor="rapporteur/2", now=now)
    assert [json.loads(act.document)["answer"] for act in Act.objects.filter(kind=ActKind.ANSWERED).order_by("pk")] == [
        "noted",
        "declined",
    ]
    assert Event.objects.filter(account=world.google).count() == 2
    with writing() as now:
        finish(world.document, now=now)
    said.document.refresh_from_db()
    with pytest.raises(Refused), writing() as now:
        answer_discussion(said, "noted", actor="rapporteur/1", now=now)
    with pytest.raises(Refused), writing() as now:
        comment(world.document, "", author=world.google, now=now)


def test_what_moderation_or_its_author_takes_away_leaves_no_words_and_says_so_in_the_register(world: World) -> None:
    hidden, taken_back, removed = world.says(), world.says(), world.says()
    with writing() as now:
        response = reply(hidden, words=Words(body="Bien dit."), author=world.camille, now=now)
        hide(response, ground="charter_abuse", actor="moderator/1", now=now)
    assert not Event.objects.exists()  # what waited to quote it is dropped
    with writing() as now:
        restore(response, actor="moderator/1", now=now)
        withdraw_annotation(taken_back, author=world.google, now=now)
        hide(removed, ground="unlawful_insult", actor="moderator/1", now=now)
        remove(removed, ground="unlawful_insult", actor="moderator/1", now=now)
        hide_author_name(hidden, ground="charter_passing_for", actor="moderator/1")
    for gone in (taken_back, removed):
        gone.refresh_from_db()
        assert (gone.title, gone.body, gone.author_name, gone.salt) == ("", "", "", None)
    assert [leaf["act"] for leaf in world.leaves("mod")] == ["hidden", "restored", "hidden", "removed", "name_hidden"]
    assert [leaf["ground"] for leaf in world.leaves("erase")] == ["author", "unlawful_insult"]
    with writing():
        restore_author_name(hidden, actor="moderator/1")
        assert hidden.author_name == "Google France"
        forget_author(hidden)
    assert hidden.author_name == ""
    assert hidden.body
    assert hidden.author_salt is None
    assert world.leaves("erase")[-1]["ground"] == "name"
    for act in (
        lambda now: withdraw_annotation(hidden, author=world.camille, now=now),
        lambda now: hide(taken_back, ground="charter_abuse", actor="moderator/1", now=now),
        lambda now: restore(removed, actor="moderator/1", now=now),
        lambda now: reply(taken_back, words=Words(body="Trop tard."), author=world.camille, now=now),
        lambda now: answer_discussion(taken_back, "noted", actor="rapporteur/1", now=now),
    ):
        with pytest.raises(Refused), writing() as now:
            act(now)


def test_a_version_is_made_of_paragraphs_with_keys_of_their_own_and_no_deceiving_character(world: World) -> None:
    for blocks in ([], [BLOCKS[0], BLOCKS[0]], [{"key": "", "text": "a"}], [{"key": "s1", "text": "a\u202eb"}]):
        with pytest.raises(Refused), writing() as now:
            publish_version(world.document, blocks, actor="rapporteur/1", now=now)
