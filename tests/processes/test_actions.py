"""Does each act of organisers write what it says, leave its leaf and its line, and refuse without writing?"""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from polyphonie.core.printing import day, last_open_day
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.ledger.canonical import b64, digest
from polyphonie.ledger.models import Entry
from polyphonie.outbox.models import Mail
from polyphonie.processes.actions import (
    announce_consultation,
    create_process,
    extend_consultation,
    grant_role,
    open_consultation,
    set_calendar,
)
from polyphonie.processes.actions import frame as framing
from polyphonie.processes.actions import people as charging
from polyphonie.processes.actions.progress import publish_progress
from polyphonie.processes.actions.traces import ChangedMeanwhile
from polyphonie.processes.models import Act, ActKind, Consultation, Extension, Process, Referral, Role
from polyphonie.processes.queries import Standing, journal, roles_held, standing, stave
from polyphonie.processes.tasks import forget_invited, open_due
from tests.concertations import a_draft, a_person, a_process, an_open_consultation

pytestmark = pytest.mark.django_db
ACTOR = "organiser/1"
State = Consultation.State


@pytest.fixture
def process() -> Process:
    with writing() as now:
        return a_process(now=now)


def leaves(process, kind="state"):
    return [json.loads(entry.leaf) for entry in Entry.objects.filter(log=process.log, kind=kind).order_by("pk")]


def last_leaf(process):
    return leaves(process)[-1]


def last_act(process):
    return process.acts.order_by("-pk")[0]


class TestEachActLeavesItsTrace:
    def test_the_document_of_an_act_opens_the_commitment_of_its_leaf(self, process):
        with writing() as now:
            framing.edit_process(process, {"tagline": "Pour tous"}, version=process.version, actor=ACTOR, now=now)
        act, leaf = last_act(process), last_leaf(process)
        assert leaf["cm"] == b64(digest("actcm/v1", act.document, b64(bytes(act.salt))))
        assert leaf == {"actor": ACTOR, "state": "edited", "cm": leaf["cm"], "kind": "state", "v": 1}
        assert json.loads(act.document) == {"tagline": ["", "Pour tous"]}

    def test_the_longest_names_fit_in_a_leaf(self, process):
        with writing() as now:
            held = a_draft(process, now=now, slug="a" * 80)
            announce_consultation(held, actor="organiser/100", now=now)
            open_consultation(held, now=now)
            extend_consultation(
                held, closes_at=held.closes_at + timedelta(days=1), reason="Neige" * 300, actor="organiser/100", now=now
            )
            for kind in ActKind:
                framing.record_act(process, kind, actor="organiser/100", now=now, consultation=held, facts={"a": "b"})

    def test_a_created_process_opens_its_journal(self, process):
        assert process.acts.order_by("pk")[0].kind == ActKind.CREATED

    def test_leaves_name_roles_and_never_people(self, process):
        with writing() as now:
            framing.edit_process(process, {"organiser": "Autre"}, version=process.version, actor=ACTOR, now=now)
        text = json.dumps(leaves(process)) + "".join(act.document for act in process.acts.all())
        for assignment in process.roles.all():
            assert assignment.account.display_name not in text
            assert assignment.account.email not in text


