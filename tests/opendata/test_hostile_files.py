"""S11: a hostile file is refused by one clear sentence, in 5 seconds and 512 MB, and nothing of it is written."""

import gzip
import lzma
import os
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from polyphonie.contributions.models import Contribution
from polyphonie.core.refusal import Refused
from polyphonie.opendata.importing import course as importing
from polyphonie.opendata.importing.course import Order
from polyphonie.opendata.models import Import
from polyphonie.processes.models import Process
from tests.opendata import exports
from tests.opendata.hostile_cost import refused_cheaply

pytestmark = pytest.mark.django_db(transaction=True)

FIRST_LINE = ";".join(exports.HEADER).encode() + b"\r\n"
MILLION = 1_000_000


def packed(path: Path, *pieces: bytes, times: int = 1) -> Path:
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(pieces[0])
        for _ in range(times):
            file.write(pieces[-1])
    return path


def zeros(folder: Path) -> Path:
    return packed(folder / "e.csv.gz", FIRST_LINE, b"\0" * MILLION, times=300)


def one_giant_line(folder: Path) -> Path:
    return packed(folder / "e.csv.gz", FIRST_LINE, b"a" * MILLION, times=300)


def one_giant_cell_of_short_lines(folder: Path) -> Path:
    return packed(folder / "e.csv.gz", FIRST_LINE + b'opinion;"', b"a\n" * (MILLION // 2), times=300)


def one_giant_record_of_short_cells(folder: Path) -> Path:
    return packed(folder / "e.csv.gz", FIRST_LINE + b'opinion;"', b'a\n";"b' * (MILLION // 6), times=60)


def empty_lines_without_end(folder: Path) -> Path:
    return packed(folder / "e.csv.gz", FIRST_LINE, b"\n" * MILLION, times=400)


def a_million_times_the_same_row(folder: Path) -> Path:
    return packed(folder / "e.csv.gz", FIRST_LINE, b"vote;;;\r\n" * (MILLION // 9), times=200)


def a_billion_columns(folder: Path) -> Path:
    return packed(folder / "e.csv.gz", b"type;contributions_id", b";" * MILLION, times=1000)


def rubbish_in_columns(folder: Path) -> Path:
    path = folder / "e.csv"
    path.write_bytes(FIRST_LINE + b"vote;1;2;3\r\n" * 2 * MILLION)
    return path


def a_bomb_behind_real_rows(folder: Path) -> Path:
    path = folder / "e.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(FIRST_LINE)
        for _ in range(3):
            file.write(os.urandom(MILLION).hex().encode())
            file.write(b"\n")
        for _ in range(100):
            file.write(b"\n" * MILLION)
    return path


def an_xz_bomb(folder: Path) -> Path:
    path = folder / "e.csv.xz"
    with lzma.open(path, "wb", preset=0) as file:
        file.write(FIRST_LINE)
        for _ in range(200):
            file.write(b"\n" * MILLION)
    return path


def an_xz_that_asks_for_memory(folder: Path) -> Path:
    path = folder / "e.csv.xz"
    small = bytearray(lzma.compress(FIRST_LINE * 100, preset=0))
    path.write_bytes(_with_dictionary(bytes(small), 39))
    return path


def _with_dictionary(packed_bytes: bytes, size_code: int) -> bytes:
    """The same xz file, whose first block header asks for a dictionary of nearly 4 GiB."""
    import zlib

    stream, rest = packed_bytes[:12], bytearray(packed_bytes[12:])
    length = (rest[0] + 1) * 4
    header = bytearray(rest[: length - 4])
    assert header[2:4] == b"\x21\x01"
    header[4] = size_code
    return stream + bytes(header) + zlib.crc32(bytes(header)).to_bytes(4, "little") + bytes(rest[length:])


def a_zip(folder: Path) -> Path:
    path = folder / "e.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../export.csv", FIRST_LINE)
    return path


def utf_16(folder: Path) -> Path:
    path = folder / "e.csv"
    path.write_bytes(FIRST_LINE.decode().encode("utf-16"))
    return path


def latin_1(folder: Path) -> Path:
    path = folder / "e.csv"
    path.write_bytes(FIRST_LINE + "opinion;1;;;;Été".encode("cp1252"))
    return path


def a_null_byte(folder: Path) -> Path:
    path = folder / "e.csv"
    path.write_bytes(FIRST_LINE + b"opinion;1;a\0b;;;Titre\r\n")
    return path


def a_truncated_gzip(folder: Path) -> Path:
    path = exports.write(folder / "e.csv", exports.small())
    path.write_bytes(gzip.compress(path.read_bytes())[:-20])
    return path


def a_gzip_with_rubbish_behind(folder: Path) -> Path:
    path = exports.write(folder / "e.csv", exports.small())
    path.write_bytes(gzip.compress(path.read_bytes()) + b"rubbish")
    return path


def an_unclosed_quote(folder: Path) -> Path:
    path = folder / "e.csv"
    path.write_bytes(FIRST_LINE + b'opinion;1;"never closed;;;\r\n' * 3)
    return path


def an_empty_file(folder: Path) -> Path:
    path = folder / "e.csv"
    path.write_bytes(b"")
    return path


def another_table(folder: Path) -> Path:
    path = folder / "e.csv"
    path.write_text("nom;prenom\nA;B\n")
    return path


def two_columns_of_one_name(folder: Path) -> Path:
    path = folder / "e.csv"
    path.write_text("type;contributions_id;contributions_id\n")
    return path


def a_picture(folder: Path) -> Path:
    path = folder / "e.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(4000))
    return path


def a_pipe(folder: Path) -> Path:
    path = folder / "e.csv"
    os.mkfifo(path)
    return path


def a_device(folder: Path) -> Path:
    return Path("/dev/zero")


def a_link_that_turns_round(folder: Path) -> Path:
    path = folder / "e.csv"
    path.symlink_to(path)
    return path


def a_folder_of_links(folder: Path) -> Path:
    inside = folder / "folder"
    inside.mkdir()
    (inside / "export.csv").symlink_to(exports.write(folder / "outside.csv", exports.small()))
    return inside


def an_empty_folder(folder: Path) -> Path:
    inside = folder / "folder"
    inside.mkdir()
    return inside


HOSTILE: list[Callable[[Path], Path]] = [
    zeros, one_giant_line, one_giant_cell_of_short_lines, one_giant_record_of_short_cells, empty_lines_without_end,
    a_million_times_the_same_row, a_billion_columns, rubbish_in_columns, a_bomb_behind_real_rows,
    an_xz_bomb, an_xz_that_asks_for_memory, a_zip, utf_16, latin_1, a_null_byte,
    a_truncated_gzip, a_gzip_with_rubbish_behind, an_unclosed_quote, an_empty_file, another_table, two_columns_of_one_name,
    a_picture, a_pipe, a_device, a_link_that_turns_round, a_folder_of_links, an_empty_folder,
]  # fmt: skip


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_a_hostile_file_is_refused_and_writes_nothing(make: Callable[[Path], Path], tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        importing.run(Order("cap-collectif", make(tmp_path), "hostile"))
    assert refused.value.reason.endswith(".")
    assert "\n" not in refused.value.reason
    assert [model.objects.count() for model in (Process, Import, Contribution)] == [0, 0, 0]


@pytest.mark.parametrize("slug", ["../ailleurs", "/ailleurs", "a/b", "", ".", "Majuscule", "static", "12"])
@pytest.mark.parametrize("act", [importing.run, importing.undo])
def test_a_process_address_cannot_lead_elsewhere(act: Callable[[Order], object], slug: str, tmp_path: Path) -> None:
    export = exports.write(tmp_path / "e.csv", exports.small())
    with pytest.raises(Refused):
        act(Order("cap-collectif", export, slug))
    assert not Process.objects.exists()


ODD = [
    "",
    "x",
    "-1",
    "1e9",
    "٣",
    "99999999999999999999",
    "9" * 5000,
    "31/02/2015 10:00",
    "0000-00-00",
    "null",
    "[]",
    "\u202e",
    "é" * 9000,
]


@pytest.mark.parametrize("odd", ODD)
def test_a_wrong_type_in_any_column_refuses_the_row_or_keeps_the_text_and_never_breaks(odd: str, tmp_path: Path) -> None:
    records = [dict(record) for record in exports.small() for _ in range(1)]
    wrong = []
    for record in records:
        for column in list(record):
            wrong.append({**record, column: odd})
    outcome = importing.run(Order("cap-collectif", exports.write(tmp_path / "e.csv", wrong), "odd", dry_run=True))
    counted = outcome.as_json()
    taken = sum(counted["created"].values()) + counted["rejected"] + counted["duplicates"]
    assert taken == len(wrong)
    if counted["rejected"]:
        assert len(outcome.rejects.read_text().splitlines()) == counted["rejected"] + 1


MEASURED = [
    zeros,
    one_giant_line,
    one_giant_record_of_short_cells,
    a_billion_columns,
    an_xz_bomb,
    a_million_times_the_same_row,
    empty_lines_without_end,
    rubbish_in_columns,
    a_bomb_behind_real_rows,
]


def test_the_same_identifier_a_thousand_times_costs_as_much_as_a_thousand_identifiers(tmp_path: Path) -> None:
    def cost(name: str, ids: list[str]) -> float:
        records = [exports.opinion(own, title=f"Titre {place}") for place, own in enumerate(ids)]
        votes = [exports.vote(own, ids[0], f"User:{place}") for place, own in enumerate(ids)]
        path = exports.write(tmp_path / name, [*records, *votes])
        begun = time.process_time()
        importing.run(Order("cap-collectif", path, "places", dry_run=True))
        return time.process_time() - begun

    apart = cost("apart.csv", [str(number) for number in range(4000)])
    assert cost("same.csv", ["1"] * 4000) <= 3 * apart + 0.5


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak memory as Linux counts it")
def test_a_bomb_costs_less_than_five_seconds_and_512_megabytes(tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a bomb is refused before any database is written")
    paths = []
    for make in MEASURED:
        folder = tmp_path / make.__name__
        folder.mkdir()
        paths.append(str(make(folder)))
    refused_cheaply("cap-collectif", paths, tmp_path)
    assert not list((tmp_path / "var").rglob("staging*"))
