"""Is a text restricted only after its author was heard, with reasons, and can someone else undo it?"""

import pytest

from polyphonie.accounts.models import Account
from polyphonie.consultation.actions import speaking
from polyphonie.contributions import actions as voices
from polyphonie.contributions.models import Contribution, Kind, Status
from polyphonie.core.refusal import Refused
from polyphonie.ledger.models import Entry
from polyphonie.moderation import tasks
from polyphonie.moderation.actions import (
    claim_case,
    confirm_urgent,
    decide,
    give_notice,
    hide_flood,
    hide_urgently,
    judge,
    lodge_appeal,
    mark_read,
    open_case,
    reply,
    restore_text,
)
from polyphonie.moderation.actions.deciding import Person, give_back
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.models import Act, Appeal, Case, Decision, Ground, State
from polyphonie.moderation.queries import desk, left_to_read, stuck_appeals, to_read, to_read_by
from polyphonie.notifications.actions import refuse
from polyphonie.notifications.models import Topic
from polyphonie.outbox.models import Mail
from tests.concertations import an_open_consultation
from tests.moderation.scene import HOUR, Scene, a_scene


@pytest.fixture
def scene(db) -> Scene:
    return a_scene()


def notice(scene: Scene, case: Case, hours: float = 2) -> None:
    with scene.at(hours) as now:
        give_notice(case, ground=Ground.CHARTER_ADVERTISING, facts="Une marque.", by=scene.first, now=now)


def hide(scene: Scene, case: Case, hours: float, *, by=None) -> Decision:
    measure = Measure(Act.HIDDEN, Ground.CHARTER_ADVERTISING)
    with scene.at(hours) as now:
        return decide(case, measure, facts="Une marque.", by=by or scene.first, now=now)


def urgent(scene: Scene, case: Case, hours: float = 1, ground: Ground = Ground.UNLAWFUL_DATA) -> Decision:
    with scene.at(hours) as now:
        return hide_urgently(case, ground=ground, facts="Un numéro de téléphone.", by=scene.first, now=now)


def test_nothing_is_hidden_before_the_author_replied_or_48_hours_passed(scene):
    case = scene.opened()
    with pytest.raises(Refused):
        hide(scene, case, 2)
    notice(scene, case, 2)
    with pytest.raises(Refused):
        hide(scene, case, 49.9)
    assert scene.read().status == Status.PUBLISHED
    decision = hide(scene, case, 50)
    assert scene.read().status == Status.HIDDEN
    assert decision.statement.facts == "Une marque."
    assert Entry.objects.filter(kind="mod", leaf__contains='"act":"hidden"', leaf__icontains="moderator/1").count() == 1


def test_a_reply_brings_the_case_back_to_the_desk_before_the_48_hours(scene):
    case = scene.opened()
    notice(scene, case)
    with scene.at(3) as now:
        reply(case, "C’est un exemple.", account=scene.author, now=now)
    assert Case.objects.get().state == State.HEARD
    hide(scene, case, 4)
    assert scene.read().status == Status.HIDDEN


def test_nobody_else_replies(scene):
    case = scene.opened()
    notice(scene, case)
    with pytest.raises(Refused), scene.at(3) as now:
        reply(case, "Moi.", account=scene.first.account, now=now)


def test_the_notice_and_the_reasons_reach_an_author_who_turned_messages_off(scene):
    with scene.at():
        refuse(scene.author, Topic.MY_TEXTS)
    case = scene.opened()
    notice(scene, case)
    told = Mail.objects.get(key__startswith="moderation/hearing/")
    assert "Une marque." in told.body
    assert f"/mon-espace/moderation/{case.pk}/" in told.body
    hide(scene, case, 51)
    reasons = Mail.objects.get(key__startswith="moderation/decision/").body
    assert "Charte : on ne vend rien ici" in reasons.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Médiatrice de la commune voisine" in reasons


def test_nothing_is_hidden_without_facts(scene):
    case = scene.opened()
    for facts in ("", "  "):
        with pytest.raises(Refused), scene.at(1) as now:
            hide_urgently(case, ground=Ground.UNLAWFUL_DATA, facts=facts, by=scene.first, now=now)
    assert scene.read().status == Status.PUBLISHED


