"""Everyone's data: each field classified, said on the page, handed over to its owner and to nobody else."""

import csv
import io
import json
import zipfile
from collections import Counter

import pytest
from django.apps import apps
from django.test import Client

from polyphonie.accounts.actions import declare_organisation
from polyphonie.contributions.actions import Text, publish, revise
from polyphonie.contributions.models import Kind
from polyphonie.core.writing import writing
from polyphonie.notifications.actions import follow
from polyphonie.outbox.actions import queue_mail
from polyphonie.portal.personal_data import KEPT, Nature, table
from tests.portal.scene import a_scene
from tests.portal.test_leaving import a_person, by_hand, vote


def test_every_field_of_every_model_is_classified_once() -> None:
    named = Counter(name for kept in KEPT for name in kept.names())
    fields = {f"{model._meta.label}.{field.name}" for model in apps.get_models() for field in model._meta.concrete_fields}
    print(f"P5: {len(fields)} fields, {len(fields - set(named))} unclassified")
    assert sorted(fields - set(named)) == []
    assert sorted(set(named) - fields) == []
    assert [name for name, times in named.items() if times > 1] == []


def test_what_is_someones_says_why_until_when_and_how_it_goes() -> None:
    for kept in KEPT:
        assert kept.nature is Nature.PUBLIC or all(map(str, (kept.what, kept.why, kept.until, kept.erased))), kept.fields


@pytest.mark.django_db
def test_the_privacy_page_bears_the_table() -> None:
    page = Client().get("/confidentialite/").content.decode()
    assert page.count("<tr>") == len(table().splitlines()) - 1
    assert "{{table}}" not in page
    assert "Marque de l’adresse d’un compte fermé qui a voté" in page


def unpacked(answer) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name).decode() for name in packed.namelist()}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.django_db
def test_the_archive_holds_what_is_mine_and_nothing_of_others() -> None:
    scene = a_scene()
    ines, paul = a_person("Inès"), a_person("Paul Zyzomys")
    with writing() as now:
        theirs = publish(scene.consultation, Kind.PROPOSAL, Text("Zyzomys", "Zyzomys."), author=paul, now=now)
        mine = publish(scene.consultation, Kind.PROPOSAL, Text("=1+1", "À l’ombre."), author=ines, now=now)
        revise(mine, Text("=1+2", "Au soleil."), author=ines, now=now)
        publish(scene.consultation, Kind.COMPLETION, Text("Avec un dossier", "En bois."), author=ines, about=theirs, now=now)
        declare_organisation(ines, name="Le club", kind="private_organisation", now=now)
        follow(ines, "consultation/demain/places")
        queue_mail("m/1", ines.email or "", "Un objet", "Un corps", now=now)
        queue_mail("m/2", paul.email or "", "Zyzomys", "Zyzomys", now=now)
    vote(scene.proposal, ines, -1)
    vote(scene.proposal, paul, 1)
    client = Client()
    client.force_login(ines)
    assert client.post("/mon-espace/archive/", {"code": "000000"}).status_code == 422
    answer = by_hand(client, {}, "/mon-espace/archive/")
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    files = unpacked(answer)
    account = json.loads(files["account.json"])
    assert account["account"]["email"] == "inès@example.org"
    assert account["settings"]["display_name"] == "Inès"
    texts = [json.loads(line) for line in files["texts.jsonl"].splitlines()]
    assert [len(text["revisions"]) for text in texts] == [2, 1]
    assert texts[0]["title"] == "=1+2"
    assert texts[1]["about"] == theirs.number
    assert [row["title"] for row in rows(files["texts.csv"])] == ["'=1+2", "Avec un dossier"]
    assert [(row["number"], row["position"]) for row in rows(files["votes.csv"])] == [(str(scene.proposal.number), "-1")]
    assert [row["name"] for row in rows(files["organisations.csv"])] == ["Le club"]
    assert [row["subject"] for row in rows(files["subscriptions.csv"])] == ["consultation/demain/places"]
    assert [mail["subject"] for mail in json.loads(files["messages.json"])["to_send"]] == ["Un objet"]
    assert not [name for name, content in files.items() if "Zyzomys" in content]


@pytest.mark.once
def test_the_archive_is_documented() -> None:
    from pathlib import Path

    from polyphonie.portal import archive

    page = (Path(archive.__file__).parents[2] / "docs/reference/archive.md").read_text(encoding="utf-8")
    columns = [*archive.VOTE, *archive.REQUEST, *archive.ACCESS, *archive.CONSENT]
    for name in ("account.json", "texts.jsonl", "votes.csv", "messages.json", *columns):
        assert name in page
