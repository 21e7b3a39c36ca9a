"""Does the API answer what is published, to anyone, as its OpenAPI document says, and nothing else? (I3, the surface « API »)"""

import csv
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from polyphonie.accounts.models import Account, Organisation
from polyphonie.consultation.actions.batches import seal_batch
from polyphonie.consultation.models import Vote
from polyphonie.contributions.models import Contribution
from polyphonie.core.serving import limits
from polyphonie.core.serving.generation import generation
from polyphonie.core.spreadsheet import exact
from polyphonie.core.tables import CSV, Part, Table, UnknownPlace
from polyphonie.figures import queries as figures
from polyphonie.ledger.tasks import seal_logs
from polyphonie.opendata import verify
from polyphonie.opendata.api.answering import PER_CLIENT
from polyphonie.opendata.api.openapi import document
from polyphonie.opendata.api.operations import MOST, OPERATIONS, ROOT, Operation
from polyphonie.opendata.catalogue import COLLECTIONS, TABLES
from polyphonie.opendata.export import export
from polyphonie.processes.dataset import FRAME, process_document
from polyphonie.processes.models import Process
from tests.consultation import electorate
from tests.opendata import lively
from tests.opendata.schema import faults, referred
from tests.people import a_town
from tests.undone import undone

pytestmark = pytest.mark.django_db
BASE = f"{ROOT}processes/{lively.SLUG}"
READERS = {
    "integer": int,
    "boolean": {"true": True, "false": False}.__getitem__,
    "string": str,
    "date": str,
    "datetime": str,
}


@pytest.fixture(scope="module")
def lived(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[lively.Lively]:
    """A lively process beside a town, exported, and still in the database."""
    with django_db_blocker.unblock(), undone():
        a_town()
        built = lively.build(tmp_path_factory.mktemp("lively") / "export")
        _with_participants(built.process)
        built.folder = tmp_path_factory.mktemp("again") / "export"
        export(built.process, built.folder)
        yield built


def _with_participants(process: Process) -> None:
    """Its author agreed to be listed, and one of the texts was said for an organisation that was checked."""
    Account.objects.filter(display_name="Autrice").update(is_listed=True)
    Organisation.objects.update(verified_on=process.created_on)
    organisation = Organisation.objects.get()
    Contribution.objects.filter(process=process, number=2).update(speaks_for=organisation, author_kind=organisation.kind)


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "fr"})


def read(client: Client, address: str) -> Any:
    limits.forget_all()
    answer = client.get(address)
    assert answer.status_code == HTTPStatus.OK, (address, answer.content[:300])
    return answer.json()


def every_row(client: Client, address: str) -> list[dict[str, Any]]:
    """All the rows of a list, page after page."""
    rows: list[dict[str, Any]] = []
    following: str | None = address
    while following:
        page = read(client, following)
        rows += page["items"]
        following = page["next"] and page["next"].removeprefix("http://127.0.0.1:8000")
    return rows


def file_rows(folder: Path, table: Table) -> list[dict[str, Any]]:
    """The rows of a file of the export, read by their declared types."""
    with (folder / table.file_name).open(encoding="utf-8", newline="") as file:
        if table.format != CSV:
            return [json.loads(line) for line in file]
        return [{column.name: typed(row[column.name], column) for column in table.columns} for row in csv.DictReader(file)]


def typed(cell: str, column: Any) -> Any:
    if cell == "" and (column.is_nullable or column.type != "string"):
        return None
    return READERS[column.type](exact(cell))


# ------------------------------------------------------------------------------------------ the same as the files


def test_every_field_of_the_api_equals_that_of_the_export(lived, client):
    compared = 0
    for table in TABLES:
        in_files = file_rows(lived.folder, table)
        in_api = every_row(client, f"{BASE}/{table.name}?limit=7")
        assert in_files, table.name
        assert in_api == in_files, table.name
        compared += sum(map(len, in_files))
    print(f"I3: {compared} fields of {len(TABLES)} tables, 0 differences between the API and the files")
    assert compared >= 1_900