def test_an_urgent_hiding_is_for_few_grounds_and_once_a_text(scene):
    case = scene.opened()
    with pytest.raises(Refused):
        urgent(scene, case, ground=Ground.CHARTER_OFF_TOPIC)
    urgent(scene, case)
    assert scene.read().status == Status.HIDDEN
    with scene.at(2) as now:
        decide(case, Measure(Act.KEPT), facts="Rien de tel.", by=scene.second, now=now)
    assert scene.read().status == Status.PUBLISHED
    with pytest.raises(Refused):
        urgent(scene, scene.opened(3), 3)


def test_a_second_person_decides_on_an_urgent_hiding(scene):
    case = scene.opened()
    urgent(scene, case)
    with pytest.raises(Refused):
        hide(scene, case, 60)
    with pytest.raises(Refused), scene.at(2) as now:
        confirm_urgent(case, by=scene.first, now=now)
    hide(scene, case, 60, by=scene.second)
    assert Case.objects.get().state == State.DECIDED
    assert Decision.objects.get(act=Act.HIDDEN_URGENTLY).ended_at is not None


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_an_urgent_hiding_on_the_charter_lapses_at_72_hours_unless_a_second_person_confirms(scene, is_confirmed, monkeypatch):
    case = scene.opened()
    urgent(scene, case, ground=Ground.CHARTER_ABUSE)
    if is_confirmed:
        with scene.at(5) as now:
            confirm_urgent(case, by=scene.second, now=now)
    clock_at(scene, 72.9, monkeypatch)
    assert tasks.let_urgent_hidings_lapse() == 0
    clock_at(scene, 73, monkeypatch)
    assert tasks.let_urgent_hidings_lapse() == (0 if is_confirmed else 1)
    assert tasks.let_urgent_hidings_lapse() == 0
    assert scene.read().status == (Status.HIDDEN if is_confirmed else Status.PUBLISHED)


def clock_at(scene: Scene, hours: float, monkeypatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: scene.began_at + hours * HOUR)


def test_an_urgent_hiding_on_the_law_stays_and_its_lateness_is_public(scene, monkeypatch, client):
    case = scene.opened()
    urgent(scene, case)
    clock_at(scene, 100, monkeypatch)
    assert tasks.let_urgent_hidings_lapse() == 0
    assert scene.read().status == Status.HIDDEN
    page = client.get("/demain/registre/moderation/").content.decode()
    assert "En retard" in page


def test_a_hearing_without_a_reply_ends_at_48_hours_and_the_case_comes_back(scene, monkeypatch):
    case = scene.opened()
    notice(scene, case)
    clock_at(scene, 49.9, monkeypatch)
    assert tasks.end_hearings() == 0
    clock_at(scene, 50, monkeypatch)
    assert (tasks.end_hearings(), tasks.end_hearings()) == (1, 0)
    assert Case.objects.get().state == State.HEARD


def test_an_appeal_is_judged_by_someone_else_and_shows_the_text_again(scene):
    case = scene.opened()
    notice(scene, case)
    decision = hide(scene, case, 51)
    with scene.at(52) as now:
        appeal = lodge_appeal(decision, "Je ne vends rien.", party=Appeal.Party.AUTHOR, is_party=True, now=now)
    assert Mail.objects.filter(key__startswith="moderation/appeal/", to=scene.judge.account.email).count() == 1
    for wrong in (scene.first, scene.second):
        with pytest.raises(Refused), scene.at(53) as now:
            judge(appeal, Appeal.Outcome.OVERTURNED, reasons="Non.", by=wrong, now=now)
    with scene.at(54) as now:
        judge(appeal, Appeal.Outcome.OVERTURNED, reasons="Un simple exemple.", by=scene.judge, now=now)
    assert scene.read().status == Status.PUBLISHED
    assert Case.objects.get().state == State.SETTLED
    assert [entry.leaf.split('"act":"')[1].split('"')[0] for entry in Entry.objects.filter(kind="appeal").order_by("pk")] == [
        "lodged",
        "overturned",
    ]
    assert "Un simple exemple." in Mail.objects.get(key__startswith="moderation/judged/").body


