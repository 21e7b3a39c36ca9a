"""A moderator's hand on a text keeps its votes where it says the same, and leaves nothing of what was masked."""

import json
from datetime import timedelta

import pytest

from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.batches import close_consultation, seal_batch
from polyphonie.consultation.actions.moderating import (
    declare_typographic,
    mask_passage,
    move,
    publish_submitted,
    refuse_submitted,
)
from polyphonie.consultation.queries.positions import my_positions
from polyphonie.consultation.queries.recount import differences
from polyphonie.consultation.tasks import publish_after_review
from polyphonie.contributions.actions import Text, hide, publish, remove, restore, revise
from polyphonie.contributions.masking import holds, masked
from polyphonie.contributions.models import Contribution, Kind, Revision, SearchText, Status
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing_at
from polyphonie.ledger.models import Entry
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from polyphonie.processes.models import Consultation
from tests.consultation.electorate import (
    CLOSING,
    NOON,
    a_process,
    a_voice,
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


# ------------------------------------------------------------------------------------------- typographic changes


def rewrite(text, author, body):
    with act(text.consultation, NOON) as now:
        revise(again(text), Text(text.title, body), author=author, now=now)


def declare(text, moderator, at=NOON):
    with act(text.consultation, at) as now:
        return declare_typographic(text, moderator=moderator, actor=MODERATOR, now=now)


def test_a_change_called_typographic_gives_its_votes_back_to_the_text(consultation, author, tmp_path):
    text = telling(consultation, author, "Des tileuls.")
    voters = crowd(text)
    rewrite(text, author, "Des tilleuls.")
    vote(text, voters[0], -1)
    assert counts(again(text)) == (0, 0, 0)
    revision = declare(text, an_account("Modératrice"))
    assert (revision.number, revision.reason) == (2, Revision.Reason.TYPOGRAPHIC)
    assert counts(again(text)) == (20, 0, 0)
    assert not my_positions(voters[1], [again(text)])[text.number].is_asked_again
    assert [one.body for one in text.revisions.all()] == ["Des tileuls.", "Des tilleuls."]
    assert differences(consultation) == []
    verifies(consultation.process, tmp_path / "export")


def test_only_the_last_change_of_someone_else_that_can_be_read_is_called_typographic(consultation, author):
    moderator = an_account("Modératrice")
    text = telling(consultation, author)
    crowd(text)
    with pytest.raises(Refused):  # nothing changed yet
        declare(text, moderator)
    rewrite(text, author, f"Appelez plutôt Paul au {PHONE}.")
    with pytest.raises(Refused):  # one's own
        declare(text, author)
    declare(text, moderator)
    with pytest.raises(Refused):  # already
        declare(text, moderator)
    mask(text)
    rewrite(text, author, "Autre chose.")
    declare(text, moderator)
    rewrite(text, author, "Encore autre chose.")
    with act(consultation, NOON) as now:
        hide(again(text), ground="charter_abuse", actor=MODERATOR, now=now)
    with pytest.raises(Refused):  # hidden
        declare(text, moderator)
    with act(consultation, NOON) as now:
        restore(again(text), actor=MODERATOR, now=now)
    text.revisions.filter(number=4).update(salt=None)
    with pytest.raises(Refused):  # the earlier version cannot be read: nobody could look at the difference
        declare(text, moderator)
    assert again(text).revision == 5


def test_after_the_close_totals_are_final(consultation, author):
    text = telling(consultation, author)
    crowd(text)
    rewrite(text, author, "Autrement.")
    with act(consultation, CLOSING) as now:
        close_consultation(Consultation.objects.get(pk=consultation.pk), now=now)
    with pytest.raises(Refused):
        declare(text, an_account("Modératrice"), at=CLOSING)
    assert counts(again(text)) == (0, 0, 0)


# ------------------------------------------------------------------------------------------------------- moving


def move_to(text, to, at=NOON):
    with writing_at(at) as now:
        return move(text, to=to, actor=MODERATOR, now=now)


def test_a_text_moves_with_all_that_answers_it_and_keeps_every_number(consultation, elsewhere, author, tmp_path):
    staying, text = telling(consultation, author, "Ici."), telling(consultation, author)
    rewrite(text, author, "Là-bas, plutôt.")
    with act(consultation, NOON) as now:
        argument = speaking.argue(again(text), Text("", "De l’ombre."), side="for", account=author, now=now)
        completion = speaking.complete(again(text), Text("Et des bancs", "Dessous."), account=author, now=now)
        below = speaking.argue(again(completion), Text("", "Trop chers."), side="against", account=author, now=now)
        hidden = speaking.add_source(again(text), Text("Un relevé", "", "https://exemple.fr/r"), account=author, now=now)
        hide(again(hidden), ground="charter_abuse", actor=MODERATOR, now=now)
        gone = speaking.argue(again(text), Text("", "Reprise."), side="for", account=author, now=now)
        speaking.withdraw(again(gone), account=author, now=now)
    move_to(text, elsewhere)
    moved = [again(one) for one in (text, argument, completion, below, hidden, gone)]
    assert {one.consultation_id for one in moved} == {elsewhere.pk}
    assert [one.number for one in moved] == [2, 3, 4, 5, 6, 7]
    assert [one.revision for one in moved] == [3, 2, 2, 2, 2, 1]
    assert again(staying).consultation_id == consultation.pk
    for one, expected in ((consultation, (1, 1)), (elsewhere, (4, 1))):
        one.refresh_from_db()
        assert (one.texts, one.proposals) == expected
    assert again(text).arguments_for == 1
    vote(again(text), an_account(), 1)
    crowd(again(text))
    with act(consultation, CLOSING) as now:
        close_consultation(Consultation.objects.get(pk=consultation.pk), now=now)
    verifies(consultation.process, tmp_path / "export")
    revisions = (tmp_path / "export/revisions.jsonl").read_text(encoding="utf-8").splitlines()
    stood = [json.loads(line)["document"]["consultation"] for line in revisions if json.loads(line)["contribution"] == 2]
    assert stood == ["la-place", "la-place", "la-gare"]


def test_a_text_that_someone_voted_on_does_not_move_even_if_the_vote_waits_or_was_taken_back(consultation, elsewhere, author):
    text = telling(consultation, author)
    with act(consultation, NOON) as now:
        completion = speaking.complete(again(text), Text("Et des bancs", "Dessous."), account=author, now=now)
    vote(completion, an_account(), 1)
    with pytest.raises(Refused):
        move_to(text, elsewhere)
    assert again(text).consultation_id == consultation.pk


def test_what_does_not_move(consultation, elsewhere, process, author):
    text, other = telling(consultation, author), an_open_consultation(a_process("ailleurs"))
    answer = a_voice(consultation, Kind.ARGUMENT, about=text, side="for")
    for one, to in ((answer, elsewhere), (text, consultation), (text, other)):
        with pytest.raises(Refused):
            move_to(one, to)
    closed = an_open_consultation(process, slug="fermee", closes_at=NOON - timedelta(days=1))
    imported = an_open_consultation(process, slug="reprise")
    Consultation.objects.filter(pk=imported.pk).update(is_imported=True)
    for to in (closed, imported):
        with pytest.raises(Refused):
            move_to(text, to)
    with pytest.raises(Refused):  # it closed, recorded or not
        move_to(text, elsewhere, at=CLOSING)
    with act(consultation, NOON) as now:
        hide(again(text), ground="charter_abuse", actor=MODERATOR, now=now)
    with pytest.raises(Refused):
        move_to(text, elsewhere)
    assert again(text).revision == 1


def test_a_vote_under_way_when_a_text_moves_is_asked_again(consultation, elsewhere, author):
    text = telling(consultation, author)
    shown = again(text)
    move_to(text, elsewhere)
    with pytest.raises(Refused):
        vote(shown, an_account(), 1, after=0, revision=2)
    assert vote(again(text), an_account(), 1).seq == 1


# ----------------------------------------------------------------------------------------------------- removing


def test_a_removed_text_is_destroyed_and_its_number_stays(consultation, author, tmp_path):
    text = telling(consultation, author)
    crowd(text)
    rewrite(text, author, f"Bref : {PHONE}")
    with pytest.raises(Refused), act(consultation, NOON) as now:
        remove(again(text), ground="", actor=MODERATOR, now=now)
    with act(consultation, NOON) as now:
        remove(again(text), ground="unlawful_threat", actor=MODERATOR, now=now)
    text = again(text)
    assert (text.status, text.status_ground, text.body, text.author_name) == (Status.REMOVED, "unlawful_threat", "", "")
    assert not any(revision.is_readable or revision.body for revision in text.revisions.all())
    for verb in (remove, hide):
        with pytest.raises(Refused), act(consultation, NOON) as now:
            verb(text, ground="unlawful_threat", actor=MODERATOR, now=now)
    with pytest.raises(Refused), act(consultation, NOON) as now:
        restore(text, actor=MODERATOR, now=now)
    consultation.refresh_from_db()
    assert (consultation.texts, consultation.proposals) == (0, 0)
    verifies(consultation.process, tmp_path / "export")
    words = whole(tmp_path / "export")
    assert "56 78" not in words
    assert f"{text.number},2026-03-04,unlawful_threat" in words


def test_a_masked_text_is_removed_or_withdrawn_all_the_same(consultation, author, tmp_path):
    first, second = telling(consultation, author), telling(consultation, author)
    for text in (first, second):
        mask(text, ground="author")
    with act(consultation, NOON) as now:
        remove(again(first), ground="author", actor=MODERATOR, now=now)
        speaking.withdraw(again(second), account=author, now=now)
    verifies(consultation.process, tmp_path / "export")


# ------------------------------------------------------------------------------------- review before publication


def under_review(consultation, hours=72):
    Consultation.objects.filter(pk=consultation.pk).update(
        review_until=NOON + timedelta(hours=hours), review_reason="Une rafale."
    )
    consultation.refresh_from_db()


def submitted(consultation, author, at=NOON):
    with act(consultation, at) as now:
        return speaking.propose(consultation, Text("Des tilleuls", f"Appelez le {PHONE}."), account=author, now=now)


def test_a_text_under_review_takes_its_number_and_counts_nowhere(consultation, author, tmp_path):
    under_review(consultation)
    text = submitted(consultation, author)
    assert (text.status, text.number, text.revisions.count()) == (Status.SUBMITTED, 1, 0)
    consultation.refresh_from_db()
    assert (consultation.texts, consultation.proposals, SearchText.objects.count()) == (0, 0, 0)
    assert not Entry.objects.filter(kind="rev").exists()
    verifies(consultation.process, tmp_path / "export")
    assert "56 78" not in whole(tmp_path / "export")


def test_a_text_read_and_published_bears_the_number_and_the_time_of_its_submission(consultation, author, tmp_path):
    under_review(consultation)
    text = submitted(consultation, author)
    with act(consultation, NOON + timedelta(hours=5)) as now:
        publish_submitted(text, actor=MODERATOR, now=now)
    text = again(text)
    assert (text.status, text.number, text.published_at, text.revision) == (Status.PUBLISHED, 1, NOON, 1)
    consultation.refresh_from_db()
    assert (consultation.texts, consultation.proposals, SearchText.objects.count()) == (1, 1, 1)
    crowd(text)
    verifies(consultation.process, tmp_path / "export")
    with pytest.raises(Refused), act(consultation, NOON) as now:
        publish_submitted(text, actor=MODERATOR, now=now)
    with pytest.raises(Refused), act(consultation, NOON) as now:
        refuse_submitted(text, ground="charter_abuse", actor=MODERATOR, now=now)


def test_a_refused_text_keeps_its_number_with_a_ground_and_an_appeal_can_show_it(consultation, author, tmp_path):
    under_review(consultation)
    text = submitted(consultation, author)
    with pytest.raises(Refused), act(consultation, NOON) as now:
        refuse_submitted(text, ground="", actor=MODERATOR, now=now)
    with act(consultation, NOON) as now:
        refuse_submitted(text, ground="charter_abuse", actor=MODERATOR, now=now)
    consultation.refresh_from_db()
    assert (again(text).status, again(text).status_ground, consultation.texts) == (Status.HIDDEN, "charter_abuse", 0)
    verifies(consultation.process, tmp_path / "refused")
    assert "56 78" not in whole(tmp_path / "refused")
    with act(consultation, NOON) as now:
        restore(again(text), actor="appeal/1", now=now)
    consultation.refresh_from_db()
    assert (again(text).status, consultation.texts) == (Status.PUBLISHED, 1)
    verifies(consultation.process, tmp_path / "restored")


def test_its_author_takes_back_a_text_that_waits(consultation, author, tmp_path):
    under_review(consultation)
    text = submitted(consultation, author)
    with act(consultation, NOON) as now:
        speaking.withdraw(again(text), account=author, now=now)
    assert (again(text).status, again(text).body) == (Status.WITHDRAWN, "")
    verifies(consultation.process, tmp_path / "export")


def test_under_review_a_published_text_does_not_change(consultation, author):
    text = telling(consultation, author)
    under_review(consultation)
    for at, is_refused in ((NOON, True), (NOON + timedelta(hours=72), False)):
        with act(consultation, at) as now:
            if is_refused:
                with pytest.raises(Refused):
                    speaking.revise(again(text), Text("Autre", "Autre."), account=author, now=now)
            else:
                speaking.revise(again(text), Text("Autre", "Autre."), account=author, now=now)
    assert again(text).revision == 2


def test_once_the_review_has_lapsed_texts_appear_at_once(consultation, author):
    under_review(consultation)
    assert submitted(consultation, author, at=NOON + timedelta(hours=72)).status == Status.PUBLISHED


def test_what_waits_is_neither_answered_nor_voted_on(consultation, author):
    under_review(consultation)
    text = submitted(consultation, author)
    with pytest.raises(Refused), act(consultation, NOON) as now:
        speaking.argue(again(text), Text("", "Oui."), side="for", account=author, now=now)
    with pytest.raises(Contribution.DoesNotExist):
        vote(text, an_account(), 1)


def test_what_an_import_brings_waits_for_no_review(consultation, author):
    under_review(consultation)
    text = submitted(consultation, author)
    Consultation.objects.filter(pk=consultation.pk).update(is_imported=True, review_until=None)
    for verb, options in ((publish_submitted, {}), (refuse_submitted, {"ground": "charter_abuse"})):
        with pytest.raises(Refused), act(consultation, NOON) as now:
            verb(again(text), actor=MODERATOR, now=now, **options)
    assert publish_after_review() == 0
    assert again(text).status == Status.SUBMITTED


def test_a_text_that_is_gone_is_not_withdrawn(consultation, author):
    text = telling(consultation, author)
    with act(consultation, NOON) as now:
        remove(again(text), ground="unlawful_threat", actor=MODERATOR, now=now)
        with pytest.raises(Refused):
            speaking.withdraw(again(text), account=author, now=now)


def test_a_text_of_a_consultation_that_closed_does_not_move_to_one_that_is_open(consultation, process, author):
    text = telling(consultation, author)
    later = an_open_consultation(process, slug="plus-tard", closes_at=CLOSING + timedelta(days=9))
    with pytest.raises(Refused):
        move_to(text, later, at=CLOSING)
    assert again(text).consultation_id == consultation.pk
