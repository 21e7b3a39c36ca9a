"""République numérique's real export is taken over with exactly the numbers that were counted apart from us."""

import csv
import hashlib
import os
import shutil
from pathlib import Path

import pytest

from polyphonie.consultation.models import ImportedVote
from polyphonie.contributions.models import Contribution, Revision, SearchText, Status
from polyphonie.ledger.models import Entry
from polyphonie.opendata.importing import course as importing
from polyphonie.opendata.importing import report
from polyphonie.opendata.importing.checking import validate
from polyphonie.opendata.importing.course import Order, Outcome
from polyphonie.opendata.importing.numbering import give_numbers
from polyphonie.opendata.importing.readers.rows import SourceText, SourceVote
from polyphonie.opendata.importing.staging import Staging
from polyphonie.processes.models import Process

DATA = Path(os.environ.get("POLYPHONIE_DATA", "/nonexistent"))
EXPORT = DATA / "republique-numerique" / "consultation.csv.gz"

pytestmark = [
    pytest.mark.long,
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


def test_the_votes_on_article_9_are_kept_as_published_and_their_repeats_told(tmp_path: Path) -> None:
    with (DATA / "republique-numerique/article9/votes_auteur_electeur.csv").open(encoding="utf-8", newline="") as file:
        votes = list(csv.DictReader(file, delimiter="\t"))
    staging = Staging(tmp_path / "staging.sqlite3", os.urandom(32))
    texts = [SourceText(0, "proposal", version, 0, title=version) for version in {vote["version"] for vote in votes}]
    rows = [SourceVote(line, vote["version"], vote["electeur"], int(vote["vote"])) for line, vote in enumerate(votes, start=2)]
    for _line in staging.take(0, [*texts, *rows]):
        pass
    validate(staging)
    give_numbers(staging, 1)
    found = report.facts(staging, files=[], left_aside=[])
    staging.close()
    assert (found["created"]["vote"], found["duplicates"], found["rejected"]) == (12851, 0, 0)
    assert {name: found["votes"][name] for name in ("agree", "mixed", "disagree", "voters")} == {
        "agree": 8926, "mixed": 500, "disagree": 3425, "voters": 5635,
    }  # fmt: skip
    assert {name: found["repeats"][name] for name in ("pairs", "surplus", "contradictory")} == {
        "pairs": 13, "surplus": 15, "contradictory": 2,
    }  # fmt: skip


def test_the_real_decidim_exports_are_taken_over() -> None:
    lille = take("decidim", DATA / "lille-decidim").report
    assert (lille["created"]["proposal"], lille["rejected"]) == (196 + 29, 0)
    assert lille["without_rows"] == {"proposal_votes": 498, "argument_votes": 0, "completions": 0, "comments": 132 + 693}
    sections = Contribution.objects.exclude(consultation__title="Débats").exclude(section="").values("section").distinct()
    assert sections.count() == 5
    assert Contribution.objects.exclude(consultation__title="Débats").filter(section="").count() == 34

    barcelona = take("decidim", DATA / "barcelona", "barcelona").report
    assert (barcelona["created"]["proposal"], barcelona["created"]["argument"]) == (10860, 5198 + 798)
    assert barcelona["not_taken_over"] == {"neutral comment": 10221, "reply": 1975}
    assert barcelona["without_rows"]["proposal_votes"] == 165127
    for name, total in {"arguments_for": 5198, "arguments_against": 798}.items():
        found = barcelona["declared"][name]
        assert (found["texts"], found["equal"], found["declared"], found["recomputed"]) == (10860, 10860, total, total)


def test_the_concertation_of_2014_is_taken_over() -> None:
    outcome = take("concertation", DATA / "ambition-numerique.json", "ambition-numerique")
    process = Process.objects.get(slug="ambition-numerique")
    assert (process.title, process.themes.count(), process.consultations.count()) == ("Ambition numérique", 4, 26)
    assert [theme.consultations.count() for theme in process.themes.order_by("number")] == [6, 7, 6, 7]
    assert process.referral.number == "1348"
    left = outcome.report["not_taken_over"]
    assert (left["recommendations"], left["contributive_days"], left["timeline"]) == (70, 4, 46)
    assert Contribution.objects.get(process=process, number=1172).title == "Accélérer la mise en place de Hubs numériques"


def test_votes_on_amendments_that_the_export_does_not_hold_are_refused_one_by_one_and_counted(tmp_path: Path) -> None:
    for name in ("consultation.csv.gz", "votes-amendements.csv.gz"):
        shutil.copy(EXPORT.parent / name, tmp_path)
    outcome = importing.run(Order("cap-collectif", tmp_path, "reel", dry_run=True))
    taken, refused = outcome.report["created"]["vote"], outcome.report["rejected"]
    assert (taken, refused, taken + refused) == (88622, 41422, 130044)
    with outcome.rejects.open(encoding="utf-8", newline="") as file:
        assert sum(1 for _row in csv.reader(file)) == 1 + refused
    assert not Process.objects.exists()
