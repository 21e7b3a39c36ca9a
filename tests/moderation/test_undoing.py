"""Does an appeal change something? A mask gives its passage back, a move moves back, an urgent hiding is contested at once."""

import re

import pytest
from django.test import Client

from polyphonie.accounts.actions.restricting import hide_name, restore_name
from polyphonie.accounts.models import Account
from polyphonie.contributions import actions as voices
from polyphonie.contributions.models import Contribution, Revision, Status
from polyphonie.core.refusal import Refused
from polyphonie.ledger.models import Entry
from polyphonie.moderation import tasks
from polyphonie.moderation.actions import decide, hide_urgently, judge, lodge_appeal, open_case
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.models import Act, Appeal, Case, Decision, Ground, SealedText, State
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from polyphonie.outbox.models import Mail
from tests.concertations import an_open_consultation
from tests.moderation.scene import Scene, a_scene
from tests.moderation.test_procedure import clock_at, notice, urgent
from tests.people import enter

BODY, MASKED = "Devant la gare", "Devant [passage masqué : donnée personnelle]"


@pytest.fixture
def scene(db) -> Scene:
    return a_scene()


def masked(scene: Scene) -> Decision:
    case = scene.opened()
    notice(scene, case)
    measure = Measure(Act.MASKED, Ground.UNLAWFUL_DATA, passage="la gare")
    with scene.at(51) as now:
        return decide(case, measure, facts="Une adresse.", by=scene.first, now=now)


def contested(scene: Scene, decision: Decision, hours: float = 52) -> Appeal:
    with scene.at(hours) as now:
        return lodge_appeal(decision, "Ce n’est pas une adresse.", party=Appeal.Party.AUTHOR, is_party=True, now=now)


def judged(scene: Scene, appeal: Appeal, outcome: str = "overturned", hours: float = 53) -> Appeal:
    with scene.at(hours) as now:
        return judge(appeal, Appeal.Outcome(outcome), reasons="Relu.", by=scene.judge, now=now)


def signed_in(account: Account) -> Client:
    client = Client(headers={"accept-language": "fr"})
    enter(client, account)
    return client


def last(scene: Scene) -> Decision:
    return Decision.objects.filter(contribution=scene.text).first()


def test_a_mask_overturned_gives_the_passage_back_with_its_votes(scene, tmp_path):
    decision = masked(scene)
    assert (scene.read().body, scene.text.revision) == (MASKED, 2)
    assert SealedText.objects.get().body == BODY
    judged(scene, contested(scene, decision))
    assert (scene.read().body, scene.text.revision) == (BODY, 3)
    assert scene.text.revisions.get(number=3).reason == Revision.Reason.UNMASKED
    assert last(scene).act == Act.UNMASKED
    acts = [entry.leaf.split('"act":"')[1].split('"')[0] for entry in Entry.objects.filter(kind="mod").order_by("pk")]
    assert acts == ["masked", "same_text", "unmasked", "same_text"]
    assert tasks.forget_sealed_texts() == 1
    export(scene.process, tmp_path / "export")
    report = verify.verify(str(tmp_path / "export"))
    assert report.is_right, "\n".join(verify.sentences(report))
    assert "masked" not in (tmp_path / "export" / "erasures.csv").read_text()


def rewritten(scene: Scene, body: str, hours: float = 51.5) -> None:
    with scene.at(hours) as now:
        voices.revise(scene.read(), voices.Text("Un banc", body), author=scene.author, now=now)


def test_a_passage_goes_back_where_its_mask_still_stands_in_a_text_that_its_author_changed_since(scene):
    decision = masked(scene)
    rewritten(scene, f"Un banc. {MASKED}, et à l’ombre.")
    judged(scene, contested(scene, decision))
    assert (scene.read().body, last(scene).act) == (f"Un banc. {BODY}, et à l’ombre.", Act.UNMASKED)
    assert not SealedText.objects.get().taken
    assert tasks.forget_sealed_texts() == 1


