"""Every order shown is the one its published formula gives, text by text, and votes move it only at a batch."""

import hashlib
import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.consultation.actions.batches import seal_batch
from polyphonie.consultation.actions.counting import rank_lists
from polyphonie.consultation.actions.drawing import draw_lists
from polyphonie.consultation.actions.speaking import argue, propose
from polyphonie.consultation.listing import DEFAULT_ORDER, DISCOVER, DIVISIVE, ORDERS, SUPPORTED, draw
from polyphonie.consultation.queries.lists import arguments, in_order, page_of, to_answer
from polyphonie.consultation.queries.recount import differences
from polyphonie.contributions.actions import Text, hide
from polyphonie.contributions.models import UNDRAWN, Contribution, Kind, Side
from polyphonie.core.writing import writing_at
from polyphonie.ledger.canonical import b64
from polyphonie.opinion.formulae import polarisation_key, wilson_lower_key
from polyphonie.processes.models import Consultation
from tests.consultation.electorate import (
    NOON,
    OPENING,
    a_proposal,
    a_voice,
    accounts,
    act,
    an_account,
    an_open_consultation,
    vote,
)

pytestmark = pytest.mark.django_db
TEXTS = 25


@pytest.fixture
def consultation():
    """Texts with all sorts of counters, many alike so that ties count."""
    chance = random.Random(2014)
    consultation = an_open_consultation()
    for rank in range(TEXTS):
        text = a_proposal(consultation, f"Proposition {rank}")
        text.agree, text.mixed, text.disagree = (chance.choice([0, 0, 1, 2, 5, 9, 40]) for _ in range(3))
        text.arguments_for, text.arguments_against = chance.randrange(4), chance.randrange(4)
        text.save()
    with writing_at(NOON) as now:
        rank_lists(consultation)
        draw_lists(consultation, now=now)
    consultation.refresh_from_db()
    return consultation


def texts_of(consultation):
    return Contribution.objects.filter(consultation=consultation)


def shown(consultation, order):
    texts = []
    first = page_of(consultation, order=order)
    for number in range(1, first.pages + 1):
        texts += in_order([face.pk for face in page_of(consultation, order=order, number=number).faces])
    return texts


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_the_order_of_the_pages_is_the_one_recomputed_from_published_facts(consultation, order):
    texts = shown(consultation, order)
    assert len(texts) == len({text.number for text in texts}) == TEXTS
    assert [text.number for text in texts] == [
        text.number for text in sorted(texts, key=lambda text: order.key_of(text, consultation))
    ]
    assert len({order.key_of(text, consultation) for text in texts}) == TEXTS, "ties go by number: no two keys are alike"


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_every_order_says_its_rule_and_its_formula(order):
    assert str(order.label)
    assert str(order.rule).endswith(".")
    assert order.formula


def test_the_default_order_shows_first_what_the_fewest_have_voted_on(consultation):
    assert DEFAULT_ORDER is DISCOVER
    voters = [text.votes for text in shown(consultation, DISCOVER)]
    assert voters == sorted(voters)
    assert voters[0] < voters[-1]


def test_the_draw_is_the_published_hash(consultation):
    text = texts_of(consultation).order_by("number").first()
    day = timezone.localdate(NOON)
    recomputed = hashlib.sha256(
        f'["draw/v1","{b64(bytes(consultation.config_leaf))}","{day.isoformat()}",{text.number}]'.encode()
    ).hexdigest()
    assert text.order_draw == int(recomputed[:15], 16) == draw(bytes(consultation.config_leaf), day, text.number)
    assert consultation.drawn_on == day


def test_another_day_another_leaf_and_another_number_draw_otherwise(consultation):
    day = timezone.localdate(NOON)
    leaf = bytes(consultation.config_leaf)
    draws = {draw(leaf, day, 1), draw(leaf, day, 2), draw(leaf, day + timedelta(days=1), 1), draw(b"another", day, 1)}
    assert len(draws) == 4


def test_lists_are_drawn_anew_each_day_in_legal_time_and_only_while_open(consultation):
    with writing_at(NOON + timedelta(hours=1)) as now:
        assert draw_lists(consultation, now=now) == 0
    midnight = NOON.replace(hour=23, minute=0)  # midnight in Paris
    with writing_at(midnight) as now:
        assert draw_lists(consultation, now=now) == TEXTS
    assert consultation.drawn_on == timezone.localdate(NOON) + timedelta(days=1)
    consultation.state = "closed"
    consultation.save()
    with writing_at(midnight + timedelta(days=3)) as now:
        assert draw_lists(consultation, now=now) == 0


def test_a_new_text_takes_its_place_in_the_draw_of_the_day(consultation):
    author = an_account()
    with writing_at(NOON) as now:
        proposal = propose(consultation, Text(title="Un préau", body="Contre la pluie."), account=author, now=now)
        argument = argue(proposal, Text(body="Oui."), side="for", account=author, now=now)
    leaf = bytes(consultation.config_leaf)
    for text in (proposal, argument):
        stored = Contribution.objects.get(pk=text.pk).order_draw
        assert stored == draw(leaf, consultation.drawn_on, text.number) != UNDRAWN
    texts = shown(consultation, DISCOVER)
    assert [text.number for text in texts] == [
        text.number for text in sorted(texts, key=lambda text: DISCOVER.key_of(text, consultation))
    ]


def test_before_the_first_draw_equals_go_by_number():
    consultation = an_open_consultation()
    numbers = [a_proposal(consultation, f"P{rank}").number for rank in range(5)]
    assert [text.number for text in shown(consultation, DISCOVER)] == numbers


