"""Does what is kept go when it was said to: once, late, twice, or after a job was killed half way?"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone, translation

from polyphonie.accounts.actions import draw_link, note_access
from polyphonie.accounts.models import Account, SignInCode, StaffAccess
from polyphonie.accounts.rules import IDLE_DAYS, IDLE_WARNING_DAYS, UNCONFIRMED_DAYS, idle_closing_refusal, idle_warning_refusal
from polyphonie.config.schedule import TASKS, name_of
from polyphonie.contributions.actions import Text, publish
from polyphonie.contributions.models import Kind, Status
from polyphonie.core.serving import haste
from polyphonie.core.writing import writing
from polyphonie.notifications.models import Event
from polyphonie.outbox.models import Mail
from polyphonie.portal import tasks as portal
from polyphonie.portal.actions import report_problem
from polyphonie.portal.models import ProblemReport
from polyphonie.portal.personal_data import KEPT, Nature
from polyphonie.portal.personal_data.someones import CLOSING, ONLINE
from polyphonie.portal.retention import TERMS, figures
from polyphonie.processes.actions import grant_role
from polyphonie.processes.models import Consultation, Role
from tests.portal.scene import a_scene
from tests.portal.test_leaving import CODE, a_person

START = datetime(2026, 3, 1, 12, tzinfo=timezone.get_default_timezone())
ENDED_BY_AN_ACT = {"the decision", "close of the consultation"}
"""Said in words where an act, not a job, destroys: `decide_verification`, `close_consultation`; their own tests hold it."""


def task(name: str) -> Callable[[], object]:
    return next(one for one in TASKS if name_of(one) == name)


@pytest.mark.once
def test_every_period_of_the_notice_is_read_by_a_job_that_is_scheduled() -> None:
    scheduled = {name_of(one) for one in TASKS}
    told = {name for kept in KEPT for name in kept.terms}
    for name, term in TERMS.items():
        assert term.job in scheduled, name
    assert told == set(TERMS)
    print(f"Retention: {len(TERMS)} periods, each with its job")


@pytest.mark.once
def test_what_is_someones_ends_by_a_job_by_an_act_or_stays_as_long_as_the_concertation() -> None:
    for kept in KEPT:
        if kept.nature is Nature.PUBLIC or kept.terms or kept.until in (CLOSING, ONLINE):
            continue
        with translation.override("en"):
            source = str(kept.until)
        assert source in ENDED_BY_AN_ACT or "as long as" in source, kept.fields
    for kept in KEPT:
        assert "%(" not in kept.until_in_words()


def a_proof(now: datetime) -> type:
    draw_link("essai", hours=1, now=now)
    return SignInCode


def a_session(now: datetime) -> type:
    session = Client().session
    session["draft"] = {}
    session.save()
    return Session


def an_unconfirmed_account(now: datetime) -> type:
    Account.objects.create(email="jamais@exemple.fr", display_name="J", display_key="j", slug="j", joined_on=now.date())
    return Account


def an_access(now: datetime) -> type:
    account = Account.objects.create(
        email="a@exemple.fr", display_name="A", display_key="a", slug="a", joined_on=now.date(), confirmed_on=now.date()
    )
    note_access(account, by="moderator/1", what=StaffAccess.What.ROLE, now=now)
    return StaffAccess


def a_told_line(now: datetime) -> type:
    an_access(now)
    Event.objects.create(account=Account.objects.get(), topic="t", key="k", line="l", happened_on=now.date(), told_on=now.date())
    return Event


def a_sent_mail(now: datetime) -> type:
    Mail.objects.create(key="k", queued_at=now, due_on_or_after=now, sent_at=now)
    return Mail


def a_problem(now: datetime) -> type:
    report_problem("/", "Une panne.", now=now)
    return ProblemReport


CASES = {
    "codes": (a_proof, timedelta(hours=1)),
    "sessions": (a_session, timedelta(0)),
    "unconfirmed": (an_unconfirmed_account, timedelta(0)),
    "accesses": (an_access, timedelta(0)),
    "told": (a_told_line, timedelta(0)),
    "mail_keys": (a_sent_mail, timedelta(0)),
    "problems": (a_problem, timedelta(0)),
}


@pytest.mark.once
def test_every_period_is_tried_here_or_beside() -> None:
    assert set(CASES) | {"idle", "warning", "suspensions", "moderation"} == set(TERMS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", CASES)
def test_what_is_past_its_term_goes_whenever_the_job_runs_and_however_often(name: str, monkeypatch) -> None:
    make, lives = CASES[name]
    job = task(TERMS[name].job)
    with time_machine.travel(START, tick=False), writing() as now:
        model = make(now)
    assert model.objects.count() == 1
    end = START + lives + TERMS[name].period
    with time_machine.travel(end - timedelta(days=1, minutes=1), tick=False):
        job()
        assert model.objects.count() == 1, "destroyed too early"
    with time_machine.travel(end + timedelta(days=200), tick=False):
        killed(job, model, monkeypatch)
        assert model.objects.count() == 1, "a job that is killed leaves all or nothing"
        job()
        assert model.objects.count() == 0, "not destroyed, though late"
        job()
        assert model.objects.count() == 0


def killed(job: Callable[[], object], model: type, monkeypatch) -> None:
    """Run the job, and die at the instant its transaction would end."""

    class Killed(BaseException):
        """Nothing catches it, like a signal."""

    from django.db import transaction

    leave = transaction.Atomic.__exit__

    def die(self, *raised):  # type: ignore[no-untyped-def]
        leave(self, Killed, Killed(), None)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(transaction.Atomic, "__exit__", die)
        with pytest.raises(Killed):
            job()


TODAY = date(2026, 3, 1)


def days(count: int) -> date:
    return TODAY - timedelta(days=count)


def test_the_rules_of_unused_accounts_hold_at_each_boundary() -> None:
    warned = {"running_since": None, "today": TODAY}
    near = IDLE_DAYS - IDLE_WARNING_DAYS
    assert idle_warning_refusal(used_on=days(near - 1), warned_on=None, **warned)
    assert idle_warning_refusal(used_on=days(near), warned_on=None, **warned) is None
    assert idle_warning_refusal(used_on=days(near), warned_on=days(1), **warned)
    assert idle_warning_refusal(used_on=days(near), warned_on=None, running_since=days(near), today=TODAY)
    assert idle_warning_refusal(used_on=days(near), warned_on=None, running_since=days(near - 1), today=TODAY) is None
    assert idle_closing_refusal(used_on=days(IDLE_DAYS - 1), warned_on=days(IDLE_WARNING_DAYS), **warned)
    assert idle_closing_refusal(used_on=days(IDLE_DAYS), warned_on=None, **warned)
    assert idle_closing_refusal(used_on=days(IDLE_DAYS), warned_on=days(IDLE_WARNING_DAYS - 1), **warned)
    assert idle_closing_refusal(used_on=days(IDLE_DAYS), warned_on=days(IDLE_WARNING_DAYS), **warned) is None
    assert idle_closing_refusal(
        used_on=days(IDLE_DAYS), warned_on=days(IDLE_WARNING_DAYS), running_since=days(IDLE_DAYS), today=TODAY
    )


@pytest.mark.django_db(transaction=True)
def test_unused_accounts_are_told_then_closed_and_who_comes_back_stays(settings, tmp_path) -> None:
    settings.POLYPHONIE_VAR = tmp_path
    with time_machine.travel(START, tick=False):
        scene = a_scene()
        people = {name: a_person(name) for name in ("Partie", "Revenue", "Organisatrice")}
        with writing() as now:
            text = publish(scene.consultation, Kind.PROPOSAL, Text("Un banc", "À l’ombre."), author=people["Partie"], now=now)
            grant_role(scene.process, people["Organisatrice"], Role.ORGANISER, actor="organiser/1", now=now)
        Consultation.objects.exclude(pk=scene.consultation.pk).delete()
        Account.objects.exclude(pk__in=[one.pk for one in people.values()]).update(is_administrator=True)
        closes_at = Consultation.objects.get().closes_at
    assert closes_at is not None
    with time_machine.travel(closes_at + timedelta(days=IDLE_DAYS - IDLE_WARNING_DAYS - 1), tick=False):
        assert portal.warn_idle_accounts() == 0
    late = closes_at + timedelta(days=IDLE_DAYS + 10)
    with time_machine.travel(late, tick=False):
        assert portal.close_idle_accounts() == 0, "nobody is closed without having been told"
        assert portal.warn_idle_accounts() == 2
        assert portal.warn_idle_accounts() == 0
    told = Mail.objects.filter(key__startswith="idle/")
    assert sorted(told.values_list("to", flat=True)) == ["partie@example.org", "revenue@example.org"]
    assert "Votre compte fermera le" in told[0].subject
    with time_machine.travel(late + timedelta(days=IDLE_WARNING_DAYS - 1), tick=False):
        assert portal.close_idle_accounts() == 0
        come_back(people["Revenue"])
    with time_machine.travel(late + timedelta(days=IDLE_WARNING_DAYS), tick=False):
        assert portal.close_idle_accounts() == 1
        assert portal.close_idle_accounts() == 0
    standing = {name: Account.objects.get(pk=one.pk) for name, one in people.items()}
    assert standing["Partie"].closed_on is not None
    assert (standing["Revenue"].closed_on, standing["Revenue"].warned_on) == (None, None)
    assert standing["Organisatrice"].closed_on is None
    text.refresh_from_db()
    assert (text.status, text.author_name, text.title) == (Status.PUBLISHED, "", "Un banc")


def come_back(account: Account) -> None:
    """Sign in once, by the code of the mail."""
    client = Client()
    shown = haste.stamp(timezone.now() - timedelta(seconds=30))
    client.post("/connexion/", {"address": account.email, haste.STAMP_FIELD: shown})
    code = CODE.search(Mail.objects.filter(key__startswith="code/").latest("pk").subject)
    assert code is not None
    assert client.post("/connexion/code/", {"code": code[0]}).status_code == 302


@pytest.mark.django_db
def test_a_browser_that_never_answered_its_code_keeps_the_address_seven_days(client: Client) -> None:
    shown = haste.stamp(timezone.now() - timedelta(seconds=30))
    answer = client.post("/connexion/", {"address": "nora@exemple.fr", "suite": "", haste.STAMP_FIELD: shown})
    assert answer.status_code == 302
    kept = Session.objects.get()
    assert kept.expire_date <= timezone.now() + timedelta(days=UNCONFIRMED_DAYS + 1)
    assert figures()["unconfirmed"] == UNCONFIRMED_DAYS
