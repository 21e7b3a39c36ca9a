"""République numérique's real export is taken over with exactly the numbers that were counted apart from us."""

import hashlib
import os
from pathlib import Path

import pytest

from polyphonie.consultation.models import ImportedVote
from polyphonie.contributions.models import Contribution, Revision, SearchText, Status
from polyphonie.ledger.models import Entry
from polyphonie.opendata import importing
from polyphonie.opendata.importing import Order, Outcome
from polyphonie.processes.models import Process

DATA = Path(os.environ.get("POLYPHONIE_DATA", "/nonexistent"))
EXPORT = DATA / "republique-numerique" / "consultation.csv.gz"

pytestmark = [
    pytest.mark.data,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not EXPORT.exists(), reason="the real files are where POLYPHONIE_DATA says, and it says nothing"),
]


def take(source_format: str, path: Path, slug: str = "reel") -> Outcome:
    return importing.run(Order(source_format, path, slug))


def test_the_real_export_is_taken_over_whole() -> None:
    outcome = take("cap-collectif", EXPORT)
    expected = {"proposal": 696, "argument": 3994, "source": 326, "completion": 0, "vote": 88622}
    assert outcome.as_json()["created"] == expected
    assert (outcome.report["rejected"], outcome.report["duplicates"]) == (0, 0)
    assert sum(expected.values()) == 93638

    votes = outcome.report["votes"]
    assert (votes["agree"], votes["mixed"], votes["disagree"]) == (71940, 5947, 10735)
    assert (votes["voters"], votes["single"], votes["most"]) == (18493, 8631, 580)
    assert outcome.report["repeats"] == {"pairs": 0, "surplus": 0, "contradictory": 0, "numbers": []}
    declared = outcome.report["declared"]
    for name, total in {"agree": 71940, "mixed": 5947, "disagree": 10735, "arguments_for": 1960, "arguments_against": 2034,
                        "sources": 326}.items():  # fmt: skip
        assert declared[name] == {"texts": 696, "equal": 696, "declared": total, "recomputed": total, "differing": []}
    assert outcome.report["without_rows"]["completions"] == 1389
    assert outcome.report["authors"] == 1539
    _the_database_holds_it()
    again = take("cap-collectif", EXPORT).as_json()
    assert (again["unchanged"], set(again["created"].values())) == (expected, {0})


def _the_database_holds_it() -> None:
    process = Process.objects.get(slug="reel")
    texts = Contribution.objects.filter(process=process)
    assert (texts.count(), Revision.objects.count(), process.last_number) == (5016, 5016, 5016)
    assert ImportedVote.objects.count() == 88622
    assert ImportedVote.objects.values("voter").distinct().count() == 18493
    hidden = texts.filter(status=Status.HIDDEN, status_ground="hidden_at_source").values_list("source_id", flat=True)
    assert sorted(hidden) == ["154", "374", "413", "414"]
    assert Entry.objects.filter(kind="mod").count() == 4
    assert SearchText.objects.count() == 5012
    assert texts.filter(kind="proposal").values("section").distinct().count() == 18
    most = texts.get(kind="proposal", source_id="673")
    assert most.imported_votes == 4099
    assert texts.filter(kind="proposal", imported_agree=0, imported_mixed=0, imported_disagree=0).count() == 8
    cells = ("title", "body")
    formulas = sum(texts.filter(**{f"{cell}__startswith": sign}).count() for cell in cells for sign in "=+-@")
    assert formulas == 126
    numbered = list(texts.order_by("number").values_list("published_at", "kind", "source_id"))
    order = {"proposal": 0, "argument": 1, "source": 2}
    assert numbered == sorted(numbered, key=lambda text: (text[0], order[text[1]], text[2]))
    rows = ImportedVote.objects.order_by("line").values_list("contribution__number", "position")
    lines = "".join(f"{number},1,{position}\n" for number, position in rows)
    assert process.imports.get().votes_sha256 == hashlib.sha256(lines.encode()).hexdigest()
