"""Does anything that people type ever run? Hostile strings in every text column, on every page, in Chromium. (S1, reduced)"""

from collections.abc import Iterator
from itertools import cycle

import pytest
from django.apps import apps
from django.db import models
from playwright.sync_api import Page

from polyphonie.accounts.models import Account
from polyphonie.config.access import TABLE
from polyphonie.consultation.actions import speaking
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from tests import people
from tests.architecture.reachable import routes, samples
from tests.browser import Visitor
from tests.journeys.hostile import COMPUTED, STRINGS
from tests.people import Town

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

PROPOSALS = 60
LISTENS = "window.hits = 0; window.hit = () => { window.hits += 1 }; window.alert = window.hit;"
NOT_TYPED = {
    "document", "leaf", "note", "origin", "password", "email", "slug", "series", "key", "address_key", "code_hash", "token_hash",
    "name_key", "display_key", "language", "format", "source_sha256", "votes_sha256", "source_id", "rules_leaf", "purpose",
    "subject", "fingerprint", "about_kind", "status_ground", "author_kind", "told_in", "quotes", "address", "name", "actor",
    "invited_by", "decided_by_role",
}  # fmt: skip
"""Columns that no one types: what the product writes itself (canonical JSON, keys, hashes), and identifiers."""
TYPED_ALL_THE_SAME = {("organisation", "name")}


def typed_columns(model: type[models.Model]) -> list[models.CharField | models.TextField]:
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField)
        and not column.choices
        and (column.name not in NOT_TYPED or (model._meta.model_name, column.name) in TYPED_ALL_THE_SAME)
    ]


def flood() -> int:
    """Write hostile strings into every typed column of every row, as many as it holds; how many cells."""
    cells, strings = 0, cycle(STRINGS)
    for model in apps.get_models():
        columns = typed_columns(model) if model.__module__.startswith("polyphonie.") and not model._meta.proxy else []
        for row in model._default_manager.order_by("pk") if columns else []:
            values = {column.name: filled(column, row, strings) for column in columns if may_hold(row, column.name)}
            model._default_manager.filter(pk=row.pk).update(**{name: value for name, value in values.items() if value})
            cells += len(values)
    return cells


def may_hold(row: models.Model, name: str) -> bool:
    """A comment in a discussion has neither title nor answer: the database holds to it."""
    return getattr(row, "discussion_id", None) is None or name not in ("title", "answer")


def filled(column: models.Field, row: models.Model, strings: Iterator[str]) -> str:
    """As many of the next strings as the column holds; an address keeps its beginning, which a rule asks for."""
    if column.name == "url":
        return "https://exemple.fr/" + next(strings)[: column.max_length - 19].replace("\x00", "") if row.url else ""
    if column.max_length is None:
        return "\n\n".join(STRINGS).replace("\x00", "")
    parts = [next(strings)[: column.max_length]]
    while len(" ".join(parts)) < column.max_length:
        parts.append(next(strings))
    text = " ".join(parts[:-1] or parts)
    return text[: column.max_length].replace("\x00", "")


@pytest.fixture
def flooded(town: Town) -> Town:
    for rank in range(PROPOSALS):
        with writing(lock=town.consultation, shared=True) as now:
            speaking.propose(town.consultation, Text(f"Idée {rank}", "Simple."), account=town.accounts["author"], now=now)
    with writing(lock=town.consultation, shared=True) as now:
        speaking.revise(town.proposal, Text("Autrement", "Dit."), account=town.accounts["author"], now=now)
    assert flood() > 300
    return town


def surfaces(town: Town, who: str, seen: set[str]) -> Iterator[tuple[str, str]]:
    """Every page that this person may open and that nobody before could; with its text, if it is a file to keep."""
    client = town.visit(who)
    for name, route in sorted(routes().items()):
        if "GET" not in TABLE[name].methods or "token" in route:
            continue
        for address in samples(name, route, town).values():
            if address in seen:
                continue
            answer = client.get(address)
            if answer.status_code in (200, 410) and answer.headers["Content-Type"].startswith("text/html"):
                seen.add(address)
                yield address, answer.content.decode() if "Content-Disposition" in answer.headers else ""


