"""Does the verifier find an export right, and whatever was touched in it wrong, by the check that is meant to?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from polyphonie.opendata import verify
from tests.opendata import lively
from tests.opendata.lively import Lively

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lived(django_db_setup, django_db_blocker, tmp_path_factory) -> Lively:
    with django_db_blocker.unblock(), transaction.atomic():
        built = lively.build(tmp_path_factory.mktemp("lively") / "export")
        transaction.set_rollback(True)
    return built


def wrong(folder: Path, *, seen: tuple[str, ...] = ()) -> set[str]:
    """The checks that fail on this folder."""
    report = verify.verify(str(folder), seen=[("gardé.txt", text) for text in seen])
    return {code for code in verify.CHECKS if report.failures[code] or code in report.undone}


def test_an_export_that_has_lived_verifies(lived):
    report = verify.verify(
        str(lived.folder), seen=[("gardé.txt", lived.checkpoint), *(("reçu.txt", text) for text in lived.receipts)]
    )
    assert report.is_right, "\n".join(verify.sentences(report))
    assert (report.counts["seen"], report.counts["receipts"]) == (1 + 2, 3)
    idle = {code for code in verify.CHECKS if not report.counts[code]}
    assert idle == set(), "a check that examines nothing proves nothing"
    assert any("un vote plus récent le remplace" in note for note in report.notes)


def test_it_runs_alone_and_concludes_first(lived):
    result = subprocess.run(
        [sys.executable, "-I", str(lived.folder / "verify.py"), str(lived.folder)], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[:3] == [
        "Ce dossier est cohérent avec lui-même.",
        "Comparé à 0 point de contrôle conservé ailleurs : rien à comparer.",
        "Rien ici n'est prouvé contre l'exploitant : il a pu refaire tout le registre.",
    ]


FILES = list(verify.COVERED)


@pytest.mark.parametrize("name", FILES)
def test_any_byte_changed_in_a_covered_file_is_found(lived, tmp_path, name):
    content = (lived.folder / name).read_bytes()
    for step in range(8):
        folder = lively.a_copy(lived.folder, tmp_path / str(step))
        place = (len(content) - 1) * step // 7
        (folder / name).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert wrong(folder), f"{name}, byte {place}"


@pytest.mark.parametrize("name", [*FILES, "datapackage.json"])
@pytest.mark.parametrize("broken", [b"", b"\0\xff\xfe", b"[" * 100_000, b"{}\n", b"a,b\n1", None])
def test_a_broken_file_is_a_sentence(lived, tmp_path, name, broken):
    folder = lively.a_copy(lived.folder, tmp_path / "copy")
    if broken is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(broken)
    report = verify.verify(str(folder))
    assert not report.is_right
    assert json.dumps(verify.facts(report))
    assert "PAS cohérent" in next(verify.sentences(report))


# ----------------------------------------------------------------- each check catches alone what it is there for


def first(folder: Path, kind: str, skip: int = 0, **fields: object) -> tuple[list, int]:
    """The leaves, and the position of the first one of this kind with these fields."""
    leaves = lively.lines(folder, "ledger/leaves.jsonl")
    found = [at for at, leaf in enumerate(leaves) if leaf["kind"] == kind and fields.items() <= leaf.items()]
    return leaves, found[skip]


def cell(name: str, column: str, value: str, skip: int = 0, **where: str):
    """An alteration: one cell of a table."""

    def alter(folder: Path) -> None:
        table = lively.rows(folder, name)
        places = [dict(zip(table[0], row, strict=True)) for row in table[1:]]
        matching = [rank for rank, row in enumerate(places, 1) if where.items() <= row.items()]
        row = table[matching[skip]]
        assert row[table[0].index(column)] != value
        row[table[0].index(column)] = value
        lively.write_rows(folder, name, table)

    return alter


def row_order(name: str, one: int, other: int):
    def alter(folder: Path) -> None:
        table = lively.rows(folder, name)
        assert table[one] != table[other]
        table[one], table[other] = table[other], table[one]
        lively.write_rows(folder, name, table)

    return alter


def row_gone(name: str, rank: int = 1):
    def alter(folder: Path) -> None:
        table = lively.rows(folder, name)
        lively.write_rows(folder, name, table[:rank] + table[rank + 1 :] if rank > 0 else table[:rank])

    return alter


def row_twice(name: str, rank: int = 1):
    def alter(folder: Path) -> None:
        table = lively.rows(folder, name)
        lively.write_rows(folder, name, [*table, table[rank]])

    return alter


def entry(name: str, change, skip: int = 0):
    """An alteration of one line of a JSON Lines file; `change` alters it in place, or gives None for a line to drop."""

    def alter(folder: Path) -> None:
        entries = lively.lines(folder, name)
        if change(entries[skip]) == "gone":
            del entries[skip]
        lively.write_lines(folder, name, entries)

    return alter


def frame(change):
    """An alteration of process.json."""

    def alter(folder: Path) -> None:
        document = lively.process_of(folder)
        change(document)
        lively.write_process(folder, document)

    return alter


def leaf(kind: str, change, *, is_sealed: bool = True, **fields: object):
    """An alteration of one leaf, sealed again with the real key or not."""

    def alter(folder: Path) -> None:
        leaves, at = first(folder, kind, **fields)
        change(leaves[at])
        lively.write_lines(folder, "ledger/leaves.jsonl", leaves)
        if is_sealed:
            lively.sealed_again(folder)

    return alter


def appended(line: str, *, is_sealed: bool = True):
    def alter(folder: Path) -> None:
        with (folder / "ledger/leaves.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        if is_sealed:
            lively.sealed_again(folder)

    return alter


def set_in(**values: object):
    return lambda found: found.update(values)


def signed_by_the_wrong_key(folder: Path) -> None:
    note = verify.Checkpoint((folder / "ledger/checkpoint").read_text(encoding="utf-8"))
    forged = lively.signed(note.origin, note.body, key="receipt")
    (folder / "ledger/checkpoint").write_text(forged, encoding="utf-8")
    kept = lively.lines(folder, "ledger/checkpoints.jsonl")
    kept[-1]["note"] = forged
    lively.write_lines(folder, "ledger/checkpoints.jsonl", kept)


def another_past(folder: Path, size: int = 5) -> str:
    """A checkpoint that the real key signs, of a register that is not this one."""
    origin = lively.process_of(folder)["process"]["origin"]
    return lively.signed(origin, f"{origin}\n{size}\n{'A' * 43}=\n")


def a_checkpoint_of_another_past(folder: Path) -> None:
    kept = lively.lines(folder, "ledger/checkpoints.jsonl")
    kept.insert(0, {**kept[0], "note": another_past(folder), "size": 5})
    lively.write_lines(folder, "ledger/checkpoints.jsonl", kept)


def closed_before_its_last_votes(folder: Path) -> None:
    leaves, closed = first(folder, "state", state="closed")
    _leaves, taken = first(folder, "withdraw")
    leaves[closed], leaves[taken] = leaves[taken], leaves[closed]
    lively.sealed_again(folder, leaves)
    document = lively.process_of(folder)
    for act in document["acts"]:
        act["leaf"] = taken if act["leaf"] == closed else act["leaf"]
    lively.write_process(folder, document)


def a_second_vote_of_the_same_rank(folder: Path) -> None:
    leaves, at = first(folder, "vote", contribution=5)
    lively.sealed_again(folder, [*leaves, {**leaves[at], "cm": verify.b64(bytes(32))}])


def a_readme_that_lies(folder: Path) -> None:
    (folder / "README.md").write_text("Tout va bien.", encoding="utf-8")


KEY_UNSIGNED = {"kind": "key", "name": "log", "public": verify.b64(bytes(32)), "signature": verify.b64(bytes(64)), "v": 1}
ALONE = {
    "rules_opened": frame(lambda document: document["acts"].pop(-1)),
    "texts_opened": entry("revisions.jsonl", lambda found: "gone"),
    "votes_opened": row_twice("votes.csv"),
    "ranks_dense": leaf("withdraw", lambda found: found.update(seq=found["seq"] + 1)),
    "signatures": signed_by_the_wrong_key,
    "key_constant": appended(verify.canonical(KEY_UNSIGNED).decode()),
    "checkpoints": a_checkpoint_of_another_past,
    "leaves": appended('{"kind": "incident","v":1}'),
    "root": appended('{"kind":"incident","v":1}', is_sealed=False),
    "rules": frame(lambda document: document["rules"][0]["document"].update(questions="Autre chose ?")),
    "calendar": frame(lambda document: document["consultations"][0].update(closes_at="2026-03-17T00:00:00+01:00")),
    "texts": entry("revisions.jsonl", lambda found: found["document"].update(body="Il fait froid.")),
    "chain": leaf("rev", set_in(prev=verify.b64(bytes(32))), object="contribution/15"),
    "contributions": cell("contributions.csv", "title", "Un autre titre", number="1"),
    "votes": cell("votes.csv", "salt", verify.b64(bytes(32)), origin="web"),
    "imports": row_order("votes.csv", -1, -2),
    "tallies": cell("tallies.csv", "agree", "99", number="1"),
    "counters": cell("contributions.csv", "sources", "7", number="1"),
    "closes": leaf("tally", set_in(agree=99)),
    "one_vote": a_second_vote_of_the_same_rank,
    "window": closed_before_its_last_votes,
    "lists": row_order("listings.csv", 1, 2),
    "files": a_readme_that_lies,
}


def test_each_check_is_tried(lived):
    assert set(verify.CHECKS) - set(ALONE) == {"seen", "receipts"}, "the last two have their own tests"


@pytest.mark.parametrize("code", ALONE)
def test_each_check_catches_alone_what_it_is_there_for(lived, tmp_path, code):
    folder = lively.a_copy(lived.folder, tmp_path / "copy")
    ALONE[code](folder)
    if code != "files":
        lively.described_again(folder)
    assert wrong(folder) == {code}