def test_a_passage_given_back_does_not_say_again_what_another_mask_took(scene):
    decision = masked(scene)
    rewritten(scene, f"{MASKED}. La rue de la Gare est là.")
    with scene.at(51.6) as now:
        case = open_case(scene.process, contribution=scene.read(), now=now)
    notice(scene, case, hours=51.7)
    with scene.at(101) as now:
        measure = Measure(Act.MASKED, Ground.UNLAWFUL_DATA, passage="Gare")
        decide(case, measure, facts="Un nom.", by=scene.first, now=now)
    judged(scene, contested(scene, decision, 102), hours=103)
    masks = "[passage masqué : donnée personnelle]"
    assert scene.read().body == f"Devant la {masks}. La rue de la {masks} est là."


def test_a_passage_without_its_place_is_offered_to_its_author_who_puts_it_back_in_one_gesture(scene, monkeypatch):
    decision = masked(scene)
    rewritten(scene, "Devant la poste")
    appeal = contested(scene, decision)
    judge_page = signed_in(scene.judge.account).get(f"/{scene.process.slug}/moderation/recours/{appeal.pk}/")
    assert "il lui est proposé" in judge_page.content.decode()
    browser, file = signed_in(scene.author), f"/mon-espace/moderation/{decision.case_id}/"
    assert "Pour contester" not in browser.get(file).content.decode(), "it is contested already"
    judged(scene, appeal)
    assert (scene.read().body, last(scene).act) == ("Devant la poste", Act.NOT_UNDONE)
    assert "peut y remettre le passage" in Mail.objects.filter(key__startswith="moderation/decision/").latest("pk").body
    assert tasks.forget_sealed_texts() == 0, "kept for its author"
    page = browser.get(file).content.decode()
    assert "n’est plus en vigueur" in page
    fields = dict(re.findall(r'<input type="hidden" name="(title|body|url|category)" value="([^"]*)"', page))
    assert fields["body"] == f"Devant la poste\n\n{BODY}"
    assert browser.post(f"/{scene.process.slug}/contributions/{scene.text.number}/modifier/", fields).status_code == 302
    assert scene.read().body == fields["body"]
    assert "Remettre le passage" not in browser.get(file).content.decode()
    clock_at(scene, 51 + 184 * 24, monkeypatch)
    assert tasks.forget_sealed_texts() == 1


def test_a_name_hidden_when_a_passage_was_masked_can_be_shown_again_and_the_register_verifies(scene, tmp_path):
    with scene.at(1) as now:
        hide_name(scene.author, ground="charter_abuse", now=now)
        voices.hide_author_name(scene.read(), ground="charter_abuse", actor="moderator/1")
    masked(scene)
    with scene.at(52) as now:
        restore_name(scene.author, now=now)
        voices.restore_author_name(scene.read(), actor="moderator/1")
    export(scene.process, tmp_path / "export")
    report = verify.verify(str(tmp_path / "export"))
    assert report.is_right, "\n".join(verify.sentences(report))


@pytest.mark.parametrize("ending", ["upheld", "six months", "withdrawn"])
def test_the_words_that_a_mask_took_are_destroyed_once_nobody_can_contest(scene, ending, monkeypatch):
    decision = masked(scene)
    assert tasks.forget_sealed_texts() == 0
    if ending == "upheld":
        judged(scene, contested(scene, decision), ending)
    elif ending == "withdrawn":
        with scene.at(52) as now:
            voices.withdraw(scene.read(), author=scene.author, now=now)
        assert not SealedText.objects.exists(), "destroyed with the text, in the same transaction"
        return
    else:
        clock_at(scene, 51 + 183 * 24, monkeypatch)
        assert tasks.forget_sealed_texts() == 0
        clock_at(scene, 51 + 184 * 24, monkeypatch)
    assert (tasks.forget_sealed_texts(), tasks.forget_sealed_texts()) == (1, 0)


def test_a_moved_text_moves_back_unless_someone_has_voted_on_it(scene):
    with scene.at() as now:
        home, other = scene.text.consultation, an_open_consultation(scene.process, now=now, slug="rues", title="Nos rues")
    case = scene.opened()
    notice(scene, case)
    with scene.at(51) as now:
        measure = Measure(Act.MOVED, Ground.CHARTER_OFF_TOPIC, destination=other)
        decision = decide(case, measure, facts="Il parle des rues.", by=scene.first, now=now)
    judged(scene, contested(scene, decision))
    assert (scene.read().consultation, last(scene).act) == (home, Act.MOVED_BACK)