class TestAnnouncingOpeningExtending:
    def test_announcing_commits_to_the_rules_and_makes_the_process_public(self, process):
        with writing() as now:
            held = announce_consultation(a_draft(process, now=now), actor=ACTOR, now=now)
        process.refresh_from_db()
        assert process.is_listed
        assert held.state == State.ANNOUNCED
        rules = held.rules.get()
        assert bytes(held.config_leaf) == bytes(rules.leaf_hash)
        commitment = digest("configcm/v1", json.loads(rules.document), b64(bytes(rules.salt)))
        assert leaves(process, "config") == [{"cm": b64(commitment), "consultation": "places", "kind": "config", "v": 1}]
        assert last_leaf(process)["state"] == "announced"

    def test_opening_names_the_rules_it_opens_under(self, process):
        with writing() as now:
            held = an_open_consultation(process, now=now)
        assert last_leaf(process) == {
            "actor": "clock", "consultation": "places", "state": "open", "config": b64(bytes(held.config_leaf)),
            "kind": "state", "v": 1,
        }  # fmt: skip

    def test_an_incomplete_method_keeps_it_closed_and_writes_nothing(self, process):
        with writing() as now:
            held = announce_consultation(a_draft(process, now=now), actor=ACTOR, now=now)
        Process.objects.update(who_decides="")
        count = Entry.objects.count()
        with pytest.raises(Refused), writing() as now:
            open_consultation(Consultation.objects.get(pk=held.pk), now=now)
        assert Entry.objects.count() == count
        assert Consultation.objects.get(pk=held.pk).state == State.ANNOUNCED

    def test_a_moderator_whose_role_has_ended_does_not_count(self, process):
        with writing() as now:
            held = announce_consultation(a_draft(process, now=now), actor=ACTOR, now=now)
            charging.end_role(process.roles.filter(role=Role.MODERATOR).order_by("number")[0], actor=ACTOR, now=now)
        with pytest.raises(Refused), writing() as now:
            open_consultation(held, now=now)

    def test_one_person_twice_is_one_moderator(self, process):
        with writing() as now:
            held = announce_consultation(a_draft(process, now=now), actor=ACTOR, now=now)
            first, second = process.roles.filter(role=Role.MODERATOR).order_by("number")
            second.account = first.account
            second.save()
        with pytest.raises(Refused), writing() as now:
            open_consultation(held, now=now)

    def test_an_extension_is_published_with_its_reason(self, process):
        with writing() as now:
            held = an_open_consultation(process, now=now)
            before = held.closes_at
            extension = extend_consultation(
                held, closes_at=before + timedelta(days=7), reason="La neige a fermé la mairie.", actor=ACTOR, now=now
            )
        assert (extension.previous_closes_at, extension.closes_at) == (before, before + timedelta(days=7))
        assert Consultation.objects.get(pk=held.pk).closes_at == before + timedelta(days=7)
        assert "La neige a fermé la mairie." in journal(process)[0].detail
        assert len(leaves(process, "config")) == 1

    def test_a_refused_extension_changes_nothing(self, process):
        with writing() as now:
            held = an_open_consultation(process, now=now)
        with pytest.raises(Refused), writing() as now:
            extend_consultation(held, closes_at=held.closes_at - timedelta(days=1), reason="Trop long", actor=ACTOR, now=now)
        assert not Extension.objects.exists()

    def test_past_the_deadline_of_the_referral_the_derogation_is_recorded(self, process):
        with writing() as now:
            held = an_open_consultation(process, now=now)
            Referral.objects.create(process=process, deadline_on=timezone.localdate(held.closes_at))
            extend_consultation(held, closes_at=held.closes_at + timedelta(days=7), reason="Neige", actor=ACTOR, now=now)
        assert Consultation.objects.get(pk=held.pk).deadline_derogation == "Neige"
        assert last_act(process).kind == ActKind.DEROGATION


class TestTheCalendar:
    def dates(self, now):
        return {"opens_at": now + timedelta(days=2), "closes_at": now + timedelta(days=20)}

    def test_a_draft_takes_its_dates(self, process):
        with writing() as now:
            held = a_draft(process, now=now, opens_at=None, closes_at=None)
            set_calendar(held, **self.dates(now), derogation="", version=held.version, actor=ACTOR, now=now)
        held.refresh_from_db()
        assert held.closes_at == now + timedelta(days=20)
        assert leaves(process, "config") == []

    def test_once_announced_new_dates_publish_the_rules_anew(self, process):
        with writing() as now:
            held = announce_consultation(a_draft(process, now=now), actor=ACTOR, now=now)
            set_calendar(held, **self.dates(now), derogation="", version=held.version, actor=ACTOR, now=now)
        assert len(leaves(process, "config")) == 2
        held.refresh_from_db()
        assert bytes(held.config_leaf) == bytes(held.rules.order_by("-pk")[0].leaf_hash)

    def test_once_open_dates_are_refused(self, process):
        with writing() as now:
            held = an_open_consultation(process, now=now)
        with pytest.raises(Refused), writing() as now:
            set_calendar(held, **self.dates(now), derogation="", version=held.version, actor=ACTOR, now=now)

    def test_past_the_deadline_a_reason_is_asked_then_recorded(self, process):
        with writing() as now:
            held = a_draft(process, now=now, opens_at=None, closes_at=None)
            Referral.objects.create(process=process, deadline_on=now.date() + timedelta(days=5))
        with pytest.raises(Refused), writing() as now:
            set_calendar(held, **self.dates(now), derogation="", version=held.version, actor=ACTOR, now=now)
        with writing() as now:
            set_calendar(held, **self.dates(now), derogation="Vacances", version=held.version, actor=ACTOR, now=now)
        assert last_act(process).kind == ActKind.DEROGATION
        held.refresh_from_db()
        assert held.deadline_derogation == "Vacances"

    def test_a_deadline_recorded_later_is_asked_at_the_announcement(self, process):
        with writing() as now:
            held = a_draft(process, now=now)
            Referral.objects.create(process=process, deadline_on=now.date())
        with pytest.raises(Refused), writing() as now:
            announce_consultation(held, actor=ACTOR, now=now)


