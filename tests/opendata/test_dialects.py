"""Do other platforms' readers take what we write for them, our own among them, and does no person's vote leave that way?"""

import csv
from pathlib import Path

import pytest

from polyphonie.contributions.models import Contribution
from polyphonie.core.spreadsheet import inert
from polyphonie.opendata.importing.course import Order
from polyphonie.opendata.importing.course import run as run_import
from polyphonie.opendata.importing.readers import decidim
from polyphonie.opendata.importing.readers.rows import SourceText
from polyphonie.processes.models import Process

pytestmark = pytest.mark.django_db
POLIS_COMMENTS = ["timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body"]
POLIS_SUMMARY = [
    "topic", "url", "views", "voters", "voters-in-conv", "commenters", "comments", "groups", "conversation-description",
]  # fmt: skip


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def published(source: Path, kind: str) -> dict[int, dict[str, str]]:
    texts = rows(source / "contributions.csv")
    return {int(text["number"]): text for text in texts if (text["kind"], text["status"]) == (kind, "published")}


def test_our_own_reader_takes_back_the_proposals_and_arguments_written_for_decidim(source):
    folder = source / "dialects/decidim"
    chosen, left = decidim.chosen(sorted(folder.iterdir()))
    assert ([path.name for path in chosen], left) == (["proposals.csv", "comments.csv"], [])
    taken = [row for path in chosen for row in decidim.read(path)]
    assert all(isinstance(row, SourceText) for row in taken)
    proposals = {int(row.source_id): row for row in taken if row.kind == "proposal"}
    expected = published(source, "proposal")
    assert set(proposals) == set(expected)
    for number, row in proposals.items():
        text = expected[number]
        assert (row.title, row.body, row.author_name) == (text["title"], text["body"], text["author"])
        assert row.origin_address.endswith(f"/marvejols/contributions/{number}/")
    arguments = {int(row.source_id): row for row in taken if row.kind == "argument"}
    for number, row in arguments.items():
        text = published(source, "argument")[number]
        assert (row.side, row.about_id) == (text["side"], text["about"])
        assert text["body"] in row.body
    assert len(arguments) >= 2


def test_an_import_of_what_was_written_for_decidim_makes_the_same_texts(source):
    outcome = run_import(Order("decidim", source / "dialects/decidim", "ailleurs", False))
    expected = {kind: len(published(source, kind)) for kind in ("proposal", "argument")}
    assert {kind: outcome.as_json()["created"][kind] for kind in expected} == expected
    process = Process.objects.get(slug="ailleurs")
    titles = set(Contribution.objects.filter(process=process, kind="proposal").values_list("title", flat=True))
    assert titles == {text["title"] for text in published(source, "proposal").values()}


FORMULAE = ("=1+1", "- un banc\n- deux bancs", "« a »,\t+1", "'@maire", "  =SOMME(A1)", "l'un;-2", "'t Hof", '"-"', "-12")


@pytest.mark.parametrize("words", FORMULAE)
def test_the_apostrophes_that_keep_a_spreadsheet_from_running_a_text_are_taken_away(words):
    assert decidim.unprotected(inert(words)) == words


def test_the_apostrophe_that_decidim_itself_writes_is_taken_away_and_no_other():
    assert decidim.unprotected("'- un\n- deux") == "- un\n- deux"
    for words in ("'t Hof", "l'école", "d'abord, -2 degrés", "'"):
        assert decidim.unprotected(words) == words


def test_decidim_supports_are_the_agreements_alone(source):
    tallies = {(row["number"], row["revision"]): row for row in rows(source / "tallies.csv")}
    texts = published(source, "proposal")
    for row in rows(source / "dialects/decidim/proposals.csv", ";"):
        assert row["supports"] == tallies[row["id"], texts[int(row["id"])]["revision"]]["agree"]


def test_polis_gives_comments_and_a_summary_of_each_consultation_and_nothing_of_voters(source):
    folder = source / "dialects/polis"
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {"comments.csv", "summary.csv"}
    assert {"la-place", "la-gare"} <= {path.name for path in folder.iterdir()}
    tallies = {(row["number"], row["revision"]): row for row in rows(source / "tallies.csv")}
    texts, told = published(source, "proposal"), 0
    for consultation in folder.iterdir():
        comments = rows(consultation / "comments.csv")
        assert comments == [] or list(comments[0]) == POLIS_COMMENTS
        for row in comments:
            text = texts[int(row["comment-id"])]
            tally = tallies[text["number"], text["revision"]]
            assert (row["agrees"], row["disagrees"]) == (tally["agree"], tally["disagree"])
            assert row["comment-body"].startswith(text["title"])
            assert int(row["timestamp"]) % 60_000 == 0
            told += 1
        with (consultation / "summary.csv").open(encoding="utf-8", newline="") as file:
            summary = dict(csv.reader(file))
        assert list(summary) == POLIS_SUMMARY
        assert summary["comments"] == str(len(comments))
        assert summary["voters"] == "" or int(summary["voters"]) >= 10
    assert told == len(texts)


def test_hidden_and_withdrawn_texts_are_in_no_dialect(source):
    everything = "".join(path.read_text(encoding="utf-8") for path in (source / "dialects").rglob("*.csv"))
    assert "Proposition 1" in everything
    assert "Proposition 2" not in everything
    assert "Proposition 3" not in everything
