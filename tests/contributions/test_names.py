"""A name that moderation hid is printed beside no text and in no file, and comes back as it was."""

import pytest

from polyphonie.contributions.actions import forget_author, hide_author_name, restore_author_name
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from polyphonie.ledger.models import Entry
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from tests.consultation.electorate import a_proposal, an_account, an_open_consultation

pytestmark = pytest.mark.django_db
NAME = "Le maire est un menteur"


@pytest.fixture
def text():
    return a_proposal(an_open_consultation(), author=an_account(NAME))


def exported(text, folder):
    export(text.process, folder)
    report = verify.verify(str(folder))
    assert report.is_right, "\n".join(verify.sentences(report))
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file())


def hide(text):
    with writing():
        hide_author_name(text, ground="charter_abuse", actor="moderator/1")


def test_a_hidden_name_is_in_no_file_and_comes_back(text, tmp_path):
    assert NAME in exported(text, tmp_path / "before")
    hide(text)
    assert text.author_name == ""
    words = exported(text, tmp_path / "hidden")
    assert NAME not in words
    assert "name_hidden" in words
    with writing():
        restore_author_name(text, actor="appeal/1")
    assert NAME in exported(text, tmp_path / "restored")


def test_a_name_is_hidden_once_and_an_organisations_name_with_its_organisation(text):
    for _turn in range(2):
        hide(text)
    with writing():
        restore_author_name(text, actor="moderator/1")
        restore_author_name(text, actor="moderator/1")
    assert Entry.objects.filter(kind="mod").count() == 2


def test_a_hidden_name_goes_for_good_with_its_account(text, tmp_path):
    hide(text)
    with writing():
        forget_author(text)
    assert Contribution.objects.get(pk=text.pk).hidden_author_name == ""
    assert NAME not in exported(text, tmp_path / "export")


def test_the_verifier_finds_a_name_that_is_missing_or_shown_against_the_register(text, tmp_path):
    hide(text)
    Contribution.objects.filter(pk=text.pk).update(author_name=NAME, hidden_author_name="")
    export(text.process, tmp_path / "shown")
    assert verify.verify(str(tmp_path / "shown")).failures["texts_opened"] == 1
    Entry.objects.filter(kind="mod").delete()
    Contribution.objects.filter(pk=text.pk).update(author_name="", hidden_author_name=NAME)
    export(text.process, tmp_path / "missing")
    assert verify.verify(str(tmp_path / "missing")).failures["texts_opened"] == 1