class TestWriting:
    def test_two_organisers_never_erase_each_other(self, process):
        seen = process.version
        with writing() as now:
            framing.edit_process(process, {"tagline": "La mienne"}, version=seen, actor=ACTOR, now=now)
        other = Process.objects.get(pk=process.pk)
        with pytest.raises(ChangedMeanwhile), writing() as now:
            framing.edit_process(other, {"tagline": "L’autre"}, version=seen, actor="organiser/2", now=now)
        assert Process.objects.get(pk=process.pk).tagline == "La mienne"

    def test_saving_without_a_change_leaves_no_line(self, process):
        count = Act.objects.count()
        with writing() as now:
            framing.edit_process(process, {"tagline": process.tagline}, version=process.version, actor=ACTOR, now=now)
        assert Act.objects.count() == count

    def test_a_new_charter_publishes_the_rules_of_what_is_announced_anew(self, process):
        with writing() as now:
            announce_consultation(a_draft(process, now=now), actor=ACTOR, now=now)
            framing.edit_process(process, {"charter": "Soyons brefs"}, version=process.version, actor=ACTOR, now=now)
        assert len(leaves(process, "config")) == 2

    def test_a_new_question_of_an_announced_consultation_publishes_its_rules_anew(self, process):
        with writing() as now:
            held = announce_consultation(a_draft(process, now=now), actor=ACTOR, now=now)
            framing.edit_consultation(held, {"questions": "Et le soir ?"}, version=held.version, actor=ACTOR, now=now)
        assert len(leaves(process, "config")) == 2

    def test_an_open_question_is_not_reworded(self, process):
        with writing() as now:
            held = an_open_consultation(process, now=now)
        with pytest.raises(Refused), writing() as now:
            framing.edit_consultation(held, {"questions": "Et le soir ?"}, version=held.version, actor=ACTOR, now=now)

    def test_the_words_of_an_open_presentation_stay_in_the_journal(self, process):
        with writing() as now:
            held = an_open_consultation(process, now=now, presentation="Avant")
            framing.edit_consultation(held, {"presentation": "Après"}, version=held.version, actor=ACTOR, now=now)
        assert journal(process)[0].changes == (("Présentation", "Avant", "Après"),)

    def test_a_referral_is_recorded_then_changed(self, process):
        asked = {"kind": Referral.Kind.GOVERNMENT, "issuer": "Premier ministre", "number": "1348"}
        with writing() as now:
            referral = framing.record_referral(process, asked, version=None, actor=ACTOR, now=now)
            framing.record_referral(process, {**asked, "number": "1349"}, version=referral.version, actor=ACTOR, now=now)
        with pytest.raises(ChangedMeanwhile), writing() as now:
            framing.record_referral(process, asked, version=referral.version, actor=ACTOR, now=now)
        assert Referral.objects.get(process=process).number == "1349"

    def test_a_removed_theme_leaves_its_drafts(self, process):
        with writing() as now:
            theme = framing.add_theme(process, {"title": "Bouger"}, actor=ACTOR, now=now)
            held = a_draft(process, now=now, theme=theme)
            framing.remove_theme(theme, actor=ACTOR, now=now)
        assert Consultation.objects.get(pk=held.pk).theme is None

    def test_drafts_take_an_address_from_their_title(self, process):
        with writing() as now:
            slugs = [framing.add_consultation(process, {"title": "Où s’asseoir ?"}, actor=ACTOR, now=now).slug for _ in "ab"]
        assert slugs == ["ou-sasseoir", "ou-sasseoir-2"]

    def test_a_removed_draft_is_told_to_organisers_only(self, process):
        with writing() as now:
            held = framing.add_consultation(process, {"title": "Secret"}, actor=ACTOR, now=now)
            framing.remove_consultation(held, actor=ACTOR, now=now)
        assert "draft_removed" not in {line.kind for line in journal(process)}

    def test_the_public_journal_does_not_tell_of_drafts(self, process):
        with writing() as now:
            held = framing.add_consultation(process, {"title": "Secret", "questions": "Que faire ?"}, actor=ACTOR, now=now)
        assert held not in [line.consultation for line in journal(process)]


