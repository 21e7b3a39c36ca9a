"""I11: an empty installation rebuilt from the public files has the same tallies, to the byte, and takes no vote."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings

from polyphonie.consultation.models import Opening, Vote
from polyphonie.consultation.rules import is_open_refusal
from polyphonie.consultation.tasks import close_due_consultations, draw_due_lists, seal_due_batches
from polyphonie.contributions.actions import hide
from polyphonie.contributions.models import Contribution, Revision, SearchText
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.ledger import folder
from polyphonie.ledger.actions import append
from polyphonie.ledger.models import Checkpoint, Entry, Log
from polyphonie.ledger.sealing import latest_checkpoint, seal
from polyphonie.ledger.tasks import keep_logs, seal_logs
from polyphonie.opendata import verify
from polyphonie.opendata.copies import OTHER_FILES, dialects_of
from polyphonie.opendata.export import export
from polyphonie.opendata.importing import course as importing
from polyphonie.opendata.importing.copying import rebuilding
from polyphonie.opendata.importing.copying.course import ensure_elsewhere
from polyphonie.opendata.importing.copying.foreign import Foreign
from polyphonie.opendata.importing.copying.foreign_syntheses import fates_in, versions_in
from polyphonie.opendata.importing.course import Order
from polyphonie.opendata.importing.reading import SourceRefused
from polyphonie.opendata.models import Copy, Import, KeptFile
from polyphonie.processes.models import Act, Consultation, Process
from polyphonie.processes.tasks import open_due
from tests.opendata import lively

pytestmark = pytest.mark.django_db
EVERYTHING = (Process, Consultation, Contribution, Revision, SearchText, Opening, Vote, Import, Entry, Checkpoint, Log, Act, Copy)


def rebuilt(path: Path, slug: str = lively.SLUG, *, is_dry: bool = False) -> importing.Outcome:
    return importing.run(Order("polyphonie", path, slug, is_dry))


def run_all_tasks() -> int:
    """What the loop of this installation finds to do in consultations and registers."""
    return sum(task() for task in (seal_due_batches, close_due_consultations, draw_due_lists, open_due, seal_logs))


def count() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (*EVERYTHING, KeptFile)}


def test_an_empty_installation_rebuilt_from_the_public_files_gives_them_back_to_the_byte(source, tmp_path):
    outcome = rebuilt(source)
    process = Process.objects.get(slug=lively.SLUG)
    again = tmp_path / "again"
    export(process, again)
    equal = [name for name in (*verify.COVERED, *OTHER_FILES) if (again / name).read_bytes() == (source / name).read_bytes()]
    assert equal == [*verify.COVERED, *OTHER_FILES]
    dialects = sorted(path.relative_to(source) for path in (source / "dialects").rglob("*.csv"))
    assert dialects == sorted(path.relative_to(again) for path in (again / "dialects").rglob("*.csv"))
    assert [name for name in dialects if (again / name).read_bytes() != (source / name).read_bytes()] == []
    assert len(dialects) >= 6
    report = verify.verify(str(again), seen=[("source", (source / "ledger/checkpoint").read_text(encoding="utf-8"))])
    assert report.is_right, "\n".join(verify.sentences(report))
    votes = sum(outcome.report["created"].values())
    assert (report.counts["tallies"], report.counts["votes"]) >= (10, 70)
    print(f"I11: {len(equal)} files equal to the byte, {report.counts['tallies']} tallies, {votes} texts and votes")


def test_a_consultation_that_had_not_opened_at_the_source_is_in_no_dialect_of_its_copy(source):
    rebuilt(source)
    process = Process.objects.get(slug=lively.SLUG)
    named = {table.folder for table in dialects_of(process)}
    copy = Copy.objects.get(process=process)
    copy.document = copy.document.replace('"state": "open"', '"state": "announced"')
    copy.save()
    assert named - {table.folder for table in dialects_of(process)} == {
        f"dialects/polis/{slug}/" for slug in ("la-gare", "la-mare", "le-parc")
    }


def test_it_is_closed_to_votes_to_texts_and_to_signatures(source):
    rebuilt(source)
    process = Process.objects.get(slug=lively.SLUG)
    assert [one.state for one in process.consultations.order_by("pk")] == ["closed"] * 5
    for consultation in process.consultations.order_by("pk"):
        for day in (lively.NOON, lively.CLOSING + lively.timedelta(days=400)):
            assert is_open_refusal(consultation, now=day) is not None
    with writing() as now:
        assert seal(process.log, now=now) is None
        with pytest.raises(Refused, match="marvejols"):
            append(process.log, "state", {"state": "edited", "actor": "organiser/1"})
    assert run_all_tasks() == 0
    assert latest_checkpoint(process.log).note == (source / "ledger/checkpoint").read_text(encoding="utf-8")
    assert not Vote.objects.exists()


def test_a_dry_run_writes_nothing_and_says_how_much_there_is(source):
    before = count()
    outcome = rebuilt(source, is_dry=True)
    assert outcome.as_json()["created"] == {"proposal": 14, "argument": 5, "source": 1, "completion": 2, "vote": 148}
    assert count() == before


def test_twice_is_once_and_undone_nothing_is_left(source, settings, tmp_path):
    settings.POLYPHONIE_VAR = tmp_path
    before = count()
    rebuilt(source)
    keep_logs()
    once = count()
    again = rebuilt(source)
    assert (count(), again.batch) == (once, None)
    assert again.as_json()["created"]["vote"] == 0
    assert again.as_json()["unchanged"]["vote"] > 100
    assert importing.undo(Order("polyphonie", source, lively.SLUG)).state == Import.State.UNDONE
    assert count() == before
    assert not folder.is_any_behind()
    rebuilt(source)
    assert count() == once


def test_interrupted_it_is_made_anew(source, monkeypatch):
    def stopped(*_words: object, **_names: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rebuilding, "ensure_equal", stopped)
        with pytest.raises(KeyboardInterrupt):
            rebuilt(source)
    assert not Process.objects.get(slug=lively.SLUG).is_listed
    rebuilt(source)
    assert Process.objects.get(slug=lively.SLUG).is_listed
    assert Import.objects.count() == 1


def test_under_another_address_only_its_name_there_differs(source, tmp_path, settings):
    settings.POLYPHONIE_HOST = "ailleurs.example"
    rebuilt(source, "copie")
    again = tmp_path / "again"
    export(Process.objects.get(slug="copie"), again)
    assert verify.verify(str(again)).is_right
    there, here = (json.loads((folder / "process.json").read_text(encoding="utf-8")) for folder in (source, again))
    assert here["process"].pop("slug") == "copie"
    origin = Process.objects.get(slug="copie").copied_from
    assert f"Copie de ce que {origin} a publié" in (again / "README.md").read_text(encoding="utf-8")
    assert json.loads((again / "datapackage.json").read_text(encoding="utf-8"))["sources"] == [{"title": origin}]
    there["process"].pop("slug")
    assert here == there
    with pytest.raises(Refused, match="déjà"):
        rebuilt(source, "encore")


def test_a_site_takes_its_own_register_back_at_its_address_whatever_its_name_since_a_lost_key(settings):
    settings.POLYPHONIE_HOST = "ici.example"
    for origin in ("ici.example/marvejols", "ici.example/marvejols/2", "ailleurs.example/autre"):
        ensure_elsewhere(origin, "marvejols", None)
    for origin in ("ici.example/autre", "ici.example/autre/2"):
        with pytest.raises(Refused, match="sur ce site même"):
            ensure_elsewhere(origin, "marvejols", None)


def test_a_folder_that_does_not_verify_is_refused_with_the_sentence_of_the_verifier(source, tmp_path):
    folder = lively.a_copy(source, tmp_path / "altered")
    table = lively.rows(folder, "tallies.csv")
    table[1][3] = "99"
    lively.write_rows(folder, "tallies.csv", table)
    lively.described_again(folder)
    before = count()
    with pytest.raises(Refused, match="il est écrit « 99 »"):
        rebuilt(folder)
    assert count() == before


def test_a_text_of_a_copy_cannot_be_hidden_without_its_source(source):
    rebuilt(source)
    shown = Contribution.objects.filter(status="published").order_by("number")[0]
    with writing() as now, pytest.raises(Refused):
        hide(shown, ground="unlawful_data", actor="moderator/1", now=now)


def test_its_pages_say_where_it_comes_from(source, client):
    rebuilt(source)
    origin = f"{settings.POLYPHONIE_HOST}/{lively.SLUG}"
    for address in ("", "registre/", "registre/integrite/", "donnees/", "donnees/imports/1/", "contributions/1/", "chiffres/"):
        answer = client.get(f"/{lively.SLUG}/{address}")
        assert answer.status_code == 200, address
        assert origin in answer.content.decode(), address
    integrity = in_words(client.get(f"/{lively.SLUG}/registre/integrite/").content.decode())
    decisions = len(lively.rows(source, "moderation.csv")) - 1
    assert f"Décisions de modération{decisions}Lignes de moderation.csv" in integrity
    assert "sont restés sur le site d'origine" in integrity
    assert "Petits lots" not in integrity
    moderation = in_words(client.get(f"/{lively.SLUG}/registre/moderation/").content.decode())
    assert "Ces décisions ont été prises ailleurs" in moderation
    assert "Rien n'a encore été décidé" not in moderation
    assert "22 votants" in in_words(client.get(f"/{lively.SLUG}/consultations/la-place/").content.decode())
    assert client.get(f"/{lively.SLUG}/contributions/3/").status_code == 410
    discussion = client.get(f"/{lively.SLUG}/syntheses/le-parc/discussions/1/").content.decode()
    assert "Combien sont-ils" in discussion
    assert "Douze." in discussion
    assert "intégré en version 2" in discussion
    assert client.get(f"/{lively.SLUG}/syntheses/le-parc/discussions/2/").content.decode().count("Combien") == 0


def in_words(page: str) -> str:
    """What a page says, its spaces and its apostrophes made plain."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page)).replace("’", "'").split())


