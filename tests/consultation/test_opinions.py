"""The opinions of a consultation are analysed once, after its close, and shown with what they are worth."""

import os
import random
import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from polyphonie.accounts.actions import change_settings
from polyphonie.accounts.voter_secret import voter_secret
from polyphonie.consultation import tasks
from polyphonie.consultation.models import OpinionAnalysis, Vote
from polyphonie.consultation.queries.opinions import due_for_analysis, published_positions, unplaced_voters
from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.storage.sole import the_only_one
from polyphonie.core.writing import writing
from polyphonie.ledger.keys import KeyMissing
from polyphonie.ledger.pseudonyms import voter_pseudonym
from polyphonie.opinion.apart import COMPUTATION, Failed, Stopped
from polyphonie.processes.models import Consultation
from tests.consultation.analysed import with_groups, without_groups
from tests.consultation.electorate import a_proposal, an_account

pytestmark = pytest.mark.django_db
TEXTS, VOTERS = 12, 160


def with_votes(consultation, voters=VOTERS):
    """Two halves who say the contrary of each other on most texts, as batches published them, and the close."""
    draw = random.Random(4)
    texts = [a_proposal(consultation, f"Proposition {rank}") for rank in range(TEXTS)]
    rows = []
    for voter in range(voters):
        for rank, text in enumerate(texts):
            side = 1 if rank < 2 or (voter % 2 == rank % 2) else -1
            position = side if draw.random() < 0.75 else draw.choice([-1, 0, 1])
            rows.append(a_published_vote(consultation, text, voter, position))
    Vote.objects.bulk_create(rows)
    Consultation.objects.filter(pk=consultation.pk).update(state=Consultation.State.CLOSED)
    consultation.refresh_from_db()
    return texts


def a_published_vote(consultation, text, voter, position):
    one = {
        "seq": 1,
        "position": position,
        "revision": 1,
        "leaf_revision": 1,
        "salt": b"s",
        "nonce": b"n",
        "leaf_hash": os.urandom(32),
        "published_seq": 1,
        "published_position": position,
        "published_revision": 1,
    }
    return Vote(consultation=consultation, contribution=text, voter=voter.to_bytes(16, "big"), is_waiting=False, **one)


def page(consultation):
    address = f"/{consultation.process.slug}/consultations/{consultation.slug}/opinions/"
    return Client(headers={"accept-language": "fr"}).get(address).content.decode()


def test_they_are_analysed_once_after_the_close_in_another_process_and_shown(consultation):
    assert "après la clôture" in page(consultation)
    assert tasks.analyse_opinions() == 0
    texts = with_votes(consultation)
    assert "attend son tour" in page(consultation)
    with the_only_one(COMPUTATION):
        assert tasks.analyse_opinions() == 0, "another process is at it"
    assert tasks.analyse_opinions() == 1
    assert tasks.analyse_opinions() == 0
    found = OpinionAnalysis.objects.get()
    assert found.result["verdict"] == "groups"
    assert [group["voters"] for group in found.result["groups"]] == [80, 80]
    shown = page(consultation)
    for words in (
        "2\xa0groupes d’opinion se distinguent",
        "non vérifiable",
        "ne sont pas la population",
        "Stabilité",
        "Groupe\xa0A",
    ):
        assert words in shown.replace("\u202f", "\xa0").replace("2 groupes", "2\xa0groupes").replace("Groupe A", "Groupe\xa0A")
    drawn = [int(number) for number in re.findall(r'text-anchor="middle">(\d+)<', shown)]
    assert drawn
    assert min(drawn) >= 10
    Contribution.objects.filter(pk=texts[0].pk).update(status=Status.HIDDEN)
    again = page(consultation)
    assert "Proposition 0" not in again
    assert f"#{texts[0].number}" in again


def test_no_voter_key_is_in_what_is_kept_or_shown(consultation):
    with_votes(consultation)
    with patch.object(tasks, "computed", return_value={"verdict": "too_few"}) as asked:
        tasks.analyse_opinions()
    voters = {voter for voter, _number, _position in published_positions(consultation)}
    assert len(voters) == VOTERS
    assert asked.call_args.args[1] == sorted(asked.call_args.args[1])


