"""I3: of two hundred thousand votes, the log, the database, the page, the files and the API give the same totals, all of them."""

import csv
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count

from polyphonie.consultation.actions.batches import close_consultation
from polyphonie.consultation.ballots import vote_commitment, vote_content
from polyphonie.consultation.models import POSITIONS, Vote, series_on
from polyphonie.consultation.queries.recount import differences
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing_at
from polyphonie.ledger.actions import written_leaf
from polyphonie.ledger.models import WaitingEntry, random_key
from polyphonie.ledger.pseudonyms import nullifier, voter_pseudonym
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from polyphonie.opendata.importing import bulk
from polyphonie.processes.models import Consultation
from tests.consultation.electorate import CLOSING, NOON, a_proposal, act, an_open_consultation

pytestmark = [pytest.mark.long, pytest.mark.django_db]
TEXTS = 20
COUNTERS = ("agree", "mixed", "disagree")


def how_many_voters() -> int:
    return 10_000 if connection.vendor == "sqlite" else 1_000


def cast_in_bulk(consultation: Consultation, texts: list[Contribution], voters: int) -> None:
    """What `cast_vote` leaves, for everyone on every text: the same rows and leaves, without asking who may."""
    process, log = consultation.process, consultation.process.log_id
    secrets = [os.urandom(32) for _ in range(voters)]
    pseudonyms = [voter_pseudonym(secret, process.slug, consultation.slug) for secret in secrets]
    revisions = {text.pk: bytes(text.revisions.get(number=1).leaf_hash) for text in texts}
    leaves: list[tuple[Any, ...]] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for rank, (secret, voter) in enumerate(zip(secrets, pseudonyms, strict=True)):
            for place, text in enumerate(texts):
                position = POSITIONS[(rank + rank // (place + 2)) % 3]
                salt, nonce = os.urandom(32), os.urandom(16)
                mark = nullifier(secret, process.slug, text.number)
                cm = vote_commitment(position, salt, nonce)
                leaf, hashed = written_leaf(
                    "vote", vote_content(number=text.number, rev=revisions[text.pk], mark=mark, seq=1, commitment=cm)
                )
                leaves.append((random_key(), log, series_on(consultation, text.number), "vote", leaf, hashed))
                yield (
                    random_key(), consultation.pk, text.pk, voter, 1, position, 1, 1, salt, nonce, hashed, True, False, 0,
                )  # fmt: skip

    names = (
        "id", "consultation", "contribution", "voter", "seq", "position", "revision", "leaf_revision", "salt", "nonce",
        "leaf_hash", "is_waiting", "waits_for_close", "published_seq",
    )  # fmt: skip
    bulk.insert_rows(Vote, names, rows())
    bulk.insert_rows(WaitingEntry, ("id", "log", "series", "kind", "leaf", "leaf_hash"), leaves)


def test_every_total_is_the_same_in_the_log_the_database_the_page_the_files_and_the_api(client, tmp_path):
    voters = how_many_voters()
    consultation = an_open_consultation()
    texts = [a_proposal(consultation, f"Proposition {rank}") for rank in range(TEXTS)]
    with writing_at(NOON, lock=consultation):
        cast_in_bulk(consultation, texts, voters)
    with act(consultation, CLOSING) as now:
        close_consultation(Consultation.objects.get(pk=consultation.pk), now=now)
    export(consultation.process, tmp_path / "export")

    report = verify.verify(str(tmp_path / "export"))
    assert report.is_right, "\n".join(verify.sentences(report))
    assert report.counts["votes"] == report.counts["votes_opened"] == voters * TEXTS
    assert (report.counts["tallies"], report.counts["closes"]) == (TEXTS, TEXTS)
    assert differences(Consultation.objects.get(pk=consultation.pk)) == []

    in_the_database: dict[int, dict[int, int]] = {}
    published = Vote.objects.filter(consultation=consultation).values_list("contribution__number", "published_position")
    for number, position, count in published.annotate(Count("pk")).order_by():
        in_the_database.setdefault(number, {})[position] = count
    with (tmp_path / "export/tallies.csv").open(encoding="utf-8", newline="") as file:
        in_the_file = {int(row["number"]): [int(row[name]) for name in COUNTERS] for row in csv.DictReader(file)}
    compared = 0
    for text in texts:
        counts = [in_the_database[text.number].get(position, 0) for position in POSITIONS]
        assert sum(counts) == voters
        assert in_the_file[text.number] == counts
        told = client.get(f"/api/v1/processes/marvejols/contributions/{text.number}").json()
        assert [told[name] for name in COUNTERS] == counts
        page = client.get(f"/marvejols/contributions/{text.number}/").content.decode()
        page = page.replace("\u202f", " ").replace("\u00a0", " ")
        for word, count in zip(("D’accord", "Mitigé", "Pas d’accord"), counts, strict=True):
            assert f"<li>{word} : {count:,}".replace(",", " ") in page, (text.number, word)
        compared += 1
    assert compared == TEXTS
    print(f"I3: {voters * TEXTS} votes, {compared} totals recomputed, 0 differences between log, SQL, page, CSV and API")
