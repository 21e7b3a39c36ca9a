"""What was taken over is told publicly, in sentences."""

from pathlib import Path

import pytest
from django.test import Client

from polyphonie.core.writing import writing
from polyphonie.opendata.importing import course as importing
from polyphonie.opendata.importing.course import Order
from polyphonie.processes.actions import announce_consultation
from polyphonie.processes.models import Process
from tests.concertations import a_draft, complete_method
from tests.opendata import exports

pytestmark = pytest.mark.django_db(transaction=True)


def page(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def take(folder: Path, records: list[exports.Record]) -> None:
    importing.run(Order("cap-collectif", exports.write(folder / "export.csv", records), "places"))


def test_a_sound_import_says_that_declared_and_recomputed_agree(tmp_path: Path) -> None:
    take(tmp_path, exports.small())
    assert 'href="/places/donnees/imports/1/"' in page("/places/donnees/")
    report = page("/places/donnees/imports/1/")
    assert "Votes « d’accord » : le nombre déclaré et le nombre recompté sont les mêmes pour les 2 textes (3)." in report
    assert "Aucune : aucun votant ne figure deux fois sur le même texte." in report
    assert "6 votes sur des arguments et des sources" in report


def test_a_faulty_import_says_what_differs_repeats_and_was_refused(tmp_path: Path) -> None:
    records = exports.small()
    records[0]["contributions_votesCountNok"] = "7"
    take(tmp_path, [
        *records, exports.vote("v8", "61", "User:x", "NO"), exports.vote("v9", "absent", "User:x"),
        exports.vote("v5", "62", "User:y"), {"type": "reporting"},
    ])  # fmt: skip
    report = page("/places/donnees/imports/1/")
    assert "Votes « pas d’accord » : 7 déclarés, 2 recomptés ; ils diffèrent pour 1 textes sur 2." in report
    assert "Dans 1 cas, un votant figure plus d’une fois sur le même texte : 1 ligne de trop." in report
    assert "Dans 1 cas, les positions se contredisent." in report
    assert "1 ligne en répète une autre, identifiant compris : elle a été reprise une fois." in report
    assert "1 ligne a été refusée." in report
    assert "reporting (1)" in report


def test_an_unknown_or_unfinished_import_has_no_report(tmp_path: Path) -> None:
    take(tmp_path, exports.small())
    assert Client().get("/places/donnees/imports/2/").status_code == 404
    assert Client().get("/ailleurs/donnees/").status_code == 404


def test_the_report_costs_few_queries(tmp_path: Path, django_assert_max_num_queries: pytest.FixtureRequest) -> None:
    take(tmp_path, exports.small())
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        page("/places/donnees/imports/1/")


def test_a_concertation_that_took_place_elsewhere_invites_nobody_to_contribute(tmp_path: Path) -> None:
    take(tmp_path, exports.small())
    assert ">Contribuer</a>" not in page("/places/")
    with writing() as now:
        own = a_draft(complete_method(Process.objects.get(slug="places"), now=now), now=now, slug="suite")
        announce_consultation(own, actor="organiser/1", now=now)
    assert ">Contribuer</a>" in page("/places/")
