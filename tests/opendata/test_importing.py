"""An import takes a consultation over once, whole, and can be taken back."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F, Model

from polyphonie.consultation.listing import DISCOVER
from polyphonie.consultation.models import ImportedVote
from polyphonie.consultation.queries.recount import differences
from polyphonie.contributions import search
from polyphonie.contributions.models import UNDRAWN, Contribution, Revision, SearchText, Status
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.ledger.canonical import b64
from polyphonie.ledger.models import Entry
from polyphonie.opendata import actions
from polyphonie.opendata.importing import bulk, vote_rows
from polyphonie.opendata.importing import course as importing
from polyphonie.opendata.importing.course import Order, Outcome
from polyphonie.opendata.models import Import
from polyphonie.opendata.tasks import note_public_imports
from polyphonie.processes.models import Consultation, Process
from tests.opendata import exports

pytestmark = pytest.mark.django_db(transaction=True)


def take(path: Path, *, dry_run: bool = False, slug: str = "places") -> Outcome:
    return importing.run(Order("cap-collectif", path, slug, dry_run))


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return exports.write(tmp_path / "export.csv", exports.small())


def leaves(kind: str) -> list[dict[str, Any]]:
    return [json.loads(leaf) for leaf in Entry.objects.filter(kind=kind).order_by("pk").values_list("leaf", flat=True)]


def everything() -> dict[str, int]:
    models = (Process, Consultation, Contribution, Revision, SearchText, ImportedVote, Import, Entry)
    return {model.__name__: model.objects.count() for model in models}


def test_an_import_makes_the_process_the_consultation_and_every_text_and_vote(export: Path) -> None:
    outcome = take(export)
    assert outcome.as_json() == {
        "created": {"proposal": 2, "argument": 2, "source": 1, "completion": 1, "vote": 5},
        "unchanged": {"proposal": 0, "argument": 0, "source": 0, "completion": 0, "vote": 0},
        "rejected": 0,
        "duplicates": 0,
        "rejects": str(outcome.rejects),
    }
    process = Process.objects.get(slug="places")
    assert (process.title, process.organiser, process.is_listed) == ("Les places", "non renseigné", True)
    consultation = process.consultations.get()
    assert (consultation.title, consultation.state, consultation.is_imported) == ("Les places", "closed", True)
    assert (consultation.proposals, consultation.texts) == (2, 6)
    bench = Contribution.objects.get(source_id="61")
    assert (bench.imported_agree, bench.imported_mixed, bench.imported_disagree, bench.votes) == (2, 0, 1, 0)
    assert (bench.arguments_for, bench.arguments_against, bench.sources, bench.completions) == (1, 1, 1, 1)
    assert (bench.section, bench.status, bench.origin) == ("Section 1 : La place", "published", "import")
    assert Contribution.objects.get(kind="argument", side="for").declared_votes == 3
    assert Contribution.objects.get(kind="completion").about == bench


def test_numbers_follow_the_date_then_the_kind_then_the_identifier(export: Path) -> None:
    take(export)
    in_order = Contribution.objects.order_by("number").values_list("kind", "source_id")
    assert list(in_order) == [
        ("proposal", "62"), ("proposal", "61"), ("argument", "11"), ("argument", "12"), ("source", "9"), ("completion", "4"),
    ]  # fmt: skip


def test_the_register_holds_the_rules_each_text_and_the_votes_as_published(export: Path) -> None:
    take(export)
    assert len(leaves("config")) == 1
    assert sorted(leaf["object"] for leaf in leaves("rev")) == [f"contribution/{number}" for number in range(1, 7)]
    numbers = {"61": 2, "62": 1}
    votes = [("61", 1), ("61", -1), ("61", 1), ("62", 0), ("62", 1)]
    lines = "".join(f"{numbers[about]},1,{position}\n" for about, position in votes)
    (leaf,) = leaves("import")
    assert leaf["votes"] == b64(hashlib.sha256(lines.encode()).digest())
    assert leaf["source"] == b64(hashlib.sha256(export.read_bytes()).digest())
    assert (leaf["counts"], leaf["rejected"], leaf["format"]) == ([2, 2, 1, 1, 5], 0, "cap-collectif")


def test_a_voter_is_the_same_within_an_import_and_nobody_across_two(export: Path) -> None:
    take(export)
    voters = [bytes(voter) for voter in ImportedVote.objects.order_by("line").values_list("voter", flat=True)]
    assert voters[0] == voters[3]
    assert len(set(voters)) == 3
    take(export, slug="autre")
    others = ImportedVote.objects.filter(contribution__process__slug="autre").order_by("line")
    assert not {bytes(voter) for voter in others.values_list("voter", flat=True)} & set(voters)


def test_a_dry_run_changes_nothing(export: Path) -> None:
    before = everything()
    outcome = take(export, dry_run=True)
    assert outcome.as_json()["created"]["vote"] == 5
    assert everything() == before


def test_the_same_file_twice_is_the_same_as_once(export: Path) -> None:
    take(export)
    before = everything()
    again = take(export).as_json()
    assert everything() == before
    assert again["created"] == {"proposal": 0, "argument": 0, "source": 0, "completion": 0, "vote": 0}
    assert again["unchanged"] == {"proposal": 2, "argument": 2, "source": 1, "completion": 1, "vote": 5}


def test_a_longer_file_adds_only_what_is_new(export: Path, tmp_path: Path) -> None:
    take(export)
    more = [*exports.small(), exports.vote("v6", "62", "User:z", "NO"), exports.argument("13", "62")]
    outcome = take(exports.write(tmp_path / "later.csv", more)).as_json()
    assert outcome["created"] == {"proposal": 0, "argument": 1, "source": 0, "completion": 0, "vote": 1}
    later = Contribution.objects.get(source_id="62")
    assert (later.imported_disagree, later.arguments_for) == (1, 1)
    assert Contribution.objects.get(source_id="13").number == 7
    assert Process.objects.get().consultations.count() == 1


def test_a_text_hidden_at_its_source_is_hidden_with_its_ground_and_leaf(tmp_path: Path) -> None:
    records = exports.small()
    records[0]["contributions_trashed"] = "1"
    take(exports.write(tmp_path / "export.csv", records))
    hidden = Contribution.objects.get(source_id="61")
    assert (hidden.status, hidden.status_ground) == (Status.HIDDEN, "hidden_at_source")
    (leaf,) = leaves("mod")
    assert (leaf["act"], leaf["ground"], leaf["object"]) == ("hidden", "hidden_at_source", "contribution/2")
    assert not SearchText.objects.filter(contribution=hidden).exists()
    assert Process.objects.get().consultations.get().proposals == 1


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("where", ["take_texts", "take_votes", "finish_import"])
def test_an_interrupted_import_shows_nothing_and_goes_on_with_the_same_file(
    export: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def interrupt(*arguments: object, **named: object) -> None:
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(actions, where, interrupt)
        with pytest.raises(Interrupted):
            take(export)
    assert not Contribution.objects.filter(status=Status.PUBLISHED).exists()
    assert not Consultation.objects.exclude(state="draft").exists()
    assert take(export).as_json()["created"]["vote"] == 5
    assert Contribution.objects.filter(status=Status.PUBLISHED).count() == 6
    assert ImportedVote.objects.count() == 5
    assert Process.objects.get().last_number == 6
    assert len(leaves("rev")) == 6


def test_an_import_nobody_can_have_read_is_undone_without_a_trace_but_its_two_leaves(export: Path) -> None:
    take(export)
    batch = importing.undo(Order("cap-collectif", export, "places"))
    assert batch.state == Import.State.UNDONE
    assert not Contribution.objects.exists()
    assert not ImportedVote.objects.exists()
    assert not Consultation.objects.exists()
    assert (len(leaves("rev")), len(leaves("config")), len(leaves("import"))) == (0, 0, 2)
    assert leaves("import")[1]["undoes"] == b64(bytes(batch.leaf_hash or b""))
    assert not Process.objects.get().is_listed
    take(export)
    assert Contribution.objects.order_by("number").first().number == 7  # numbers are never reused


def served(batch: Import) -> None:
    note_public_imports()


def sealed(batch: Import) -> None:
    Entry.objects.filter(kind="rev").update(position=F("pk"))


@pytest.mark.parametrize("what_happened", [served, sealed])
def test_an_import_that_may_have_been_read_is_withdrawn_its_numbers_kept(
    export: Path, what_happened: Callable[[Import], None]
) -> None:
    take(export)
    what_happened(Import.objects.get())
    batch = importing.undo(Order("cap-collectif", export, "places"))
    assert batch.state == Import.State.WITHDRAWN
    assert set(Contribution.objects.values_list("status", "title", "body")) == {("withdrawn", "", "")}
    assert set(Revision.objects.values_list("title", "body", "salt")) == {("", "", None)}
    assert not ImportedVote.objects.exists()
    assert not SearchText.objects.exists()
    assert (len(leaves("erase")), len(leaves("import"))) == (6, 2)
    take(export)
    assert Contribution.objects.filter(status=Status.PUBLISHED).count() == 6


def test_an_import_on_which_another_rests_waits_for_its_turn(export: Path, tmp_path: Path) -> None:
    take(export)
    later = exports.write(tmp_path / "later.csv", [*exports.small(), exports.vote("v6", "62", "User:z", "NO")])
    take(later)
    with pytest.raises(Refused):
        importing.undo(Order("cap-collectif", export, "places"))
    importing.undo(Order("cap-collectif", later, "places"))
    text = Contribution.objects.get(source_id="62")
    assert (text.imported_disagree, text.imported_votes, ImportedVote.objects.count()) == (0, 2, 5)
    importing.undo(Order("cap-collectif", export, "places"))
    assert not Contribution.objects.exists()


def test_what_was_never_imported_cannot_be_taken_back(export: Path) -> None:
    with pytest.raises(Refused):
        importing.undo(Order("cap-collectif", export, "places"))


def test_an_interrupted_import_holds_back_another_file_until_it_is_undone(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*arguments: object, **named: object) -> None:
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(actions, "take_votes", interrupt)
        with pytest.raises(Interrupted):
            take(export)
    other = exports.write(tmp_path / "other.csv", [exports.opinion("99")])
    with pytest.raises(Refused):
        take(other)
    importing.undo(Order("cap-collectif", export, "places"))
    assert take(other).as_json()["created"]["proposal"] == 1


def test_texts_of_an_import_have_their_counters_and_their_place_in_every_order(export: Path, tmp_path: Path) -> None:
    take(export)
    take(exports.write(tmp_path / "later.csv", [*exports.small(), exports.vote("v6", "62", "User:z", "NO")]))
    consultation = Consultation.objects.get()
    assert differences(consultation) == []
    for text in Contribution.objects.order_by("pk"):
        assert text.order_draw == DISCOVER.key_of(text, consultation)[1] != UNDRAWN
        rows = Counter(ImportedVote.objects.filter(contribution=text).values_list("position", flat=True))
        assert (text.imported_agree, text.imported_mixed, text.imported_disagree) == (rows[1], rows[0], rows[-1])


def test_what_another_process_stems_is_what_this_one_would(tmp_path: Path) -> None:
    many = [exports.opinion(str(number), title=f"Des bancs {number} à l'ombre") for number in range(1200)]
    take(exports.write(tmp_path / "export.csv", many))
    for text in SearchText.objects.select_related("contribution").order_by("pk")[:20]:
        assert (text.title, text.text) == search.stems_of(text.contribution.title, text.contribution.body)
    assert SearchText.objects.count() == 1200


def test_rows_entered_in_bulk_are_those_that_the_orm_enters(export: Path) -> None:
    take(export)
    votes = list(ImportedVote.objects.order_by("pk"))
    with writing():
        ImportedVote.objects.all().delete()
        bulk.insert([ImportedVote(**{**values(vote), "id": None}) for vote in votes])
    assert [values(vote) for vote in ImportedVote.objects.order_by("line")] == [values(vote) for vote in votes]
    revision = Revision.objects.order_by("pk").first()
    assert revision is not None
    copy = Revision(**{**values(revision), "id": None, "number": 2})
    with writing():
        bulk.insert([copy])
    assert values(Revision.objects.get(number=2)) == {**values(revision), "number": 2}


def test_votes_that_the_database_moves_are_those_that_are_read_and_written_back(
    export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def out_of_sight(_staging: object) -> Iterator[bool]:
        yield False

    def votes(slug: str) -> list[tuple[Any, ...]]:
        rows = ImportedVote.objects.filter(contribution__process__slug=slug).order_by("line")
        names = ("import_number", "line", "contribution__number", "revision", "position", "source_key", "voter")
        taken = list(rows.values_list(*names))
        voters = [bytes(vote[-1]) for vote in taken]
        return [(*vote[:-1], voters.index(bytes(vote[-1]))) for vote in taken]

    monkeypatch.setattr(vote_rows, "VOTES_AT_ONCE", 2)
    take(export)
    monkeypatch.setattr(vote_rows, "in_sight", out_of_sight)
    take(export, slug="autre")
    assert len(votes("places")) == 5
    assert votes("places") == votes("autre")


def values(record: Model) -> dict[str, Any]:
    """The fields of a record but its key."""
    read = {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields if field.attname != "id"}
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in read.items()}