def opened(visitor: Visitor, address: str, kept: str) -> Page:
    """The page at an address; one that is kept as a file opens without the site's headers."""
    if not kept:
        return visitor.open(address)
    visitor.page.goto("about:blank")
    visitor.page.set_content(kept)
    return visitor.page


def test_nothing_typed_runs_on_any_page(visitor: Visitor, flooded: Town):
    assert len(set(STRINGS)) == 300
    visitor.context.add_init_script(LISTENS)
    listing = "/demain/consultations/places/?resultats=oui&page="
    search = "/demain/recherche/?q="
    seen: set[str] = set()
    files, wrong = 0, []
    for who in people.THE_MAIN_ONES:
        visitor.context.clear_cookies()
        if who != people.ANONYMOUS:
            visitor.enter(flooded.accounts[who])
        extra = [f"{listing}{page}" for page in (2, 3, 4)] + [f"{search}script", f"{search}{'%3Cscript%3Ehit()%3C/script%3E'}"]
        asked = [(address, "") for address in extra] if who == people.ANONYMOUS else []
        for address, kept in [*surfaces(flooded, who, seen), *asked]:
            page = opened(visitor, address, kept)
            files += bool(kept)
            page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
            if page.evaluate("window.hits"):
                wrong.append(f"{address} ran a script")
            if COMPUTED in page.content():
                wrong.append(f"{address} computed what was typed")
    print(f"S1: {len(STRINGS)} strings × {len(seen)} pages and {files} files, {len(wrong)} runs, 0 refused by the policy")
    assert not wrong
    assert (len(seen) > 60, files > 0) == (True, True)


def test_what_was_typed_is_shown_as_it_was_typed(visitor: Visitor, flooded: Town):
    page = visitor.open(f"/demain/contributions/{flooded.proposal.number}/")
    shown = page.locator("main").inner_text()
    for vector in ("<script>hit()</script>", "<img src=x onerror=hit()>", "[x](javascript:hit())", "{{7777*7777}}"):
        assert vector in shown
    assert page.locator("main img, main iframe, main script, main style").count() == 0
    hrefs = page.locator("main a").evaluate_all("links => links.map(link => link.href)")
    assert all(href.startswith(("http://", "https://")) for href in hrefs)


def test_a_hostile_form_comes_back_as_it_was_typed_and_runs_nothing(visitor: Visitor, town: Town):
    visitor.context.add_init_script(LISTENS)
    visitor.enter(town.accounts[people.CITIZEN])
    page = visitor.open("/demain/consultations/places/proposer/")
    body = "\n\n".join(STRINGS)
    page.get_by_label("Expliquez-la").fill(body)
    page.get_by_role("button", name="Continuer").click()
    assert page.locator(".error-summary").is_visible(), "a title is missing"
    assert "<script>hit()</script>" in page.get_by_label("Expliquez-la").input_value()
    page.get_by_label("Votre proposition en une phrase").fill("\"'><img src=x onerror=hit()>")
    page.get_by_role("button", name="Continuer").click()
    if "/proches/" in page.url:
        page.get_by_role("button", name="Non, je publie la mienne").click()
    assert page.evaluate("window.hits") == 0
    page.get_by_role("button", name="Publier").click()
    assert page.evaluate("window.hits") == 0
    assert Contribution.objects.latest("number").title == "\"'><img src=x onerror=hit()>"


@pytest.mark.parametrize("name", ["<script>hit()</script>", "Nora\u202e", "Nora\U000e0041", "\u200e\u200f"])
def test_a_name_that_would_deceive_is_refused_or_cleaned(visitor: Visitor, town: Town, name: str):
    visitor.context.add_init_script(LISTENS)
    visitor.enter(town.accounts[people.CITIZEN])
    page = visitor.open("/mon-espace/reglages/")
    page.get_by_label("Nom à afficher").first.fill(name)
    page.get_by_role("button", name="Enregistrer").first.click()
    assert page.evaluate("window.hits") == 0
    kept = Account.objects.get(pk=town.accounts[people.CITIZEN].pk).display_name
    assert not set(kept) & set("\u202e\U000e0041\u200e\u200f")
