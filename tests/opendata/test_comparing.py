"""Does comparing again the texts of an export find what its syntheses say near, and say so when they do not?"""

import json

import pytest

from polyphonie.opendata import comparing
from polyphonie.opendata.comparing import compared_again

SAID = ("Planter des arbres.", "Plantons des arbres.", "Des arbres, un peu.", "Rouvrir la piscine.")
NEAR = {"formula": "nearness/2", "computed_at": "2026-03-01T12:00+01:00"}


def revision(number, body, minute="2026-02-01T09:00+01:00"):
    said = {"kind": "proposal", "title": f"Texte {number}", "body": body, "published_at": minute}
    return {"contribution": number, "revision": 1, "document": said}


def synthesis(version, near):
    statements = [{"key": "a", "column": "agreement", "topic": "", "is_linking": False, "citations": [{"number": 1}]}]
    coverage = {"voices": [1, 2, 3, 4], "near": near}
    return {"consultation": "rues", "version": version, "content": {"statements": statements}, "coverage": coverage}


def written(folder, revisions, syntheses):
    folder.mkdir()
    for name, rows in (("revisions", revisions), ("syntheses", syntheses)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return [(one.version, str(one.verdict), one.families) for one in compared_again(str(folder))]


@pytest.fixture
def asked(monkeypatch):
    """What the comparison was asked; it answers at once (`test_nearness` holds the comparison itself)."""
    requests = []

    def computed(_what, numbers, _votes, *, settings):
        requests.append((list(numbers), settings))
        return {"formula": "nearness/2", "families": [[1, 2]], "pairs": [[1, 2, 963063], [1, 3, 522346], [2, 3, 400000]]}

    monkeypatch.setattr(comparing, "computed", computed)
    return requests


def test_what_is_said_near_is_compared_again(tmp_path, asked):
    texts = [revision(number, body) for number, body in enumerate(SAID, 1)]
    found = {**NEAR, "families": [[1, 2]], "nearest": [[2, 1, 963063], [3, 1, 522346]]}
    told = [
        synthesis(1, found),
        synthesis(2, {**found, "families": [[1, 2, 3]]}),
        synthesis(3, {**found, "computed_at": None}),
    ]
    assert written(tmp_path / "export", texts, told) == [(1, "same", 1), (2, "different", 1), (3, "never", 0)]
    assert asked[0] == ([1, 2, 3, 4], {"texts": {str(number): (f"Texte {number}", SAID[number - 1]) for number in (1, 2, 3, 4)}})
    later = [*texts[:-1], revision(4, SAID[3], "2026-03-02T09:00+01:00")]
    assert written(tmp_path / "later", later, told[:1]) == [(1, "changed", 0)]
    gone = [*texts[:-1], {**texts[3], "document": None}]
    assert written(tmp_path / "gone", gone, told[:1]) == [(1, "changed", 0)]
