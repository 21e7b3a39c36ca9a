"""I4, with the real key: whoever holds it makes a coherent register anew; one checkpoint kept before shows it, each time.

An alteration changes files and leaves; then every commitment, every hash that names another and the last checkpoint are made
again, as only the operator can.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polyphonie.opendata import verify
from tests.opendata import lively

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NAMING = ("prev", "rev", "leaf", "from", "to", "config", "undoes")
OTHER_HASH, OTHER_MARK = verify.b64(b"x" * 32), verify.b64(b"y" * 16)


class Forged:
    """The files of an export in hand, and what makes them anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.leaves = lively.lines(folder, "ledger/leaves.jsonl")
        self.revisions = lively.lines(folder, "revisions.jsonl")
        self.votes = lively.rows(folder, "votes.csv")
        self.texts = lively.rows(folder, "contributions.csv")
        self.frame = lively.process_of(folder)

    def opened(self, kind: str | None = None, skip: int = 0) -> dict[str, Any]:
        """A version whose text is given."""
        found = [one for one in self.revisions if one["document"] and kind in (None, one["document"]["kind"])]
        return found[skip]

    def leaf(self, kind: str, skip: int = 0) -> dict[str, Any]:
        return [leaf for leaf in self.leaves if leaf["kind"] == kind][skip]

    def cast(self, skip: int = 0) -> list[str]:
        """A row of a vote cast there."""
        return [row for row in self.votes[1:] if row[6] == "web"][skip]

    def written(self) -> None:
        """Make everything anew: commitments, names, files, and one checkpoint signed with the real key."""
        revisions = {one["leaf"]: one for one in self.revisions}
        votes = {int(row[0]): row for row in self.votes[1:] if row[6] == "web"}
        acts = {one["leaf"]: one for one in self.frame["acts"] if one["document"] is not None}
        named: dict[str, str] = {}
        lines = (self.folder / "ledger/leaves.jsonl").read_bytes().splitlines()
        before = [verify.b64(verify.leaf_hash(line)) for line in lines]
        for position, leaf in enumerate(self.leaves):
            leaf.update({name: named.get(leaf[name], leaf[name]) for name in NAMING if leaf.get(name)})
            if position in revisions and revisions[position]["document"]:
                one = revisions[position]
                leaf["cm"] = verify.b64(verify.digest("revcm/v1", one["document"], one["salt"]))
                if one["author"] is not None:
                    leaf["cm_author"] = verify.b64(verify.digest("authorcm/v1", one["author"], one["author_salt"]))
            if position in votes:
                _leaf, _number, _revision, vote, salt, nonce_hash, _origin = votes[position]
                leaf["cm"] = verify.b64(verify.digest("votecm/v1", int(vote), salt, nonce_hash))
            if position in acts:
                leaf["cm"] = verify.b64(verify.digest("actcm/v1", acts[position]["document"], acts[position]["salt"]))
            named[before[position]] = verify.b64(verify.leaf_hash(verify.canonical(leaf)))
        lively.write_lines(self.folder, "revisions.jsonl", self.revisions)
        lively.write_rows(self.folder, "votes.csv", self.votes)
        lively.write_rows(self.folder, "contributions.csv", self.texts)
        lively.write_process(self.folder, self.frame)
        lively.sealed_again(self.folder, self.leaves)
        lively.described_again(self.folder)


def of_text(field: str, value: Any, *, kind: str | None = None, skip: int = 0) -> Callable[[Forged], None]:
    """A word of a version, and of contributions.csv where this version is the one in force."""

    def alter(forged: Forged) -> None:
        one = forged.opened(kind, skip)
        one["document"][field] = value
        row = next(row for row in forged.texts if row[0] == str(one["contribution"]))
        names = forged.texts[0]
        if row[names.index("revision")] == str(one["revision"]) and field in names and field != "published_at":
            row[names.index(field)] = str(value)
        if field == "published_at" and one["revision"] == 1:
            row[names.index(field)] = value

    return alter


def of_author(skip: int) -> Callable[[Forged], None]:
    def alter(forged: Forged) -> None:
        number = forged.opened(skip=skip)["contribution"]
        for one in forged.revisions:
            if one["contribution"] == number and one["author"] is not None:
                one["author"] = "Une autre"
        row = next(row for row in forged.texts if row[0] == str(number))
        row[forged.texts[0].index("author")] = "Une autre"

    return alter


def of_version(skip: int, **values: str) -> Callable[[Forged], None]:
    return lambda forged: forged.opened(skip=skip).update(values)


def of_vote(column: int, value: str, skip: int = 0) -> Callable[[Forged], None]:
    def alter(forged: Forged) -> None:
        forged.cast(skip)[column] = value

    return alter


