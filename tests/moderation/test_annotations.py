"""A comment on a long text is moderated by the one mechanism: flagged, heard, hidden, removed, contested; its names too."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from polyphonie.annotations.actions import mask_passage, withdraw_annotation
from polyphonie.annotations.models import Annotation
from polyphonie.contributions import actions as voices
from polyphonie.contributions.models import Kind
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing, writing_at
from polyphonie.moderation import tasks
from polyphonie.moderation.actions import (
    claim_text,
    decide,
    give_notice,
    hide_urgently,
    judge,
    lodge_appeal,
    mark_read,
    open_case,
    reply,
)
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.dataset import moderation_rows
from polyphonie.moderation.models import Act, Appeal, Case, Claim, Decision, Ground, State
from polyphonie.moderation.queries import left_to_read, to_read, to_read_by
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from polyphonie.outbox.models import Mail
from polyphonie.portal.actions.leaving import close_account_of
from polyphonie.processes.actions import grant_role
from polyphonie.processes.models import Process, Role
from tests import people
from tests.annotations.texts import a_document, comment
from tests.concertations import a_moderator, a_person, a_process, an_open_consultation
from tests.moderation.test_register import plain

pytestmark = pytest.mark.django_db(transaction=True)
FACTS = "Une attaque contre quelqu’un."


@pytest.fixture
def said() -> Annotation:
    with writing() as now:
        process = a_process(now=now, is_listed=True)
        document = a_document(process, now=now)
        return comment(document, "Une partie", author=a_person("Camille", on=now), now=now)


def _hidden(said: Annotation, act: Act = Act.HIDDEN, passage: str = "") -> Decision:
    process = said.document.process
    with writing() as now:
        case = open_case(process, annotation=said, now=now)
        give_notice(case, ground=Ground.CHARTER_ABUSE, facts=FACTS, by=a_moderator(process), now=now)
        reply(case, "Je maintiens.", account=said.author, now=now)
        case.refresh_from_db()
        measure = Measure(act, Ground.CHARTER_ABUSE, passage)
        return decide(case, measure, facts=FACTS, by=a_moderator(process), now=now)


def test_anyone_flags_it_in_two_actions_and_nothing_is_hidden(said: Annotation, monkeypatch: pytest.MonkeyPatch) -> None:
    from polyphonie.core.serving import haste

    monkeypatch.setattr(haste, "SHORTEST_SECONDS", 0)
    client = Client(headers={"accept-language": "fr"})
    address = "/demain/syntheses/places/discussions/1/signaler/"
    stamp = client.get(address).content.decode().split(f'name="{haste.STAMP_FIELD}" value="')[1].split('"')[0]
    answer = client.post(address, {"about": "text", "ground": "charter_abuse", haste.STAMP_FIELD: stamp})
    assert "code de suivi" in answer.content.decode()
    assert Case.objects.get().annotation == said
    assert Annotation.objects.get().is_visible
    client.post(address, {"about": "name", "ground": "charter_passing_for", haste.STAMP_FIELD: stamp})
    assert Case.objects.get(account=said.author).flags == 1


def test_its_author_is_heard_told_why_and_the_appeal_shows_it_again(said: Annotation) -> None:
    decision = _hidden(said)
    said.refresh_from_db()
    assert (said.status, said.status_ground) == ("hidden", "charter_abuse")
    assert Mail.objects.filter(to="camille@exemple.fr", subject__contains="commentaire n° 1").count() == 2
    process = said.document.process
    (row,) = moderation_rows(process)
    assert (row["object"], row["number"], row["hearing"]) == ("annotation/places/1", None, "replied")
    with writing() as now:
        judge_role = grant_role(process, a_person("Médiatrice", on=now), Role.APPEAL, actor="organiser/1", now=now)
        appeal = lodge_appeal(decision, "Relisez.", party=Appeal.Party.AUTHOR, is_party=True, now=now)
        judge(appeal, Appeal.Outcome.OVERTURNED, reasons="Une opinion.", by=judge_role, now=now)
    said.refresh_from_db()
    assert said.is_visible
    assert said.body


def test_removed_it_is_destroyed_once_nobody_can_contest(said: Annotation, time_machine: object) -> None:
    decision = _hidden(said, Act.REMOVED)
    assert tasks.destroy_removed() == 0
    time_machine.move_to(decision.decided_at + timedelta(days=185))  # type: ignore[attr-defined]
    assert tasks.destroy_removed() == 1
    said.refresh_from_db()
    assert (said.status, said.body, said.salt) == ("removed", "", None)


def test_a_passage_is_masked_and_given_back_and_what_is_published_verifies(said: Annotation, tmp_path: Path) -> None:
    process, words = said.document.process, said.body
    decision = _hidden(said, Act.MASKED, passage=words.split()[-1])
    said.refresh_from_db()
    assert said.is_visible
    assert said.body == words.removesuffix(words.split()[-1]) + "[passage masqué : attaque personnelle]"
    assert Mail.objects.filter(subject__contains="passage masqué").count() == 1
    assert _is_right(process, tmp_path / "masked")
    assert words.split()[-1] not in (tmp_path / "masked" / "annotations.jsonl").read_text()
    assert ",masked,places" in (tmp_path / "masked" / "erasures.csv").read_text()
    with writing() as now:
        judge_role = grant_role(process, a_person("Médiatrice", on=now), Role.APPEAL, actor="organiser/1", now=now)
        appeal = lodge_appeal(decision, "Relisez.", party=Appeal.Party.AUTHOR, is_party=True, now=now)
        judge(appeal, Appeal.Outcome.OVERTURNED, reasons="Une opinion.", by=judge_role, now=now)
    said.refresh_from_db()
    assert (said.body, said.masked_on) == (words, None)
    assert decision.case.decisions.first().act == Act.UNMASKED
    assert _is_right(process, tmp_path / "given back")
    assert tasks.forget_sealed_texts() == 1


def test_a_comment_masked_after_its_author_left_stays_without_a_name_and_verifies(said: Annotation, tmp_path: Path) -> None:
    with writing() as now:
        close_account_of(said.author, removes_texts=False, withdraws_votes=False, now=now)
    said = Annotation.objects.select_related("document__process__log", "discussion").get()
    with writing() as now:
        mask_passage(said, said.body.split()[0], ground="unlawful_data", actor="moderator/1", now=now)
    assert _is_right(said.document.process, tmp_path / "export")
    rows = (tmp_path / "export" / "erasures.csv").read_text()
    assert (rows.count(",masked,"), rows.count(",closed_account,")) == (1, 1)


def _is_right(process: Process, folder: Path) -> bool:
    export(process, folder)
    report = verify.verify(str(folder))
    assert report.is_right, "\n".join(verify.sentences(report))
    return bool(report.is_right)


def test_taken_back_by_its_author_its_case_is_closed(said: Annotation) -> None:
    with writing() as now:
        case = open_case(said.document.process, annotation=said, now=now)
        withdraw_annotation(said, author=said.author, now=now)
    assert tasks.close_withdrawn() == 1
    case.refresh_from_db()
    assert case.state == State.DECIDED
    assert case.decisions.get().act == Act.MOOT


def test_a_name_that_is_hidden_is_hidden_beside_comments_too(said: Annotation) -> None:
    process = said.document.process
    with writing_at(said.published_at + timedelta(hours=1)) as now:
        case = open_case(process, account=said.author, now=now)
        give_notice(case, ground=Ground.CHARTER_PASSING_FOR, facts=FACTS, by=a_moderator(process), now=now)
        reply(case, "C’est moi.", account=said.author, now=now)
        case.refresh_from_db()
        measure = Measure(Act.HIDDEN, Ground.CHARTER_PASSING_FOR)
        decide(case, measure, facts=FACTS, by=a_moderator(process), now=now)
    said.refresh_from_db()
    assert (said.author_name, said.hidden_author_name) == ("", "Camille")
    page = Client(headers={"accept-language": "fr"}).get("/demain/syntheses/places/discussions/1/").content.decode()
    assert "Camille" not in page
    assert "masqué" in page


def test_it_is_read_like_every_new_text_the_oldest_first_and_taken_by_one_moderator_at_a_time(said: Annotation) -> None:
    process = said.document.process
    first, second = a_moderator(process, 1), a_moderator(process, 2)
    with writing_at(said.published_at + timedelta(hours=1)) as now:
        consultation, line = an_open_consultation(process, now=now), a_person("Line", on=now)
        proposal = voices.publish(consultation, Kind.PROPOSAL, voices.Text("Un banc", "Devant la gare"), author=line, now=now)
        assert to_read(process) == [said, proposal]
        assert to_read_by(process, first, now=now) == said
        claim_text(said, by=first, now=now)
        assert to_read_by(process, second, now=now) == proposal
        with pytest.raises(Refused):
            mark_read(said, by=second, now=now)
        mark_read(said, by=first, now=now)
    assert to_read(process) == [proposal]
    assert not Claim.objects.exists()


def test_the_desk_reads_it_in_one_key_opens_its_case_and_finds_it_by_its_address(said: Annotation) -> None:
    process = said.document.process
    client = Client(headers={"accept-language": "fr"})
    people.enter(client, a_moderator(process).account)
    assert "1 nouveau texte" in client.get("/demain/moderation/").content.decode()
    page = client.post("/demain/moderation/relire/", {"act": "next"}, follow=True).content.decode()
    assert said.title in plain(page)
    assert 'value="annotation/places/1"' in page
    answer = client.post("/demain/moderation/relire/", {"act": "open", "text": "annotation/places/1"})
    assert answer["Location"] == f"/demain/moderation/dossiers/{Case.objects.get(annotation=said).number}/"
    assert left_to_read(process, a_moderator(process)) == 0
    asked = {"numero": "https://exemple.fr/demain/syntheses/places/discussions/1/"}
    answer = client.get("/demain/moderation/", asked)
    assert answer["Location"] == "/demain/moderation/syntheses/places/1/"
    assert said.title in plain(client.get(answer["Location"]).content.decode())
    assert client.get("/demain/moderation/syntheses/places/9/").status_code == 404
    assert client.post("/demain/moderation/relire/", {"act": "seen", "text": "annotation/places/9"}).status_code == 302


def test_comments_and_contributions_of_one_author_are_hidden_by_one_decision(said: Annotation) -> None:
    process = said.document.process
    with writing() as now:
        consultation = an_open_consultation(process, now=now)
        for rank in range(3):
            voices.publish(consultation, Kind.PROPOSAL, voices.Text("Achetez", f"Encore {rank}"), author=said.author, now=now)
        comment(said.document, "Une partie", author=said.author, now=now)
    client = Client(headers={"accept-language": "fr"})
    people.enter(client, a_moderator(process).account)
    page = client.get("/demain/moderation/syntheses/places/1/").content.decode()
    assert "/demain/moderation/syntheses/places/1/volume/" in page
    texts = ["annotation/places/1", "annotation/places/2", *(f"contribution/{number}" for number in (1, 2, 3))]
    answer = client.post("/demain/moderation/syntheses/places/1/volume/", {"texts": texts, "facts": "Cinq fois la même chose."})
    assert answer.status_code == 302
    assert Decision.objects.filter(is_bulk=True, statement__isnull=False).count() == len(texts)
    assert not Annotation.objects.filter(status="published").exists()
    assert Mail.objects.filter(to="camille@exemple.fr").count() == len(texts)


def test_its_ground_stands_in_words_where_it_was_and_in_code_in_the_files(said: Annotation) -> None:
    _hidden(said)
    client = Client(headers={"accept-language": "fr"})
    words = "Motif : Contraire à la charte : attaque personnelle."
    page = plain(client.get("/demain/syntheses/places/discussions/1/").content.decode())
    assert words in page
    assert said.body not in page
    row = client.get("/api/v1/processes/demain/annotations?status=hidden").json()["items"][0]
    assert (row["ground"], row["body"]) == ("charter_abuse", None)


def test_hidden_urgently_its_place_says_so_and_who_looks_at_it_next(said: Annotation) -> None:
    process = said.document.process
    with writing() as now:
        case = open_case(process, annotation=said, now=now)
        hide_urgently(case, ground=Ground.CHARTER_ABUSE, facts=FACTS, by=a_moderator(process), now=now)
    page = plain(Client(headers={"accept-language": "fr"}).get("/demain/syntheses/places/discussions/1/").content.decode())
    assert "La modération a masqué ce texte en urgence" in page
    assert "Une seconde personne décide avant le" in page
    assert Mail.objects.filter(to="camille@exemple.fr").count() == 1
    client = Client(headers={"accept-language": "fr"})
    people.enter(client, a_moderator(process).account)
    told = client.get(f"/demain/moderation/dossiers/{case.number}/").content.decode()
    assert "une seconde personne décide maintenant" in told  # to who hid it, rather than that nothing is left


def test_the_words_of_a_hidden_comment_go_with_its_file_once_its_author_has_left(said: Annotation, time_machine: object) -> None:
    decision = _hidden(said)
    with writing() as now:
        close_account_of(said.author, removes_texts=True, withdraws_votes=False, now=now)
    said.refresh_from_db()
    assert said.body
    assert tasks.forget_hidden_texts() == 0
    time_machine.move_to(decision.decided_at + timedelta(days=366))  # type: ignore[attr-defined]
    assert (tasks.forget_files(), tasks.forget_hidden_texts(), tasks.forget_hidden_texts()) == (1, 1, 0)
    said.refresh_from_db()
    assert (said.status, said.status_ground, said.body, said.salt) == ("hidden", "charter_abuse", "", None)