def test_nobody_moderates_their_own_text_nor_judges_of_it(scene):
    Contribution.objects.update(author=scene.first.account)
    scene.opened()
    case = scene.case()
    refused = []
    for act in (
        lambda now: give_notice(case, ground=Ground.CHARTER_ADVERTISING, facts="Non.", by=scene.first, now=now),
        lambda now: hide_urgently(case, ground=Ground.UNLAWFUL_DATA, facts="Non.", by=scene.first, now=now),
        lambda now: decide(case, Measure(Act.KEPT), facts="Rien.", by=scene.first, now=now),
        lambda now: mark_read(case.contribution, by=scene.first, now=now),
    ):
        with pytest.raises(Refused, match="de vous") as told, scene.at(1) as now:
            act(now)
        refused.append(told)
    assert to_read_by(scene.process, scene.first, now=scene.began_at) is None
    assert (left_to_read(scene.process, scene.first), left_to_read(scene.process, scene.second)) == (0, 1)
    with scene.at(2) as now:
        hide_urgently(case, ground=Ground.UNLAWFUL_DATA, facts="Un numéro.", by=scene.second, now=now)
    with pytest.raises(Refused), scene.at(3) as now:
        confirm_urgent(case, by=scene.first, now=now)
    Contribution.objects.update(author=scene.judge.account)
    with scene.at(60) as now:
        case = scene.case()
        decision = decide(case, Measure(Act.HIDDEN, Ground.UNLAWFUL_DATA), facts="Un numéro.", by=scene.first, now=now)
        appeal = lodge_appeal(decision, "Non.", party=Appeal.Party.AUTHOR, is_party=True, now=now)
    with pytest.raises(Refused), scene.at(61) as now:
        judge(appeal, Appeal.Outcome.OVERTURNED, reasons="Moi.", by=scene.judge, now=now)
    assert [waiting.judges for waiting in stuck_appeals(scene.process, now=now)] == [0]
    Contribution.objects.update(author=scene.second.account)
    Appeal.objects.all().delete()
    with pytest.raises(Refused), scene.at(62) as now:
        restore_text(scene.case(), facts="Moi.", by=scene.second, now=now)
    print(f"D2: {len(refused) + 3} acts on one's own text refused")


def test_whoever_an_appeal_overturned_does_not_decide_again(scene):
    case = scene.opened()
    with scene.at(2) as now:
        kept = decide(case, Measure(Act.KEPT), facts="Rien.", by=scene.first, now=now)
        appeal = lodge_appeal(kept, "Une marque.", party=Appeal.Party.FLAGGER, is_party=True, now=now)
    with scene.at(3) as now:
        judge(appeal, Appeal.Outcome.OVERTURNED, reasons="Relisez.", by=scene.judge, now=now)
    with pytest.raises(Refused, match="infirmé"), scene.at(4) as now:
        decide(scene.case(), Measure(Act.KEPT), facts="Rien.", by=scene.first, now=now)
    with scene.at(5) as now:
        decide(scene.case(), Measure(Act.KEPT), facts="Rien.", by=scene.second, now=now)


def test_a_decision_can_be_contested_for_six_months_and_not_a_day_more(scene):
    case = scene.opened()
    notice(scene, case)
    decision = hide(scene, case, 51)
    with pytest.raises(Refused), scene.at(51 + 184 * 24) as now:
        lodge_appeal(decision, "Trop tard.", party=Appeal.Party.AUTHOR, is_party=True, now=now)
    with scene.at(51 + 183 * 24) as now:
        lodge_appeal(decision, "À temps.", party=Appeal.Party.AUTHOR, is_party=True, now=now)


def test_a_removed_text_is_sealed_then_destroyed_when_nobody_can_contest_any_more(scene, monkeypatch):
    case = scene.opened()
    notice(scene, case)
    with scene.at(51) as now:
        decide(case, Measure(Act.REMOVED, Ground.CHARTER_ADVERTISING), facts="Une marque.", by=scene.first, now=now)
    clock_at(scene, 51 + 183 * 24, monkeypatch)
    assert tasks.destroy_removed() == 0
    assert (scene.read().status, scene.text.body) == (Status.HIDDEN, "Devant la gare")
    clock_at(scene, 51 + 184 * 24, monkeypatch)
    assert (tasks.destroy_removed(), tasks.destroy_removed()) == (1, 0)
    assert (scene.read().status, scene.text.body) == (Status.REMOVED, "")


def test_a_passage_is_masked_and_the_text_shown_again_after_an_urgent_hiding(scene):
    case = scene.opened()
    urgent(scene, case)
    with scene.at(50) as now:
        measure = Measure(Act.MASKED, Ground.UNLAWFUL_DATA, passage="la gare")
        decide(case, measure, facts="Une adresse.", by=scene.second, now=now)
    assert scene.read().status == Status.PUBLISHED
    assert scene.text.body == "Devant [passage masqué : donnée personnelle]"