def test_under_forty_voters_nothing_is_computed(consultation):
    with_votes(consultation, voters=39)
    with patch.object(tasks, "computed", side_effect=AssertionError):
        assert tasks.analyse_opinions() == 1
    assert OpinionAnalysis.objects.get().result == {"verdict": "too_few", "voters": 39}
    assert "Trop peu de personnes" in page(consultation)


def test_a_failure_is_tried_again_an_hour_later(consultation, caplog):
    with_votes(consultation)
    with patch.object(tasks, "computed", side_effect=Failed("…")):
        tasks.analyse_opinions()
    assert "n’a pas abouti" in page(consultation)
    now = timezone.now()
    assert due_for_analysis(now=now) == []
    assert due_for_analysis(now=now + timedelta(minutes=61)) == [consultation]
    assert "tried again" in caplog.text


def test_a_computation_that_ends_with_its_server_is_no_failure(consultation):
    with_votes(consultation)
    with patch.object(tasks, "computed", side_effect=Stopped("analysis")):
        assert tasks.analyse_opinions() == 0
    assert due_for_analysis(now=timezone.now()) == [consultation]
    assert "attend son tour" in page(consultation)


def test_only_published_votes_on_the_present_words_of_a_shown_text_enter(consultation):
    texts = with_votes(consultation, voters=3)
    Vote.objects.filter(contribution=texts[0]).update(published_revision=2)
    Vote.objects.filter(contribution=texts[1]).update(published_position=None)
    Contribution.objects.filter(pk=texts[2].pk).update(status=Status.HIDDEN)
    told = {number for _voter, number, _position in published_positions(consultation)}
    assert told == {text.number for text in texts[3:]}


def test_without_groups_the_page_says_so_plainly(consultation):
    texts = with_votes(consultation, voters=1)
    OpinionAnalysis.objects.create(consultation=consultation, computed_at=timezone.now(), result=without_groups(texts[0].number))
    shown = page(consultation)
    assert "Pas de groupes d’opinion nets." in shown
    assert "en annoncer serait les inventer" in shown
    assert '<h2 id="table">' not in shown
    OpinionAnalysis.objects.update(result=with_groups(texts[0].number))
    assert "des habitudes plus que des opinions" in page(consultation)


def test_whoever_asked_to_be_counted_and_not_placed_is_left_out_by_the_computation_alone(consultation):
    with_votes(consultation)
    person = an_account("Inès")
    as_before = {"name": "Inès", "category": "", "territory": "", "is_listed": False, "language": "fr"}
    with writing() as now:
        change_settings(person, **as_before, is_off_the_map=True, now=now)
    before = {model: model.objects.count() for model in apps.get_models()}
    with patch.object(tasks, "computed", return_value={"verdict": "too_few"}) as asked:
        tasks.analyse_opinions()
    mine = voter_pseudonym(voter_secret(person), consultation.process.slug, consultation.slug)
    assert asked.call_args.kwargs["unplaced"] == [mine]
    assert unplaced_voters(consultation, until=person.off_the_map_on - timedelta(days=1)) == []
    after = {model: model.objects.count() for model in apps.get_models()}
    assert {model for model in after if after[model] != before[model]} == {OpinionAnalysis}, "no row says whose votes these are"
    with writing() as now:
        change_settings(person, **as_before, now=now)
        assert person.off_the_map_on is not None, "what is not said does not change"
        change_settings(person, **as_before, is_off_the_map=False, now=now)
    assert unplaced_voters(consultation) == []


def test_without_the_voter_key_nobody_who_asked_is_placed_by_mistake(consultation):
    with_votes(consultation)
    with patch.object(tasks, "unplaced_voters", side_effect=KeyMissing("…")), patch.object(tasks, "computed") as asked:
        tasks.analyse_opinions()
    assert not asked.called
    assert OpinionAnalysis.objects.get().result == {}, "tried again in an hour"
