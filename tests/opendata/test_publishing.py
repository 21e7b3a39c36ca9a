"""Are downloads whole, fresh, and nothing but what is published?"""

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest

from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.batches import close_consultation
from polyphonie.contributions.actions import Text
from polyphonie.contributions.dataset import CONTRIBUTIONS
from polyphonie.core.writing import writing
from polyphonie.ledger.tasks import seal_logs
from polyphonie.opendata import tasks
from polyphonie.opendata.publishing import is_due, publish, published
from polyphonie.processes.dataset import PROCESS
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


def test_an_export_made_while_the_clock_was_ahead_gives_way_to_the_next(process, tmp_path):
    assert tasks.publish_exports() == 1
    (made,) = (tmp_path / "exports" / "demain").iterdir()
    made.rename(made.with_name("20991231T000000000000"))
    publish(process)
    last = published(process)
    assert last is not None
    assert last.folder.name < "2099"
    assert [folder for folder in last.folder.parent.iterdir() if folder.is_dir()] == [last.folder]


def test_each_file_and_the_archive_are_described_on_the_page(client, process):
    tasks.publish_exports()
    last = published(process)
    page = client.get("/demain/donnees/").content.decode()
    assert last.archive_print == hashlib.sha256(last.archive.read_bytes()).hexdigest()
    assert last.archive_print in page
    for resource in last.package["resources"]:
        assert f'/demain/donnees/fichiers/{resource["path"]}"' in page
        assert resource["hash"].removeprefix("sha256:") in page
    for column in (*CONTRIBUTIONS.columns, *PROCESS.columns):
        assert f">{column.name}</code>" in page
    assert "Le numéro de sa version en vigueur." in page
    assert "Licence Ouverte 2.0" in page


@pytest.mark.parametrize("address", ["/demain/donnees/archive.zip", "/demain/donnees/fichiers/contributions.csv"])
def test_a_download_is_read_from_anywhere_and_only_when_it_changed(client, process, address):
    tasks.publish_exports()
    first = client.get(address)
    whole = body(first)
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert int(first.headers["Content-Length"]) == len(whole)
    assert first.headers["ETag"] == f'"{hashlib.sha256(whole).hexdigest()}"'
    assert not first.cookies
    head = client.head(address)
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(whole)))
    for condition in ({"if-none-match": first.headers["ETag"]}, {"if-modified-since": first.headers["Last-Modified"]}):
        again = client.get(address, headers=condition)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert body(client.get(address, headers={"if-none-match": '"autre"'})) == whole
    options = client.options(address, headers={"origin": "https://exemple.fr"})
    assert (options.status_code, options.content) == (200, b"")
    assert options.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in options.headers["Access-Control-Allow-Headers"]
    assert options.headers["Access-Control-Allow-Origin"] == "*"


def test_a_feed_tells_when_the_files_are_made_again(client, process):
    assert "<entry>" not in client.get("/demain/donnees/flux.atom").content.decode()
    tasks.publish_exports()
    told = client.get("/demain/donnees/flux.atom").content.decode()
    assert told.count("<entry>") == 1
    assert f"sha256:{published(process).archive_print}" in told
    assert 'href="/demain/donnees/flux.atom"' in client.get("/demain/donnees/").content.decode()
    publish(process)
    assert client.get("/demain/donnees/flux.atom").content.decode() != told
