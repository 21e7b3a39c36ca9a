"""A moderator's hand on a text keeps its votes where it says the same, and leaves nothing of what was masked."""

import json
from datetime import timedelta

import pytest

from polyphonie.consultation.actions.batches import close_consultation, seal_batch
from polyphonie.consultation.actions.moderating import (
    mask_passage,
)
from polyphonie.consultation.queries.positions import my_positions
from polyphonie.consultation.queries.recount import differences
from polyphonie.contributions.actions import Text, hide, publish, remove, restore, revise
from polyphonie.contributions.masking import holds, masked
from polyphonie.contributions.models import Contribution, Kind, Revision, SearchText, Status
from polyphonie.core.refusal import Refused
from polyphonie.ledger.models import Entry
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from polyphonie.processes.models import Consultation
from tests.consultation.electorate import (
    CLOSING,
    NOON,
    a_process,
    accounts,
    act,
    an_account,
    an_open_consultation,
    vote,
)

pytestmark = pytest.mark.django_db

PHONE = "06 12 34 56 78"
MODERATOR = "moderator/1"


@pytest.fixture
def process():
    return a_process()


@pytest.fixture
def consultation(process):
    return an_open_consultation(process)


@pytest.fixture
def elsewhere(process):
    return an_open_consultation(process, slug="la-gare")


@pytest.fixture
def author():
    return an_account("Autrice")


def telling(consultation, author, body=f"Appelez Paul au {PHONE}, il vous dira."):
    with act(consultation, NOON) as now:
        return publish(consultation, Kind.PROPOSAL, Text("Des tilleuls", body), author=author, now=now)


def mask(text, passages=(PHONE,), ground="unlawful_data", at=NOON):
    with act(text.consultation, at) as now:
        return mask_passage(text, passages=passages, ground=ground, actor=MODERATOR, now=now)


def crowd(text, position=1, count=20):
    people = accounts(count)
    for one in people:
        vote(text, one, position)
    with act(text.consultation, NOON + timedelta(minutes=20)) as now:
        seal_batch(text.consultation, now=now)
    return people


def again(text):
    return Contribution.objects.select_related("process", "consultation", "about").get(pk=text.pk)


def counts(record):
    return record.agree, record.mixed, record.disagree


def verifies(process, folder):
    export(process, folder)
    report = verify.verify(str(folder))
    assert report.is_right, "\n".join(verify.sentences(report))
    return report


def whole(folder):
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file())


# ------------------------------------------------------------------------------------------------------ masking


def test_a_masked_passage_is_nowhere_and_the_votes_stay(consultation, author, tmp_path):
    text = telling(consultation, author)
    voters = crowd(text)
    vote(text, voters[0], -1)
    revision = mask(text)
    text = again(text)
    assert text.body == "Appelez Paul au [passage masqué : donnée personnelle], il vous dira."
    assert (revision.reason, revision.number, counts(text)) == (Revision.Reason.MASKED, 2, (20, 0, 0))
    assert not my_positions(voters[1], [text])[text.number].is_asked_again
    assert differences(consultation) == []
    first = text.revisions.get(number=1)
    assert (first.title, first.body, first.salt, first.is_readable) == ("", "", None, False)
    assert PHONE not in SearchText.objects.get(pk=text.pk).text
    verifies(consultation.process, tmp_path / "export")
    assert "56 78" not in whole(tmp_path / "export")
    acts = [json.loads(leaf)["act"] for leaf in Entry.objects.filter(kind="mod").order_by("pk").values_list("leaf", flat=True)]
    assert acts == ["masked", "same_text"]
    with act(consultation, CLOSING) as now:
        close_consultation(Consultation.objects.get(pk=consultation.pk), now=now)
    assert counts(again(text)) == (19, 0, 1)
    verifies(consultation.process, tmp_path / "closed")


def test_every_earlier_version_that_holds_it_however_typed_is_emptied(consultation, author):
    text = telling(consultation, author, "Sans rien.")
    for body in (f"Voici : {PHONE}.", "Voici : 0612345678.", "Voici : 06.12.34.56.78 !", f"Bref : {PHONE}"):
        with act(consultation, NOON) as now:
            revise(again(text), Text("Des tilleuls", body), author=author, now=now)
    mask(text)
    assert [revision.is_readable for revision in text.revisions.all()] == [True, False, False, False, False, True]
    assert Entry.objects.filter(kind="erase", leaf__contains='"ground":"unlawful_data"').count() == 4


def test_a_mask_is_whole_words_and_takes_an_address_whole():
    text = Text("Jean et Jeanne", "JEAN, Jean-Paul, Jeannot.", "https://exemple.fr/jean")
    hidden = masked(text, ["Jean"], words="[…]")
    assert hidden == Text("[…] et Jeanne", "[…], […]-Paul, Jeannot.", "")
    assert not holds(hidden, ["jean"])
    assert holds(Text(body="+33 (0)6-12-34"), ["0612 34"])
    assert not holds(Text(body="a"), ["   "])


def test_masking_is_refused_without_a_ground_without_the_passage_or_on_a_text_that_is_gone(consultation, author):
    text = telling(consultation, author)
    for options in ({"passages": ["absent"]}, {"passages": []}, {"ground": ""}, {"passages": [PHONE, "absent"]}):
        with pytest.raises(Refused):
            mask(text, **options)
    with act(consultation, NOON) as now:
        remove(again(text), ground="unlawful_data", actor=MODERATOR, now=now)
    with pytest.raises(Refused):
        mask(text)
    assert again(text).revision == 1


def test_a_hidden_text_is_masked_then_shown_again(consultation, author, tmp_path):
    text = telling(consultation, author)
    with act(consultation, NOON) as now:
        hide(again(text), ground="unlawful_data", actor=MODERATOR, now=now)
    mask(text)
    assert again(text).status == Status.HIDDEN
    with act(consultation, NOON) as now:
        restore(again(text), actor=MODERATOR, now=now)
    assert PHONE not in again(text).body
    verifies(consultation.process, tmp_path / "export")


def test_masking_after_the_close_leaves_the_totals(consultation, author, tmp_path):
    text = telling(consultation, author)
    crowd(text)
    with act(consultation, CLOSING) as now:
        close_consultation(Consultation.objects.get(pk=consultation.pk), now=now)
    mask(text, at=CLOSING + timedelta(days=1))
    assert counts(again(text)) == (20, 0, 0)
    verifies(consultation.process, tmp_path / "export")
