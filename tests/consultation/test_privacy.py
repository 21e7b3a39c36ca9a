"""From a copy of everything but the keys, no path leads from a vote to the account that cast it (P1)."""

import json
import os
import random
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import voter_secret
from polyphonie.consultation.actions.batches import seal_batch
from polyphonie.consultation.actions.scrambling import scramble_waiting
from polyphonie.consultation.models import Vote
from polyphonie.core.writing import writing, writing_at
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.models import Entry, WaitingEntry
from polyphonie.ledger.pseudonyms import voter_pseudonym
from tests.consultation.electorate import NOON, a_proposal, accounts, act, an_account, an_open_consultation, vote

pytestmark = pytest.mark.django_db
PEOPLE = 60
IMPERSONAL = {"contributions.Contribution", "processes.Consultation", "ledger.Log"}


def in_place(table):
    if connection.vendor == "postgresql":
        return " ORDER BY ctid"
    return "" if table.startswith(("contributions_search", "annotations_search")) else " ORDER BY rowid"


def every_table():
    """All rows of all tables, each table in the order in which the database keeps it."""
    kept = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"{in_place(table)}')
            kept[table] = [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in cursor]
    return kept


@pytest.mark.parametrize("model", [Vote, WaitingEntry, Entry])
def test_a_row_of_a_vote_points_to_no_account_and_bears_no_date(model):
    for field in model._meta.get_fields():
        assert not isinstance(field, models.DateField), field
        assert field.related_model is None or field.related_model._meta.label in IMPERSONAL
    for other in apps.get_models():
        for field in other._meta.get_fields():
            assert field.related_model is not model or not field.concrete, f"{other} points to {model}"


def test_a_vote_posted_to_the_site_changes_two_tables_and_no_other(client):
    now = timezone.now()
    text = a_proposal(an_open_consultation(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9)))
    ines = an_account()
    client.force_login(ines)
    for position, after in (("agree", 0), ("disagree", 1), ("withdraw", 2)):
        form = {"number": text.number, "position": position, "after": after, "revision": 1, "n": b64(os.urandom(16))}
        before = every_table()
        with CaptureQueriesContext(connection) as queries:
            response = client.post("/marvejols/voter/", form)
        assert response.status_code == 302
        after_it = every_table()
        changed = {table for table in after_it if after_it[table] != before[table]}
        assert changed == {"consultation_vote", "ledger_waitingentry"}
        written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert len(written) == 2, written
    assert "Set-Cookie" not in response.headers


def test_nothing_in_a_vote_is_found_in_a_row_that_is_not_a_vote_s():
    text = a_proposal(an_open_consultation())
    for account in accounts(20):
        vote(text, account, 1)
    with act(text.consultation, NOON) as now:
        seal_batch(text.consultation, now=now)
    tables = every_table()
    own = {"consultation_vote", "ledger_waitingentry", "ledger_entry"}
    elsewhere = {cell for table, rows in tables.items() if table not in own for row in rows for cell in row}
    elsewhere_text = json.dumps([cell for cell in elsewhere if isinstance(cell, str)])
    for row in Vote.objects.all():
        for value in (row.voter, row.salt, row.nonce, row.leaf_hash, row.published_salt):
            assert bytes(value) not in elsewhere
            assert b64(bytes(value)) not in elsewhere_text
        assert row.pk not in elsewhere
    leaves = list(Entry.objects.filter(kind="vote").values_list("leaf", flat=True))
    for leaf in leaves:
        assert json.loads(leaf)["nullifier"] not in elsewhere_text
    read = len(tables.keys() - own)
    print(f"P1 on {connection.vendor}: {len(leaves)} votes, {len(elsewhere)} values of {read} other tables, 0 in common")
    assert len(leaves) == 20
    assert read >= 70


def guessed_by_row_order(people):
    """The attack: whoever signs up and votes at once stands at the same place among accounts and among voters."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT voter FROM consultation_vote{in_place('consultation_vote')}")
        voters = list(dict.fromkeys(bytes(voter) for (voter,) in cursor))
    signed_up = list(Account.objects.filter(pk__in=[person.pk for person in people]).order_by("pk"))
    return sum(
        voters[rank] == voter_pseudonym(voter_secret(account), "marvejols", "la-place") for rank, account in enumerate(signed_up)
    )


def test_the_order_of_rows_tells_nobody_s_votes():
    consultation = an_open_consultation()
    texts = [a_proposal(consultation, f"P{rank}") for rank in range(3)]
    people = []
    for _ in range(PEOPLE):
        people.append(an_account())
        for text in random.sample(texts, 2):
            vote(text, people[-1], random.choice([1, 0, -1]))
    with writing(lock=consultation):
        scramble_waiting(consultation)
    waiting = guessed_by_row_order(people)
    with writing_at(NOON, lock=consultation) as now:
        seal_batch(consultation, now=now)
    published = guessed_by_row_order(people)
    print(f"P1 on {connection.vendor}: {PEOPLE} people who vote as they sign up, {waiting} then {published} guessed by row order")
    assert len(people) == 60
    assert max(waiting, published) <= PEOPLE // 8
    assert Vote.objects.count() == 2 * PEOPLE


def test_published_leaves_stand_in_an_order_that_says_nothing():
    consultation = an_open_consultation()
    text = a_proposal(consultation)
    casts = [vote(text, account, 1).leaf_hash for account in accounts(25)]
    with act(consultation, NOON) as now:
        seal_batch(consultation, now=now)
    published = [bytes(one) for one in Entry.objects.filter(kind="vote").order_by("pk").values_list("leaf_hash", flat=True)]
    assert published == sorted(casts)


def test_two_votes_of_one_account_share_nothing_that_is_published():
    consultation = an_open_consultation()
    first, second = a_proposal(consultation, "A"), a_proposal(consultation, "B")
    people = accounts(20)
    for account in people:
        vote(first, account, 1)
        vote(second, account, 1)
    with act(consultation, NOON) as now:
        seal_batch(consultation, now=now)
    opened = [
        {json.loads(leaf)["nullifier"], json.loads(leaf)["cm"]}
        for leaf in Entry.objects.filter(kind="vote").values_list("leaf", flat=True)
    ]
    assert len(set().union(*opened)) == 2 * len(opened) == 80
