"""Decidim's exports and the public documents of a concertation are read as they are, and never beyond what they say."""

import json
from pathlib import Path
from typing import Any

import pytest

from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.refusal import Refused
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from polyphonie.opendata.importing import course as importing
from polyphonie.opendata.importing.course import Order, Outcome
from polyphonie.processes.models import Process, Referral, Theme

pytestmark = pytest.mark.django_db(transaction=True)

PROPOSALS = (
    'id;category/name/en;category/name/fr;title;body;votes;comments;created_at;url\r\n'
    '7;;Transports;"Un tram";"Ligne 1\nLigne 2";12;3;2019-01-24 22:29:15 +0100;http://exemple.fr/7\r\n'
    '8;;;=Un bus;Vite;0;0;2019-01-24 22:29:14 +0100;http://exemple.fr/8\r\n'
)  # fmt: skip
DEBATES = """id;title/fr;description/fr;comments;created_at;url
7;Faut-il ?;"<p>Oui&nbsp;?</p>";29;2019-01-16 10:58:44 +0100;
"""
COMMENTS = (
    "id;created_at;body;author/name;alignment;commentable_id;commentable_type\n"
    "1;2019-01-25 10:00:00 +0100;Bien;Léa;1;7;Decidim::Proposals::Proposal\n"
    "2;2019-01-25 10:00:00 +0100;Mal;Ali;-1;7;Decidim::Proposals::Proposal\n"
    "3;2019-01-25 10:00:00 +0100;Bof;Zoé;0;7;Decidim::Proposals::Proposal\n"
    "4;2019-01-25 10:00:00 +0100;Si;Zoé;1;1;Decidim::Comments::Comment\n"
    "5;2019-01-25 10:00:00 +0100;Perdu;Zoé;1;99;Decidim::Proposals::Proposal\n"
)


def take(source_format: str, path: Path) -> Outcome:
    return importing.run(Order(source_format, path, "ailleurs"))


@pytest.fixture
def decidim(tmp_path: Path) -> Path:
    folder = tmp_path / "decidim"
    folder.mkdir()
    (folder / "a-comments.csv").write_text(COMMENTS, newline="")
    (folder / "debates.csv").write_text(DEBATES, newline="")
    (folder / "proposals.csv").write_text(PROPOSALS, newline="")
    (folder / "readme.txt").write_text("À lire")
    return folder


def test_a_folder_of_decidim_exports_gives_texts_and_declared_counts(decidim: Path) -> None:
    outcome = take("decidim", decidim)
    assert outcome.as_json()["created"] == {"proposal": 3, "argument": 2, "source": 0, "completion": 0, "vote": 0}
    assert outcome.report["not_taken_over"] == {"neutral comment": 1, "reply": 1}
    assert (outcome.report["left_aside"], outcome.report["rejected"]) == (["readme.txt"], 1)
    assert outcome.report["without_rows"] == {"proposal_votes": 12, "argument_votes": 0, "completions": 0, "comments": 32}
    tram = Contribution.objects.get(title="Un tram")
    assert (tram.declared_votes, tram.imported_votes, tram.body, tram.section) == (12, 0, "Ligne 1\nLigne 2", "Transports")
    assert (tram.arguments_for, tram.arguments_against, tram.number) == (1, 1, 3)
    assert Contribution.objects.get(number=2).title == "=Un bus"
    debate = Contribution.objects.get(source_id="debate/7")
    assert (debate.body, debate.consultation.title) == ("Oui\u00a0?", "Débats")
    assert set(take("decidim", decidim).as_json()["created"].values()) == {0}


def test_json_lines_of_barcelona_are_read_and_hostile_ones_refused_one_by_one(tmp_path: Path) -> None:
    one = {"id": 3, "title": "Festes", "summary": "<p>Un</p>", "created_at": "22/01/2016", "total_votes": 17,
           "author": {"id": 9, "name": "Ajuntament"}, "category": {"name": "Bon viure"}, "url": None}  # fmt: skip
    lines: list[Any] = [
        {"proposal": one}, {"proposal": {**one, "id": [1]}}, {"proposal": {**one, "id": 4, "title": {"a": 1}}}, {"proposal": 5},
        {"proposal": {**one, "id": 5, "author": "x"}}, {"comments": "x"}, 7, None,
        {"proposal": {**one, "title": "a\x00b", "id": 6}},
        {"proposal": {**one, "id": 8, "title": "\ud800"}}, {"proposal": {**one, "id": 10**30}},
    ]  # fmt: skip
    path = tmp_path / "proposals.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    outcome = take("decidim", path)
    assert outcome.as_json()["created"]["proposal"] == 2
    assert outcome.report["rejected"] == 9
    assert len(outcome.rejects.read_text().splitlines()) == 10


