"""Is every page of the product accessible, narrow enough, light enough, and silent about errors?"""

import pytest

from polyphonie.config.access import TABLE, Audience
from tests import people
from tests.architecture.reachable import routes, samples
from tests.browser import MOST_BYTES, Visitor
from tests.people import Town, a_town

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
NARROW = 320
WITNESSES = {Audience.ANYONE: [people.ANONYMOUS, people.AUTHOR], Audience.SIGNED_IN: [people.AUTHOR]}
STATES = {"", "open", "proposal", "hidden", "process", "organisation", "person", "terms", "completion", "closed"}


@pytest.fixture
def town(site) -> Town:
    return a_town()


def pages(town: Town, who: str) -> list[str]:
    """Every address that is a page this person may open."""
    found = []
    client = town.visit(who)
    for name, route in sorted(routes().items()):
        if "GET" not in TABLE[name].methods or "token" in route:
            continue
        for state, address in samples(name, route, town).items():
            if state in STATES:
                answer = client.get(address)
                if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                    found.append(address)
    return found


@pytest.mark.parametrize("who", people.THE_MAIN_ONES)
def test_every_page_is_accessible_in_light_and_dark_fits_a_narrow_screen_and_is_light(visitor: Visitor, town: Town, who: str):
    if who != people.ANONYMOUS:
        visitor.enter(town.accounts[who])
    seen_already = set() if who == people.ANONYMOUS else set(pages(town, people.ANONYMOUS))
    if who not in (people.ANONYMOUS, people.AUTHOR):
        seen_already |= set(pages(town, people.AUTHOR))
    faults = []
    for address in pages(town, who):
        if address in seen_already and who != people.AUTHOR:
            continue
        visitor.open(address)
        for check in (visitor.assert_accessible, lambda: visitor.assert_fits(NARROW)):
            try:
                check()
            except AssertionError as error:
                faults.append(str(error))
        if (weight := visitor.weight()) >= MOST_BYTES:
            faults.append(f"{address} weighs {weight} bytes")
    faults += visitor.troubles
    visitor.troubles.clear()
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)
