"""S11: a hostile folder given as an export is refused by one sentence, in 5 seconds and 512 MB, and nothing of it is written."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import Refused
from polyphonie.ledger.models import Entry, Log
from polyphonie.opendata import verify
from polyphonie.opendata.importing import course as importing
from polyphonie.opendata.importing.copying import course as copying
from polyphonie.opendata.importing.copying.foreign import Foreign
from polyphonie.opendata.importing.course import Order
from polyphonie.opendata.importing.reading import SourceRefused
from polyphonie.opendata.models import Import
from polyphonie.processes.models import Process
from tests.opendata import lively
from tests.opendata.hostile_cost import refused_cheaply

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MEGABYTE = 1 << 20


def a_link(folder: Path) -> None:
    (folder / "votes.csv").unlink()
    (folder / "votes.csv").symlink_to("/etc/passwd")


def a_link_to_a_folder(folder: Path) -> None:
    (folder / "more").symlink_to("/")


def a_pipe(folder: Path) -> None:
    (folder / "votes.csv").unlink()
    os.mkfifo(folder / "votes.csv")


def a_hollow_file(folder: Path) -> None:
    with (folder / "ledger/leaves.jsonl").open("ab") as file:
        file.truncate(1 << 36)


def another_hollow_file(folder: Path) -> None:
    with (folder / "more.bin").open("wb") as file:
        file.truncate(1 << 36)


def too_many_files(folder: Path) -> None:
    for rank in range(2_100):
        (folder / f"{rank}.txt").touch()


def a_deep_frame(folder: Path) -> None:
    (folder / "process.json").write_bytes(b'{"process":' + b"[" * 5_000_000)


def a_giant_frame(folder: Path) -> None:
    with (folder / "process.json").open("wb") as file:
        for _ in range(80):
            file.write(b" " * MEGABYTE)


def a_giant_cell(folder: Path) -> None:
    with (folder / "contributions.csv").open("ab") as file:
        file.write(b'99,"' + b"a" * 40 * MEGABYTE)


def a_giant_line(folder: Path) -> None:
    with (folder / "revisions.jsonl").open("ab") as file:
        file.write(b'{"document":"' + b"a" * 40 * MEGABYTE)


def a_million_rows(folder: Path) -> None:
    with (folder / "contributions.csv").open("ab") as file:
        for start in range(1, 1_000_000, 10_000):
            file.write(
                b"".join(
                    b"%d,proposal,,la-place,,,,t,b,,,,,web,,,1,published,0,0,0,0,0,0,\n" % (start + rank)
                    for rank in range(10_000)
                )
            )


def a_million_votes(folder: Path) -> None:
    with (folder / "votes.csv").open("ab") as file:
        for _ in range(100):
            file.write(b"1,1,1,1,AAAA,AAAA,web\n" * 10_000)


def a_million_leaves(folder: Path) -> None:
    with (folder / "ledger/leaves.jsonl").open("ab") as file:
        for _ in range(100):
            file.write(b'{"kind":"vote","v":1}\n' * 10_000)


def a_way_out(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"].append({"path": "../../../../etc/passwd", "hash": "sha256:", "bytes": 0})
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")


def null_bytes(folder: Path) -> None:
    (folder / "figures.csv").write_bytes(b"\0" * 1000)


def another_encoding(folder: Path) -> None:
    (folder / "contributions.csv").write_bytes("é".encode("utf-16") * 1000)


def no_register(folder: Path) -> None:
    (folder / "ledger/checkpoint").unlink()


def nothing(folder: Path) -> None:
    (folder / "contributions.csv").write_bytes(b"")


def swapped_kept_files(folder: Path) -> None:
    one, other = folder / "figures.csv", folder / "moderation.csv"
    words = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(words)


def a_row_too_short(folder: Path) -> None:
    with (folder / "participants.csv").open("ab") as file:
        file.write(b"7,2026-01-01\n")


def rows_of_no_table(folder: Path) -> None:
    (folder / "opinions.jsonl").write_bytes(b'{"a":1}\n' * 10)


def a_number_that_is_none(folder: Path) -> None:
    (folder / "opinions.jsonl").write_bytes((folder / "opinions.jsonl").read_bytes().replace(b"0", b"NaN", 1))


def words_turned_around(folder: Path) -> None:
    table = lively.rows(folder, "figures.csv")
    table[1][4] = "\u202esenvers"
    lively.write_rows(folder, "figures.csv", table)


def a_word_of_no_list(folder: Path) -> None:
    table = lively.rows(folder, "figures.csv")
    table[1][3] = "perhaps"
    lively.write_rows(folder, "figures.csv", table)


def many_without_number(folder: Path) -> None:
    (folder / "dialects/polis/la-place/summary.csv").write_text("voters,many\n", encoding="utf-8")


def a_verifier_that_says_yes(folder: Path) -> None:
    (folder / "verify.py").write_text("import pathlib; pathlib.Path('owned').touch()")
    table = lively.rows(folder, "tallies.csv")
    table[1][3] = "99"
    lively.write_rows(folder, "tallies.csv", table)


HOSTILE = [
    a_link, a_link_to_a_folder, a_pipe, a_hollow_file, another_hollow_file, too_many_files, a_deep_frame, a_giant_frame,
    a_giant_cell, a_giant_line, a_million_rows, a_million_votes, a_million_leaves, a_way_out, null_bytes, another_encoding,
    no_register, nothing, a_verifier_that_says_yes,
]  # fmt: skip
UNSIGNED = [
    swapped_kept_files, a_row_too_short, rows_of_no_table, a_number_that_is_none, words_turned_around, a_word_of_no_list,
    many_without_number,
]  # fmt: skip
"""What nothing signed covers, described again: the verifier agrees, and pages and the API would read it."""


def made(source: Path, target: Path, alter: Callable[[Path], None]) -> Path:
    folder = lively.a_copy(source, target)
    alter(folder)
    if alter.__name__ in ("a_million_rows", "a_million_votes", "a_million_leaves", "a_verifier_that_says_yes", "null_bytes"):
        lively.described_again(folder)
    return folder


def held() -> list[int]:
    return [model.objects.count() for model in (Process, Import, Contribution, Entry, Log)]


def refused_in(folder: Path) -> tuple[str, float]:
    begun = time.process_time()
    with pytest.raises(Refused) as refused:
        importing.run(Order("polyphonie", folder, "hostile"))
    return refused.value.reason, time.process_time() - begun


@pytest.mark.parametrize("alter", HOSTILE, ids=lambda alter: alter.__name__)
def test_a_hostile_folder_is_refused_in_a_sentence_and_writes_nothing(source, tmp_path, alter):
    before = held()
    reason, seconds = refused_in(made(source, tmp_path / "hostile", alter))
    assert reason.endswith(".")
    assert "\n" not in reason
    assert seconds < 5
    assert held() == before


def test_what_nothing_signed_covers_is_held_to_its_columns(source, tmp_path):
    assert len(UNSIGNED) >= 7
    for alter in UNSIGNED:
        folder = lively.a_copy(source, tmp_path / alter.__name__)
        alter(folder)
        lively.described_again(folder)
        assert verify.verify(str(folder)).is_right, alter.__name__
        with pytest.raises(SourceRefused):  # noqa: PT012  (says which one was taken)
            copying.ensure_read(folder, "hostile")
            raise AssertionError(alter.__name__)


@pytest.mark.parametrize("target", ["nowhere", "a-file"])
def test_what_is_no_folder_is_refused(source, tmp_path, target):
    (tmp_path / "a-file").write_text("PK")
    with pytest.raises(Refused):
        importing.run(Order("polyphonie", tmp_path / target, "hostile"))


# ------------------------------------------------------------- who made the folder signed it: it verifies, and is hostile


def document(folder: Path, kind: str, number: int | None = None, **changes: str) -> int:
    """Change the words of a text nobody votes on, everywhere they stand, and seal the register again with the real key."""
    entries = lively.lines(folder, "revisions.jsonl")
    found = next(entry for entry in entries if entry["document"] and entry["document"]["kind"] == kind)
    found["document"].update(changes)
    lively.write_lines(folder, "revisions.jsonl", entries)
    leaves = lively.lines(folder, "ledger/leaves.jsonl")
    leaves[found["leaf"]]["cm"] = verify.b64(verify.digest("revcm/v1", found["document"], found["salt"]))
    lively.sealed_again(folder, leaves)
    table = lively.rows(folder, "contributions.csv")
    row = next(row for row in table if row[0] == str(found["contribution"]))
    for name, value in changes.items():
        row[table[0].index(name)] = value
    lively.write_rows(folder, "contributions.csv", table)
    lively.described_again(folder)
    return int(found["contribution"])


SIGNED: dict[str, tuple[str, dict[str, str], str]] = {
    "an address that is a program": ("source", {"url": "javascript:alert(1)"}, "n'est pas du web"),
    "an address that is a page": ("source", {"url": "data:text/html,<script>"}, "n'est pas du web"),
    "a title without end": ("argument", {"title": "a" * 10_000}, "dépasse 300 caractères"),
    "words turned around": ("argument", {"body": "à l\u202eenvers"}, "retournent le texte"),
    "a null character": ("argument", {"body": "a\u0000b"}, "retournent le texte"),
    "an address where there is none": ("argument", {"url": "https://example.org/"}, "la forme de son genre"),
}


@pytest.mark.parametrize("name", SIGNED)
def test_what_verifies_is_still_held_to_what_people_may_write(source, tmp_path, name):
    kind, changes, sentence = SIGNED[name]
    folder = lively.a_copy(source, tmp_path / "hostile")
    document(folder, kind, **changes)
    assert verify.verify(str(folder)).is_right
    before = held()
    reason, seconds = refused_in(folder)
    assert sentence in reason
    assert seconds < 5
    assert held() == before


FRAMES: list[Callable[[dict[str, Any]], object]] = [
    lambda frame: frame["consultations"][0].update(slug="../admin"),
    lambda frame: frame["consultations"][0].update(slug="nouvelle/"),
    lambda frame: frame["consultations"][0].update(title="a" * 300),
    lambda frame: frame["consultations"][0].update(title=7),
    lambda frame: frame["consultations"][0].update(opens_at="demain"),
    lambda frame: frame["consultations"][0].update(opens_at=frame["consultations"][0]["closes_at"]),
    lambda frame: frame["consultations"][0].update(theme=99),
    lambda frame: frame["consultations"][0].update(config="é"),
    lambda frame: frame["process"].update(title=None),
    lambda frame: frame["process"].update(title="à l\u202eenvers"),
    lambda frame: frame["process"].update(feedback_due_on="2026-02-31"),
    lambda frame: frame["process"].pop("organiser"),
    lambda frame: frame.update(themes=[{"number": 1, "title": "a" * 201, "presentation": ""}]),
    lambda frame: frame.update(themes=[{"number": "1", "title": "", "presentation": ""}]),
    lambda frame: frame.update(referral={}),
    lambda frame: frame["acts"][0].update(happened_at=3),
    lambda frame: frame["acts"][0].update(kind="unknown"),
]


@pytest.mark.parametrize("alter", range(len(FRAMES)))
def test_a_frame_that_does_not_fit_is_refused_before_anything_is_written(source, monkeypatch, alter):
    before = held()
    foreign = Foreign(source)
    FRAMES[alter](foreign.document)
    monkeypatch.setattr(copying, "Foreign", lambda _path: foreign)
    reason, _seconds = refused_in(source)
    assert reason.endswith(".")
    assert held() == before


MEASURED = [
    a_hollow_file,
    a_deep_frame,
    a_giant_frame,
    a_giant_cell,
    a_giant_line,
    a_million_rows,
    a_million_votes,
    a_million_leaves,
]


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak memory as Linux counts it")
def test_a_hostile_folder_costs_less_than_five_seconds_and_512_megabytes(source, tmp_path):
    paths = [str(made(source, tmp_path / alter.__name__, alter)) for alter in MEASURED]
    peak = refused_cheaply("polyphonie", paths, tmp_path)
    print(f"S11: {len(HOSTILE)} hostile folders, {len(SIGNED)} signed ones, {len(FRAMES)} frames refused; peak {peak} MB")