def test_its_syntheses_are_read_as_on_its_source(source, client):
    rebuilt(source)
    entries = lively.lines(source, "syntheses.jsonl")
    assert [entry["version"] for entry in entries] == [1, 2]
    for entry in entries:
        address = f"/{lively.SLUG}/syntheses/{entry['consultation']}/versions/{entry['version']}/"
        page = in_words(client.get(address).content.decode())
        said = [" ".join(words.replace("’", "'").split()) for words in entry["words"].values()]
        assert [words for words in said if words not in page] == [], address
        assert "[citation retirée]" in said[-1]
        taken_away = json.loads(client.get(address + "synthese.json").content)
        assert {name: taken_away[name] for name in entry} == entry
        assert client.get(address + "changements/").status_code == client.get(address + "synthese.md").status_code == 200
    here = f"/{lively.SLUG}/syntheses/{entries[0]['consultation']}/"
    assert "Déjà fait." in client.get(f"{here}non-citees/").content.decode()
    assert here in client.get(f"/{lively.SLUG}/syntheses/").content.decode()
    cited, left_out = (client.get(f"/{lively.SLUG}/contributions/{number}/").content.decode() for number in (1, 2))
    assert here in cited
    assert "Déjà fait." in left_out
    assert here in left_out
    assert f"{here}#s-a" in client.get(f"/{lively.SLUG}/recherche/", {"q": "faut de l’ombre"}).content.decode()


