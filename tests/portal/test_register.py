"""Does the register show what it holds, by kind, without a name, and say what it does not prove?"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from polyphonie.accounts.models import Account
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.batches import close_consultation
from polyphonie.consultation.tasks import count_newcomers
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from polyphonie.ledger.tasks import seal_logs
from polyphonie.moderation.models import Ground
from polyphonie.processes.models import Consultation
from tests.concertations import a_person, a_process, an_open_consultation, hide_by_moderation
from tests.consultation import electorate

REGISTER = "/demain/registre/"


@pytest.fixture
def consultation(db):
    with writing() as now:
        consultation = an_open_consultation(a_process(now=now), now=now)
        author = a_person("Jeanne Autrice", on=now)
        proposal = speaking.propose(consultation, Text("Un banc", "Ici."), account=author, now=now)
        speaking.revise(proposal, Text("Un banc", "Là."), account=author, now=now)
    return consultation


def test_before_the_first_seal_the_page_says_so(client, consultation):
    assert "Rien n’est encore scellé" in client.get(REGISTER).content.decode()


def test_leaves_are_shown_by_kind_without_text_or_name(client, consultation, django_assert_max_num_queries):
    seal_logs()
    with django_assert_max_num_queries(7):
        page = client.get(REGISTER).content.decode()
    assert "contribution/1" in page
    assert "Jeanne" not in page
    assert "Un banc" not in page
    only = client.get(REGISTER, {"genre": "config"}).content.decode()
    assert "contribution/1" not in only


def test_integrity_counts_and_says_what_it_does_not_prove(client, consultation, django_assert_max_num_queries):
    seal_logs()
    with django_assert_max_num_queries(14):
        page = client.get(REGISTER + "integrite/").content.decode()
    assert "Ce que ceci ne prouve pas" in page


@pytest.mark.parametrize("asked", [{"avant": "x"}, {"avant": "9" * 40}, {"genre": "x"}, {"avant": "0"}])
def test_any_question_is_answered(client, consultation, asked):
    seal_logs()
    assert client.get(REGISTER, asked).status_code == 200


def test_what_happened_is_told_by_role_and_can_be_chosen(client, consultation):
    with writing() as now:
        text = Contribution.objects.get()
        hide_by_moderation(text, ground=Ground.UNLAWFUL_DATA, facts="Une adresse.", now=now, number=2)
    seal_logs()
    page = client.get(REGISTER).content.decode()
    assert "Consultation ouverte" in page
    assert "masqué (Contraire à la loi" in page
    assert "nouvelle version (2)" in page
    by_moderators = client.get(REGISTER, {"role": "moderator"}).content.decode()
    assert "n° 2" in by_moderators
    assert "nouvelle version (2)" not in by_moderators
    assert "Consultation ouverte" not in by_moderators.split("journal")[-1]
    assert "Rien de tel au registre" in client.get(REGISTER, {"role": "appeal"}).content.decode()


def a_close_with(newcomers: int, others: int) -> Consultation:
    """A consultation closed with votes of people whose account dates from its last week, and of others."""
    consultation = electorate.an_open_consultation()
    text = electorate.a_proposal(consultation)
    people = electorate.accounts(newcomers + others)
    last = timezone.localdate(electorate.CLOSING - timedelta(seconds=1))
    for rank, person in enumerate(people):
        day = last - timedelta(days=rank % 7) if rank < newcomers else last - timedelta(days=7 + rank)
        Account.objects.filter(pk=person.pk).update(joined_on=day)
        electorate.vote(text, person)
    Account.objects.filter(pk=electorate.an_account().pk).update(joined_on=last)
    with electorate.act(consultation, electorate.CLOSING) as now:
        close_consultation(consultation, now=now)
    return consultation


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("newcomers", "others", "kept", "shown"), [(10, 30, 10, "25 %"), (9, 11, 0, "moins de 10"), (0, 3, 0, "moins de 10")]
)
def test_after_the_close_the_share_of_newcomers_is_counted_once_and_withheld_under_ten(client, newcomers, others, kept, shown):
    closed = a_close_with(newcomers, others)
    assert count_newcomers() == 1
    assert count_newcomers() == 0
    closed.refresh_from_db()
    assert closed.new_voters == kept
    page = " ".join(client.get("/marvejols/registre/integrite/").content.decode().split())
    assert shown in page
    assert "9" not in page.split("Part des nouveaux venus")[1].split("</table>")[0]


def test_new_accounts_are_counted_by_day_and_small_days_withheld(db, client):
    electorate.an_open_consultation()
    people = electorate.accounts(13)
    Account.objects.filter(pk__in=[person.pk for person in people[:10]]).update(joined_on=date(2026, 3, 10))
    Account.objects.filter(pk__in=[person.pk for person in people[10:]]).update(joined_on=date(2026, 3, 11))
    page = client.get("/marvejols/registre/integrite/").content.decode()
    assert "10/03/2026" in page
    assert "11/03/2026" not in page
    assert "moins de 10 comptes ouverts" in page