def test_support_and_division_are_the_published_formulae(consultation):
    for text in texts_of(consultation):
        assert text.order_voters == text.votes
        assert text.order_supported == wilson_lower_key(text.agree, text.votes)
        assert text.order_divisive == (-1 if text.votes < 10 else polarisation_key(text.agree, text.mixed, text.disagree))


def test_under_ten_votes_a_text_is_not_ranked_by_division(consultation):
    few, enough = texts_of(consultation).order_by("number")[:2]
    Contribution.objects.filter(pk=few.pk).update(agree=4, mixed=0, disagree=5)
    Contribution.objects.filter(pk=enough.pk).update(agree=5, mixed=0, disagree=5)
    with writing_at(NOON):
        rank_lists(consultation)
    texts = [text.number for text in shown(consultation, DIVISIVE)]
    assert texts[0] == enough.number
    assert texts.index(few.number) > 0
    few.refresh_from_db()
    assert few.order_divisive == -1


def test_many_votes_outrank_a_few_at_the_same_share(consultation):
    few, many = texts_of(consultation).order_by("number")[:2]
    Contribution.objects.filter(pk=few.pk).update(agree=3, mixed=0, disagree=0)
    Contribution.objects.filter(pk=many.pk).update(agree=300, mixed=0, disagree=3)
    with writing_at(NOON):
        rank_lists(consultation)
    assert shown(consultation, SUPPORTED)[0].number == many.number


def test_an_imported_consultation_is_ordered_by_the_votes_taken_over(consultation):
    text = texts_of(consultation).order_by("number").first()
    Contribution.objects.filter(pk=text.pk).update(imported_agree=80, imported_mixed=1)
    consultation.is_imported = True
    consultation.save()
    with writing_at(NOON):
        rank_lists(consultation)
    text.refresh_from_db()
    assert (text.order_voters, text.order_supported) == (81, wilson_lower_key(80, 81))
    for order in ORDERS.values():
        texts = shown(consultation, order)
        assert texts == sorted(texts, key=lambda one: order.key_of(one, consultation))


def test_votes_move_no_order_before_their_batch(consultation):
    before = {slug: [text.number for text in shown(consultation, order)] for slug, order in ORDERS.items()}
    voters = accounts(20)
    target = texts_of(consultation).order_by("number").first()
    for account in voters:
        vote(target, account, 1)
    assert {slug: [text.number for text in shown(consultation, order)] for slug, order in ORDERS.items()} == before
    Contribution.objects.update(agree=0, mixed=0, disagree=0)
    with act(consultation, NOON) as now:
        seal_batch(consultation, now=now)
        rank_lists(consultation)
    assert differences(consultation) == []
    assert shown(consultation, SUPPORTED)[0] == target
    assert shown(consultation, DISCOVER)[-1] == target


def test_no_fact_about_an_author_enters_an_order(consultation):
    before = {slug: [text.number for text in shown(consultation, order)] for slug, order in ORDERS.items()}
    author = an_account()
    Account.objects.filter(pk=author.pk).update(category="association", is_listed=True)
    texts_of(consultation).filter(number__lte=20).update(author=author, author_kind="public_organisation", author_name="A")
    with writing_at(NOON):
        rank_lists(consultation)
    assert {slug: [text.number for text in shown(consultation, order)] for slug, order in ORDERS.items()} == before


def test_only_shown_proposals_of_the_consultation_are_listed(consultation):
    hidden = texts_of(consultation).order_by("number").first()
    with writing_at(NOON) as now:
        hide(hidden, ground="charter", actor="moderator/1", now=now)
    a_voice(consultation, Kind.COMPLETION, about=texts_of(consultation).order_by("-number").first())
    a_proposal(an_open_consultation(consultation.process, slug="autre"))
    page = page_of(Consultation.objects.get(pk=consultation.pk), number=99)
    assert (page.total, page.pages, page.number, len(page.faces)) == (TEXTS - 1, 2, 2, 4)
    assert hidden not in shown(consultation, DISCOVER)


def test_a_page_of_a_list_costs_one_query_whatever_its_number(consultation):
    for number in (1, 2):
        with CaptureQueriesContext(connection) as queries:
            page_of(consultation, number=number)
        assert len(queries) == 1


def test_pages_choose_their_texts_along_an_index(consultation):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's planner does not depend on the size of the table")
    for order in ORDERS.values():
        rows = Contribution.objects.filter(consultation=consultation, kind="proposal", status="published")
        plan = rows.order_by(*order.fields).values_list("pk", flat=True)[:20].explain()
        assert "USING COVERING INDEX" in plan, (order.slug, plan)
        assert "TEMP B-TREE" not in plan, (order.slug, plan)


def test_a_visitor_is_asked_in_the_fair_order_what_was_neither_answered_nor_passed(consultation):
    order = [text.number for text in shown(consultation, DISCOVER)]
    assert to_answer(consultation, passed=set(), answered=set()).number == order[0]
    assert to_answer(consultation, passed={order[0]}, answered={order[1]}).number == order[2]
    assert to_answer(consultation, passed=set(order), answered=set()) is None


def test_arguments_of_a_side_stand_in_the_order_of_the_draw(consultation):
    about = texts_of(consultation).order_by("number").first()
    for _rank in range(6):
        a_voice(consultation, Kind.ARGUMENT, about=about, side="for")
    a_voice(consultation, Kind.ARGUMENT, about=about, side="against")
    with writing_at(OPENING + timedelta(days=5)) as now:
        draw_lists(consultation, now=now)
    numbers = [argument.number for argument in arguments(about, Side.FOR)]
    leaf = bytes(consultation.config_leaf)
    assert len(numbers) == 6
    assert numbers == sorted(numbers, key=lambda number: draw(leaf, consultation.drawn_on, number))