def positions_exchanged(skip: int) -> Callable[[Forged], None]:
    """Two people's answers to one version change hands: no total moves."""

    def alter(forged: Forged) -> None:
        one = forged.cast(skip)
        other = next(row for row in forged.votes[1:] if row[6] == "web" and row[1:3] == one[1:3] and row[3] != one[3])
        one[3], other[3] = other[3], one[3]

    return alter


def of_mark(skip: int) -> Callable[[Forged], None]:
    """A vote is given to someone else."""

    def alter(forged: Forged) -> None:
        mark = forged.leaf("vote", skip)["nullifier"]
        for leaf in forged.leaves:
            if leaf.get("nullifier") == mark:
                leaf["nullifier"] = OTHER_MARK

    return alter


def of_act(skip: int, **values: str) -> Callable[[Forged], None]:
    def alter(forged: Forged) -> None:
        [act for act in forged.frame["acts"] if act["document"] is not None][skip].update(values)

    return alter


def of_leaf(kind: str, skip: int = 0, **values: Any) -> Callable[[Forged], None]:
    return lambda forged: forged.leaf(kind, skip).update(values)


def another_actor(forged: Forged) -> None:
    act = forged.frame["acts"][1]
    act["actor"] = forged.leaves[act["leaf"]]["actor"] = "organiser/9"


UNQUOTED = (0, 2, 3, 4, 5, 6)
"""The versions whose words no synthesis quotes: a quotation is found out by itself (`test_verify.py`)."""

RESEALED: dict[str, Callable[[Forged], None]] = {
    **{f"the body of version {skip}": of_text("body", "Tout le contraire.", skip=skip) for skip in UNQUOTED},
    **{f"the title of version {skip}": of_text("title", "Non", skip=skip) for skip in range(4)},
    **{f"the author of text {skip}": of_author(skip) for skip in range(3)},
    "an earlier version only": of_text("body", "Jamais dit.", skip=0),
    "an argument": of_text("body", "Les bancs sont laids.", kind="argument"),
    "the address of a source": of_text("url", "https://ailleurs.example/", kind="source"),
    "the category of a source": of_text("category", "press", kind="source"),
    "the hour of a text": of_text("published_at", "2026-03-02T08:07+01:00", skip=4),
    "the salt of a text": of_version(0, salt=OTHER_HASH),
    "the salt of an author": of_version(2, author_salt=OTHER_HASH),
    **{f"answers exchanged from vote {skip}": positions_exchanged(skip) for skip in (0, 5, 30)},
    "the salt of a vote": of_vote(4, OTHER_HASH),
    "the nonce of a vote": of_vote(5, OTHER_HASH, 3),
    **{f"vote {skip} given to someone else": of_mark(skip) for skip in (0, 40)},
    "the words of an act": of_act(0, document='{"autre":"chose"}'),
    "the salt of an act": of_act(1, salt=OTHER_HASH),
    "who acted": another_actor,
    "who hid a text": of_leaf("mod", -1, actor="moderator/9"),
    "the ground of a decision": of_leaf("mod", -1, ground="charter_flood"),
    "the ground of an erasure": of_leaf("erase", 0, ground="autre"),
    "the print of a taken over source": of_leaf("import", 0, source=OTHER_HASH),
    "the rows refused by an import": of_leaf("import", 0, rejected=7),
    "the counts of an import": of_leaf("import", 0, counts=[9, 9, 9, 9, 9]),
}  # fmt: skip


def test_whatever_is_sealed_again_with_the_real_key_shows_to_who_kept_one_checkpoint(source, tmp_path):
    kept = (source / "ledger/checkpoint").read_text(encoding="utf-8")
    incoherent, unseen, untold = {}, [], []
    for rank, (name, alter) in enumerate(RESEALED.items()):
        folder = lively.a_copy(source, tmp_path / str(rank))
        forged = Forged(folder)
        before = json.dumps([forged.leaves, forged.revisions, forged.votes, forged.frame])
        alter(forged)
        assert json.dumps([forged.leaves, forged.revisions, forged.votes, forged.frame]) != before, name
        forged.written()
        report = verify.verify(str(folder))
        if not report.is_right:
            incoherent[name] = report.first
        if "Rien ici n'est prouvé contre l'exploitant" not in list(verify.sentences(report))[2]:
            untold.append(name)
        against = verify.verify(str(folder), seen=[("gardé.txt", kept)])
        if not against.failures["seen"]:
            unseen.append(name)
    assert incoherent == {}, "made anew with care, it is coherent: else something else than the checkpoint finds it"
    assert (unseen, untold) == ([], [])
    assert len(RESEALED) >= 30
    print(f"I4: {len(RESEALED)} alterations sealed again with the real key, {len(RESEALED)} shown by one checkpoint kept before")