def test_the_frame_and_the_leaves_are_those_of_the_export(lived, client):
    assert read(client, BASE) == json.loads((lived.folder / "process.json").read_text())
    assert read(client, f"{BASE}/consultations")["items"] == read(client, BASE)["consultations"]
    leaves = every_row(client, f"{BASE}/leaves?limit={MOST}")
    assert [leaf["leaf"] for leaf in leaves] == (lived.folder / "ledger/leaves.jsonl").read_text().splitlines()
    assert [leaf["position"] for leaf in leaves] == list(range(len(leaves)))


def test_log_sql_page_file_and_api_say_the_same_totals(lived, client):
    """The register recounted by the verifier, the rows of the database, the page, the files and the API: for each text."""
    assert verify.verify(str(lived.folder)).is_right
    compared = 0
    for row in file_rows(lived.folder, next(table for table in TABLES if table.name == "tallies")):
        number, counts = row["number"], [row[name] for name in ("agree", "mixed", "disagree")]
        assert row in every_row(client, f"{BASE}/tallies?number={number}")
        text = read(client, f"{BASE}/contributions/{number}")
        if row["origin"] != "web" or row["revision"] != text["revision"] or text["status"] != "published":
            continue
        if not any(counts):
            continue
        assert [text[name] for name in ("agree", "mixed", "disagree")] == counts
        votes = Vote.objects.filter(contribution__process=lived.process, contribution__number=number)
        votes = votes.filter(published_revision=row["revision"])
        assert [votes.filter(published_position=position).count() for position in (1, 0, -1)] == counts
        page = (
            client.get(f"/{lively.SLUG}/contributions/{number}/").content.decode().replace("\u202f", " ").replace("\u00a0", " ")
        )
        for word, count in zip(("D’accord", "Mitigé", "Pas d’accord"), counts, strict=True):
            assert f"<li>{word} : {count}" in page, (number, word)
        compared += 1
    print(f"I3: {compared} texts, 0 differences between log, SQL, page, files and API")
    assert compared >= 5


def test_the_page_of_figures_the_file_and_the_api_agree(lived, client):
    process = Process.objects.get(slug=lively.SLUG)
    shown = {
        figure.definition.key: figure.value
        for figure in figures.headline(process, rows=figures.by_consultation(process), people=figures.people_of(process))
    }
    page = client.get(f"/{lively.SLUG}/chiffres/").content.decode()
    compared = 0
    for row in every_row(client, f"{BASE}/figures"):
        if row["value"] is not None:
            assert shown[row["key"]] == row["value"], row["key"]
            assert str(row["value"]) in page
            compared += 1
    assert compared >= 8


@pytest.mark.parametrize("table", COLLECTIONS, ids=lambda table: table.name)
def test_parts_put_together_are_the_whole(lived, table):
    process = Process.objects.get(slug=lively.SLUG)
    whole = [row for _place, row in table.checked_part(process, Part())]
    for most in (1, 3, 1000):
        rows, after = [], ()
        while part := list(table.checked_part(process, Part(after, most))):
            assert len(part) <= most
            rows += [row for _place, row in part]
            after = part[-1][0]
        assert rows == whole
    with pytest.raises(UnknownPlace):
        list(table.checked_part(process, Part(after=("nulle", "part", "du", "tout"))))


def test_filters_choose_the_rows_that_have_the_value(lived, client):
    tried = 0
    for table in COLLECTIONS:
        whole = every_row(client, f"{BASE}/{table.name}?limit={MOST}")
        for name in table.filters:
            for value in sorted({row[name] for row in whole if row[name] not in (None, "")}, key=str)[:4]:
                chosen = every_row(client, f"{BASE}/{table.name}?{name}={value}&limit=3")
                assert chosen == [row for row in whole if row[name] == value], (table.name, name, value)
                tried += 1
    assert tried >= 30


