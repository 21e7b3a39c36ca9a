"""Does the point of the week name texts that everyone can read, by what is published of them, and nothing else?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from polyphonie.consultation.queries.week import MOST_NEW, texts_of_the_week
from polyphonie.contributions.models import Contribution
from polyphonie.processes.models import Role
from tests.consultation.electorate import vote
from tests.people import CITIZEN, Town, a_town

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=400)


@pytest.fixture
def town() -> Town:
    return a_town()


def told(town: Town) -> str:
    return texts_of_the_week(town.process, since=timezone.now() - LONG_AGO)


def test_the_most_argued_and_the_new_ones_are_named_by_number_and_title(town: Town):
    text = told(town)
    assert f"- #{town.proposal.number} « Planter des tilleuls » : 1 argument pour, 0 argument contre" in text
    assert f"- #{town.others_proposal.number} « Rendre la place aux piétons »" in text.split("### Les nouvelles")[1]
    assert "Les plus argumentées" in text


def test_what_is_hidden_or_withdrawn_is_not_named(town: Town):
    for gone in (town.hidden, town.withdrawn):
        assert f"#{gone.number} " not in told(town)
        assert gone.title not in told(town) or not gone.title


def test_votes_that_no_batch_published_are_not_counted(town: Town):
    vote(town.proposal, town.accounts[CITIZEN], at=timezone.now())
    assert "vote" not in told(town)
    Contribution.objects.filter(pk=town.proposal.pk).update(agree=21, mixed=3, disagree=2)
    assert "« Planter des tilleuls » : 26 votes (21 d’accord, 3 mitigé, 2 pas d’accord)" in told(town)


def test_only_what_came_since_the_last_point_is_new_and_a_long_list_says_how_many_more(town: Town):
    assert "nouvelles" not in texts_of_the_week(town.process, since=timezone.now() + timedelta(hours=1))
    first = town.proposal
    for rank in range(MOST_NEW):
        first.pk, first.number, first.title = None, 1000 + rank, f"Idée {rank}"
        first.save(force_insert=True)
    assert told(town).endswith("et 3 autres, ensuite")


def test_a_title_cannot_style_the_draft(town: Town):
    Contribution.objects.filter(pk=town.proposal.pk).update(title="<b>[Gras](http://exemple.fr)</b> **fort**")
    page = town.visit(Role.ORGANISER.value).get("/demain/organisation/points/semaine/").content.decode()
    section = page.split('<section class="prose">')[1].split("</section>")[0]
    assert f'<a href="/demain/contributions/{town.proposal.number}/"' in section
    assert "<strong>fort" not in section
    assert 'href="http://exemple.fr"' not in section
