"""Does the verifier find an export right, and whatever was touched in it wrong, by the check that is meant to?"""

import ast
import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polyphonie.benchmarks import great_export, verifying
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from tests.opendata import lively
from tests.opendata.lively import Lively
from tests.undone import undone

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lived(django_db_setup, django_db_blocker, tmp_path_factory) -> Lively:
    with django_db_blocker.unblock(), undone():
        built = lively.build(tmp_path_factory.mktemp("lively") / "export")
        for name, (code, alter) in lively.IN_THE_DATABASE.items():
            folder = tmp_path_factory.mktemp("altered") / "export"
            with undone():
                assert alter(built.process) > 0, name
                export(built.process, folder)
            built.altered[name] = (code, folder)
    return built


@pytest.fixture
def lived_in_the_database(lived) -> dict[str, tuple[str, set[str]]]:
    """For each alteration of the database: the check that is meant to find it, those that did."""
    return {name: (code, wrong(folder)) for name, (code, folder) in lived.altered.items()}


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
    if broken is None or name == "datapackage.json":
        assert name in report.first["files"]
    elif broken[:1] in b"\0[" and broken:
        assert any(name in said for code, said in report.first.items() if code != "files"), "it says what could not be read"


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
    "rules_opened": frame(lambda document: document["acts"].pop(0)),
    "texts_opened": entry("revisions.jsonl", lambda found: "gone"),
    "annotations_opened": entry("annotations.jsonl", lambda found: "gone", skip=-1),
    "annotations": entry("annotations.jsonl", lambda found: found["document"].update(body="Ils sont mille.")),
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
    "lists": cell("listings.csv", "number", "7", consultation="la-gare", order="recent", rank="2"),
    "files": a_readme_that_lies,
    "syntheses": entry("syntheses.jsonl", lambda found: found["content"].update(introduction="Autre chose.")),
    "citations": cell("citations.csv", "to", "contribution/1/9", kind="see_also"),
    "coverage": entry("syntheses.jsonl", lambda found: found["coverage"]["by_votes"].update(part=1)),
    "fates": cell("fates.csv", "reason", "Une autre raison."),
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


# ------------------------------------------------------------------- who has no key, who has it, who alters the database


def salt_of_what_is_gone(name: str):
    def alter(folder: Path) -> None:
        entries = lively.lines(folder, name)
        next(one for one in entries if one["document"] is None)["salt"] = verify.b64(bytes(32))
        lively.write_lines(folder, name, entries)

    return alter


def status_of_a_comment(before: str, after: str):
    def alter(folder: Path) -> None:
        entries = lively.lines(folder, "annotations.jsonl")
        next(one for one in entries if one["status"] == before)["status"] = after
        lively.write_lines(folder, "annotations.jsonl", entries)

    return alter


def swapped_leaves(folder: Path) -> None:
    leaves = lively.lines(folder, "ledger/leaves.jsonl")
    leaves[-1], leaves[-2] = leaves[-2], leaves[-1]
    lively.write_lines(folder, "ledger/leaves.jsonl", leaves)


def cut(name: str, length: int):
    def alter(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[:-length])

    return alter


def root_of_nothing(folder: Path) -> None:
    path = folder / "ledger/checkpoint"
    origin, size, _root, *rest = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([origin, size, "A" * 43 + "=", *rest]), encoding="utf-8")


def around_otherwise(found: dict) -> None:
    """Other words after the passage, wherever the line says them."""
    for holder in (found["places"][0], found["document"], found["target"]["selector"][0]["refinedBy"]):
        holder["suffix"] = " autre chose."


def line_twice(name: str):
    def alter(folder: Path) -> None:
        entries = lively.lines(folder, name)
        lively.write_lines(folder, name, [*entries, entries[-1]])

    return alter


def row_added(name: str, *, like: int, **cells: str):
    """One more row, like one that is there but for some cells."""

    def alter(folder: Path) -> None:
        table = lively.rows(folder, name)
        lively.write_rows(
            folder, name, [*table, [cells.get(name, cell) for name, cell in zip(table[0], table[like], strict=True)]]
        )

    return alter


