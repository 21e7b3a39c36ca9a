"""Does the job that closes unused accounts, killed at any statement, leave each account whole or closed, and end alike (R14)?"""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from polyphonie.accounts.models import Account
from polyphonie.accounts.rules import IDLE_DAYS, IDLE_WARNING_DAYS
from polyphonie.contributions.actions import Text, publish
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.writing import writing
from polyphonie.ledger.models import Entry
from polyphonie.portal import tasks as portal
from tests.killing import was_killed
from tests.portal.scene import a_scene
from tests.portal.test_leaving import a_person
from tests.portal.test_retention import START

EACH = 4
"""Killed at the first statement, the fifth, the ninth… of what is left to do."""
NAMES = ("Partie", "Lointaine")
CLOSED = [(True, True)] * len(NAMES)


def an_unused_scene() -> tuple[object, list[int]]:
    """Two people who wrote and left, told a month ago; the day they are closed."""
    with time_machine.travel(START, tick=False):
        scene = a_scene()
        people = [a_person(name) for name in NAMES]
        with writing() as now:
            for author in people:
                publish(scene.consultation, Kind.PROPOSAL, Text(f"De {author}", "À l’ombre."), author=author, now=now)
        Account.objects.exclude(pk__in=[one.pk for one in people]).update(is_administrator=True)
        closes_at = scene.consultation.closes_at
    late = closes_at + timedelta(days=IDLE_DAYS + 10)
    with time_machine.travel(late, tick=False):
        assert portal.warn_idle_accounts() == 2
    return late + timedelta(days=IDLE_WARNING_DAYS), [one.pk for one in people]


def state(people: list[int]) -> list[tuple[object, ...]]:
    """Each account with what is left of its name on its text, and the leaves that say so."""
    accounts = Account.objects.filter(pk__in=people).order_by("pk")
    texts = dict(Contribution.objects.filter(author__in=people).values_list("author", "author_name"))
    erased = Entry.objects.filter(kind="erase").count()
    return [(one.closed_on, one.email is None, texts.get(one.pk, "") == "") for one in accounts] + [(erased,)]


@pytest.mark.django_db(transaction=True)
def test_the_closing_of_unused_accounts_killed_at_any_statement_leaves_them_whole_or_closed(settings, tmp_path):
    settings.POLYPHONIE_VAR = tmp_path
    day, people = an_unused_scene()
    whole = state(people)
    kills, which, states = 0, 1, [whole]
    with time_machine.travel(day, tick=False):
        while was_killed(portal.close_idle_accounts, at=which):
            kills, which = kills + 1, which + EACH
            after = state(people)
            for one, before, erased in zip(after, whole, CLOSED, strict=False):
                assert one in (before, (day.date(), *erased)), f"killed at statement {which}: half closed"
            assert after[-1][0] == whole[-1][0] + sum(row != before for row, before in zip(after[:-1], whole, strict=False))
            states.append(after)
    assert [row[1:] for row in state(people)[:-1]] == CLOSED
    assert state(people)[-1] == (whole[-1][0] + len(people),)
    assert len(set(map(tuple, states))) >= 2, "the first account was closed before the second"
    print(f"R14 on {connection.vendor}: closing unused accounts, killed (SIGKILL) {kills} times, at one statement in {EACH}")
    assert kills >= 8