# --------------------------------------------------------------------------------------------- as its document says


def asked(operation: Operation) -> list[str]:
    """Addresses of this operation: plain, then each filter with each of its choices."""
    address = operation.address.replace("{process}", lively.SLUG).replace("{number}", "1")
    queries = [f"{column.name}={choice}" for column in operation.filters for choice in (column.choices or ("1",))]
    queries += ["limit=2"] if operation.is_paged else []
    return [address, *(f"{address}?{query}" for query in queries)]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_answers_as_its_schema_says(lived, client, operation):
    described = document()
    path = "/" + operation.address.removeprefix(ROOT)
    responses = described["paths"][path]["get"]["responses"]
    schema = responses["200"]["content"]["application/json"]["schema"]
    for address in asked(operation):
        answer = read(client, address)
        wrong = list(faults(answer, schema, described))
        assert not wrong, wrong[:5]
    if operation.is_page:
        assert read(client, asked(operation)[0])["items"]
    for status, address in {
        "400": f"{asked(operation)[0]}?inconnu=1",
        "404": asked(operation)[0].replace(lively.SLUG, "ailleurs"),
    }.items():
        if status in responses:
            refused = client.get(address)
            schema = referred(responses[status]["$ref"], described)["content"]["application/problem+json"]["schema"]
            assert str(refused.status_code) == status
            assert not list(faults(refused.json(), schema, described))


