"""How does one who cheats alter an export, and what does the verifier say? Seven alterations of a copy, done with care.

Each changes what it is about everywhere it can without the signing key, and gives `datapackage.json` the prints of the changed
files: what is found afterwards is found by the register alone.
"""

import csv
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from polyphonie.opendata import verify

Table = list[list[str]]


@dataclass(frozen=True)
class Alteration:
    """One way to cheat: its word on the command line, what it does, and the act on a folder."""

    name: str
    words: Promise
    apply: Callable[[Path], None]


def rows_of(folder: Path, name: str) -> Table:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(folder: Path, name: str, rows: Table) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def write_lines(folder: Path, name: str, entries: list[dict[str, Any]]) -> None:
    words = (json.dumps(one, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n" for one in entries)
    (folder / name).write_text("".join(words), encoding="utf-8")


def write_document(folder: Path, document: dict[str, Any]) -> None:
    (folder / "process.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def turn_a_position(folder: Path) -> None:
    """Someone agreed: say that they disagree."""
    rows = rows_of(folder, "votes.csv")
    position, origin = rows[0].index("position"), rows[0].index("origin")
    next(row for row in rows[1:] if row[origin] == "web" and row[position] == "1")[position] = "-1"
    write_rows(folder, "votes.csv", rows)


def raise_a_total(folder: Path) -> None:
    """Ten more in favour, in the totals and beside the text."""
    rows = rows_of(folder, "tallies.csv")
    names = rows[0]
    tallied = next(row for row in rows[1:] if row[names.index("origin")] == "web" and row[names.index("agree")] != "0")
    for name in ("agree", "raw", "final"):
        tallied[names.index(name)] = str(int(tallied[names.index(name)]) + 10)
    write_rows(folder, "tallies.csv", rows)
    texts = rows_of(folder, "contributions.csv")
    shown = next(row for row in texts[1:] if row[0] == tallied[0])
    if shown[texts[0].index("revision")] == tallied[names.index("revision")]:
        shown[texts[0].index("agree")] = tallied[names.index("agree")]
        write_rows(folder, "contributions.csv", texts)


def reword_a_text(folder: Path) -> None:
    """Another ending to what someone wrote, in both files that hold it."""
    lines = (folder / "revisions.jsonl").read_text(encoding="utf-8").splitlines()
    entries: list[dict[str, Any]] = [json.loads(line) for line in lines]
    texts = rows_of(folder, "contributions.csv")
    names = texts[0]
    shown = {int(row[0]): row for row in texts[1:] if row[names.index("status")] == "published"}
    last = {entry["contribution"]: entry for entry in entries}
    entry = next(one for one in last.values() if one["contribution"] in shown and one["document"])
    row = shown[entry["contribution"]]
    entry["document"]["body"] += " Ou tout le contraire."
    row[names.index("body")] += " Ou tout le contraire."
    write_lines(folder, "revisions.jsonl", entries)
    write_rows(folder, "contributions.csv", texts)


def remove_a_line(folder: Path) -> None:
    """A vote less, in the register and in votes.csv; every later line is renumbered wherever it is named."""
    rows = rows_of(folder, "votes.csv")
    leaf, origin = rows[0].index("leaf"), rows[0].index("origin")
    removed = next(row for row in rows[1:] if row[origin] == "web")
    gone = int(removed[leaf])
    rows.remove(removed)
    for row in rows[1:]:
        row[leaf] = str(_after(int(row[leaf]), gone))
    write_rows(folder, "votes.csv", rows)
    path = folder / "ledger" / "leaves.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:gone] + lines[gone + 1 :]))
    entries = [json.loads(line) for line in (folder / "revisions.jsonl").read_text(encoding="utf-8").splitlines()]
    for entry in entries:
        entry["leaf"] = _after(entry["leaf"], gone)
    write_lines(folder, "revisions.jsonl", entries)
    document = json.loads((folder / "process.json").read_text(encoding="utf-8"))
    for entry in (*document["rules"], *document["acts"]):
        entry["leaf"] = _after(entry["leaf"], gone)
    write_document(folder, document)


def _after(position: int, gone: int) -> int:
    return position - (position > gone)


def move_a_close(folder: Path) -> None:
    """A consultation that would have closed a day later, in its rules and wherever it is said."""
    document = json.loads((folder / "process.json").read_text(encoding="utf-8"))
    dated = [one for one in document["consultations"] if one["closes_at"] and not one["is_imported"]]
    chosen = min(dated, key=lambda one: len(one["extensions"]))
    later = (datetime.fromisoformat(chosen["closes_at"]) + timedelta(days=1)).isoformat(timespec="seconds")
    for rules in document["rules"]:
        if rules["consultation"] == chosen["slug"] and rules["document"]["closes_at"] == chosen["closes_at"]:
            rules["document"]["closes_at"] = later
    chosen["closes_at"] = later
    write_document(folder, document)


def cite_another(folder: Path) -> None:
    """A sentence of a synthesis rests on another text than the one that was read, wherever it is written."""
    entries = _syntheses(folder)
    entry = entries[-1]
    cited = {one["number"] for said in entry["content"]["statements"] for one in said["citations"]}
    names, *texts = rows_of(folder, "contributions.csv")
    shown = {int(row[0]): int(row[names.index("revision")]) for row in texts if row[names.index("status")] == "published"}
    other = next(number for number in shown if number not in cited)
    said, citation = next(
        (said, one) for said in entry["content"]["statements"] for one in said["citations"] if "quote" not in one
    )
    source = f"synthesis/{entry['consultation']}/{entry['version']}/{said['key']}"
    before, after = (f"contribution/{citation['number']}/{citation['revision']}", f"contribution/{other}/{shown[other]}")
    said["citations"] = [
        {**one, "number": other, "revision": shown[other]} if one is citation else one for one in said["citations"]
    ]
    entry["words"][said["key"]] = entry["words"][said["key"]].replace(f"#{citation['number']}", f"#{other}")
    write_lines(folder, "syntheses.jsonl", entries)
    rows = rows_of(folder, "citations.csv")
    changed = next(row for row in rows if row[:2] == [source, before] and row[3] == "false")
    changed[1] = after
    write_rows(folder, "citations.csv", rows)


def cover_more(folder: Path) -> None:
    """A synthesis that would take up more of the votes than it does."""
    entries = _syntheses(folder)
    share = entries[-1]["coverage"]["by_votes"]
    share["part"] = share["whole"] if share["part"] < share["whole"] else share["whole"] + 1
    write_lines(folder, "syntheses.jsonl", entries)


def _syntheses(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "syntheses.jsonl").read_text(encoding="utf-8").splitlines()]


ALTERATIONS = {
    one.name: one
    for one in (
        Alteration("position", _("A vote “agree” becomes “disagree”."), turn_a_position),
        Alteration("total", _("A text gains ten votes “agree”, in every total."), raise_a_total),
        Alteration("texte", _("A sentence is added to what someone wrote."), reword_a_text),
        Alteration("ligne", _("A vote is taken out of the register."), remove_a_line),
        Alteration("citation", _("A sentence of a synthesis cites another text than the one it rests on."), cite_another),
        Alteration("couverture", _("A synthesis says that it takes up more votes than it does."), cover_more),
        Alteration("cloture", _("A consultation closes a day later, and its rules say so."), move_a_close),
    )
}

EVERY = "toutes"
"""All of them, one after the other."""


def altered(source: Path, target: Path, alteration: Alteration) -> verify.Report:
    """Copy the export, alter the copy, and let the verifier read it."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    alteration.apply(target)
    describe_again(target)
    return verify.verify(str(target))


def describe_again(folder: Path) -> None:
    """Give `datapackage.json` the sizes and prints of the files as they now are."""
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        resource.update(bytes=len(content), hash=f"sha256:{hashlib.sha256(content).hexdigest()}")
    path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def findings(report: verify.Report) -> list[str]:
    """The sentences with which the verifier says what is wrong, the first of each check."""
    return [report.first[code] for code in verify.CHECKS if code in report.first]