class TestRoles:
    def test_a_role_brings_the_second_factor_and_a_number_for_ever(self, process):
        with writing() as now:
            clara = a_person("Clara", on=now)
            first = grant_role(process, clara, Role.RAPPORTEUR, actor=ACTOR, now=now)
            charging.end_role(first, actor=ACTOR, now=now)
            second = grant_role(process, clara, Role.RAPPORTEUR, actor=ACTOR, now=now)
        clara.refresh_from_db()
        assert clara.needs_second_factor
        assert (first.number, second.number) == (1, 2)

    def test_an_ended_role_ends_at_once(self, process):
        with writing() as now:
            clara = a_person("Clara", on=now)
            assignment = grant_role(process, clara, Role.RAPPORTEUR, actor=ACTOR, now=now)
            assert roles_held(clara, process.slug) == {Role.RAPPORTEUR}
            charging.end_role(assignment, actor=ACTOR, now=now)
        assert roles_held(clara, process.slug) == frozenset()

    def test_a_role_in_one_process_is_nothing_in_another(self, process):
        with writing() as now:
            other = create_process(slug="ailleurs", title="Ailleurs", organiser="Autre commune", now=now)
            clara = a_person("Clara", on=now)
            grant_role(process, clara, Role.ORGANISER, actor=ACTOR, now=now)
        assert roles_held(clara, other.slug) == frozenset()

    def test_an_invitation_goes_by_mail_and_serves_once(self, process):
        with writing() as now:
            invitation = charging.invite(process, email="clara@exemple.fr", role=Role.MODERATOR, actor=ACTOR, now=now)
        mail = Mail.objects.get(to="clara@exemple.fr")
        token = mail.body.split("/invitation/")[1].split("/")[0]
        assert charging.token_hash(token) == invitation.token_hash
        assert token not in "".join(act.document for act in Act.objects.all())
        with writing() as now:
            clara = a_person("Clara", on=now)
            charging.accept_invitation(invitation, clara, now=now)
        assert roles_held(clara, process.slug) == {Role.MODERATOR}
        with pytest.raises(Refused), writing() as now:
            charging.accept_invitation(invitation, clara, now=now)

    def test_a_second_invitation_replaces_the_first(self, process):
        with writing() as now:
            first = charging.invite(process, email="clara@exemple.fr", role=Role.MODERATOR, actor=ACTOR, now=now)
            charging.invite(process, email="Clara@exemple.fr", role=Role.MODERATOR, actor=ACTOR, now=now)
        first.refresh_from_db()
        assert first.withdrawn_at is not None


class TestForgetting:
    def test_an_address_is_erased_once_its_offer_is_over_and_kept_while_it_waits(self, process):
        with writing() as now:
            waiting, withdrawn, expired = (
                charging.invite(process, email=f"{name}@exemple.fr", role=Role.MODERATOR, actor=ACTOR, now=now)
                for name in ("a", "b", "c")
            )
            charging.withdraw_invitation(withdrawn, now=now)
            expired.expires_at = now - timedelta(seconds=1)
            expired.save()
        assert forget_invited() == 2
        assert forget_invited() == 0
        assert set(process.invitations.values_list("email", flat=True)) == {waiting.email, ""}