def test_the_checker_of_schemas_sees_what_is_wrong(lived, client):
    described = document()
    schema = described["paths"]["/processes/{process}/votes"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    page = read(client, f"{BASE}/votes?limit=1")
    assert not list(faults(page, schema, described))
    for name, value in [("position", "1"), ("position", True), ("origin", "papier"), ("salt", "é"), ("leaf", 1.5)]:
        assert list(faults({**page, "items": [{**page["items"][0], name: value}]}, schema, described)), name
    assert list(faults({**page, "items": [{**page["items"][0], "voter": 1}]}, schema, described))
    assert list(faults({**page, "items": [{"leaf": 1}]}, schema, described))


def test_the_document_is_whole(client):
    described = read(client, f"{ROOT}openapi.json")
    assert described == json.loads(json.dumps(document()))
    assert described["openapi"] == "3.1.0"
    assert len(described["paths"]) == len(OPERATIONS) == len({path["get"]["operationId"] for path in described["paths"].values()})
    for reference in references(described):
        referred(reference, described)
    for path in described["paths"].values():
        assert {"200", "304", "400", "414", "429", "503"} <= set(path["get"]["responses"])
        words = [one["schema"] for one in path["get"]["parameters"] if one["schema"].get("maxLength")]
        assert all(re.search(schema["pattern"], "\x00") is None for schema in words)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from references(item)


def test_the_frame_has_the_columns_that_are_declared(lived):
    frame = process_document(Process.objects.get(slug=lively.SLUG))
    assert list(frame) == [section.name for section in FRAME]
    for section in FRAME:
        rows = frame[section.name] if section.is_list else [frame[section.name]]
        for row in rows:
            if row is not None:
                assert list(row) == [column.name for column in section.columns], section.name


def test_its_page_names_each_operation_and_each_field_in_french(client):
    page = client.get(ROOT).content.decode()
    for operation in OPERATIONS:
        assert f">{operation.address}</code>" in page
    assert "Le numéro du texte sur lequel porte le vote." in page
    assert "The number of" not in page
    assert client.get("/api/").headers["Location"] == ROOT


# ---------------------------------------------------------------------------------------------- manners


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_no_cookie_no_session_and_few_queries_whatever_the_rows(lived, client, operation):
    client.cookies["session"] = "inconnue"
    address = asked(operation)[0]
    with CaptureQueriesContext(
        connection,
    ) as one:
        answer = client.get(address + ("?limit=1" if operation.is_paged else ""))
    with CaptureQueriesContext(connection) as many:
        client.get(address + (f"?limit={MOST}" if operation.is_paged else ""))
    assert not answer.cookies
    assert "Cookie" not in answer.headers["Vary"]
    assert not [query for query in many if "django_session" in query["sql"]]
    lists = 5 * 4 if operation.name == "listings" else 0  # one walk for each order of each consultation
    assert len(many) <= (12 if operation.name == "process" else 7) + lists, [query["sql"][:80] for query in many]
    if operation.name not in ("listings", "votes", "tallies", "participants", "erasures"):  # of two series, or of several lists
        assert len(many) == len(one)


def test_whoever_has_the_same_bytes_is_told_so(lived, client):
    first = client.get(f"{BASE}/contributions")
    again = client.get(f"{BASE}/contributions", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    other = client.get(f"{BASE}/contributions", headers={"if-none-match": '"autre"'})
    assert other.status_code == HTTPStatus.OK


def test_whoever_knows_the_hour_of_an_answer_is_told_when_it_changed(lived, client):
    limits.forget_all()
    asked, statuses = f"{BASE}/contributions?kind=proposal&limit=7", []
    with time_machine.travel("2026-11-21T12:00:00.500Z", tick=False) as clock, undone():
        assert "Last-Modified" not in client.get(asked).headers, "in that very second it could still change unseen"
        clock.shift(3)
        hour = client.get(asked).headers["Last-Modified"]
        assert hour == "Sat, 21 Nov 2026 12:00:00 GMT"
        statuses.append(client.get(asked, headers={"if-modified-since": hour}).status_code)
        first = Contribution.objects.filter(number=5, process__slug=lively.SLUG)
        before = first.values_list("title", flat=True)[0]
        first.update(title="Autre chose")
        clock.shift(3)
        statuses.append(client.get(asked, headers={"if-modified-since": hour}).status_code)
        first.update(title=before)
        generation.move()
        clock.shift(3)
        between = "Sat, 21 Nov 2026 12:00:06 GMT"
        statuses.append(client.get(asked, headers={"if-modified-since": between}).status_code)
    assert statuses == [HTTPStatus.NOT_MODIFIED, HTTPStatus.OK, HTTPStatus.OK]


def test_head_and_options_are_answered_and_nothing_is_written(lived):
    client = Client(headers={"accept-language": "fr"}, enforce_csrf_checks=True)
    head = client.head(f"{BASE}/contributions")
    assert (head.status_code, head.content) == (HTTPStatus.OK, b"")
    assert int(head.headers["Content-Length"]) == len(client.get(f"{BASE}/contributions").content)
    options = client.options(f"{BASE}/contributions", headers={"origin": "https://exemple.fr"})
    assert options.status_code == HTTPStatus.OK
    assert options.headers["Access-Control-Allow-Methods"] == options.headers["Allow"] == "GET, HEAD, OPTIONS"
    for method in ("post", "put", "patch", "delete"):
        refused = getattr(client, method)(f"{BASE}/contributions")
        assert refused.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert "OPTIONS" in refused.headers["Allow"]


def test_a_list_read_page_after_page_goes_on_from_its_keys_whatever_moved_before(lived, client):
    first = client.get(f"{BASE}/listings?consultation=la-gare&order=supported&limit=1").json()
    rows = every_row(client, f"{BASE}/listings?consultation=la-gare&order=supported&limit=1")
    assert len(rows) >= 3
    with undone():
        Contribution.objects.filter(number=rows[2]["number"]).update(order_supported=2 * 10**9)
        following = client.get(first["next"]).json()["items"]
    assert [row["number"] for row in following] == [rows[1]["number"]], "a text that overtakes the others shifts none of them"
    for odd in (
        "la-gare.supported.1",
        "la-gare.supported.1.deux.3",
        "la-gare.supported.1.1.1.1",
        f"la-gare.supported.1.{'9' * 30}.1",
    ):
        assert client.get(f"{BASE}/listings?after={odd}").status_code == HTTPStatus.BAD_REQUEST


def test_the_next_page_is_named_in_the_body_and_in_the_header(lived, client):
    answer = client.get(f"{BASE}/votes?limit=3&number=1")
    following = answer.json()["next"]
    assert answer.headers["Link"] == f'<{following}>; rel="next"'
    assert "number=1" in urlsplit(following).query
    last = client.get(f"{BASE}/figures")
    assert last.json()["next"] is None
    assert "Link" not in last.headers


def test_the_limit_is_the_same_for_all_and_says_how_long_to_wait(lived, client, settings):
    settings.POLYPHONIE_WORKSHOPS = ["127.0.0.1=2099-01-01"]
    for _time in range(PER_CLIENT.times):
        assert client.get(f"{BASE}/contributions/1").status_code == HTTPStatus.OK
    refused = client.get(f"{BASE}/contributions/1", headers={"x-forwarded-for": "192.0.2.9"})
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert 1 <= int(refused.headers["Retry-After"]) <= PER_CLIENT.seconds
    assert refused.json()["title"] == "Trop de demandes"
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    elsewhere = Client(REMOTE_ADDR="192.0.2.10")
    assert elsewhere.get(f"{BASE}/contributions/1").status_code == HTTPStatus.OK


def test_only_a_configured_proxy_says_who_asks(lived, settings):
    settings.POLYPHONIE_TRUSTED_PROXIES = ["127.0.0.1"]
    client = Client()
    for _time in range(PER_CLIENT.times + 1):
        answer = client.get(f"{BASE}/contributions/1", headers={"x-forwarded-for": "203.0.113.7, 192.0.2.9"})
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    forged = client.get(f"{BASE}/contributions/1", headers={"x-forwarded-for": "203.0.113.8, 192.0.2.9"})
    assert forged.status_code == HTTPStatus.TOO_MANY_REQUESTS
    other = client.get(f"{BASE}/contributions/1", headers={"x-forwarded-for": "192.0.2.10"})
    assert other.status_code == HTTPStatus.OK


def test_an_error_speaks_the_language_of_its_reader(lived, client):
    address = f"{BASE}/contributions?limit=0"
    assert client.get(address).json()["detail"] == "Le paramètre « limit » est un nombre entier de 1 à 500."
    english = client.get(address, headers={"accept-language": "en"})
    assert english.json()["detail"] == "The parameter “limit” is a whole number from 1 to 500."
    assert english.json()["parameter"] == "limit"


# ------------------------------------------------------------------------------------------- what is not public


def test_what_is_hidden_withdrawn_or_not_public_has_no_words(lived, client):
    silent = [row for row in every_row(client, f"{BASE}/contributions?limit={MOST}") if row["status"] in ("hidden", "withdrawn")]
    assert {row["status"] for row in silent} == {"hidden", "withdrawn"}
    for row in silent:
        one = read(client, f"{BASE}/contributions/{row['number']}")
        assert not any(one[name] for name in ("title", "body", "url", "author", "author_kind"))
        assert all(entry["document"] is None for entry in every_row(client, f"{BASE}/revisions?contribution={row['number']}"))
    everything = "".join(client.get(f"{BASE}/{table.name}?limit={MOST}").content.decode() for table in COLLECTIONS)
    assert "Proposition 2" not in everything
    assert "example.org" not in everything


def test_a_process_that_is_not_listed_is_nowhere(lived, client):
    with undone():
        Process.objects.filter(slug=lively.SLUG).update(is_listed=False)
        assert lively.SLUG not in {row["slug"] for row in every_row(client, f"{ROOT}processes")}
        for operation in OPERATIONS:
            if "{process}" in operation.address:
                assert client.get(asked(operation)[0]).status_code == HTTPStatus.NOT_FOUND


# ---------------------------------------------------------------------------------------------- odd requests

ODD = [
    "", "0", "-1", "1.5", "1e9", "²", "٣", "9" * 18, "9" * 19, "9" * 5000, "null", "true", "[]", "{}", "\x00", "a\x00b", "%00",
    "é" * 300, "'", "' OR 1=1 --", '"', "../..", "~", "~1", "1.", ".1", "1..2", "web", "web.", "web.x", "web.1.2.3", "import.1",
    "import.1.-2", "organisation.", "la-place.discover.999999999999999999", "la-place.discover", "\ud83d", "NaN", " 1", "1 ",
    "+1", "0x10",
]  # fmt: skip


def test_odd_queries_are_refused_in_words_never_broken(lived):
    client, tried = Client(raise_request_exception=False), 0
    for operation in OPERATIONS:
        address = asked(operation)[0]
        tries = dict.fromkeys((*(column.name for column in operation.filters), "after", "limit"), ODD)
        tries |= {"inconnu": ODD[:4], "limit[]": ODD[:4], "\x00": ODD[:4]}
        for name, values in tries.items():
            for value in values:
                limits.forget_all()
                answer = client.get(address, {name: value.encode("utf-8", "surrogatepass")})
                assert answer.status_code in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST), (address, name, value, answer.content[:200])
                tried += 1
        limits.forget_all()
        assert client.get(f"{address}?limit=1&limit=2").status_code == HTTPStatus.BAD_REQUEST
    print(f"S3: {tried} odd queries, 0 errors of ours")
    assert tried >= 1_500


NOWHERE = [
    "x", "processes/%00", "processes/" + "a" * 3000, "processes/demain/contributions/-1", "processes/demain/nulle-part",
    "processes/demain/contributions/" + "9" * 40, "processes/demain/contributions/" + "9" * 5000, "../", "%ff", "é",
    "processes/demain/contributions/x", "openapi.json/x", "processes/demain/votes/1",
]  # fmt: skip


@pytest.mark.parametrize("rest", NOWHERE)
def test_what_has_no_address_is_a_problem_in_json(lived, client, rest):
    answer = client.get(ROOT + rest, follow=True)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_slash_too_many_leads_to_the_same_answer(lived, client):
    answer = client.get(f"{BASE}/votes/?limit=1")
    assert answer.headers["Location"] == f"{BASE}/votes?limit=1"
    assert client.get(f"{ROOT}/exemple.fr/").headers["Location"] == f"{ROOT}exemple.fr"


# --------------------------------------------------------------------------------------------- between two batches


def everything(client: Client, slug: str) -> dict[str, str]:
    """The ETag of every list and of every text of a process."""
    base, found = f"{ROOT}processes/{slug}", {}
    addresses = [base, f"{base}/consultations", *(f"{base}/{table.name}?limit={MOST}" for table in COLLECTIONS)]
    for address in (*addresses, f"{base}/contributions/1"):
        limits.forget_all()
        found[address] = client.get(address).headers["ETag"]
    return found


def test_between_two_batches_no_vote_changes_anything(client):
    """Nineteen people vote, change and withdraw: not a byte moves. The twentieth closes the batch, and the totals move."""
    consultation = electorate.an_open_consultation(electorate.a_process("entre-deux"))
    slug, text = consultation.process.slug, electorate.a_proposal(consultation)
    people = electorate.accounts(20)
    seal_logs()
    before = everything(client, slug)
    for rank, voter in enumerate(people[:19]):
        electorate.vote(text, voter, 1 - rank % 3)
    electorate.withdraw(text, people[0])
    seal_logs()
    assert everything(client, slug) == before
    electorate.vote(text, people[19], 1)
    with electorate.act(consultation, electorate.NOON + timedelta(minutes=20)) as now:
        seal_batch(consultation, now=now)
    seal_logs()
    after = everything(client, slug)
    moved = {address.split("/")[-1].split("?")[0] for address in before if after[address] != before[address]}
    assert {"contributions", "votes", "tallies", "listings", "figures", "leaves", "checkpoints", "1"} <= moved
