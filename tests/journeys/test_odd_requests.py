"""What becomes of a request that no page of ours would send? A refusal in words, never an error of ours nor another site.

S3: forms with fields missing, odd or superfluous, every field of every model among them, and absurd queries, as everyone whom
the table admits.
"""

from html.parser import HTMLParser
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db.models import Field
from django.test import Client

from polyphonie.accounts.models import Account, Organisation
from polyphonie.annotations.models import Annotation
from polyphonie.config.access import TABLE, Audience
from polyphonie.consultation.models import Vote
from polyphonie.contributions.models import Contribution
from polyphonie.core.serving import limits
from polyphonie.moderation.models import Appeal, Decision
from polyphonie.processes.models import Consultation, Process, RoleAssignment
from tests import people
from tests.architecture.reachable import routes, samples
from tests.people import Town, a_town
from tests.undone import undone

NEVER_SENT = {"csrfmiddlewaretoken"}
ALWAYS_TRIED = {"number": "1", "revision": "1", "after": "0", "n": "A" * 22, "position": "agree", "suite": "/", "step": "other"}
STATES = {"", "proposal", "open", "process", "person", "organisation", "completion", "hidden"}
ODD_VALUES = {
    "nothing": "",
    "a null": "\x00",
    "a long text": "é" * 40_000,
    "a huge number": "9" * 40,
    "a negative number": "-1",
    "a raised number": "²",
    "half of a character": "\ud83d",
    "a day that is none": "2026-13-45",
    "an hour that is none": "2026-02-30T25:61",
    "a list": ["agree", "withdraw", ""],
    "an object": '{"$ne": null}',
    "a foreign address": "//exemple.fr/",
    "a script": "javascript:hit()",
    "signs": "%00%ff' OR 1=1 -- \u202e\U000e0041",
    "yes": "on",
    "one": "1",
}
ODDEST = ("a null", "a huge number", "half of a character", "a list", "a day that is none")
ODD_QUERIES = {
    "page": ["²", "-1", "0", "9" * 30, "1e9", "x", "٣", ""],
    "ordre": ["inconnu", "\x00", "x" * 3000],
    "section": ["\x00", "x" * 3000, "%"],
    "nature": ["autre", "\x00"],
    "q": ["\x00", "\"", "-", "*", "%" * 200, "a" * 5000, "' OR 1=1 --", "\ud83d", "NEAR(", "a AND", "🎺"],
    "genre": ["autre", "\x00"],
    "consultation": ["inconnue", "\x00"],
    "passe": ["x", "1." * 3000, "-1", "9" * 50],
    "vues": ["-1", "9" * 50, "x"],
    "sens": ["dessous", "\x00"],
    "arguments": ["ailleurs", "\x00"],
    "resultats": ["\x00"],
    "suite": ["//exemple.fr/", "https://exemple.fr/", "javascript:hit()", "\\\\exemple.fr", "/\x00", "http:///exemple.fr"],
    "sans": ["\x00"],
}  # fmt: skip


def sample_of(field: Field) -> str:
    """What would change this column if a form let it through."""
    if field.choices:
        return str(field.choices[-1][0])
    kinds = {
        "BooleanField": "on",
        "DateField": "2030-01-02",
        "DateTimeField": "2030-01-02T10:00",
        "EmailField": "nora@exemple.fr",
    }
    return kinds.get(field.get_internal_type(), "1")


FIELDS = {
    name: sample_of(field)
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    for name in (field.name, field.attname)
}
"""Every field of every model, by its name and by that of its column."""
OUT_OF_REACH = {
    Account: ("email", "is_administrator", "needs_second_factor", "suspended_on", "closed_on", "confirmed_on", "joined_on"),
    RoleAssignment: ("account", "role", "number", "until_on"),
    Process: ("is_listed", "last_number", "copied_from"),
    Consultation: ("state", "votes", "voters", "texts", "is_imported"),
    Contribution: ("number", "author", "speaks_for", "author_name", "status", "agree", "mixed", "disagree", "fate", "about"),
    Annotation: ("number", "author", "status"),
    Decision: ("act", "decider", "ended_at"),
    Appeal: ("outcome", "judge"),
    Vote: ("contribution", "position", "seq"),
    Organisation: ("name", "verified_on"),
}
"""What no superfluous field changes: who one is and may be, what counts, what is shown, what was decided."""


def effect(client: Client, address: str, content: dict[str, object]) -> dict[str, list[object]]:
    """What is out of reach, once this was sent; nothing of it is kept. Rows without their keys, which some give once."""
    limits.forget_all()
    cache.clear()
    with undone():
        client.post(address, content)
        return {
            model.__name__: sorted(model.objects.order_by().values_list(*names), key=str) for model, names in OUT_OF_REACH.items()
        }


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker):
    """One town for all these tests: each request is undone."""
    with django_db_blocker.unblock(), undone():
        yield a_town()