def a_vote_that_was_replaced(folder: Path) -> None:
    """The first vote of someone who changed it since is opened too."""
    leaves = lively.lines(folder, "ledger/leaves.jsonl")
    later = {(leaf["contribution"], leaf["nullifier"]) for leaf in leaves if leaf["kind"] == "vote" and leaf["seq"] > 1}
    at = next(
        at for at, leaf in enumerate(leaves) if leaf["kind"] == "vote" and (leaf["contribution"], leaf["nullifier"]) in later
    )
    row_added("votes.csv", like=1, leaf=str(at))(folder)


def a_close_without_its_total(folder: Path) -> None:
    leaves, at = first(folder, "tally")
    leaves[at] = {"act": "nothing", "kind": "incident", "v": 1}
    lively.sealed_again(folder, leaves)


def a_checkpoint_dated_before_the_last(folder: Path) -> None:
    kept = lively.lines(folder, "ledger/checkpoints.jsonl")
    kept.insert(1, {**kept[0], "sealed_at": "2001-01-01T00:00:00+01:00"})
    lively.write_lines(folder, "ledger/checkpoints.jsonl", kept)


def a_checkpoint_out_of_its_order(folder: Path) -> None:
    kept = lively.lines(folder, "ledger/checkpoints.jsonl")
    kept.insert(0, {**kept[-1], "sealed_at": kept[0]["sealed_at"]})
    lively.write_lines(folder, "ledger/checkpoints.jsonl", kept)


def a_checkpoint_of_another_register(folder: Path) -> None:
    kept = lively.lines(folder, "ledger/checkpoints.jsonl")
    body = "\n".join(["exemple.fr/autre", *verify.Checkpoint(kept[0]["note"]).lines[1:]])
    kept.insert(0, {**kept[0], "note": lively.signed("exemple.fr/autre", body + "\n")})
    lively.write_lines(folder, "ledger/checkpoints.jsonl", kept)


def said_with(folder: Path, wanted: str) -> tuple[list, dict, dict, dict]:
    """The syntheses; and the first sentence with a citation that has, or has not, quoted words: its version, it, the citation."""
    entries = lively.lines(folder, "syntheses.jsonl")
    found = ((one, said, cited) for one in entries for said in one["content"]["statements"] for cited in said["citations"])
    return entries, *next(found for found in found if ("quote" in found[2]) == (wanted == "quote"))


def a_citation_that_leads_nowhere(folder: Path) -> None:
    entries, one, said, cited = said_with(folder, "number")
    source, before = (
        f"synthesis/{one['consultation']}/{one['version']}/{said['key']}", f"contribution/{cited['number']}/{cited['revision']}",
    )  # fmt: skip
    cited["revision"] = 9
    lively.write_lines(folder, "syntheses.jsonl", entries)
    table = lively.rows(folder, "citations.csv")
    row = next(row for row in table if row[:2] == [source, before] and row[3] == "false")
    row[1] = f"contribution/{cited['number']}/9"
    lively.write_rows(folder, "citations.csv", table)


def words_that_nobody_wrote(folder: Path) -> None:
    """A quotation that goes past the end of its text; the sentence reads as if the words were gone."""
    entries, one, said, cited = said_with(folder, "quote")
    cited["quote"]["end"] = 10_000
    one["words"][said["key"]] = verify.with_quotations(said["text"], [None] * len(said["citations"]))
    lively.write_lines(folder, "syntheses.jsonl", entries)


def a_comment_of_another_site(folder: Path) -> None:
    entries = lively.lines(folder, "annotations.jsonl")
    site = "/".join(entries[1]["id"].split("/")[:3])
    entries[1] = json.loads(json.dumps(entries[1]).replace(site, "https://ailleurs.example"))
    lively.write_lines(folder, "annotations.jsonl", entries)


