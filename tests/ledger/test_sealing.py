"""Does each accepted leaf get one position for ever, under a signed root that anyone recomputes?"""

import pytest

from polyphonie.core.writing import writing
from polyphonie.ledger import tree
from polyphonie.ledger.actions import append, open_log
from polyphonie.ledger.models import Checkpoint, Entry, Log
from polyphonie.ledger.notes import LOG, opened, public_key, read_checkpoint
from polyphonie.ledger.sealing import seal
from polyphonie.ledger.tasks import seal_logs


@pytest.fixture
def log(db) -> Log:
    with writing():
        return open_log("exemple.fr/demain")


def add(log: Log, count: int, start: int = 0) -> None:
    with writing():
        for rank in range(start, start + count):
            append(log, "mod", {"act": "hidden", "object": f"contribution/{rank}"})


def sealed_hashes(log: Log) -> list[bytes]:
    return [bytes(entry.leaf_hash) for entry in Entry.objects.filter(log=log, position__isnull=False).order_by("position")]


@pytest.mark.parametrize("parts", [[1], [1, 1], [3, 4], [7, 1, 9], [20, 13]])
def test_however_leaves_arrive_the_root_is_that_of_all(log, parts):
    start = 0
    for count in parts:
        add(log, count, start)
        start += count
        assert seal_logs() == 1
    checkpoint = Checkpoint.objects.filter(log=log).latest("size")
    assert (checkpoint.size, bytes(checkpoint.root)) == (sum(parts), tree.root(sealed_hashes(log)))
    text = opened(checkpoint.note, key_name="exemple.fr/demain", public=public_key(LOG))
    assert read_checkpoint(text).root == bytes(checkpoint.root)


def test_positions_follow_the_order_of_acceptance_without_a_hole(log):
    add(log, 12)
    seal_logs()
    entries = list(Entry.objects.filter(log=log).order_by("pk"))
    assert [entry.position for entry in entries] == list(range(12))


def test_sealing_nothing_changes_nothing(log):
    add(log, 3)
    seal_logs()
    note = Checkpoint.objects.get().note
    assert seal_logs() == 0
    with writing() as now:
        assert seal(log, now=now) is None
    assert Checkpoint.objects.get().note == note


def test_one_checkpoint_a_day_is_kept_besides_closes(log):
    for start in (0, 5):
        add(log, 5, start)
        seal_logs()
    assert [checkpoint.size for checkpoint in Checkpoint.objects.all()] == [10]
    with writing():
        append(log, "state", {"actor": "clock", "consultation": "places", "state": "closed"})
    seal_logs()
    add(log, 2, 20)
    seal_logs()
    assert [(checkpoint.size, checkpoint.is_close) for checkpoint in Checkpoint.objects.all()] == [(11, True), (13, False)]


def test_each_log_has_its_own_tree(log):
    with writing():
        other = open_log("exemple.fr/autre")
    add(log, 2)
    add(other, 3)
    assert seal_logs() == 2
    assert {item.origin: item.size for item in Log.objects.order_by("pk")} == {"exemple.fr/demain": 2, "exemple.fr/autre": 3}
