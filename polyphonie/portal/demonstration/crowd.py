"""Who lives in the demonstration? Its people, their organisations and its staff enter by the product's own doors."""

from collections.abc import Iterator
from datetime import datetime

from polyphonie.accounts.actions.organisations import decide_verification, declare_organisation, join, request_verification
from polyphonie.accounts.actions.people import change_settings, make_administrator, open_account
from polyphonie.accounts.models import Account, Organisation
from polyphonie.consultation.actions.agreeing import agree
from polyphonie.portal.demonstration.clock import Clock
from polyphonie.portal.demonstration.content import Item, concertation, people
from polyphonie.processes.models import Process

LANGUAGE = "fr"
EVIDENCE = "Statuts et récépissé (pièces inventées pour la démonstration)."
DECIDER = "administrator"
DAYS_TO_DECIDE = 2.0


def address_of(key: str) -> str:
    """The mail address of someone of the demonstration; `example.org` is reserved for examples and receives nothing."""
    return f"{key}@example.org"


def open_accounts(clock: Clock, process: Process) -> dict[str, Account]:
    """The accounts of the people, each opened on the day they joined, with how they describe themselves and their consent."""
    accounts: dict[str, Account] = {}
    for person in sorted(people()["people"], key=lambda item: float(item["joined"])):
        now = clock.at(person["joined"])
        account = open_account(address_of(person["key"]), name=person["name"], is_fifteen=True, language=LANGUAGE, now=now)
        accounts[person["key"]] = change_settings(
            account,
            name=person["name"],
            category=person["category"],
            territory=person["territory"],
            is_listed=person["listed"],
            language=LANGUAGE,
            now=now,
        )
        agree(account, process, now=now)
    return accounts


def open_staff(clock: Clock, day: float) -> Iterator[tuple[Item, Account]]:
    """Each member of the staff with their account; the administrator is the one who holds no role."""
    for member in concertation()["staff"]:
        now = clock.at(day)
        address = address_of(member["key"])
        if member["role"]:
            yield member, open_account(address, name=member["name"], is_fifteen=True, language=LANGUAGE, now=now)
        else:
            yield member, make_administrator(address, name=member["name"], language=LANGUAGE, now=now)[0]


def found_organisations(accounts: dict[str, Account], *, decided_by: Account, clock: Clock) -> dict[str, Organisation]:
    """The organisations with their members; those who asked were recognised two days later, one still waits."""
    organisations: dict[str, Organisation] = {}
    joined = {person["key"]: float(person["joined"]) for person in people()["people"]}
    for item in people()["organisations"]:
        first = min(item["members"], key=lambda key: joined[key])
        day = joined[first]
        organisation = declare_organisation(accounts[first], name=item["name"], kind=item["kind"], now=clock.at(day))
        for key in item["members"]:
            join(organisation, accounts[key], now=clock.at(joined[key]))
        if item["verified"] or item.get("asked"):
            request = request_verification(organisation, by=accounts[first], evidence=EVIDENCE, now=clock.at(day))
        if item["verified"]:
            at: datetime = clock.at(min(day + DAYS_TO_DECIDE, 0))
            decide_verification(request, is_accepted=True, reason="", by=decided_by, role=DECIDER, now=at)
        organisations[item["key"]] = organisation
    return organisations
