"""At the same instant: two publications, one and a comment, a hiding or an answer, two answers: nothing is half-written."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from polyphonie.annotations.actions import Words, annotate, answer_discussion
from polyphonie.annotations.commitments import places_print
from polyphonie.annotations.models import Anchor, Annotation, Document, DocumentVersion
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.models import Entry
from polyphonie.moderation.models import Ground
from polyphonie.processes.models import Act, ActKind
from polyphonie.synthesis.actions.publishing import publish_version
from polyphonie.synthesis.actions.writing import lock_of
from polyphonie.synthesis.dataset import SYNTHESES
from polyphonie.synthesis.models import PublishedCitation, Synthesis, SynthesisVersion
from tests import concertations
from tests.consultation.test_races import together
from tests.synthesis.drafts import Scene, a_published

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 3


def tried(act: Callable[[Any], object], *, lock: Any) -> Callable[[], str]:
    """One request: its own transaction, its own clock; what became of it."""

    def run() -> str:
        try:
            with writing(lock=lock) as now:
                act(now)
        except Refused as refused:
            return refused.reason
        return "done"

    return run


def publication(scene: Scene) -> Callable[[], str]:
    synthesis = Synthesis.objects.get(pk=scene.synthesis.pk)
    return tried(
        lambda now: publish_version(synthesis, closes_at=None, actor="rapporteur/1", now=now), lock=lock_of(scene.consultation)
    )


def a_new_draft(scene: Scene, words: str) -> None:
    scene.now = timezone.now()
    scene.write("lien", words, topic="arbres")
    scene.read()


def document_of(scene: Scene) -> Document:
    return Document.objects.select_related("process__log").get(pk=scene.synthesis.document_id)


def commenting(scene: Scene, begun: threading.Event | None = None) -> Callable[[], str]:
    """With `begun`, it says when it is written, and is slow to end."""

    def act(now: Any) -> None:
        document = document_of(scene)
        version = DocumentVersion.objects.select_related("document__process__log").get(
            document=document, number=document.versions.count()
        )
        annotate(version, block="accord", words=Words("Qui ?", "Dites-en plus."), author=scene.author, now=now)
        if begun is not None:
            begun.set()
            time.sleep(0.8)

    return tried(act, lock=document_of(scene))


def answering(scene: Scene, number: int, answer: str) -> Callable[[], str]:
    def act(now: Any) -> None:
        discussion = Annotation.objects.select_related("document__process__log").get(
            document=scene.synthesis.document_id, number=number
        )
        answer_discussion(discussion, answer, reason=f"Parce que {answer}.", actor="rapporteur/1", now=now)

    return tried(act, lock=document_of(scene))


def assert_whole(scene: Scene) -> int:
    """Each version has its leaf and its citations; each discussion stands in each version since it was written, and the register
    says where. How many things were looked at."""
    versions = list(SynthesisVersion.objects.filter(synthesis=scene.synthesis).order_by("number"))
    assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    assert Entry.objects.filter(log=scene.process.log, leaf__contains='"state":"syn_published"').count() == len(versions)
    told = {(one["document"], one["version"]): one for one in map(carried, Act.objects.filter(kind=ActKind.CARRIED))}
    seen = 0
    for version in versions:
        said = [one for statement in version.content["statements"] for one in statement["citations"]]
        assert PublishedCitation.objects.filter(version=version).count() == len(said)
        discussions = Annotation.objects.filter(
            document=scene.synthesis.document_id, discussion=None, written_on__number__lte=version.number
        )
        anchors = Anchor.objects.filter(version=version.document_version).select_related("annotation__written_on", "version")
        assert anchors.count() == discussions.count(), f"version {version.number}"
        brought = [(one.annotation.number, one) for one in anchors if one.annotation.written_on_id != one.version_id]
        place = told.get((scene.synthesis.document.slug, version.number))
        assert (place is not None) == bool(brought)
        assert place is None or place["places"] == b64(places_print(brought))
        seen += 2 + len(brought)
    return seen


def carried(act: Act) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(act.document)
    return found


def test_of_two_publications_at_once_one_is_made_whole() -> None:
    scene = a_published()
    outcomes: Counter[str] = Counter()
    for rank in range(ROUNDS):
        a_new_draft(scene, f"Une idée domine, {rank}.")
        outcomes.update(together([publication(scene), publication(scene)]))
        assert_whole(scene)
    assert (outcomes["done"], sum(outcomes.values())) == (ROUNDS, 2 * ROUNDS)
    print(f"{connection.vendor}: {ROUNDS} rounds of two publications, {dict(outcomes)}, 0 half-written")


def test_a_comment_and_an_answer_given_while_a_version_appears_are_in_it_or_after_it() -> None:
    scene = a_published()
    scene.comment("accord")
    seen = 0
    outcomes: Counter[str] = Counter()
    for rank in range(ROUNDS):
        a_new_draft(scene, f"Une idée domine, {rank}.")
        acts = [publication(scene), commenting(scene), answering(scene, 1, ("noted", "declined", "integrated")[rank % 3])]
        outcomes.update(together(acts))
        seen += assert_whole(scene)
    assert outcomes["done"] >= 2 * ROUNDS, "a comment alone may come too late, and be told so"
    begun, publish = threading.Event(), publication(scene)
    a_new_draft(scene, "Une idée domine, enfin.")
    assert together([commenting(scene, begun), lambda: begun.wait(30) and publish()]) == ["done", "done"]
    seen += assert_whole(scene)
    print(f"{connection.vendor}: {seen} places and versions looked at, {dict(outcomes)}, 0 half-written")


def test_of_two_answers_at_once_the_one_that_is_shown_is_the_last_of_the_register() -> None:
    scene = a_published()
    comment = scene.comment("accord")
    for _round in range(ROUNDS):
        assert together([answering(scene, 1, "noted"), answering(scene, 1, "declined")]) == ["done", "done"]
        comment.refresh_from_db()
        acts = [carried(act) for act in Act.objects.filter(kind=ActKind.ANSWERED).order_by("pk")]
        assert (comment.answer, comment.answer_reason) == (acts[-1]["answer"], acts[-1]["reason"])


def test_a_contribution_hidden_while_a_version_quotes_it_gives_no_word_to_it() -> None:
    scene = a_published()
    a_new_draft(scene, "Une idée domine, encore.")

    def hiding() -> str:
        with writing() as now:
            concertations.hide_by_moderation(scene.one, ground=Ground.UNLAWFUL_DATA, facts="Un nom.", now=now)
        return "done"

    outcomes = together([publication(scene), hiding])
    assert outcomes[1] == "done"
    assert_whole(scene)
    for row in SYNTHESES.checked_rows(scene.process):
        assert "tilleuls" not in str(row)
    print(f"{connection.vendor}: {outcomes[0]!r} beside a hiding, 0 words of what was hidden")


def test_at_the_closing_second_a_comment_is_in_time_or_refused_and_never_half() -> None:
    scene = a_published()
    closes_at = timezone.now() + timedelta(seconds=0.5)
    Document.objects.filter(pk=scene.synthesis.document_id).update(closes_at=closes_at)
    late = early = 0
    while timezone.now() < closes_at + timedelta(seconds=0.3):
        for outcome in together([commenting(scene) for _person in range(4)]):
            early, late = early + (outcome == "done"), late + (outcome != "done")
    written = Annotation.objects.filter(document=scene.synthesis.document_id)
    assert all(one.published_at < closes_at for one in written)
    assert written.count() == early == Entry.objects.filter(log=scene.process.log, kind="annotation").count()
    assert late
    assert_whole(scene)
    print(f"{connection.vendor}: {early} comments in time, {late} refused, none half-written")