def test_a_text_moves_to_another_consultation_of_the_process(scene):
    with scene.at() as now:
        other = an_open_consultation(scene.process, now=now, slug="rues", title="Nos rues")
    case = scene.opened()
    notice(scene, case)
    with scene.at(51) as now:
        measure = Measure(Act.MOVED, Ground.CHARTER_OFF_TOPIC, destination=other)
        decide(case, measure, facts="Il parle des rues.", by=scene.first, now=now)
    assert scene.read().consultation_id == other.pk


def test_a_hidden_name_leaves_texts_readable_and_comes_back(scene):
    with scene.at(1) as now:
        from_name = open_case(scene.process, account=scene.author, now=now)
    with scene.at(1) as now:
        hide_urgently(from_name, ground=Ground.CHARTER_ABUSE, facts="Une insulte.", by=scene.first, now=now)
    assert (scene.read().author_name, scene.text.status) == ("", Status.PUBLISHED)
    with scene.at(2) as now:
        decide(from_name, Measure(Act.KEPT), facts="Un nom de famille.", by=scene.second, now=now)
    assert scene.read().author_name == "Autrice"


def test_volume_spam_is_hidden_at_once_with_reasons_for_each(scene):
    with scene.at(1) as now:
        texts = [
            voices.publish(
                scene.text.consultation, Kind.PROPOSAL, voices.Text(f"Achetez {rank}", "Vite"), author=scene.author, now=now
            )
            for rank in range(5)
        ]
    with pytest.raises(Refused), scene.at(2) as now:
        hide_flood(scene.process, texts[:4], facts="Quatre fois.", by=scene.first, now=now)
    with scene.at(2) as now:
        decisions = hide_flood(scene.process, texts, facts="Cinq fois.", by=scene.first, now=now)
    assert {decision.statement.facts for decision in decisions} == {"Cinq fois."}
    assert Contribution.objects.filter(status=Status.HIDDEN).count() == 5
    with scene.at(3) as now:
        lodge_appeal(decisions[0], "Non.", party=Appeal.Party.AUTHOR, is_party=True, now=now)


def test_two_moderators_never_look_at_the_same_item(scene):
    case = scene.opened()
    with scene.at(1) as now:
        claim_case(case, by=scene.first, now=now)
    with pytest.raises(Refused), scene.at(1.1) as now:
        claim_case(case, by=scene.second, now=now)
    with scene.at(1.2) as now:
        claim_case(case, by=scene.second, now=now)


def test_each_revision_is_read_once_the_oldest_first(scene):
    with scene.at(1) as now:
        later = voices.publish(
            scene.text.consultation, Kind.PROPOSAL, voices.Text("Un arbre", "Là"), author=scene.author, now=now
        )
        assert to_read_by(scene.process, scene.first, now=now) == scene.text
        mark_read(scene.text, by=scene.first, now=now)
        assert list(to_read(scene.process)) == [later]
        voices.revise(scene.text, voices.Text("Un banc", "Devant la poste"), author=scene.author, now=now)
        assert list(to_read(scene.process)) == [scene.text, later]


def test_a_text_taken_back_closes_its_case(scene):
    case = scene.opened()
    with scene.at(2) as now:
        voices.withdraw(scene.text, author=scene.author, now=now)
    assert (tasks.close_withdrawn(), tasks.close_withdrawn()) == (1, 0)
    assert Decision.objects.get(case=case).act == Act.MOOT


def test_a_text_hidden_since_its_page_was_asked_for_is_not_changed_nor_taken_back_from_it(scene):
    stale = Contribution.objects.select_related("process__log", "consultation__process").get(pk=scene.text.pk)
    urgent(scene, scene.opened())
    for verb in (
        lambda now: speaking.withdraw(stale, account=scene.author, now=now),
        lambda now: speaking.revise(stale, voices.Text("Un banc", "Autre"), account=scene.author, now=now),
    ):
        with pytest.raises(Refused, match="plus affiché"), scene.at(2) as now:
            verb(now)
        stale.status = Status.PUBLISHED
    assert (scene.read().status, scene.text.body) == (Status.HIDDEN, "Devant la gare")