class TestByItself:
    def test_an_announced_consultation_opens_at_its_hour(self, process):
        with writing() as now:
            held = announce_consultation(a_draft(process, now=now), actor=ACTOR, now=now)
            later = announce_consultation(
                a_draft(process, now=now, slug="plus-tard", opens_at=now + timedelta(days=1)), actor=ACTOR, now=now
            )
        assert open_due() == 1
        assert open_due() == 0
        assert Consultation.objects.get(pk=held.pk).state == State.OPEN
        assert Consultation.objects.get(pk=later.pk).state == State.ANNOUNCED
        assert last_leaf(process)["actor"] == "clock"

    def test_organisers_learn_once_what_prevents_an_opening(self, process):
        with writing() as now:
            grant_role(process, a_person("Clara", on=now), Role.ORGANISER, actor=ACTOR, now=now)
            held = announce_consultation(a_draft(process, now=now), actor=ACTOR, now=now)
        Process.objects.update(appeal_body="")
        assert (open_due(), open_due()) == (0, 0)
        mail = Mail.objects.get(to="clara@exemple.fr")
        assert held.title in mail.subject
        Process.objects.update(appeal_body="Médiatrice")
        assert open_due() == 1


class TestWhereItStands:
    def test_the_summary_follows_the_consultations_and_the_clock(self, process):
        assert standing(process) == Standing.PREPARATION
        with writing() as now:
            held = announce_consultation(a_draft(process, now=now), actor=ACTOR, now=now)
            assert standing(process, now=now) == Standing.ANNOUNCED
            open_consultation(held, now=now)
        assert standing(process, now=now) == Standing.OPEN
        assert standing(process, now=held.closes_at) == Standing.CLOSING
        process.feedback_given_on = now.date()
        assert standing(process, now=held.closes_at) == Standing.FOLLOW_UP

    def test_between_two_consultations_the_concertation_is_still_open(self, process):
        with writing() as now:
            an_open_consultation(process, now=now)
            announce_consultation(
                a_draft(process, now=now, slug="ensuite", opens_at=now + timedelta(days=20), closes_at=now + timedelta(days=30)),
                actor=ACTOR,
                now=now,
            )
        assert standing(process, now=now + timedelta(days=15)) == Standing.OPEN
        assert stave(process, now=now)[0].detail == f"jusqu’au {day(last_open_day(now + timedelta(days=30)))}"

    def test_the_steps_say_where_one_is(self, process):
        assert [step.state for step in stave(process)] == ["ahead", "ahead", "ahead"]
        with writing() as now:
            held = an_open_consultation(process, now=now)
        assert [step.state for step in stave(process, now=now)] == ["now", "ahead", "ahead"]
        assert [step.state for step in stave(process, now=held.closes_at)] == ["done", "now", "ahead"]

    def test_a_referral_adds_the_steps_it_calls_for(self, process):
        Referral.objects.create(process=process, kind=Referral.Kind.OWN_INITIATIVE)
        assert len(stave(process)) == 3
        Referral.objects.update(kind=Referral.Kind.GOVERNMENT)
        assert len(stave(process)) == 5

    def test_a_late_answer_says_by_how_many_days(self, process):
        with writing() as now:
            an_open_consultation(process, now=now)
        process.feedback_due_on = timezone.localdate(now) + timedelta(days=20)
        late = stave(process, now=now + timedelta(days=32))[-1].detail
        assert "en retard de 12 jours" in late

    def test_progress_points_carry_the_counters_of_their_day(self, process):
        with writing() as now:
            held = an_open_consultation(process, now=now)
            Consultation.objects.filter(pk=held.pk).update(texts=7, votes=40)
            update = publish_progress(process, title="Point", body="Voir #746.", role=Role.ORGANISER, number=1, now=now)
        assert (update.texts, update.votes) == (7, 40)
        assert journal(process)[0].detail == "Point"

    def test_the_promised_answer_dates_the_process(self, process):
        with writing() as now:
            a_draft(process, now=now, state=State.CLOSED)
            publish_progress(process, title="Réponse", body="Oui.", role=Role.AUTHORITY, number=1, now=now, is_feedback=True)
        assert Process.objects.get(pk=process.pk).feedback_given_on == timezone.localdate(now)
