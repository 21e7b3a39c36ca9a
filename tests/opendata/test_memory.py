"""Does an export of twice as much hold twice as much in memory? Rows leave as they come: no more than a tenth."""

import tracemalloc

import pytest
from django.db import transaction

from polyphonie.consultation import dataset as consultation
from polyphonie.contributions import dataset as contributions
from polyphonie.contributions.models import Contribution, Kind, Revision
from polyphonie.core.writing import writing
from polyphonie.ledger import dataset as ledger
from polyphonie.ledger.actions import append
from polyphonie.ledger.sealing import seal
from polyphonie.opendata.catalogue import COLLECTIONS
from polyphonie.processes.models import Process
from tests.consultation import electorate

pytestmark = pytest.mark.django_db
TEXTS, AT_ONCE = 300, 50
NOISE = 100_000
"""Bytes: when the collector passes. Held whole, a table would take a million more."""


def add_texts(process: Process, count: int) -> None:
    """So many published proposals with their revisions and leaves."""
    place = process.consultations.get()
    first = Contribution.objects.filter(process=process).count() + 1
    numbers = range(first, first + count)
    shape = {"process": process, "consultation": place, "kind": Kind.PROPOSAL, "published_at": electorate.NOON}
    texts = [Contribution(number=number, title=f"Titre {number}", body="Un banc. " * 100, **shape) for number in numbers]
    Contribution.objects.bulk_create(texts, batch_size=200)
    with writing() as now:
        hashes = [append(process.log, "rev", {"object": f"contribution/{number}"}).leaf_hash for number in numbers]
        seal(process.log, now=now)
    Revision.objects.bulk_create(
        [
            Revision(contribution=text, number=1, title=text.title, body=text.body, published_at=electorate.NOON,
                     salt=bytes(32), author_salt=bytes(32), leaf_hash=leaf)
            for text, leaf in zip(texts, hashes, strict=True)
        ],
        batch_size=200,
    )  # fmt: skip


def peaks(process: Process) -> dict[str, int]:
    """The most that Python held while each table was read, in bytes."""
    found = {}
    for table in COLLECTIONS:
        tracemalloc.start()
        with transaction.atomic():
            rows = sum(1 for _row in table.checked_rows(process))
        found[table.name] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        if table.name in ("contributions", "revisions", "tallies", "listings"):
            assert rows >= TEXTS
    return found


def least_of_two(process: Process) -> dict[str, int]:
    """The same, read twice: what waits for the collector only adds."""
    first, second = peaks(process), peaks(process)
    return {name: min(first[name], second[name]) for name in first}


def test_twice_the_texts_hold_no_more_memory(monkeypatch):
    for module in (consultation, contributions, ledger):
        monkeypatch.setattr(module, "AT_ONCE", AT_ONCE)
    process = electorate.a_process("memoire")
    electorate.an_open_consultation(process)
    add_texts(process, TEXTS)
    peaks(process)  # what is loaded once
    once = least_of_two(process)
    add_texts(process, TEXTS)
    twice = least_of_two(process)
    large = {name: (once[name], twice[name]) for name in ("contributions", "revisions", "tallies", "listings", "leaves")}
    print("memory of twice the texts:", {name: round(after / before, 2) for name, (before, after) in large.items()})
    for name, (before, after) in large.items():
        assert after <= 1.1 * before + NOISE, name
