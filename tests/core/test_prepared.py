"""Does a prepared read give exactly what its query gives, whoever asks, and ask only once?"""

from threading import Thread
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from polyphonie.accounts import backend, sessions
from polyphonie.consultation import receipts
from polyphonie.consultation.actions import booth
from polyphonie.consultation.listing import ORDERS
from polyphonie.consultation.models import AGREE, Vote
from polyphonie.consultation.queries import lists, positions
from polyphonie.consultation.views import reading
from polyphonie.contributions import queries as contributions
from polyphonie.contributions.models import Contribution
from polyphonie.core.storage.prepared import LARGEST, Prepared
from polyphonie.ledger import sealing
from polyphonie.ledger.models import Checkpoint
from polyphonie.notifications import queries as following
from polyphonie.notifications.models import Follow
from polyphonie.portal.queries import voices
from tests.portal.scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def everything(found: object, above: tuple[object, ...] = ()) -> object:
    """A row or a model with all that it was read with, as values, and no more; `above`: what it was reached from."""
    if not isinstance(found, models.Model):
        return tuple(found)  # type: ignore[arg-type]
    not_read = found.get_deferred_fields()
    fields = {
        field.attname: bytes(value) if isinstance(value := getattr(found, field.attname), memoryview) else value
        for field in found._meta.concrete_fields
        if field.attname not in not_read
    }
    above = (*above, found)
    cached = found._state.fields_cache.items()
    related = {name: None if one is None else one.pk if one in above else everything(one, above) for name, one in cached}
    return type(found), fields, related


def asked_for(scene: Scene) -> list[tuple[Prepared[Any], dict[str, Any]]]:
    """Every prepared read of the product, with values that find something."""
    client = Client()
    client.force_login(scene.author)
    session = Session.objects.get()
    Follow.objects.create(account=scene.author, subject="consultation/demain/places")
    sealed = {"root": b"r" * 32, "note": "n", "sealed_at": timezone.now()}
    Checkpoint.objects.create(log=scene.process.log, size=7_000, **sealed)
    given = {"salt": b"s", "nonce": b"n", "leaf_hash": b"l", "revision": 1, "leaf_revision": 1, "seq": 1}
    voter = b"\x00\xffvoter of 16 byte"[:16]
    Vote.objects.create(consultation=scene.consultation, contribution=scene.quiet, voter=voter, position=AGREE, **given)
    keys = list(Contribution.objects.order_by("pk").values_list("pk", flat=True))
    walks = [(lists._walk(order, 0, 20), {"consultation": scene.consultation.pk}) for order in ORDERS]
    return [
        (backend._account, {"key": scene.author.pk}),
        (sessions._session, {"key": session.session_key}),
        (following._follow, {"account": scene.author.pk, "subject": "consultation/demain/places"}),
        (reading._consultation, {"process": "demain", "slug": scene.consultation.slug}),
        (positions._rows, {"voter": voter, "texts": [scene.quiet.pk, scene.proposal.pk]}),
        (booth._current, {"voter": voter, "text": scene.quiet.pk}),
        (contributions._numbered, {"process": "demain", "number": scene.proposal.number}),
        (contributions._any_numbered, {"process": "demain", "number": scene.proposal.number}),
        (receipts._vote, {"voter": voter, "text": scene.quiet.pk}),
        (receipts._log, {"key": scene.process.log_id}),
        (sealing._latest, {"log": scene.process.log_id}),
        (voices._read_voice, {"process": "demain", "number": scene.proposal.number}),
        (voices._read_keys, {"about": scene.proposal.pk}),
        (voices._read_rows, {"keys": keys}),
        (voices._read_mentions, {"process": scene.process.pk, "written": str(scene.proposal.number)}),
        *walks,
    ]


def test_each_gives_what_its_query_gives_the_first_time_and_the_next(scene: Scene) -> None:
    reads = asked_for(scene)
    assert len(reads) == 20
    for read, values in reads:
        expected = [everything(one) for one in read.query(**values)]
        assert expected, values
        for _time in range(2):
            with CaptureQueriesContext(connection) as captured:
                assert [everything(one) for one in read(**values)] == expected
            assert len(captured) == 1


def test_each_finds_nothing_where_its_query_finds_nothing(scene: Scene) -> None:
    for read, values in asked_for(scene):
        assert read(**values)
        unknown: dict[type, Any] = {int: 7_777_777, str: "777777", bytes: b"7" * 16}
        others = {
            name: [7_777_777 + rank for rank, _one in enumerate(value)] if isinstance(value, list) else unknown[type(value)]
            for name, value in values.items()
        }
        assert read(**others) == list(read.query(**others)) == []


def test_values_are_bound_never_written_in_the_sql(scene: Scene) -> None:
    for word in ("demain' OR 1=1 --", "%s", "?", "%(process)s", "stand-in process", "é\\"):
        assert voices._read_voice(process=word, number=scene.proposal.number) == []
    assert voices._read_voice(process="demain", number=scene.proposal.number)[0] == scene.proposal


def test_a_number_that_fits_no_column_is_left_to_the_orm(scene: Scene) -> None:
    voices._read_voice(process="demain", number=1)
    for number in (LARGEST + 1, -1):
        assert voices._read_voice(process="demain", number=number) == []


def test_a_pattern_takes_letters_and_digits_only(scene: Scene) -> None:
    assert voices._read_mentions(process=scene.process.pk, written=str(scene.proposal.number))
    with pytest.raises(ValueError, match="letters and digits"):
        voices._read_mentions(process=scene.process.pk, written="%")


def test_a_value_that_the_query_does_not_ask_for_is_told(scene: Scene) -> None:
    forgetful = Prepared(lambda key, number: Contribution.objects.filter(pk=key).order_by("pk"))
    with pytest.raises(ValueError, match="number"):
        forgetful(key=1, number=2)


@pytest.mark.django_db(transaction=True)
def test_what_one_thread_wrote_serves_another() -> None:
    scene = a_scene()
    read, values = voices._read_voice, {"process": "demain", "number": scene.proposal.number}
    read._written.clear()
    read(**values)
    found: list[Contribution] = []

    def elsewhere() -> None:
        found.extend(read(**values))
        connection.close()

    thread = Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert [everything(one) for one in found] == [everything(one) for one in read.query(**values)]