def test_a_text_that_has_left_waits_for_no_second_person(scene):
    case = scene.opened()
    restriction = urgent(scene, case)
    Contribution.objects.update(status=Status.WITHDRAWN)
    assert tasks.close_withdrawn() == 1
    restriction.refresh_from_db()
    assert restriction.ended_at is not None
    assert desk(scene.process, scene.second, now=scene.began_at).urgent == []


def test_a_name_that_left_with_its_account_closes_its_case(scene):
    with scene.at(1) as now:
        case = open_case(scene.process, account=scene.author, now=now)
    assert tasks.close_withdrawn() == 0
    scene.author.closed_on = scene.began_at.date()
    scene.author.save()
    assert (tasks.close_withdrawn(), tasks.close_withdrawn()) == (1, 0)
    assert Decision.objects.get(case=case).act == Act.MOOT


def test_a_moderator_undoes_a_decision_for_its_author_unless_it_is_contested(scene):
    case = scene.opened()
    notice(scene, case)
    decision = hide(scene, case, 51)
    with scene.at(52) as now:
        restore_text(case, facts="Une erreur.", by=scene.first, now=now)
    assert scene.read().status == Status.PUBLISHED
    decision.refresh_from_db()
    with pytest.raises(Refused), scene.at(53) as now:
        lodge_appeal(decision, "Trop tard.", party=Appeal.Party.AUTHOR, is_party=True, now=now)


def test_the_words_of_a_file_are_destroyed_a_year_after_its_end(scene, monkeypatch):
    scene.flag(words="Un secret zyzomys")
    case = scene.case()
    notice(scene, case)
    hide(scene, case, 51)
    clock_at(scene, 51 + 364 * 24, monkeypatch)
    assert tasks.forget_files() == 0
    clock_at(scene, 51 + 366 * 24, monkeypatch)
    assert (tasks.forget_files(), tasks.forget_files()) == (1, 0)
    decision = Decision.objects.get()
    assert (decision.statement.facts, case.flagged.get().words) == ("", "")


def test_the_words_of_a_hidden_text_go_with_its_file_once_its_author_has_left(scene, monkeypatch):
    case = scene.opened()
    notice(scene, case)
    hide(scene, case, 51)
    text = scene.read()
    with scene.at(60):
        voices.forget_author(text)
        Account.objects.filter(pk=scene.author.pk).update(closed_on=scene.began_at.date())
    assert tasks.forget_hidden_texts() == 0, "the file may still be asked for"
    clock_at(scene, 51 + 366 * 24, monkeypatch)
    assert tasks.forget_files() == 1
    assert (tasks.forget_hidden_texts(), tasks.forget_hidden_texts()) == (1, 0)
    gone = scene.read()
    assert (gone.status, gone.status_ground) == (Status.HIDDEN, text.status_ground)
    assert (gone.title, gone.body) == ("", "")
    assert not gone.revisions.exclude(title="", body="", salt=None)
    erased = gone.process.log.entries.filter(kind="erase", leaf__contains='"ground":"retention"')
    assert erased.count() == gone.revisions.count()
    with pytest.raises(Refused, match="détruits"), scene.at(51 + 367 * 24) as now:
        voices.restore(gone, actor="moderator/1", now=now)


def test_the_words_of_a_hidden_text_stay_while_its_author_has_an_account(scene, monkeypatch):
    case = scene.opened()
    notice(scene, case)
    hide(scene, case, 51)
    clock_at(scene, 51 + 366 * 24, monkeypatch)
    assert (tasks.forget_files(), tasks.forget_hidden_texts()) == (1, 0)


def test_an_act_of_the_clock_is_said_to_be_the_clocks(scene):
    case = scene.opened()
    restriction = urgent(scene, case, ground=Ground.CHARTER_ABUSE)
    with scene.at(80) as now:
        assert give_back(restriction, "", Person(), now=now).actor == "clock"


def test_the_gravest_case_then_the_oldest_comes_first_whatever_the_number_of_flags(scene):
    with scene.at(0.5) as now:
        other = voices.publish(
            scene.text.consultation, Kind.PROPOSAL, voices.Text("Un arbre", "Là"), author=scene.author, now=now
        )
    for _flag in range(5):
        scene.flag(1)
    first, scene.text = scene.text, other
    scene.flag(2, ground=Ground.UNLAWFUL_THREAT)
    waiting = desk(scene.process, scene.first, now=scene.began_at).waiting
    assert [case.contribution for case in waiting] == [other, first]
