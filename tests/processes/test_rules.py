"""Does each rule of organisers refuse for its own reason, and for no other?"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from polyphonie.accounts.models import Account
from polyphonie.processes.models import Consultation, Invitation, Process, Role, RoleAssignment, Theme
from polyphonie.processes.rules import calendar, frame, method, people
from polyphonie.processes.rules.calendar import closing_instant, opening_instant
from polyphonie.processes.rules.progress import progress_refusal

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 10, 12, tzinfo=PARIS)
State = Consultation.State


def process(**details):
    complete = {
        "title": "Demain",
        "who_decides": "Le conseil municipal",
        "what_becomes": "Une délibération",
        "feedback_due_on": date(2026, 6, 1),
        "legal_basis": "Consentement",
        "synthesis_planned": "Par les services",
        "appeal_body": "Médiatrice",
    }
    return Process(**{**complete, **details})


def consultation(**details):
    ready = {
        "title": "Nos places",
        "questions": "Que faire de nos places ?",
        "opens_at": NOW - timedelta(days=1),
        "closes_at": NOW + timedelta(days=20),
        "state": State.ANNOUNCED,
    }
    return Consultation(**{**ready, **details})


def items(held=None, moderators=2, judges=1, **details):
    return method.method_checklist(process(**details), held or consultation(), moderators=moderators, judges=judges)


def missing(*arguments, **details):
    return [item.key for item in method.missing_items(items(*arguments, **details))]


class TestTheMethodChecklist:
    def test_nothing_is_missing_from_a_complete_method(self):
        assert missing() == []
        assert method.method_refusal(items()) is None

    @pytest.mark.parametrize("field", ["who_decides", "what_becomes", "legal_basis", "synthesis_planned", "appeal_body"])
    def test_each_text_of_the_method_is_needed(self, field):
        assert missing(**{field: "  "}) == [field]
        assert missing(**{field: "[à compléter : qui ?]"}) == [field]

    def test_the_day_of_the_answer_is_needed_and_comes_after_the_closing(self):
        assert missing(feedback_due_on=None) == ["feedback"]
        closing = consultation(closes_at=closing_instant(date(2026, 4, 30)))
        assert missing(closing, feedback_due_on=date(2026, 4, 29)) == ["feedback"]
        assert missing(closing, feedback_due_on=date(2026, 4, 30)) == []

    def test_an_appeal_body_that_is_named_and_has_accepted_nothing_is_missing(self):
        assert missing(judges=0) == ["judges"]

    @pytest.mark.parametrize("moderators", [0, 1])
    def test_two_moderators_are_needed(self, moderators):
        assert missing(moderators=moderators) == ["moderators"]

    def test_a_question_is_needed_with_nothing_left_to_write(self):
        assert missing(consultation(questions=" ")) == ["question"]
        for field in ("title", "questions", "presentation"):
            assert missing(consultation(**{field: "Voici [à compléter : le lieu]"})) == ["question"]

    @pytest.mark.parametrize("field", ["opens_at", "closes_at"])
    def test_both_dates_are_needed(self, field):
        assert missing(consultation(**{field: None})) == ["calendar"]

    def test_what_is_missing_is_named_one_by_one(self):
        refusal = method.method_refusal(items(moderators=1, who_decides=""))
        assert refusal is not None
        for item in method.missing_items(items(moderators=1, who_decides="")):
            assert item.label in refusal

    def test_a_process_without_a_question_says_so(self):
        keys = {item.key for item in method.missing_items(method.method_checklist(process(), None, moderators=2, judges=1))}
        assert keys == {"question", "calendar"}


class TestTheFifteenDaysOfTheLaw:
    def dates(self, days):
        return {"opens_at": opening_instant(date(2026, 3, 20)), "closes_at": closing_instant(date(2026, 3, 19) + timedelta(days))}

    def test_they_block_only_a_consultation_declared_under_it(self):
        assert "crpa" in missing(consultation(is_under_crpa=True, **self.dates(14)))
        assert missing(consultation(is_under_crpa=True, **self.dates(15))) == []
        assert missing(consultation(is_under_crpa=False, **self.dates(2))) == []

    def test_without_dates_they_cannot_be_counted(self):
        assert missing(consultation(is_under_crpa=True, opens_at=None)) == ["calendar", "crpa"]

    def test_a_change_of_clocks_takes_no_day_away(self):
        """29 March 2026 has 23 hours: fifteen days of the calendar are 359 hours, and count as fifteen."""
        opens_at, closes_at = opening_instant(date(2026, 3, 20)), closing_instant(date(2026, 4, 3))
        assert closes_at.astimezone(UTC) - opens_at.astimezone(UTC) == timedelta(hours=359)
        assert method.open_days(opens_at, closes_at) == 15

    def test_the_announcement_refuses_fourteen_days(self):
        short = consultation(state=State.DRAFT, is_under_crpa=True, **self.dates(14))
        assert calendar.announce_refusal(short, now=NOW)
        assert calendar.announce_refusal(consultation(state=State.DRAFT, is_under_crpa=True, **self.dates(15)), now=NOW) is None
        assert calendar.announce_refusal(consultation(state=State.DRAFT, **self.dates(14)), now=NOW) is None

    def test_an_opening_delayed_by_the_method_keeps_fifteen_days(self):
        held = consultation(is_under_crpa=True, **self.dates(15))
        opening = opening_instant(date(2026, 3, 20))
        assert calendar.open_refusal(held, method=items(held), now=opening + timedelta(seconds=40)) is None
        assert calendar.open_refusal(held, method=items(held), now=opening + timedelta(days=1))


class TestAnnouncing:
    def test_a_draft_with_a_question_and_dates_to_come_is_announced(self):
        assert calendar.announce_refusal(consultation(state=State.DRAFT), now=NOW) is None

    @pytest.mark.parametrize("state", [State.ANNOUNCED, State.OPEN, State.CLOSED])
    def test_only_a_draft_is_announced(self, state):
        assert calendar.announce_refusal(consultation(state=state), now=NOW)

    @pytest.mark.parametrize(
        "details",
        [
            {"questions": ""},
            {"title": "[à compléter : la question]"},
            {"opens_at": None},
            {"closes_at": None},
            {"opens_at": NOW + timedelta(days=30)},
            {"opens_at": NOW - timedelta(days=3), "closes_at": NOW},
        ],
    )
    def test_what_lacks_or_contradicts_is_refused(self, details):
        assert calendar.announce_refusal(consultation(state=State.DRAFT, **details), now=NOW)


class TestOpening:
    def refusal(self, held, now=NOW, **details):
        return calendar.open_refusal(held, method=items(held, **details), now=now)

    def test_an_announced_consultation_with_its_method_opens_at_its_hour(self):
        assert self.refusal(consultation()) is None

    @pytest.mark.parametrize("state", [State.DRAFT, State.OPEN, State.CLOSED])
    def test_only_an_announced_one_opens(self, state):
        assert self.refusal(consultation(state=state))

    def test_it_opens_at_the_second_and_not_before(self):
        held = consultation(opens_at=NOW)
        assert self.refusal(held, now=NOW - timedelta(microseconds=1))
        assert self.refusal(held, now=NOW) is None

    def test_it_never_opens_after_its_closing(self):
        held = consultation(closes_at=NOW)
        assert self.refusal(held, now=NOW)
        assert self.refusal(held, now=NOW - timedelta(microseconds=1)) is None

    def test_a_method_that_lacks_something_keeps_it_closed(self):
        assert self.refusal(consultation(), moderators=1)


class TestTheClosingSecond:
    @pytest.mark.parametrize(
        ("last_day", "first_refused"),
        [
            (date(2026, 5, 3), datetime(2026, 5, 3, 22, tzinfo=UTC)),
            (date(2026, 1, 3), datetime(2026, 1, 3, 23, tzinfo=UTC)),
            (date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),
            (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),
            (date(2026, 10, 24), datetime(2026, 10, 24, 22, tzinfo=UTC)),
            (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        ],
    )
    def test_midnight_in_paris_is_the_first_refused_instant(self, last_day, first_refused):
        held = consultation(state=State.OPEN, closes_at=closing_instant(last_day))
        assert held.closes_at.astimezone(UTC) == first_refused
        assert calendar.participation_refusal(held, now=first_refused - timedelta(microseconds=1)) is None
        assert calendar.participation_refusal(held, now=first_refused)
        assert calendar.state_at(held, first_refused) == State.CLOSED
        assert method.last_day(held.closes_at) == last_day

    def test_nobody_takes_part_before_it_opens(self):
        assert calendar.participation_refusal(consultation(opens_at=NOW + timedelta(seconds=1)), now=NOW)
        assert calendar.participation_refusal(consultation(), now=NOW)
        assert calendar.participation_refusal(consultation(state=State.DRAFT), now=NOW)
        assert calendar.participation_refusal(consultation(state=State.CLOSED), now=NOW)
        assert calendar.participation_refusal(consultation(state=State.CLOSED, closes_at=None), now=NOW)

    def test_before_the_day_the_day_is_told(self):
        refusal = calendar.participation_refusal(consultation(opens_at=opening_instant(date(2026, 3, 20))), now=NOW)
        assert refusal is not None
        assert "20 mars 2026" in refusal


class TestExtending:
    later = NOW + timedelta(days=30)

    def test_an_open_consultation_closes_later_with_a_reason(self):
        assert calendar.extend_refusal(consultation(state=State.OPEN), closes_at=self.later, reason="Neige", now=NOW) is None

    @pytest.mark.parametrize("state", [State.DRAFT, State.CLOSED])
    def test_a_draft_or_a_closed_one_is_not_extended(self, state):
        assert calendar.extend_refusal(consultation(state=state), closes_at=self.later, reason="Neige", now=NOW)

    def test_never_earlier_nor_the_same_instant(self):
        held = consultation(state=State.OPEN)
        for closes_at in (held.closes_at - timedelta(days=1), held.closes_at):
            assert calendar.extend_refusal(held, closes_at=closes_at, reason="Neige", now=NOW)

    def test_never_without_a_reason(self):
        assert calendar.extend_refusal(consultation(state=State.OPEN), closes_at=self.later, reason="  ", now=NOW)

    def test_never_once_the_hour_has_struck(self):
        held = consultation(state=State.OPEN, closes_at=NOW)
        assert calendar.extend_refusal(held, closes_at=self.later, reason="Neige", now=NOW)
        assert calendar.extend_refusal(held, closes_at=self.later, reason="Neige", now=NOW - timedelta(microseconds=1)) is None

    @pytest.mark.parametrize("state", [State.OPEN, State.CLOSED])
    def test_dates_are_no_longer_chosen_once_open(self, state):
        assert calendar.reschedule_refusal(consultation(state=state))
        assert calendar.reschedule_refusal(consultation(state=State.ANNOUNCED)) is None
        assert calendar.reschedule_refusal(consultation(state=State.DRAFT)) is None


class TestTheDeadlineOfTheReferral:
    def test_going_past_it_is_allowed_with_a_reason(self):
        closes_at = closing_instant(date(2026, 2, 3))
        assert calendar.derogation_refusal(closes_at, date(2026, 1, 31), reason=" ")
        assert calendar.derogation_refusal(closes_at, date(2026, 1, 31), reason="Journée reportée") is None

    def test_its_last_day_is_not_past_it(self):
        assert calendar.derogation_refusal(closing_instant(date(2026, 1, 31)), date(2026, 1, 31), reason="") is None
        assert calendar.derogation_refusal(closing_instant(date(2026, 2, 1)), date(2026, 1, 31), reason="")

    def test_without_a_deadline_or_a_date_nothing_is_asked(self):
        assert calendar.derogation_refusal(closing_instant(date(2026, 1, 31)), None, reason="") is None
        assert calendar.derogation_refusal(None, date(2026, 1, 31), reason="") is None


class TestTheFrame:
    @pytest.mark.parametrize("slug", ["connexion", "api", "demo", "nouvelle-concertation"])
    def test_reserved_words_are_refused(self, slug):
        assert frame.slug_refusal(slug)

    @pytest.mark.parametrize("slug", ["12", "Été", "a b", "-a", "a-", "a_b", ""])
    def test_only_plain_words_make_an_address(self, slug):
        assert frame.slug_refusal(slug)
        assert frame.slug_refusal("demain-2027") is None

    def test_the_licence_is_kept_once_people_have_published(self):
        assert frame.edit_process_refusal(process(last_number=1), {"licence": "CC0"}, is_open=False)
        assert frame.edit_process_refusal(process(last_number=0), {"licence": "CC0"}, is_open=False) is None

    def test_the_charter_is_kept_while_a_consultation_is_open(self):
        assert frame.edit_process_refusal(process(), {"charter": "Soyez aimables"}, is_open=True)
        assert frame.edit_process_refusal(process(), {"charter": "Soyez aimables"}, is_open=False) is None

    @pytest.mark.parametrize("field", frame.KEPT_WHILE_OPEN)
    def test_a_promise_is_not_removed_while_a_consultation_is_open(self, field):
        assert frame.edit_process_refusal(process(), {field: ""}, is_open=True)
        assert frame.edit_process_refusal(process(), {field: "autrement dit"}, is_open=True) is None
        assert frame.edit_process_refusal(process(), {field: ""}, is_open=False) is None

    @pytest.mark.parametrize("field", frame.FROZEN_BY_OPENING)
    def test_what_people_answer_to_is_frozen_by_the_opening(self, field):
        assert frame.edit_consultation_refusal(consultation(state=State.OPEN), {field: "autre"})
        assert frame.edit_consultation_refusal(consultation(state=State.ANNOUNCED), {field: "autre"}) is None

    def test_the_presentation_can_be_mended_until_the_closing(self):
        assert frame.edit_consultation_refusal(consultation(state=State.OPEN), {"presentation": "mieux dit"}) is None
        assert frame.edit_consultation_refusal(consultation(state=State.CLOSED), {"presentation": "mieux dit"})

    def test_only_an_empty_draft_is_removed(self):
        assert frame.remove_consultation_refusal(consultation(state=State.DRAFT)) is None
        assert frame.remove_consultation_refusal(consultation(state=State.DRAFT, texts=1))
        assert frame.remove_consultation_refusal(consultation(state=State.ANNOUNCED))

    def test_a_theme_with_public_consultations_stays(self):
        assert frame.remove_theme_refusal(Theme(title="Bouger"), announced=1)
        assert frame.remove_theme_refusal(Theme(title="Bouger"), announced=0) is None

    def test_two_themes_never_share_a_number(self):
        assert frame.theme_number_refusal(2, {1, 2})
        assert frame.theme_number_refusal(3, {1, 2}) is None


class TestRoles:
    def person(self, **details):
        return Account(**{"email": "clara@exemple.fr", "confirmed_on": date(2026, 1, 1), **details})

    def invitation(self, **details):
        return Invitation(
            **{"email": "Clara@Exemple.fr", "role": Role.MODERATOR, "expires_at": NOW + timedelta(days=1), **details}
        )

    def test_only_administrators_and_those_they_let_start_a_concertation(self):
        assert people.create_refusal(self.person(), has_right=False)
        assert people.create_refusal(self.person(), has_right=True) is None
        assert people.create_refusal(self.person(is_administrator=True), has_right=False) is None

    @pytest.mark.parametrize(
        "details", [{"confirmed_on": None}, {"suspended_on": date(2026, 1, 2)}, {"closed_on": date(2026, 1, 2)}]
    )
    def test_an_account_that_cannot_act_holds_no_role(self, details):
        assert people.grant_refusal(self.person(**details), role=Role.MODERATOR, held=frozenset())
        assert people.grant_refusal(self.person(), role=Role.MODERATOR, held=frozenset()) is None

    def test_a_role_is_held_once(self):
        assert people.grant_refusal(self.person(), role=Role.MODERATOR, held=frozenset({Role.MODERATOR}))

    def test_the_last_organiser_stays(self):
        organiser = RoleAssignment(role=Role.ORGANISER)
        assert people.end_role_refusal(organiser, organisers=1, today=NOW.date())
        assert people.end_role_refusal(organiser, organisers=2, today=NOW.date()) is None
        assert people.end_role_refusal(RoleAssignment(role=Role.MODERATOR), organisers=1, today=NOW.date()) is None

    def test_a_role_ends_once(self):
        ended = RoleAssignment(role=Role.MODERATOR, until_on=NOW.date())
        assert people.end_role_refusal(ended, organisers=2, today=NOW.date())

    def test_a_role_ends_after_it_begins(self):
        assert people.period_refusal(NOW.date(), NOW.date())
        assert people.period_refusal(NOW.date(), NOW.date() + timedelta(days=1)) is None
        assert people.period_refusal(NOW.date(), None) is None

    def test_an_invitation_is_accepted_from_the_address_that_received_it(self):
        assert people.accept_refusal(self.invitation(), self.person(), now=NOW) is None
        assert people.accept_refusal(self.invitation(), self.person(email="autre@exemple.fr"), now=NOW)
        assert people.accept_refusal(self.invitation(), self.person(email=None), now=NOW)

    @pytest.mark.parametrize("details", [{"accepted_at": NOW}, {"withdrawn_at": NOW}, {"expires_at": NOW}])
    def test_an_invitation_serves_once_and_for_a_time(self, details):
        assert people.accept_refusal(self.invitation(**details), self.person(), now=NOW)

    def test_invitations_that_wait_are_bounded(self):
        assert people.invite_refusal(waiting=people.MOST_WAITING)
        assert people.invite_refusal(waiting=people.MOST_WAITING - 1) is None

    def test_only_a_waiting_invitation_is_withdrawn(self):
        assert people.withdraw_refusal(self.invitation()) is None
        assert people.withdraw_refusal(self.invitation(accepted_at=NOW))
        assert people.withdraw_refusal(self.invitation(withdrawn_at=NOW))


class TestProgressPoints:
    complete = {"title": "Deux semaines", "body": "Tout va bien.", "is_feedback": False, "has_open": True}

    def test_a_title_and_a_text_are_enough(self):
        assert progress_refusal(**self.complete) is None

    @pytest.mark.parametrize(
        "wrong", [{"title": ""}, {"body": ""}, {"body": "[à compléter : un fait]"}, {"title": "a" * 201}, {"body": "a" * 30_001}]
    )
    def test_what_is_empty_or_too_long_is_refused(self, wrong):
        assert progress_refusal(**{**self.complete, **wrong})

    def test_the_promised_answer_comes_after_the_last_closing(self):
        assert progress_refusal(**{**self.complete, "is_feedback": True})
        assert progress_refusal(**{**self.complete, "is_feedback": True, "has_open": False}) is None
