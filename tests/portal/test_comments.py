"""What one said of a synthesis is in one's space and one's archive, and leaves with one's account as one chooses."""

import io
import json
import zipfile

import pytest
from django.test import Client

from polyphonie.accounts.models import Account
from polyphonie.annotations.actions import Words, answer_discussion, reply
from polyphonie.annotations.models import Annotation, Document
from polyphonie.core.writing import writing
from polyphonie.portal.actions import close_account_of
from polyphonie.portal.archive import archive_of
from polyphonie.portal.queries.my_space import processes_written_in
from tests.annotations.texts import a_document, comment
from tests.concertations import a_person, a_process
from tests.people import enter

pytestmark = pytest.mark.django_db(transaction=True)
WORD = "zqcanari"


@pytest.fixture
def document() -> Document:
    with writing() as now:
        return a_document(a_process(now=now, is_listed=True), now=now)


def _says(document: Document) -> tuple[Account, Annotation, Annotation]:
    with writing() as now:
        camille, other = a_person("Camille Canari", on=now), a_person("Autre", on=now)
        said = comment(document, "Une partie", author=camille, now=now, title=WORD)
        answer_discussion(said, "noted", reason="Nous comptons.", actor="rapporteur/1", now=now)
        there = comment(document, "habitants", author=other, now=now)
        answer = reply(there, words=Words(body=f"{WORD} encore"), author=camille, now=now)
    return camille, said, answer


def test_they_are_in_the_archive_and_in_ones_space_with_their_answer(document: Document) -> None:
    camille, said, _reply = _says(document)
    packed = zipfile.ZipFile(io.BytesIO(b"".join(archive_of(camille, at=said.published_at))))
    rows = [json.loads(line) for line in packed.read("comments.jsonl").decode().splitlines()]
    assert [(row["number"], row["discussion"], row["answer"], row["passage"]) for row in rows] == [
        (1, 1, "noted", "Une partie"),
        (3, 2, "", ""),
    ]
    assert len(packed.read("comments.csv").decode().splitlines()) == 3
    client = Client(headers={"accept-language": "fr"})
    enter(client, camille)
    page = client.get("/mon-espace/").content.decode()
    assert WORD in page
    assert "Nous comptons." in page
    assert processes_written_in(camille) == [document.process]


@pytest.mark.parametrize("removes_texts", [True, False])
def test_closing_ones_account_removes_them_or_leaves_them_without_a_name(document: Document, removes_texts: bool) -> None:
    camille, said, answer = _says(document)
    with writing() as now:
        done = close_account_of(camille, removes_texts=removes_texts, withdraws_votes=False, now=now)
    assert (done.removed, done.kept) == ((2, 0) if removes_texts else (0, 2))
    page = Client(headers={"accept-language": "fr"}).get("/demain/syntheses/places/discussions/2/").content.decode()
    for one in (said, answer):
        one.refresh_from_db()
        assert one.author_name == ""
        assert bool(one.body) is not removes_texts
    assert "Camille" not in page
    assert (WORD in page) is not removes_texts
    assert ("Compte fermé" in page) is not removes_texts
