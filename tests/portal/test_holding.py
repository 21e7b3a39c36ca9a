"""Is a held page given to the right reader only, for a few seconds only, and never once something is taken away from it?"""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from polyphonie.accounts.actions.people import change_settings
from polyphonie.consultation.actions.batches import seal_batch
from polyphonie.contributions.actions import Text, forget_author, hide, publish, revise, withdraw
from polyphonie.contributions.models import Contribution, Kind
from polyphonie.core.addresses import consultation_address, contribution_address
from polyphonie.core.serving import holding
from polyphonie.core.serving.generation import generation
from polyphonie.core.serving.holding import Door, HeldPage, Shelf, shelf
from polyphonie.core.serving.keeping import pieces
from polyphonie.core.writing import writing
from polyphonie.processes.actions.traces import record_act
from polyphonie.processes.models import ActKind, Process
from tests.portal.scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def held(settings: Any) -> Iterator[None]:
    """Pages are held in memory, as in production; the connection of the test stays open between requests."""
    settings.POLYPHONIE_HOLD_SECONDS = 5
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def scene() -> Scene:
    return a_scene()


class Answer:
    """What came through the door, and what it cost."""

    def __init__(self, address: str, *, method: str = "GET", cookie: str = "", **headers: str) -> None:
        path, _mark, query = address.partition("?")
        environ = (
            RequestFactory(headers={"Accept-Language": "fr"} | {k.replace("_", "-"): v for k, v in headers.items()})
            .generic(method, path, QUERY_STRING=query)
            .environ
        )
        environ.pop("HTTP_COOKIE", None)
        if cookie:
            environ["HTTP_COOKIE"] = cookie
        with CaptureQueriesContext(connection) as captured:
            body = Door(WSGIHandler())(environ, self._start)
            self.text = b"".join(body).decode()
        self.queries = len(captured)

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.status, self.headers = int(status[:3]), dict(headers)


def test_a_held_page_costs_no_query_and_is_the_same_to_the_last_header(scene: Scene) -> None:
    address = contribution_address("demain", scene.proposal.number)
    first, again = Answer(address), Answer(address)
    assert (first.status, again.status) == (200, 200)
    assert first.queries > 0
    assert again.queries == 0
    assert again.text == first.text
    assert again.headers == first.headers
    assert "default-src 'none'" in again.headers["Content-Security-Policy"]
    assert {"Cookie", "Accept-Language", "Polyphonie-Fragment"} <= set(again.headers["Vary"].split(", "))


def test_an_unchanged_page_is_answered_in_a_word_held_or_not(scene: Scene) -> None:
    address = contribution_address("demain", scene.proposal.number)
    tag = Answer(address).headers["ETag"]
    for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        for is_held in (True, False):
            if not is_held:
                shelf.clear()
            answer = Answer(address, If_None_Match=asked)
            assert (answer.status, answer.text) == (304, "")
            assert answer.headers["ETag"] == tag
            assert "Content-Length" not in answer.headers
    assert Answer(address, If_None_Match='"other"').status == 200


def test_what_is_not_held_is_answered_in_a_word_too_once_it_is_known(scene: Scene) -> None:
    for address in ("/api/v1/processes", "/api/v1/openapi.json"):
        tag = Answer(address).headers["ETag"]
        answer = Answer(address, If_None_Match=tag)
        assert (answer.status, answer.text, answer.headers["ETag"]) == (304, "", tag)
        assert Answer(address, If_None_Match='"other"').status == 200


def test_reading_the_head_alone_gives_the_head_alone(scene: Scene) -> None:
    whole = Answer("/demain/")
    head = Answer("/demain/", method="HEAD")
    assert head.queries == 0
    assert head.text == ""
    assert head.headers == whole.headers


