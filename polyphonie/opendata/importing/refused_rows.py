"""Where are the rows that were refused? In a file beside the installation, each with its file, its line and the reason."""

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from polyphonie.opendata.importing.staging import Staging

COLUMNS = ("file", "line", "reason", "row")


def write(path: Path, staging: Staging, files: list[Path], reader: ModuleType) -> None:
    """Write the file anew, readable by its owner only; the source is read again where rows were refused."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for index, source in enumerate(files):
            writer.writerows(_refused(staging, index, source, reader))
    unfinished.replace(path)


def _refused(staging: Staging, index: int, source: Path, reader: ModuleType) -> Iterator[tuple[str, int, str, str]]:
    """The refused rows of one file; `row` is JSON, so that no cell of the source becomes a formula of a spreadsheet."""
    refusals = staging.rows("SELECT line, reason FROM refusals WHERE file = ? ORDER BY line, reason", index)
    waiting = next(refusals, None)
    if waiting is None:
        return
    for line, record in reader.records(source):
        while waiting is not None and waiting[0] < line:
            yield source.name, waiting[0], waiting[1], ""
            waiting = next(refusals, None)
        while waiting is not None and waiting[0] == line:
            yield source.name, line, waiting[1], json.dumps(record, ensure_ascii=False)
            waiting = next(refusals, None)
        if waiting is None:
            return
    while waiting is not None:
        yield source.name, waiting[0], waiting[1], ""
        waiting = next(refusals, None)