class Form(HTMLParser):
    """The fields of every form of a page, each with a value that could be sent."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        asked = dict(attributes)
        name, kind = asked.get("name"), asked.get("type") or tag
        if tag not in ("input", "select", "textarea", "button") or not name or name in NEVER_SENT:
            return
        samples = {"email": "nora@exemple.fr", "date": "2030-01-02", "time": "10:00", "number": "1", "url": "https://exemple.fr/"}
        self.fields.setdefault(name, asked.get("value") or samples.get(kind, "Un texte"))


def visitors(town: Town, name: str) -> dict[str, Client]:
    """Those whom the table lets in."""
    audience = TABLE[name].audience
    if isinstance(audience, frozenset):
        admitted = [sorted(role.value for role in audience)[0]]
    elif audience is Audience.ANYONE:
        admitted = [people.ANONYMOUS, people.AUTHOR]
    else:
        admitted = [people.AUTHOR if audience is Audience.SIGNED_IN else people.ADMINISTRATOR]
    clients = {who: town.visit(who) for who in admitted}
    for client in clients.values():
        client.raise_request_exception = False
    return clients


def asked(client: Client, method: str, address: str, content: dict[str, object] | None = None) -> tuple[int, str]:
    """The status and the place it leads to; nothing of what it wrote is kept."""
    limits.forget_all()
    cache.clear()
    with undone():
        answer = client.post(address, content or {}) if method == "POST" else client.get(address)
        if answer.streaming:
            b"".join(answer)  # read to its end, which closes the file
    return answer.status_code, answer.headers.get("Location", "")


def is_wrong(status: int, place: str) -> bool:
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or bool(urlsplit(place).netloc) or place.startswith(("//", "\\", "/\\"))


def sendable(text: object) -> object:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) and "\ud83d" in text else text


TRIED = {name: access for name, access in TABLE.items() if access.audience is not Audience.DEMO}
WRITABLE = sorted(name for name, access in TRIED.items() if "POST" in access.methods)
READABLE = sorted(name for name, access in TRIED.items() if "GET" in access.methods)


@pytest.mark.django_db
@pytest.mark.parametrize("name", WRITABLE)
def test_a_form_with_missing_odd_or_superfluous_fields_is_never_an_error_of_ours(town: Town, name: str):
    route, wrong, sent = routes()[name], [], 0
    for who, client in visitors(town, name).items():
        for state, address in samples(name, route, town).items():
            if state not in STATES:
                continue
            whole = dict(ALWAYS_TRIED)
            if "GET" in TABLE[name].methods:
                whole |= Form(client.get(address).content.decode()).fields
            tries = {"none": {}, "whole": whole} | {
                f"all {label}": dict.fromkeys(whole, odd) for label, odd in ODD_VALUES.items()
            }
            for field in whole.keys() - ALWAYS_TRIED.keys() if "GET" in TABLE[name].methods else whole:
                tries |= {f"{field}: {label}": whole | {field: ODD_VALUES[label]} for label in ODDEST}
                tries[f"{field}: missing"] = {key: value for key, value in whole.items() if key != field}
            for label, content in tries.items():
                status, place = asked(client, "POST", address, {key: sendable(value) for key, value in content.items()})
                sent += 1
                if is_wrong(status, place):
                    wrong.append((who, state, label, status, place))
            if "GET" in TABLE[name].methods and effect(client, address, whole) != effect(client, address, FIELDS | whole):
                wrong.append((who, state, "a field of a model changed what it may not"))
    print(f"S3 {name}: {sent} odd forms, one with {len(FIELDS)} fields of models, 0 errors of ours, 0 forbidden changes")
    assert not wrong, wrong[:20]
    assert len(FIELDS) >= 350


@pytest.mark.django_db
@pytest.mark.parametrize("name", READABLE)
def test_an_absurd_query_is_never_an_error_of_ours_and_leads_nowhere_else(town: Town, name: str):
    route, wrong = routes()[name], []
    who, client = next(iter(visitors(town, name).items()))
    for state, address in samples(name, route, town).items():
        if state not in STATES:
            continue
        for rank in range(max(len(values) for values in ODD_QUERIES.values())):
            query = {key: values[rank % len(values)] for key, values in ODD_QUERIES.items()}
            status, place = asked(client, "GET", f"{address}?{urlencode(query, errors='surrogatepass')}")
            if is_wrong(status, place):
                wrong.append((who, state, rank, status, place))
    assert not wrong, wrong[:20]
