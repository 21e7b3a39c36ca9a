"""Does an archive made on one site give back, on another, settings and texts as drafts, and never a vote or a status?"""

import io
import json
import os
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from polyphonie.accounts.models import Account, Consent
from polyphonie.consultation.models import Vote
from polyphonie.contributions.actions import Text, publish
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.notifications.actions import refuse
from polyphonie.notifications.models import Refusal, Topic
from polyphonie.portal.actions import take_up
from polyphonie.portal.archive import FORMAT, archive_of
from polyphonie.portal.bringing import MOST_BYTES, MOST_BYTES_A_FILE, MOST_TEXTS, read_archive
from polyphonie.portal.models import TakenText
from tests.architecture.order import ROOT
from tests.portal.scene import Scene, a_scene
from tests.portal.test_leaving import a_person, close, vote

ACCOUNT = {"format": FORMAT, "settings": {"display_name": "Inès", "language": "fr", "category": "", "territory": ""}}
TEXT = {"kind": "proposal", "title": "Un banc", "body": "À l’ombre.", "url": "", "address": "https://ailleurs.example/demain/1/"}

ELSEWHERE = """
import io, json
from polyphonie.accounts.actions import open_account
from polyphonie.core.writing import writing
from polyphonie.portal.actions import take_up
from polyphonie.portal.bringing import read_archive
from polyphonie.portal.models import TakenText
from polyphonie.consultation.models import Vote
from polyphonie.notifications.models import Refusal
raw = open({path!r}, "rb").read()
with writing() as now:
    account = open_account("moi@ailleurs.example", name="Provisoire", is_fifteen=True, language="fr", now=now)
for _twice in range(2):
    brought = read_archive(io.BytesIO(raw), size=len(raw))
    with writing() as now:
        take_up(account, brought, now=now)
account.refresh_from_db()
print(json.dumps({{
    "settings": [account.display_name, account.language, account.category, account.territory],
    "listed": account.is_listed, "verified": account.memberships.count(), "votes": Vote.objects.count(),
    "refused": sorted(Refusal.objects.values_list("topic", flat=True)),
    "texts": list(TakenText.objects.values_list("kind", "title", "body", "url")),
}}))
"""