def test_a_page_is_held_a_few_seconds(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    Answer("/demain/")
    Process.objects.update(title="Après-demain")
    assert "Après-demain" not in Answer("/demain/").text
    later = time.monotonic() + 5.1
    monkeypatch.setattr(holding.time, "monotonic", lambda: later)
    assert "Après-demain" in Answer("/demain/").text


def test_nothing_is_held_when_the_installation_says_so(scene: Scene, settings: Any) -> None:
    settings.POLYPHONIE_HOLD_SECONDS = 0
    assert Answer("/demain/").queries == Answer("/demain/").queries > 0


def test_each_language_host_and_kind_of_request_has_its_page(scene: Scene) -> None:
    assert "Aller au contenu" in Answer("/demain/").text
    assert "Skip to content" in Answer("/demain/", Accept_Language="en").text
    assert "Skip to content" in Answer("/demain/", cookie="langue=en").text
    assert "Aller au contenu" in Answer("/demain/", Accept_Language="fr-FR,fr;q=0.9,en;q=0.8").text
    assert Answer("/demain/", Host="127.0.0.1").queries > 0
    assert Answer("/demain/", Host="127.0.0.1").queries == 0
    assert Answer("/demain/", Polyphonie_Fragment="1").queries > 0
    assert Answer("/demain/", Host="ailleurs.exemple").status == 400


def test_whoever_brings_a_session_never_meets_a_held_page(scene: Scene) -> None:
    reader = Client()
    reader.force_login(scene.author)
    session = f"session={reader.cookies['session'].value}"
    assert "Mon espace" in Answer("/demain/", cookie=session).text
    assert len(shelf._pages) == 0
    assert "Mon espace" not in Answer("/demain/").text
    assert "Mon espace" in Answer("/demain/", cookie=session).text
    assert "Mon espace" in Answer("/demain/", cookie=f"langue=fr; {session}").text
    assert Answer("/demain/", cookie="session=inconnue").queries > 0


@pytest.mark.parametrize(
    "address", ["/connexion/", "/demain/consultations/vivre-ensemble/proposer/", "/demain/12345678/", "/rien/"]
)
def test_only_pages_that_say_they_are_the_same_for_all_are_held(scene: Scene, address: str) -> None:
    Answer(address)
    assert len(shelf._pages) == 0


def test_what_is_sent_is_never_held(scene: Scene) -> None:
    Answer("/demain/", method="POST")
    assert len(shelf._pages) == 0


def hidden(scene: Scene) -> None:
    with writing() as now:
        hide(scene.proposal, ground="charter", actor="moderator/1", now=now)


def withdrawn(scene: Scene) -> None:
    with writing() as now:
        withdraw(scene.proposal, author=scene.author, now=now)


def revised(scene: Scene) -> None:
    with writing() as now:
        revise(scene.proposal, Text("Autre chose", "Un autre texte."), author=scene.author, now=now)


@pytest.mark.parametrize("act", [hidden, withdrawn, revised])
def test_what_is_taken_away_leaves_every_page_at_once(scene: Scene, act: Callable[[Scene], None]) -> None:
    words = scene.proposal.title
    pages = [
        contribution_address("demain", scene.proposal.number),
        consultation_address("demain", scene.consultation.slug),
        "/demain/flux.atom",
    ]
    assert all(words in Answer(address).text and Answer(address).queries == 0 for address in pages)
    act(scene)
    for address in pages:
        answer = Answer(address)
        assert words not in answer.text, address
        assert answer.queries > 0
    assert len(pieces) == 0 or all(words not in piece for piece in pieces._by_key.values())


def test_a_name_that_is_taken_away_leaves_every_page_at_once(scene: Scene) -> None:
    address, name = contribution_address("demain", scene.quiet.number), str(scene.quiet.author)
    assert f"<bdi>{name}</bdi>" in Answer(address).text
    with writing():
        forget_author(scene.quiet)
    assert f"<bdi>{name}</bdi>" not in Answer(address).text
    with writing() as now:
        before = generation.now()
        details = {"category": "", "territory": "", "is_listed": False, "language": "fr"}
        change_settings(scene.author, name=name, now=now, **details)
    assert generation.now() != before


def test_a_new_text_lets_nothing_go_and_comes_within_seconds(scene: Scene) -> None:
    before = generation.now()
    with writing() as now:
        publish(scene.consultation, Kind.PROPOSAL, Text("Nouveau", "Texte."), author=scene.author, now=now)
    assert generation.now() == before


def test_an_organiser_s_act_shows_at_once(scene: Scene) -> None:
    Answer("/demain/")
    with writing() as now:
        record_act(scene.process, ActKind.EDITED, actor="organiser/1", now=now)
    assert Answer("/demain/").queries > 0


def test_a_batch_moves_every_page_together() -> None:
    assert "let_go" in seal_batch.__globals__["_publish"].__code__.co_names


def test_what_was_read_before_an_act_is_not_held_after_it(scene: Scene, django_capture_on_commit_callbacks: Any) -> None:
    """A page begun before the commit, and finished after it, shows what was: it may be given once, never held."""
    address = contribution_address("demain", scene.proposal.number)
    with django_capture_on_commit_callbacks() as at_commit:
        hidden(scene)
        Contribution.objects.filter(pk=scene.proposal.pk).update(status="published")  # as others see it before the commit
        assert scene.proposal.title in Answer(address).text
        Contribution.objects.filter(pk=scene.proposal.pk).update(status="hidden")
    assert at_commit
    for callback in at_commit:
        callback()
    assert scene.proposal.title not in Answer(address).text


def _move() -> None:
    generation.move()


def test_another_process_that_takes_away_is_seen_at_once(scene: Scene) -> None:
    Answer("/demain/")
    assert Answer("/demain/").queries == 0
    other = multiprocessing.get_context("fork").Process(target=_move)
    other.start()
    other.join()
    assert Answer("/demain/").queries > 0


def test_the_shelf_stays_within_its_bound() -> None:
    small, later = Shelf(most_bytes=10_000), time.monotonic() + 60
    for rank in range(50):
        small.put(str(rank), HeldPage("200 OK", [], b"x" * 900, "", generation.now(), later))
        assert small.get("0") is not None
    assert small.bytes <= 10_000
    assert small.get("1") is None
    small.put("huge", HeldPage("200 OK", [], b"x" * 20_000, "", generation.now(), later))
    assert small.bytes == 0
