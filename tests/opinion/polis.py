"""Real Polis conversations, read from where POLYPHONIE_DATA says; none of it is in the repository."""

import csv
import gzip
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from polyphonie.opinion.votes.matrix import Votes, gathered

DATA = Path(os.environ.get("POLYPHONIE_DATA", "/nonexistent"))


def _read(path: Path) -> Any:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def fixture(name: str) -> tuple[Votes, dict[str, Any], list[int], list[int]]:
    """The votes of a conversation, what Polis made of them, and its participants and comments in the order of the matrix."""
    folder = DATA / "polis-math" / name
    math = _read(folder / "math-pca2.json.gz")
    read = _read(folder / "votes.json.gz")
    rows = [
        (
            vote.get("pid", vote.get("participant_id")),
            vote.get("tid", vote.get("statement_id")),
            vote["vote"],
            int(float(vote["modified"])),
        )
        for vote in read
    ]
    rows.sort(key=lambda row: row[3])
    people, texts = sorted({row[0] for row in rows}), sorted(math["tids"])
    person, text = {pid: rank for rank, pid in enumerate(people)}, {tid: rank for rank, tid in enumerate(texts)}
    votes = gathered(
        [person[row[0]] for row in rows], [text[row[1]] for row in rows], [row[2] for row in rows], n=len(people), m=len(texts)
    )
    return votes, math, people, texts


def conversation(name: str) -> tuple[Votes, np.ndarray]:
    """The votes of an open conversation on the texts that its moderators let stand, as Polis places people and as hidden texts
    are left out here; and the group that Polis published for each voter (-1: none)."""
    with gzip.open(DATA / "polis" / name / "comments.csv.gz", "rt", encoding="utf-8", newline="") as file:
        hidden = {row["comment-id"] for row in csv.DictReader(file) if row["moderated"] == "-1"}
    with gzip.open(DATA / "polis" / name / "participants-votes.csv.gz", "rt", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        texts = [column for column in reader.fieldnames or [] if column.isdigit() and column not in hidden]
        voters, columns, positions, groups = [], [], [], []
        for rank, row in enumerate(reader):
            groups.append(int(row["group-id"]) if row["group-id"] else -1)
            for column, text in enumerate(texts):
                if row[text]:
                    voters.append(rank)
                    columns.append(column)
                    positions.append(int(float(row[text])))
    return gathered(voters, columns, positions, n=len(groups), m=len(texts)), np.array(groups)