def test_a_moved_text_that_has_votes_stays_and_it_is_said_why(scene, monkeypatch):
    with scene.at() as now:
        other = an_open_consultation(scene.process, now=now, slug="rues", title="Nos rues")
    case = scene.opened()
    notice(scene, case)
    with scene.at(51) as now:
        measure = Measure(Act.MOVED, Ground.CHARTER_OFF_TOPIC, destination=other)
        decision = decide(case, measure, facts="Il parle des rues.", by=scene.first, now=now)
    monkeypatch.setattr("polyphonie.consultation.actions.moderating.Vote.objects.filter", lambda **_which: Voted)
    judged(scene, contested(scene, decision))
    assert (scene.read().consultation, last(scene).act) == (other, Act.NOT_UNDONE)
    assert "voté" in last(scene).words


class Voted:
    @staticmethod
    def exists() -> bool:
        return True


def test_an_urgent_hiding_is_contested_at_once_and_its_judge_shows_the_text_again(scene):
    case = scene.opened()
    decision = urgent(scene, case)
    assert "contester dès maintenant" in Mail.objects.get(key__startswith="moderation/decision/").body
    appeal = contested(scene, decision, 1.5)
    with pytest.raises(Refused), scene.at(2) as now:
        judge(appeal, Appeal.Outcome.OVERTURNED, reasons="Non.", by=scene.first, now=now)
    judged(scene, appeal, hours=2)
    assert scene.read().status == Status.PUBLISHED
    assert Case.objects.get().state == State.HEARING, "its author is heard all the same"
    with pytest.raises(Refused), scene.at(3) as now:
        hide_urgently(case, ground=Ground.UNLAWFUL_DATA, facts="Encore.", by=scene.second, now=now)


def test_an_urgent_hiding_that_the_appeal_body_upholds_does_not_lapse_and_the_later_decision_can_be_contested(scene, monkeypatch):
    case = scene.opened()
    decision = urgent(scene, case, ground=Ground.CHARTER_ABUSE)
    judged(scene, contested(scene, decision, 2), "upheld", 3)
    clock_at(scene, 90, monkeypatch)
    assert tasks.let_urgent_hidings_lapse() == 0
    with scene.at(90) as now:
        measure = Measure(Act.HIDDEN, Ground.CHARTER_ABUSE)
        later = decide(Case.objects.get(), measure, facts="Une insulte.", by=scene.second, now=now)
    judged(scene, contested(scene, later, 91), hours=92)
    assert scene.read().status == Status.PUBLISHED


def test_the_appeal_against_an_urgent_hiding_goes_on_against_what_the_second_person_decides(scene):
    case = scene.opened()
    decision = urgent(scene, case)
    appeal = contested(scene, decision, 2)
    with scene.at(60) as now:
        later = decide(case, Measure(Act.HIDDEN, Ground.UNLAWFUL_DATA), facts="Un numéro.", by=scene.second, now=now)
    appeal.refresh_from_db()
    assert (appeal.decision, appeal.first_decider) == (later, scene.second.account)
    assert Case.objects.get().state == State.APPEALED
    assert "Votre recours continue" in Mail.objects.filter(key__startswith="moderation/decision/").latest("pk").body
    judged(scene, appeal, hours=61)
    assert scene.read().status == Status.PUBLISHED


def test_the_appeal_against_an_urgent_hiding_has_no_object_once_the_text_is_shown(scene):
    case = scene.opened()
    appeal = contested(scene, urgent(scene, case), 2)
    with scene.at(3) as now:
        decide(case, Measure(Act.KEPT), facts="Rien de tel.", by=scene.second, now=now)
    appeal.refresh_from_db()
    assert (appeal.outcome, appeal.judge) == (Appeal.Outcome.MOOT, None)
    assert Contribution.objects.get().status == Status.PUBLISHED
