"""Does an export hold everything public, describe itself, and open every commitment of the register?"""

import csv
import hashlib
import json
import re
from pathlib import Path

import pytest

from polyphonie.accounts.actions.voter import ensure_voter_secret
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.batches import close_consultation
from polyphonie.consultation.actions.voting import cast_vote
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import Refused
from polyphonie.core.spreadsheet import exact
from polyphonie.core.writing import writing
from polyphonie.ledger.canonical import b64, canonical, digest, leaf_hash
from polyphonie.moderation.models import Ground
from polyphonie.opendata.export import export
from polyphonie.processes.models import Consultation
from tests.concertations import a_person, a_process, an_open_consultation, hide_by_moderation
from tests.core.test_spreadsheet import HOSTILE, SPLITS, cells, runs

COMPUTED = re.compile(r"-?\d+( -?\d+)*|[A-Za-z0-9_-]{43}")
"""Whole numbers, and base64url words of 32 octets: salts and hashes."""


@pytest.fixture
def folder(db, tmp_path) -> Path:
    with writing() as now:
        process = a_process(now=now)
        consultation = an_open_consultation(process, now=now)
        author = a_person("Autrice", on=now)
        shown = speaking.propose(
            consultation, Text("=cmd|' /C calc'!A0", "Un texte, avec « guillemets »\net lignes."), account=author, now=now
        )
        hidden = speaking.propose(consultation, Text("Caché", "Un secret."), account=author, now=now)
        taken_back = speaking.propose(consultation, Text("Repris", "Retiré."), account=author, now=now)
        hide_by_moderation(hidden, ground=Ground.UNLAWFUL_DATA, facts="Une adresse.", now=now)
        speaking.withdraw(taken_back, account=author, now=now)
        for rank in range(3):
            voter = a_person(f"Votante {rank}", on=now)
            ensure_voter_secret(voter)
            cast_vote(shown, account=voter, position=1 - rank, nonce=bytes([rank]) * 16, after=0, revision=1, now=now)
    with writing() as now:
        Consultation.objects.filter(pk=consultation.pk).update(closes_at=now)
        close_consultation(consultation, now=now)
    export(process, tmp_path / "export")
    return tmp_path / "export"


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(folder: Path, name: str) -> list[dict]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def test_every_file_is_described_with_its_checksum(folder):
    described = {item["path"]: item for item in json.loads((folder / "datapackage.json").read_text())["resources"]}
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert present - set(described) == {"datapackage.json"}
    for path, item in described.items():
        assert item["hash"] == "sha256:" + hashlib.sha256((folder / path).read_bytes()).hexdigest()


def test_what_is_hidden_or_withdrawn_is_nowhere(folder):
    everything = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())
    assert "Un secret." not in everything
    assert "Retiré." not in everything
    assert "Une adresse." not in everything
    assert "exemple.fr" not in everything
    assert [row["status"] for row in rows(folder, "contributions")] == ["published", "hidden", "withdrawn"]


def test_each_text_opens_its_leaf(folder):
    leaves = (folder / "ledger" / "leaves.jsonl").read_text(encoding="utf-8").splitlines()
    opened = 0
    for revision in lines(folder, "revisions.jsonl"):
        leaf = json.loads(leaves[revision["leaf"]])
        assert leaf["object"] == f"contribution/{revision['contribution']}"
        if revision["document"] is not None:
            assert leaf["cm"] == b64(digest("revcm/v1", revision["document"], revision["salt"]))
            assert leaf["cm_author"] == b64(digest("authorcm/v1", revision["author"], revision["author_salt"]))
            opened += 1
    assert opened == 1


def test_each_vote_opens_its_leaf_and_the_totals_are_theirs(folder):
    leaves = (folder / "ledger" / "leaves.jsonl").read_text(encoding="utf-8").splitlines()
    votes = rows(folder, "votes")
    for vote in votes:
        leaf = json.loads(leaves[int(vote["leaf"])])
        assert leaf["cm"] == b64(digest("votecm/v1", int(vote["position"]), vote["salt"], vote["nonce_hash"]))
    assert sorted(int(vote["position"]) for vote in votes) == [-1, 0, 1]
    tally = rows(folder, "tallies")[0]
    assert (tally["agree"], tally["mixed"], tally["disagree"], tally["final"]) == ("1", "1", "1", "3")


def test_each_leaf_is_canonical_and_the_rules_open_theirs(folder):
    leaves = (folder / "ledger" / "leaves.jsonl").read_text(encoding="utf-8").splitlines()
    for leaf in leaves:
        assert canonical(json.loads(leaf)).decode() == leaf
        assert len(leaf.encode()) <= 256
    document = json.loads((folder / "process.json").read_text())
    rules = document["rules"][0]
    assert json.loads(leaves[rules["leaf"]])["cm"] == b64(digest("configcm/v1", rules["document"], rules["salt"]))
    config = b64(leaf_hash(leaves[rules["leaf"]].encode()))
    assert config == document["consultations"][0]["config"]
    acts = [act for act in document["acts"] if act["document"]]
    for act in acts:
        assert json.loads(leaves[act["leaf"]])["cm"] == b64(digest("actcm/v1", act["document"], act["salt"]))


def test_list_orders_are_given_with_their_keys(folder):
    listings = rows(folder, "listings")
    assert {row["order"] for row in listings} == {"discover", "recent", "supported", "divisive", "argued"}
    assert {row["number"] for row in listings} == {"1"}


def test_a_folder_that_holds_something_is_left_alone(folder, db):
    process = Consultation.objects.select_related("process").get().process
    with pytest.raises(Refused):
        export(process, folder)


@pytest.mark.parametrize("glue", ["\n", ";", '"', " "])
def test_no_cell_of_any_file_runs_however_a_spreadsheet_splits_it_and_each_word_comes_back(folder, tmp_path, glue):
    """S8, through the whole export: hostile words in every column that people write."""
    words = glue.join(HOSTILE)
    written = {"title": words[:300], "body": words, "section": words[:300], "url": words[:1000], "author_name": words[:160]}
    Contribution.objects.filter(number=1).update(
        **written, kind="source", about=Contribution.objects.get(number=2), about_kind="proposal"
    )
    export(Consultation.objects.select_related("process").get().process, tmp_path / "hostile")
    read = 0
    for path in sorted((tmp_path / "hostile").rglob("*.csv")):
        for split in SPLITS:
            for cell in cells(path.read_bytes().decode(), split):
                assert not runs(cell) or COMPUTED.fullmatch(cell), (path.name, split, cell[:80])
                read += 1
    row = next(row for row in rows(tmp_path / "hostile", "contributions") if row["number"] == "1")
    for column, name in {"title": "title", "body": "body", "section": "section", "url": "url", "author": "author_name"}.items():
        assert exact(row[column]) == written[name]
    print(f"S8: {read} cells of an export in {len(SPLITS)} ways, 0 formulas")
    assert read >= 800


@pytest.mark.django_db
def test_erasures_name_comments_beside_contributions(source):
    with (source / "erasures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    comments = [(row["text"], row["number"], row["ground"]) for row in rows if row["text"]]
    assert comments == [("le-parc", "3", "author"), ("le-parc", "4", "name_hidden"), ("le-parc", "6", "masked")]
    assert any(not row["text"] for row in rows), "contributions come first"
    assert [bool(row["text"]) for row in rows] == sorted(bool(row["text"]) for row in rows)
