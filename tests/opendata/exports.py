"""What does a small Cap Collectif export look like? Rows written by hand, of which tests change a cell at a time."""

import csv
from collections.abc import Iterable
from pathlib import Path

_TEXT = (
    "id", "author_id", "consultation_title", "section_title", "title", "bodyText", "createdAt", "updatedAt", "url", "published",
    "trashed", "votesCount", "votesCountOk", "votesCountMitige", "votesCountNok", "argumentsCountFor", "argumentsCountAgainst",
    "sourcesCount", "versionsCount",
)  # fmt: skip
_VOTE = ("id", "related_id", "author_id", "value", "createdAt")
_ARGUMENT = (
    "related_id", "related_kind", "id", "author_id", "type", "body", "createdAt", "published", "trashed", "votesCount",
)  # fmt: skip
_SOURCE = ("id", "related_id", "related_kind", "author_id", "body", "createdAt", "published")
HEADER = [
    "type",
    *(f"contributions_{name}" for name in _TEXT),
    *(f"contributions_votes_{name}" for name in _VOTE),
    *(f"contributions_arguments_{name}" for name in _ARGUMENT),
    *(f"contributions_sources_{name}" for name in _SOURCE),
    *(f"contribution_versions_{name}" for name in ("id", "title", "bodyText", "createdAt")),
]

Record = dict[str, str]


def opinion(source_id: str, **cells: str) -> Record:
    read = {
        "id": source_id, "author_id": "User:a", "consultation_title": "Les places", "section_title": "Section 1 : La place",
        "title": f"Proposition {source_id}", "bodyText": "Un banc à l'ombre.", "createdAt": "26/09/2015 10:00",
        "url": f"https://exemple.fr/opinions/{source_id}", "published": "1",
    } | cells  # fmt: skip
    return {"type": "opinion"} | {f"contributions_{name}": value for name, value in read.items()}


def vote(vote_id: str, about: str, voter: str, value: str = "YES", **cells: str) -> Record:
    read = {"id": vote_id, "related_id": about, "author_id": voter, "value": value, "createdAt": "27/09/2015 08:00"} | cells
    return {"type": "vote"} | {f"contributions_votes_{name}": value for name, value in read.items()}


def argument(source_id: str, about: str, side: str = "FOR", **cells: str) -> Record:
    read = {
        "id": source_id, "related_id": about, "related_kind": "opinion", "author_id": "User:b", "type": side,
        "body": "Les bancs manquent.", "createdAt": "27/09/2015 09:00", "published": "1", "votesCount": "3",
    } | cells  # fmt: skip
    return {"type": "argument"} | {f"contributions_arguments_{name}": value for name, value in read.items()}


def source(source_id: str, about: str, **cells: str) -> Record:
    read = {
        "id": source_id, "related_id": about, "related_kind": "opinion", "author_id": "User:c", "body": "Rapport sur l'ombre",
        "createdAt": "28/09/2015 09:00", "published": "1",
    } | cells  # fmt: skip
    return {"type": "source"} | {f"contributions_sources_{name}": value for name, value in read.items()}


def version(source_id: str, **cells: str) -> Record:
    read = {"id": source_id, "title": "Deux bancs", "bodyText": "Plutôt deux.", "createdAt": "28/09/2015 10:00"} | cells
    return {"type": "version"} | {f"contribution_versions_{name}": value for name, value in read.items()}


def small() -> list[Record]:
    """Two proposals, five votes, two arguments, a source and a completion."""
    return [
        opinion("61", votesCount="3", votesCountOk="2", votesCountMitige="0", votesCountNok="1", argumentsCountFor="1",
                argumentsCountAgainst="1", sourcesCount="1", versionsCount="1"),
        vote("v1", "61", "User:x"), vote("v2", "61", "User:y", "NO"), vote("v3", "61", "User:z"),
        source("9", "61"), version("4"),
        argument("11", "61"), argument("12", "61", "AGAINST", createdAt="27/09/2015 09:00"),
        opinion("62", createdAt="26/09/2015 09:00", votesCount="2", votesCountOk="1", votesCountMitige="1", votesCountNok="0",
                argumentsCountFor="0", argumentsCountAgainst="0", sourcesCount="0", versionsCount="0"),
        vote("v4", "62", "User:x", "MITIGE"), vote("v5", "62", "User:y"),
    ]  # fmt: skip


def write(path: Path, records: Iterable[Record], header: Iterable[str] = HEADER) -> Path:
    names = list(header)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(names)
        writer.writerows([record.get(name, "") for name in names] for record in records)
    return path