def packed(**files: object) -> bytes:
    """An archive of these files: a dict is JSON, a list JSON lines, bytes as they are."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr({"account": "account.json", "texts": "texts.jsonl"}.get(name, name), written(content))
    return sink.getvalue()


def written(content: object) -> str | bytes:
    if isinstance(content, list):
        return "\n".join(json.dumps(line) for line in content)
    return json.dumps(content) if isinstance(content, dict) else content  # type: ignore[return-value]


def read(raw: bytes):
    return read_archive(io.BytesIO(raw), size=len(raw))


@pytest.mark.django_db(transaction=True)
def test_what_one_site_gives_another_takes_up_settings_and_texts_never_votes(tmp_path: Path, prepared_database: str) -> None:
    scene = a_scene()
    ines = a_person("Inès")
    with writing() as now:
        publish(scene.consultation, Kind.PROPOSAL, Text("=Un banc", "À l’ombre.\n\nDeux même."), author=ines, now=now)
        publish(
            scene.consultation, Kind.SOURCE, Text("Étude", "Utile.", url="https://exemple.fr/e", category="study"),
            author=ines, about=scene.proposal, now=now,
        )  # fmt: skip
        refuse(ines, Topic.REACTIONS)
    ines.category, ines.territory, ines.is_listed = "researcher", "Lozère", True
    ines.save()
    vote(scene.proposal, ines)
    archive = tmp_path / "mes-donnees.zip"
    archive.write_bytes(b"".join(archive_of(ines, at=timezone.now())))
    (tmp_path / "var").mkdir()
    surroundings = {
        **os.environ,
        "POLYPHONIE_DATABASE_URL": prepared_database,
        "POLYPHONIE_VAR": str(tmp_path / "var"),
        "POLYPHONIE_KEYS": str(tmp_path / "keys"),
    }
    for words in (["list"], ["manage", "shell", "--no-imports", "-v0", "-c", ELSEWHERE.format(path=str(archive))]):
        run = subprocess.run(
            [sys.executable, "-m", "polyphonie", *words], env=surroundings, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
    there = json.loads(run.stdout.splitlines()[-1])
    assert there["settings"] == ["Inès", "fr", "researcher", "Lozère"]
    assert (there["listed"], there["verified"], there["votes"]) == (False, 0, 0)
    assert there["refused"] == [Topic.REACTIONS]
    assert there["texts"] == [
        ["proposal", "=Un banc", "À l’ombre.\n\nDeux même.", ""],
        ["source", "Étude", "Utile.", "https://exemple.fr/e"],
    ]


def bomb() -> bytes:
    return packed(account=ACCOUNT, texts=b" " * (MOST_BYTES_A_FILE * 20))


def lying() -> bytes:
    """An archive whose directory says that a file is small when it is not."""
    raw = bytearray(packed(account=ACCOUNT, texts=b" " * (MOST_BYTES_A_FILE + 10)))
    size = (MOST_BYTES_A_FILE + 10).to_bytes(4, "little")
    return bytes(raw.replace(size, (10).to_bytes(4, "little")))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no zip": lambda: b"%PDF-1.7 " * 100,
    "a cut zip": lambda: packed(account=ACCOUNT, texts=[TEXT])[:-30],
    "another zip": lambda: packed(lisez="bonjour"),
    "no texts": lambda: packed(account=ACCOUNT),
    "too many files": lambda: packed(account=ACCOUNT, texts=[], **{f"f{rank}": "x" for rank in range(60)}),
    "a bomb": bomb,
    "a file larger than it says": lying,
    "another version": lambda: packed(account={**ACCOUNT, "format": "polyphonie/archive/9"}, texts=[]),
    "a list where an object is": lambda: packed(account=b"[1]", texts=[]),
    "no json": lambda: packed(account=b"{", texts=[]),
    "no text": lambda: packed(account=b"\xff\xfe", texts=[]),
    "deep json": lambda: packed(account=b"[" * 200_000, texts=[]),
    "settings that are none": lambda: packed(account={**ACCOUNT, "settings": "tous"}, texts=[]),
    "a number for a name": lambda: packed(account={**ACCOUNT, "settings": {"display_name": 7}}, texts=[]),
    "refusals that are none": lambda: packed(account={**ACCOUNT, "settings": {"refused_messages": [1]}}, texts=[]),
    "a text that is none": lambda: packed(account=ACCOUNT, texts=[TEXT, "un texte"]),
    "an unknown kind": lambda: packed(account=ACCOUNT, texts=[{**TEXT, "kind": "vote"}]),
    "a body that is a list": lambda: packed(account=ACCOUNT, texts=[{**TEXT, "body": ["a"]}]),
    "a body too long": lambda: packed(account=ACCOUNT, texts=[{**TEXT, "body": "a" * 40_000}]),
    "too many texts": lambda: packed(account=ACCOUNT, texts=[TEXT] * (MOST_TEXTS + 1)),
}


@pytest.mark.once
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_in_a_sentence_soon_and_in_little_memory(name: str) -> None:
    raw = HOSTILE[name]()
    tracemalloc.start()
    started = time.monotonic()
    with pytest.raises(Refused) as refused:
        read(raw)
    seconds, most = time.monotonic() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.reason.endswith((".", "utilisées"))
    assert seconds < 5
    assert most < 64 * 1024 * 1024


@pytest.mark.once
def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(Refused, match="16"):
        read_archive(io.BytesIO(b""), size=MOST_BYTES + 1)


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def sent(client: Client, raw: bytes):
    return client.post("/mon-espace/reprendre/", {"archive": SimpleUploadedFile("archive.zip", raw)})


@pytest.mark.django_db
def test_on_the_page_a_draft_comes_back_is_proposed_on_the_ordinary_screens_or_dropped(scene: Scene) -> None:
    paul, ines = a_person("Paul"), a_person("Nadia")
    client, other = Client(headers={"accept-language": "fr"}), Client()
    client.force_login(ines)
    other.force_login(paul)
    texts = [TEXT, {**TEXT, "title": "", "kind": "argument", "address": "https://ailleurs.example/2/"}]
    page = sent(client, packed(account=ACCOUNT, texts=texts)).content.decode()
    assert "Vos réglages sont repris, et 2 textes" in page.replace("\u00a0", " ")
    assert "Un banc" in page
    assert "Un banc" not in other.get("/mon-espace/reprendre/").content.decode()
    draft, argument = TakenText.objects.filter(account=ines)
    assert other.post(f"/mon-espace/reprendre/{draft.pk}/", {"drop": "1"}).status_code == 404
    answer = client.post(f"/mon-espace/reprendre/{draft.pk}/", {"consultation": scene.consultation.pk})
    assert answer["Location"] == "/demain/consultations/places/proposer/"
    assert "Un banc" in client.get(answer["Location"]).content.decode()
    assert not Contribution.objects.filter(author=ines).exists()
    assert client.post(f"/mon-espace/reprendre/{draft.pk}/", {"consultation": "999999"})["Location"] == "/mon-espace/reprendre/"
    client.post(f"/mon-espace/reprendre/{argument.pk}/", {"drop": "1"})
    assert list(TakenText.objects.all()) == [draft]
    close(ines)
    assert not TakenText.objects.exists()


@pytest.mark.django_db
def test_a_refused_archive_writes_nothing_and_says_why(scene: Scene) -> None:
    ines = a_person("Nadia")
    client = Client(headers={"accept-language": "fr"})
    client.force_login(ines)
    answer = sent(client, packed(account=ACCOUNT, texts=[TEXT, {**TEXT, "kind": "vote"}]))
    assert answer.status_code == 422
    assert "texts.jsonl, ligne 2" in answer.content.decode().replace("\u00a0", " ")
    assert not TakenText.objects.exists()
    assert Account.objects.get(pk=ines.pk).display_name == "Nadia"
    assert sent(client, b"").status_code == 422
    assert client.post("/mon-espace/reprendre/", {"archive": "pas un fichier"}).status_code == 422


@pytest.mark.django_db
def test_a_name_that_is_taken_here_stays_with_who_has_it_and_no_consent_or_listing_comes(scene: Scene) -> None:
    a_person("Inès")
    nadia = a_person("Nadia")
    brought = read(packed(account={**ACCOUNT, "consents": {"is_listed_among_participants": True}}, texts=[]))
    before = Consent.objects.count()
    with writing() as now:
        assert not take_up(nadia, brought, now=now).has_name
    nadia.refresh_from_db()
    assert (nadia.display_name, nadia.is_listed) == ("Nadia", False)
    assert (Consent.objects.count(), Vote.objects.count(), Refusal.objects.count()) == (before, 0, 0)