def concertation() -> dict[str, Any]:
    return {
        "meta": {"title": "Une concertation: ce qui en reste"},
        "institution": {"name": "Le conseil"},
        "referral": {"number": "12", "date": "2014-09-04", "schedule_end": "2015-01-31",
                     "from": {"name": "X", "role": "Ministre"}, "to": {"name": "Y"},
                     "questions": ["Une ?", "Deux ?"], "paragraphs": ["Monsieur,", "Voici."]},
        "themes": [{"id": "t", "number": 2, "name": "Les rues"}],
        "consultations": [
            {"id": "c1", "theme": "t", "title": "Les bancs", "opened_on": "2014-10-04", "closed_on": "2014-12-20"},
            {"id": "c2", "theme": "t", "title": "Les arbres", "opened_on": "2014-11-04", "closed_on": "2015-02-03"},
        ],
        "quoted_contributions": [
            {"number": 746, "kind": "proposal", "created_at": "2014-10-31T15:03", "title": "Un banc", "body": "Long.",
             "consultation_stated": "c1", "author": {"display_name": "Léa"}},
            {"number": 748, "kind": "proposal", "created_at": "2014-10-31T15:06", "title": "Deux", "body": "Courts.",
             "consultation_guess": "c1", "consultation_stated": None},
            {"number": 2255, "kind": "argument", "created_at": "2014-12-18T10:04", "title": None, "body": "Non.",
             "consultation_stated": "c2"},
        ],
        "contributions_cited_by_number": [{"number": 1520, "cited_in": "synthesis c2"}, {"number": 5, "cited_in": "elsewhere"}],
        "recommendations": [{}, {}],
    }  # fmt: skip


def written(folder: Path, found: Any) -> Path:
    path = folder / "concertation.json"
    path.write_text(json.dumps(found))
    return path


def test_a_concertation_gives_its_letter_its_themes_and_its_consultations(tmp_path: Path) -> None:
    path = written(tmp_path, concertation())
    outcome = take("concertation", path)
    process = Process.objects.get()
    assert (process.title, process.organiser) == ("Une concertation", "Le conseil")
    letter = Referral.objects.get(process=process)
    assert (letter.number, letter.issuer, letter.questions) == ("12", "X, Ministre", "Une ?\nDeux ?")
    assert list(Theme.objects.values_list("number", "title")) == [(2, "Les rues")]
    assert set(process.consultations.values_list("title", "state", "theme__number")) == {
        ("Les bancs", "closed", 2), ("Les arbres", "closed", 2),
    }  # fmt: skip
    assert outcome.report["not_taken_over"] == {"recommendations": 2}
    assert process.imports.count() == 1
    take("concertation", path)
    assert process.imports.count() == 1


def test_a_text_known_by_its_number_alone_verifies(tmp_path: Path) -> None:
    take("concertation", written(tmp_path, concertation()))
    export(Process.objects.get(), tmp_path / "export")
    report = verify.verify(str(tmp_path / "export"))
    assert report.is_right, report.first
    assert report.counts["contributions"] == 3 * Contribution.objects.count()
    described = json.loads((tmp_path / "export/datapackage.json").read_text())["resources"]
    empty = {resource["path"]: resource.get("type") for resource in described if not resource["bytes"]}
    assert empty["annotations.jsonl"] == "file"
    assert set(empty.values()) == {"file"}, "or Frictionless finds the package wrong"


def test_quoted_texts_keep_their_numbers_and_guesses_are_refused(tmp_path: Path) -> None:
    outcome = take("concertation", written(tmp_path, concertation()))
    assert set(Contribution.objects.values_list("number", "title", "status")) == {
        (746, "Un banc", Status.PUBLISHED), (1520, "", Status.TEXT_UNAVAILABLE),
    }  # fmt: skip
    assert outcome.report["rejected"] == 3
    assert Process.objects.get().last_number == 1520
    importing.undo(Order("concertation", tmp_path / "concertation.json", "ailleurs"))
    assert [model.objects.count() for model in (Contribution, Theme, Referral)] == [0, 0, 0]
    with pytest.raises(Refused):  # the numbers were given once
        take("concertation", tmp_path / "concertation.json")


@pytest.mark.parametrize(
    "change",
    [
        {"themes": None}, {"consultations": {}}, {"consultations": [None, 3, "x", [], {}]}, {"quoted_contributions": [{}, None]},
        {"quoted_contributions": [{"number": True, "kind": "proposal", "consultation_stated": "c1"}]},
        {"contributions_cited_by_number": [{"number": -1, "cited_in": "synthesis c1"}, 3]}, {"referral": [], "meta": 3},
        {"themes": [{"id": [], "number": "x"}, 4]},
    ],
)  # fmt: skip
def test_a_document_of_another_form_is_refused_as_a_whole_or_row_by_row(tmp_path: Path, change: dict[str, Any]) -> None:
    path = written(tmp_path, {**concertation(), **change})
    try:
        take("concertation", path)
    except Refused:
        assert not Process.objects.exists()


@pytest.mark.parametrize(
    "content", ["[" * 200_000, '{"themes": [' + "9" * 5000 + "]}", "nul", "", '{"a":1}', "[]", '"' + "a" * (9 << 20)]
)
def test_hostile_json_is_refused(tmp_path: Path, content: str) -> None:
    for source_format, name in (("concertation", "c.json"), ("decidim", "d.jsonl")):
        path = tmp_path / name
        path.write_text(content)
        try:
            outcome = take(source_format, path)
        except Refused:
            continue
        assert not any(outcome.as_json()["created"].values())
    assert not Process.objects.exists()