BROKEN = {
    "a place without its quotation": lambda one: one["content"]["statements"][1].update(text="On lit « ⟦1⟧ »."),
    "a citation without its place": lambda one: one["content"]["statements"][0].update(text="On lit cela."),
    "a column of no kind": lambda one: one["content"]["statements"][0].update(column="gossip"),
    "a key that is no address": lambda one: one["content"]["statements"][0].update(key="<b>"),
    "words that turn around": lambda one: one["content"].update(introduction="\u202e"),
    "no headline": lambda one: one["coverage"].pop("headline"),
    "a share of nothing": lambda one: one["coverage"]["by_votes"].update(part="many"),
    "a nearest text without how near": lambda one: one["coverage"]["near"]["nearest"].append([1, 2]),
    "an hour that is none": lambda one: one["coverage"]["near"].update(computed_at="yesterday"),
    "a campaign of nobody": lambda one: one["coverage"]["concentration"]["campaigns"].append(
        {"numbers": [], "size": 6, "is_cited": True}
    ),
    "a share without end": lambda one: one["coverage"]["topics"].update(divergence=float("inf")),
    "voters without figures": lambda one: one.update(
        representation={"verdict": "found", "computed_at": "2026-11-22T08:00+01:00"}
    ),
    "a question less": lambda one: one["review"]["checklist"].pop("faithful"),
    "a number too large": lambda one: one["content"]["statements"][0]["citations"][0].update(number=1 << 40),
    "no instant": lambda one: one.update(published_at="yesterday"),
}


@pytest.mark.once
def test_a_synthesis_that_no_page_can_draw_is_refused(source, tmp_path):
    for rank, (name, change) in enumerate(BROKEN.items()):
        folder = lively.a_copy(source, tmp_path / str(rank))
        entries = lively.lines(folder, "syntheses.jsonl")
        change(entries[0])
        lively.write_lines(folder, "syntheses.jsonl", entries)
        with pytest.raises(SourceRefused):  # noqa: PT012  (says which one was taken)
            list(versions_in(Foreign(folder)))
            raise AssertionError(name)
    folder = lively.a_copy(source, tmp_path / "elsewhere")
    table = lively.rows(folder, "fates.csv")
    table[1][4] = "//ailleurs.example/"
    lively.write_rows(folder, "fates.csv", table)
    with pytest.raises(SourceRefused, match="ailleurs"):
        list(fates_in(Foreign(folder)))
