"""Are downloads whole, fresh, and nothing but what is published?"""

import io
import zipfile
from datetime import timedelta

import pytest

from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.batches import close_consultation
from polyphonie.contributions.actions import Text
from polyphonie.core.writing import writing
from polyphonie.ledger.tasks import seal_logs
from polyphonie.opendata import tasks
from polyphonie.opendata.publishing import is_due, published
from polyphonie.processes.models import Consultation
from tests.concertations import a_person, a_process, an_open_consultation


@pytest.fixture
def process(db, settings, tmp_path):
    settings.POLYPHONIE_VAR = tmp_path
    with writing() as now:
        process = a_process(now=now)
        consultation = an_open_consultation(process, now=now)
        speaking.propose(consultation, Text("Un banc", "Ici."), account=a_person("Autrice", on=now), now=now)
    return process


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_before_the_first_export_the_page_says_so(client, process):
    assert "Les premiers fichiers" in client.get("/demain/donnees/").content.decode()
    assert client.get("/demain/donnees/archive.zip").status_code == 404


def test_files_and_archive_are_those_of_the_last_export(client, process):
    assert tasks.publish_exports() == 1
    page = client.get("/demain/donnees/").content.decode()
    assert "contributions.csv" in page
    answer = client.get("/demain/donnees/fichiers/contributions.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert b"Un banc" in body(answer)
    with zipfile.ZipFile(io.BytesIO(body(client.get("/demain/donnees/archive.zip")))) as archive:
        assert "demain/ledger/leaves.jsonl" in archive.namelist()


@pytest.mark.parametrize("name", ["../../../keys/voter.key", "ledger/../../x", "absent.csv", ".env", "%2e%2e/secret"])
def test_nothing_else_can_be_asked_for(client, process, name):
    tasks.publish_exports()
    assert client.get(f"/demain/donnees/fichiers/{name}").status_code == 404


def test_an_export_is_due_each_day_and_after_each_close(process):
    assert tasks.publish_exports() == 1
    assert tasks.publish_exports() == 0
    with writing() as now:
        assert is_due(process, now=now + timedelta(days=1))
        Consultation.objects.update(closes_at=now)
        close_consultation(Consultation.objects.get(), now=now)
    seal_logs()
    assert tasks.publish_exports() == 1


def test_two_exports_are_kept_for_downloads_under_way(process, tmp_path):
    for _turn in range(4):
        tasks.publish(process)
    assert 1 <= len(list((tmp_path / "exports" / "demain").iterdir())) <= 2
    assert published(process) is not None