def a_file_that_is_not_described(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [one for one in package["resources"] if one["path"] != "votes.csv"]
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")


NOTHING = verify.b64(bytes(32))
INCIDENT = '{"act":"nothing","kind":"incident","v":1}'
NAME_HIDDEN = '{"act":"name_hidden","actor":"moderator/1","ground":"x","kind":"mod","nonce":"x","object":"contribution/5","v":1}'
WITHOUT_THE_KEY = {
    "a line written twice": ("leaves", appended(INCIDENT + "\n" + INCIDENT)),
    "a vote for no version": ("chain", leaf("vote", set_in(rev=NOTHING))),
    "votes carried to no version": ("chain", leaf("mod", set_in(to=NOTHING), act="same_text")),
    "an opening under other rules": ("calendar", leaf("state", set_in(config=NOTHING), state="open")),
    "a checkpoint dated before the last": ("checkpoints", a_checkpoint_dated_before_the_last),
    "a checkpoint out of its order": ("checkpoints", a_checkpoint_out_of_its_order),
    "a checkpoint of another register": ("checkpoints", a_checkpoint_of_another_register),
    "a position that is none": ("votes", cell("votes.csv", "position", "2", origin="web")),
    "a vote taken over from nowhere": ("imports", row_added("votes.csv", like=-1, leaf="9999")),
    "a vote that was replaced": ("votes_opened", a_vote_that_was_replaced),
    "a hidden name published": ("texts_opened", appended(NAME_HIDDEN)),
    "a close without its total": ("closes", a_close_without_its_total),
    "another fate beside a text": ("fates", cell("contributions.csv", "fate", "merged", number="1")),
    "a document written twice": ("syntheses", line_twice("documents.jsonl")),
    "a citation that leads nowhere": ("citations", a_citation_that_leads_nowhere),
    "words that nobody wrote": ("citations", words_that_nobody_wrote),
    "a sentence too many": ("citations", entry("syntheses.jsonl", lambda found: found["words"].update(more="Et voilà."))),
    "a comment of another site": ("annotations", a_comment_of_another_site),
    "a file that is not described": ("files", a_file_that_is_not_described),
    "a vote removed": ("votes_opened", row_gone("votes.csv", 3)),
    "a vote added": ("votes_opened", row_twice("votes.csv", 3)),
    "a position reversed": ("votes", cell("votes.csv", "position", "-1", origin="web", position="1")),
    "a vote given to another text": ("votes", cell("votes.csv", "number", "6", number="5")),
    "a vote bound to another version": ("votes", cell("votes.csv", "revision", "2", number="5")),
    "the hash of a nonce changed": ("votes", cell("votes.csv", "nonce_hash", verify.b64(bytes(32)), origin="web")),
    "a vote said to come from nowhere": ("votes_opened", cell("votes.csv", "leaf", "9999", origin="web")),
    "a cast vote said to be taken over": ("imports", cell("votes.csv", "origin", "import", origin="web")),
    "a vote taken over removed": ("imports", row_gone("votes.csv", -1)),
    "a vote taken over reversed": ("imports", cell("votes.csv", "position", "-1", origin="import", position="1")),
    "a text written twice": ("contributions", row_twice("contributions.csv")),
    "a total written twice": ("tallies", row_twice("tallies.csv")),
    "a rule published twice": ("rules", frame(lambda document: document["rules"].append(document["rules"][0]))),
    "an act published twice": ("rules", frame(lambda document: document["acts"].append(document["acts"][0]))),
    "a consultation told twice": ("calendar", frame(lambda found: found["consultations"].append(found["consultations"][0]))),
    "a removal said to be its author’s": ("contributions", cell("contributions.csv", "status", "withdrawn", status="removed")),
    "a removal said to be a hiding": ("contributions", cell("contributions.csv", "status", "hidden", status="removed")),
    "a text said to be unavailable": ("contributions", cell("contributions.csv", "status", "text_unavailable", number="5")),
    "a title changed": ("contributions", cell("contributions.csv", "title", "Non", number="5")),
    "a body changed": ("contributions", cell("contributions.csv", "body", "Non", number="5")),
    "an author changed": ("contributions", cell("contributions.csv", "author", "Un autre", number="5")),
    "an argument turned around": ("contributions", cell("contributions.csv", "side", "against", kind="argument", side="for")),
    "an argument moved": ("contributions", cell("contributions.csv", "about", "2", kind="argument")),
    "a text moved to another consultation": ("contributions", cell("contributions.csv", "consultation", "la-gare", number="1")),
    "another date": ("contributions", cell("contributions.csv", "published_at", "2020-01-01T00:00+01:00", number="5")),
    "a text hidden without a decision": ("contributions", cell("contributions.csv", "status", "hidden", number="5")),
    "a hidden text said to be shown": ("contributions", cell("contributions.csv", "status", "published", number="3")),
    "a text removed": ("contributions", row_gone("contributions.csv", 5)),
    "an older version shown": ("contributions", cell("contributions.csv", "revision", "1", number="1")),
    "a counter inflated": ("counters", cell("contributions.csv", "agree", "99", number="5")),
    "arguments inflated": ("counters", cell("contributions.csv", "arguments_for", "99", number="5")),
    "a total changed": ("tallies", cell("tallies.csv", "disagree", "0", number="5")),
    "votes excluded": ("tallies", cell("tallies.csv", "excluded", "3", number="5")),
    "a total removed": ("tallies", row_gone("tallies.csv", 1)),
    "a rank changed": ("lists", cell("listings.csv", "rank", "9", consultation="la-gare", order="supported", rank="1")),
    "a key changed": ("lists", cell("listings.csv", "key", "-1 5", consultation="la-gare", order="supported", number="5")),
    "another day of draw": ("lists", cell("listings.csv", "as_of", "2020-01-01", consultation="la-gare")),
    "a text left out of a list": ("lists", row_gone("listings.csv", -1)),
    "words changed in an old version": ("texts", entry("revisions.jsonl", lambda found: found["document"].update(title="Non"))),
    "the name of an author changed in a version": ("texts", entry("revisions.jsonl", set_in(author="Un autre"))),
    "a salt changed": ("texts", entry("revisions.jsonl", set_in(salt=verify.b64(bytes(32))))),
    "a version numbered otherwise": ("texts", entry("revisions.jsonl", set_in(revision=7))),
    "a version emptied": ("texts_opened", entry("revisions.jsonl", set_in(document=None, salt=None, author=None))),
    "a name left out": ("texts_opened", entry("revisions.jsonl", set_in(author=None, author_salt=None))),
    "a rule changed": ("rules", frame(lambda document: document["rules"][0]["document"].update(voters_per_batch=2))),
    "a rule removed": ("rules_opened", frame(lambda document: document["rules"].pop(0))),
    "an act reworded": ("rules", frame(lambda document: next(a for a in document["acts"] if a["salt"]).update(document=""))),
    "another actor": ("rules", frame(lambda document: document["acts"][-1].update(actor="moderator/9"))),
    "a close denied": ("calendar", frame(lambda document: document["consultations"][0].update(state="open"))),
    "a consultation removed": ("calendar", frame(lambda document: document["consultations"].pop(1))),
    "other rules in force": ("calendar", frame(lambda document: document["consultations"][0].update(config=None))),
    "a paragraph reworded": ("syntheses", entry("documents.jsonl", lambda found: found["blocks"][0].update(text="Autre chose."))),
    "a comment rewritten": ("annotations", leaf("mod", set_in(act="kept"), object="annotation/le-parc/6")),
    "a salt kept of what is gone": ("texts", salt_of_what_is_gone("revisions.jsonl")),
    "a salt kept of a comment that is gone": ("annotations", salt_of_what_is_gone("annotations.jsonl")),
    "a hidden comment said to be taken back": ("annotations", status_of_a_comment("hidden", "withdrawn")),
    "a comment moved": ("annotations", entry("annotations.jsonl", lambda found: found["places"][1].update(block="s9"))),
    "a comment left behind": ("annotations", entry("annotations.jsonl", lambda found: found["places"].pop())),
    "a comment begun elsewhere": ("annotations", entry("annotations.jsonl", lambda found: found["places"][0].update(end=7))),
    "a comment answered otherwise": ("annotations", entry("annotations.jsonl", set_in(answer="declined"))),
    "a comment answered by another version": ("annotations", entry("annotations.jsonl", set_in(answered_in=1))),
    "another reason for an answer": ("annotations", entry("annotations.jsonl", set_in(answer_reason="Trop tard."))),
    "a comment answered at another time": ("annotations", entry("annotations.jsonl", set_in(answered_at="2020-01-01T00:00Z"))),
    "a comment at another address": ("annotations", entry("annotations.jsonl", set_in(id="http://ailleurs.example/1/"))),
    "a comment said to be a reply": ("annotations", entry("annotations.jsonl", set_in(motivation="replying"))),
    "other words around a passage": ("annotations", entry("annotations.jsonl", around_otherwise)),
    "a passage aimed at otherwise": ("annotations", entry("annotations.jsonl", lambda found: found["target"].pop("selector"))),
    "a person said to be an organisation": (
        "annotations", entry("annotations.jsonl", lambda found: found["creator"].update(type="Organization")),
    ),
    "a comment said to be in another language": (
        "annotations", entry("annotations.jsonl", lambda found: found["body"].update(language="en")),
    ),
    "a leaf changed": ("root", leaf("withdraw", set_in(seq=1), is_sealed=False)),
    "leaves swapped": ("root", swapped_leaves),
    "leaves cut": ("leaves", cut("ledger/leaves.jsonl", 40)),
    "another root": ("root", root_of_nothing),
    "a checkpoint signed by another key": ("signatures", signed_by_the_wrong_key),
    "a checkpoint dropped": ("checkpoints", entry("ledger/checkpoints.jsonl", lambda found: "gone", skip=-1)),
    "a size changed": ("checkpoints", entry("ledger/checkpoints.jsonl", set_in(size=3))),
}  # fmt: skip


def test_every_alteration_of_files_is_found_by_the_expected_check(lived, tmp_path):
    missed = {}
    for rank, (name, (code, alter)) in enumerate(WITHOUT_THE_KEY.items()):
        folder = lively.a_copy(lived.folder, tmp_path / str(rank))
        alter(folder)
        lively.described_again(folder)
        if code not in (found := wrong(folder)):
            missed[name] = found
    assert missed == {}
    assert len(WITHOUT_THE_KEY) >= 45
    print(f"{len(WITHOUT_THE_KEY)} alterations of files without the key, {len(WITHOUT_THE_KEY)} found by the expected check")


def another_actor(folder: Path) -> None:
    leaves, at = first(folder, "state", state="announced")
    leaves[at]["actor"] = "organiser/2"
    lively.sealed_again(folder, leaves)
    document = lively.process_of(folder)
    next(act for act in document["acts"] if act["leaf"] == at)["actor"] = "organiser/2"
    lively.write_process(folder, document)


def another_salt(folder: Path) -> None:
    table = lively.rows(folder, "votes.csv")
    row = next(row for row in table[1:] if row[1] == "5")
    row[4] = verify.b64(b"s" * 32)
    lively.write_rows(folder, "votes.csv", table)
    leaves = lively.lines(folder, "ledger/leaves.jsonl")
    leaves[int(row[0])]["cm"] = verify.b64(verify.digest("votecm/v1", int(row[3]), row[4], row[5]))
    lively.sealed_again(folder, leaves)


def another_argument(folder: Path) -> None:
    entries = lively.lines(folder, "revisions.jsonl")
    found = next(entry for entry in entries if entry["document"] and entry["document"]["kind"] == "argument")
    found["document"]["body"] = "Tout le contraire."
    lively.write_lines(folder, "revisions.jsonl", entries)
    leaves = lively.lines(folder, "ledger/leaves.jsonl")
    leaves[found["leaf"]]["cm"] = verify.b64(verify.digest("revcm/v1", found["document"], found["salt"]))
    lively.sealed_again(folder, leaves)
    cell("contributions.csv", "body", "Tout le contraire.", number=str(found["contribution"]))(folder)


@pytest.mark.parametrize("alter", [another_actor, another_salt, another_argument])
def test_a_register_made_again_with_the_real_key_shows_only_to_who_kept_a_checkpoint(lived, tmp_path, alter):
    folder = lively.a_copy(lived.folder, tmp_path / "copy")
    alter(folder)
    lively.described_again(folder)
    assert wrong(folder) == set()
    spoken = list(verify.sentences(verify.verify(str(folder))))
    assert spoken[2] == "Rien ici n'est prouvé contre l'exploitant : il a pu refaire tout le registre."
    assert wrong(folder, seen=(lived.checkpoint,)) == {"seen"}
    against = list(verify.sentences(verify.verify(str(folder), seen=[("gardé.txt", lived.checkpoint)])))
    assert against[:2] == [
        "Ce dossier est cohérent avec lui-même.",
        "Comparé à 1 point de contrôle conservé ailleurs : DÉSACCORD.",
    ]


def test_a_checkpoint_of_another_past_of_another_key_or_of_more_leaves_disagrees(lived):
    note = verify.Checkpoint(lived.checkpoint)
    more = lively.signed(note.origin, f"{note.origin}\n999999\n{'A' * 43}=\n")
    stranger = lively.signed(note.origin, note.body, key="receipt")
    elsewhere = lively.signed("exemple.fr/autre", f"exemple.fr/autre\n5\n{'A' * 43}=\n")
    for text in (another_past(lived.folder), more, stranger, elsewhere):
        assert wrong(lived.folder, seen=(text,)) == {"seen"}


def test_a_kept_checkpoint_is_found_among_words_and_in_a_kept_list(lived):
    listed = (lived.folder / "ledger/checkpoints.jsonl").read_text(encoding="utf-8")
    for text in (f"Bonjour,\n\n{lived.checkpoint}\nCordialement", lived.checkpoint.replace("\n", "\r\n"), listed):
        report = verify.verify(str(lived.folder), seen=[("courriel.txt", text)])
        assert report.is_right
        assert report.counts["seen"] >= 1


def receipt_with(text: str, **changes: object) -> str:
    """The receipt, promising something else, signed by the real key."""
    receipt = verify.Receipt(text)
    promise = {**receipt.promise, **changes, "after_checkpoint": None}
    return lively.signed(receipt.name, f"{receipt.name}\n{verify.canonical(promise).decode()}\n", key="receipt")


def promised(text: str, **changes: object) -> dict[str, str]:
    words = verify.canonical({**json.loads(verify.Receipt(text).promise["leaf"]), **changes})
    return {"leaf": words.decode(), "leaf_hash": verify.b64(verify.leaf_hash(words))}


def test_a_receipt_whose_vote_was_dropped_shows_it_once_due(lived):
    text = lived.receipts[0]
    salt = verify.b64(b"s" * 32)
    nonce_hash = verify.b64(verify.digest("nonce/v1", verify.Receipt(text).promise["nonce"]))
    commitment = verify.b64(verify.digest("votecm/v1", verify.Receipt(text).promise["position"], salt, nonce_hash))
    dropped = receipt_with(text, salt=salt, **promised(text, cm=commitment))
    assert wrong(lived.folder, seen=(dropped,)) == {"receipts"}
    still_open = receipt_with(
        text, salt=salt, contribution=5, due="2099-01-01T00:00:00+01:00", **promised(text, cm=commitment, contribution=5)
    )
    report = verify.verify(str(lived.folder), seen=[("reçu.txt", still_open)])
    assert report.is_right
    assert any("pas encore" in note for note in report.notes)


def test_a_receipt_that_says_another_position_or_is_not_signed_is_refused(lived):
    text = lived.receipts[0]
    assert wrong(lived.folder, seen=(receipt_with(text, position=0 if verify.Receipt(text).promise["position"] else 1),)) == {
        "receipts"
    }
    receipt = verify.Receipt(text)
    assert wrong(lived.folder, seen=(lively.signed(receipt.name, receipt.body, key="log"),)) == {"receipts"}


def test_a_key_given_from_elsewhere_must_be_that_of_the_folder(lived):
    report = verify.verify(str(lived.folder), key=bytes(31) + b"\1")
    assert report.failures["key_constant"]
    assert report.failures["signatures"]


KEYS = {"log": verify.b64(bytes([1]) * 32), "receipt": verify.b64(bytes([2]) * 32)}
OTHER_KEY = verify.b64(bytes([3]) * 32)


def keys_of(*leaves: dict, public_keys: list[dict], origin: str = "exemple.fr/rues", given: bytes | None = None) -> str | None:
    """The complaint about the keys of a register of these leaves, of which the rules publish these keys."""
    register, report = verify.Register(), verify.Report()
    register.others = dict(enumerate([*({"kind": "config"} for _keys in public_keys), *leaves]))
    rules = [{"leaf": at, "document": {"public_keys": keys}} for at, keys in enumerate(public_keys)]
    verify.check_keys(register, {"process": {"origin": origin}, "rules": rules}, given, report)
    return report.first.get("key_constant")


def test_each_complaint_about_a_key_is_made():
    assert keys_of(public_keys=[KEYS, KEYS]) is None
    another = "les règles de la ligne 2 du registre annoncent une autre clé de "
    assert keys_of(public_keys=[KEYS, {**KEYS, "log": OTHER_KEY}]) == another + "signature."
    assert keys_of(public_keys=[KEYS, {**KEYS, "receipt": OTHER_KEY}]) == another + "reçu."
    lost = {"kind": "incident", "public": OTHER_KEY}
    assert keys_of(lost, public_keys=[KEYS], origin="exemple.fr/rues/2") is None
    assert keys_of(lost, public_keys=[KEYS]) == "une clé a été perdue sans que le registre change de nom."
    told = keys_of(lost, public_keys=[KEYS], origin="exemple.fr/rues/2", given=bytes([1]) * 32)
    assert told == "la clé de la ligne 2 du registre ne vient pas de celle que vous donnez, et rien ne la signe."
    assert keys_of(lost, public_keys=[KEYS], origin="exemple.fr/rues/2", given=bytes([3]) * 32) is None


def test_what_is_altered_in_the_database_is_found_in_the_next_export(lived_in_the_database):
    assert {name: code in found for name, (code, found) in lived_in_the_database.items()} == dict.fromkeys(
        lived_in_the_database, True
    )
    assert len(lived_in_the_database) >= 30
    print(f"I4: {len(lived_in_the_database)} alterations of the database, all found by the expected check")


# ---------------------------------------------------------------------------------------------- the pieces, and growth


def test_signatures_agree_with_another_implementation():
    for rank in range(40):
        private = Ed25519PrivateKey.from_private_bytes(bytes([rank]) * 32)
        public, message = private.public_key().public_bytes_raw(), bytes(rank)
        signature = private.sign(message)
        assert verify.is_signed(public, message, signature)
        assert not verify.is_signed(public, message + b".", signature)
        for place in (0, 31, 32, 63):
            changed = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
            assert not verify.is_signed(public, message, changed)
        more = (int.from_bytes(signature[32:], "little") + verify.L).to_bytes(32, "little")
        assert not verify.is_signed(public, message, signature[:32] + more)
    assert not verify.is_signed(b"\xff" * 32, b"", bytes(64))


def test_the_tree_is_that_of_its_recursive_definition():
    def root(leaves: list[bytes]) -> bytes:
        if len(leaves) <= 1:
            return leaves[0] if leaves else hashlib.sha256(b"").digest()
        split = 1 << (len(leaves) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + root(leaves[:split]) + root(leaves[split:])).digest()

    tree, leaves = verify.Tree(), []
    for rank in range(130):
        assert tree.root() == root(leaves)
        leaves.append(verify.leaf_hash(bytes([rank])))
        tree.add(leaves[-1])


def test_it_is_one_file_that_old_pythons_read_and_that_needs_nothing():
    source = Path(verify.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names


def test_time_grows_with_the_votes_and_no_faster(tmp_path):
    seconds = []
    for voters in (100, 400):
        great_export.write(tmp_path / str(voters), 20, voters)
        start = time.process_time()
        assert verify.verify(str(tmp_path / str(voters))).is_right
        seconds.append(time.process_time() - start)
    assert seconds[1] < 4 * seconds[0] * 1.6


def test_the_bench_measures_the_verifier_beside_a_bare_reading():
    facts = verifying.run(texts=4, voters=10)
    assert (facts["votes"], facts["within_the_bar"]) == (40, True)
    assert {"seconds", "rss_mb", "ratio_to_bare_reading"} <= set(facts)
    assert verifying.TEXTS * verifying.VOTERS == 2_000_000
