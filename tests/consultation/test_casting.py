"""A vote is set exactly once, on the text that was read, and leaves two rows that name nobody."""

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import voter_secret
from polyphonie.consultation.actions.booth import READ, approach, enter, read_by_hand, read_by_orm
from polyphonie.consultation.actions.voting import RevisionConflict, VoteConflict, cast_vote
from polyphonie.consultation.models import Vote
from polyphonie.contributions.actions import Text, revise
from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing_at
from polyphonie.ledger.canonical import b64, canonical, digest, leaf_hash
from polyphonie.ledger.models import WaitingEntry
from polyphonie.ledger.pseudonyms import nullifier
from polyphonie.processes.models import Consultation
from tests.consultation.electorate import (
    CLOSING,
    NOON,
    a_proposal,
    an_account,
    an_open_consultation,
    nonce,
    row_of,
    vote,
    withdraw,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def text():
    return a_proposal(an_open_consultation())


@pytest.fixture
def ines():
    return an_account("Inès")


def revised_by_its_author(text):
    author = an_account("Autrice")
    Contribution.objects.filter(pk=text.pk).update(author=author)
    text.refresh_from_db()
    with writing_at(NOON) as now:
        revise(text, Text(title="Planter des platanes", body="Autre"), author=author, now=now)


def test_a_first_vote_leaves_one_row_and_one_waiting_leaf_that_anyone_with_the_receipt_recomputes(text, ines):
    cast = vote(text, ines, -1)
    row = Vote.objects.get()
    assert (row.position, row.seq, row.revision, row.is_waiting, row.published_position) == (-1, 1, 1, True, None)
    commitment = digest("votecm/v1", -1, b64(cast.salt), b64(digest("nonce/v1", b64(cast.nonce))))
    expected = canonical(
        {
            "v": 1,
            "kind": "vote",
            "contribution": text.number,
            "rev": b64(bytes(text.revisions.get().leaf_hash)),
            "nullifier": b64(nullifier(voter_secret(ines), "marvejols", text.number)),
            "seq": 1,
            "cm": b64(commitment),
        }
    )
    entry = WaitingEntry.objects.get()
    assert cast.leaf.encode() == entry.leaf.encode() == expected
    assert cast.leaf_hash == bytes(entry.leaf_hash) == bytes(row.leaf_hash) == leaf_hash(expected)
    assert cast.due == CLOSING + timedelta(hours=1)
    assert not cast.is_repeat


def test_the_same_vote_posted_twice_counts_once_and_gives_the_same_receipt(text, ines):
    once = nonce()
    first = vote(text, ines, 1, nonce=once, after=0)
    second = vote(text, ines, 1, nonce=once, after=0)
    assert second.is_repeat
    assert (second.leaf, second.salt, second.seq) == (first.leaf, first.salt, 1)
    assert Vote.objects.count() == WaitingEntry.objects.count() == 1


def test_a_vote_posted_again_after_the_close_still_gives_its_receipt(text, ines):
    once = nonce()
    first = vote(text, ines, 1, nonce=once, after=0)
    assert vote(text, ines, 1, nonce=once, after=0, at=CLOSING + timedelta(days=1)).leaf == first.leaf


def test_a_vote_is_changed_and_not_toggled(text, ines):
    vote(text, ines, 1)
    assert vote(text, ines, 1).position == 1
    assert vote(text, ines, 0).seq == 3
    assert row_of(text, ines).position == 0
    assert WaitingEntry.objects.count() == 3


def test_an_old_page_changes_nothing_and_is_told_where_the_vote_stands(text, ines):
    vote(text, ines, 1)
    with pytest.raises(VoteConflict) as caught:
        vote(text, ines, -1, after=0)
    assert (caught.value.position, caught.value.seq, caught.value.status) == (1, 1, 409)
    with pytest.raises(VoteConflict):
        vote(text, ines, -1, after=2)
    assert row_of(text, ines).position == 1
    with pytest.raises(VoteConflict) as caught:
        vote(text, an_account(), 1, after=4)
    assert (caught.value.position, caught.value.seq) == (None, 0)


def test_the_same_nonce_with_another_position_is_another_vote(text, ines):
    once = nonce()
    vote(text, ines, 1, nonce=once)
    assert vote(text, ines, -1, nonce=once, after=1).seq == 2
    with pytest.raises(VoteConflict):
        vote(text, ines, 1, nonce=once, after=0)


def test_a_vote_for_an_earlier_revision_is_refused_with_both_revisions(text, ines):
    revised_by_its_author(text)
    with pytest.raises(RevisionConflict) as caught:
        vote(text, ines, 1, revision=1)
    assert (caught.value.shown, caught.value.current, caught.value.status) == (1, 2, 409)
    assert Vote.objects.count() == 0
    assert vote(text, ines, 1, revision=2).revision == 2


def test_a_vote_is_withdrawn_with_a_leaf_and_can_be_cast_again(text, ines):
    vote(text, ines, 1)
    once = nonce()
    gone = withdraw(text, ines, nonce=once)
    assert (gone.position, gone.seq) == (None, 2)
    assert withdraw(text, ines, nonce=once, after=1).is_repeat
    entry = WaitingEntry.objects.get(kind="withdraw")
    mark = b64(nullifier(voter_secret(ines), "marvejols", text.number))
    assert entry.leaf.encode() == canonical(
        {"v": 1, "kind": "withdraw", "contribution": text.number, "nullifier": mark, "seq": 2}
    )
    with pytest.raises(VoteConflict):
        withdraw(text, ines)
    assert vote(text, ines, -1).seq == 3


def test_a_vote_that_does_not_exist_cannot_be_withdrawn(text, ines):
    with pytest.raises(VoteConflict):
        withdraw(text, ines, after=0)


def test_two_accounts_have_no_mark_in_common_and_one_account_none_between_texts(text, ines):
    other = a_proposal(text.consultation, "Un banc")
    leaves = {vote(one, account).leaf for one in (text, other) for account in (ines, an_account())}
    marks = {leaf.split('"nullifier":"')[1][:22] for leaf in leaves}
    assert len(marks) == 4


def test_a_vote_writes_two_rows_and_no_other_table(text, ines):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        vote(text, ines, 1, after=0)
    written = [query["sql"].split()[2].strip('"') for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == ["consultation_vote", "ledger_waitingentry"]
    with CaptureQueriesContext(connection) as queries:
        vote(text, ines, 0, after=1)
        withdraw(text, ines, after=2)
    for query in queries:
        statement = query["sql"]
        if not statement.startswith(("SELECT", "SAVEPOINT", "RELEASE")):
            assert "consultation_vote" in statement.split(" SET ")[0] or "ledger_waitingentry" in statement, statement


def test_a_vote_costs_few_statements(text, ines):
    def cost(**details):
        with CaptureQueriesContext(connection) as queries, writing_at(NOON) as now:
            cast_vote(text, account=ines, nonce=os.urandom(16), revision=1, now=now, **details)
        counted = [query for query in queries if query["sql"].startswith(("SELECT", "INSERT", "UPDATE"))]
        return len([query for query in counted if "keyfingerprint" not in query["sql"]])  # read once by process

    locks = 1 if connection.vendor == "postgresql" else 0
    assert cost(position=1, after=0) == 3 + locks
    assert cost(position=0, after=1) == 3 + locks


def test_what_is_read_by_hand_equals_what_the_orm_reads(text, ines):
    by_hand, by_orm = read_by_hand(text.pk, ines.pk), read_by_orm(text.pk, ines.pk)

    def facts(read):
        _row, revision, account, _has_agreed = read
        records = {
            "revision": revision,
            "text": revision.contribution,
            "consultation": revision.contribution.consultation,
            "process": revision.contribution.consultation.process,
            "account": account,
        }
        attributes = {name: [model._meta.get_field(field).attname for field in fields] for name, (model, fields) in READ.items()}
        return {(name, field): getattr(records[name], field) for name, fields in attributes.items() for field in fields}

    assert by_hand.has_agreed is by_orm.has_agreed

    def plain(value):
        return bytes(value) if isinstance(value, memoryview) else value

    assert {key: plain(value) for key, value in facts(by_hand).items()} == {
        key: plain(value) for key, value in facts(by_orm).items()
    }


def test_a_text_that_does_not_exist_takes_no_vote(text, ines):
    with pytest.raises(Contribution.DoesNotExist):
        read_by_hand(text.pk + 1, ines.pk)
    assert approach("marvejols", text.number + 1, ines) is None
    assert approach("elsewhere", text.number, ines) is None


def test_what_was_read_on_approaching_holds_while_nothing_has_changed(text, ines):
    seen = approach("marvejols", text.number, ines)
    drafted = seen.written(seq=1, position=1, nonce=b"n" * 16)
    with writing_at(NOON) as now:
        assert enter(text, ines, seen=seen) is seen
        cast = cast_vote(text, account=ines, position=1, nonce=b"n" * 16, after=0, revision=1, now=now, seen=seen)
    assert (cast.leaf, cast.salt) == (drafted[1], drafted[0].salt)
    assert bytes(Vote.objects.get().voter) == seen.voter


def test_what_changed_between_approaching_and_entering_decides(text, ines):
    def after(change):
        seen = approach("marvejols", text.number, ines)
        seen.written(seq=1, position=1, nonce=b"n" * 16)
        change()
        with writing_at(NOON) as now:
            cast_vote(text, account=ines, position=1, nonce=b"n" * 16, after=0, revision=1, now=now, seen=seen)

    account, consultation = Account.objects.filter(pk=ines.pk), Consultation.objects.filter(pk=text.consultation_id)
    with pytest.raises(Refused, match="suspend"):
        after(lambda: account.update(suspended_on=NOON.date()))
    account.update(suspended_on=None)
    with pytest.raises(Refused):
        after(lambda: consultation.update(closes_at=NOON))
    consultation.update(closes_at=CLOSING)
    with pytest.raises(RevisionConflict):
        after(lambda: revised_by_its_author(text))
    assert not Vote.objects.exists()


def test_without_the_voter_key_voting_stops_with_a_sentence_and_nothing_is_made_anew(text, ines, settings, tmp_path):
    vote(text, ines)
    settings.POLYPHONIE_KEYS = tmp_path
    with pytest.raises(Refused) as caught:
        vote(text, ines, 0, after=1)
    assert caught.value.status == 503
    assert "clé" in caught.value.reason
    assert list(tmp_path.iterdir()) == []


def test_a_vote_that_is_none_of_the_three_or_has_no_nonce_is_refused(text, ines):
    with pytest.raises(Refused):
        vote(text, ines, 2)
    with pytest.raises(Refused):
        vote(text, ines, 1, nonce=b"short")
    with pytest.raises(Refused):
        withdraw(text, ines, nonce=b"short")


def test_a_vote_outside_writing_is_an_error(text, ines):
    with pytest.raises(RuntimeError):
        cast_vote(text, account=ines, position=1, nonce=nonce(), after=0, revision=1, now=NOON)
