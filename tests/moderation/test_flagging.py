"""Can anyone flag any text in two acts, and do flags, however many, hide nothing and change no order?"""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from polyphonie.consultation.actions.drawing import draw_lists
from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.serving import haste
from polyphonie.core.serving.limits import forget_all
from polyphonie.core.writing import writing
from polyphonie.moderation.actions import decide
from polyphonie.moderation.actions.showing import Measure
from polyphonie.moderation.models import Act, Case, Flag, Ground, State
from polyphonie.moderation.queries import desk
from tests.moderation.scene import Scene, a_scene

THOUSAND = 1_000


@pytest.fixture
def scene(db) -> Scene:
    forget_all()
    return a_scene()


def filled(**fields: str) -> dict[str, str]:
    """The form as a person sends it: not within two seconds."""
    shown = haste.stamp(timezone.now() - timedelta(seconds=5))
    return {"about": "text", "ground": Ground.CHARTER_ADVERTISING.value, "words": "", haste.STAMP_FIELD: shown, **fields}


def flagged(client: Client, scene: Scene, **fields: str) -> str:
    """Flag by the page; the code."""
    answer = client.post(f"/demain/contributions/{scene.text.number}/signaler/", filled(**fields))
    assert answer.status_code == 200, answer.content.decode()[-3000:]
    found = re.search(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){3}", answer.content.decode())
    assert found, answer.content.decode()
    return found[0]


def test_a_flag_is_two_acts_from_any_text_without_an_account(client, scene):
    page = client.get(f"/demain/contributions/{scene.text.number}/").content.decode()
    assert f'href="/demain/contributions/{scene.text.number}/signaler/"' in page
    form = client.get(f"/demain/contributions/{scene.text.number}/signaler/")
    assert form.status_code == 200
    flagged(client, scene)
    assert Flag.objects.count() == 1


def test_the_code_leads_to_the_answer_and_is_not_kept(client, scene):
    code = flagged(client, scene, words="Une marque partout")
    assert not Flag.objects.filter(code_hash__contains=code[:4]).exists()
    page = client.post("/demain/signaler/suivi/", {"code": code.lower().replace("-", " ")}).content.decode()
    assert "Rien n’est encore décidé" in page
    with writing() as now:
        decide(scene.case(), Measure(Act.KEPT), facts="Une idée de banc.", by=scene.first, now=now)
    page = client.post("/demain/signaler/suivi/", {"code": code}).content.decode()
    assert "Une idée de banc." in page
    client.post("/demain/signaler/suivi/", {"code": code, "words": "Relisez."})
    assert Case.objects.get().state == State.APPEALED


def test_a_wrong_code_says_so(client, scene):
    assert client.post("/demain/signaler/suivi/", {"code": "AAAA"}).status_code == 422


def test_a_flag_without_a_ground_or_by_a_robot_is_asked_again(client, scene):
    address = f"/demain/contributions/{scene.text.number}/signaler/"
    assert client.post(address, filled(ground="")).status_code == 422
    assert "Était-ce bien vous" in client.post(address, filled(**{haste.TRAP_FIELD: "x"})).content.decode()
    assert not Flag.objects.exists()


def test_one_connection_flags_twenty_times_an_hour(client, scene):
    for _time in range(20):
        flagged(client, scene)
    answer = client.post(f"/demain/contributions/{scene.text.number}/signaler/", filled())
    assert answer.status_code == 429
    assert Flag.objects.count() == 20


def test_a_name_is_flagged_from_a_text(client, scene):
    flagged(client, scene, about="name", ground=Ground.CHARTER_PASSING_FOR.value)
    assert Case.objects.get().account == scene.author


def test_a_hidden_text_is_not_flagged(client, scene):
    Contribution.objects.update(status=Status.HIDDEN)
    assert client.get(f"/demain/contributions/{scene.text.number}/signaler/").status_code == 410
    assert client.post(f"/demain/contributions/{scene.text.number}/signaler/", filled()).status_code == 410


def test_a_flag_of_a_ground_already_answered_on_the_same_words_has_that_answer(scene):
    scene.flag(1)
    with scene.at(2) as now:
        decide(scene.case(), Measure(Act.KEPT), facts="Rien.", by=scene.first, now=now)
    assert scene.flag(3).flag.case.state == State.DECIDED
    assert scene.flag(4, ground=Ground.UNLAWFUL_THREAT).flag.case.state == State.OPEN
    assert Case.objects.count() == 2


def test_a_thousand_flags_make_one_item_and_change_neither_the_text_nor_any_order(scene, client):
    with writing() as now:
        draw_lists(scene.text.consultation, now=now)
    orders = ("order_voters", "order_draw", "order_supported", "order_divisive", "status", "number")
    before = list(Contribution.objects.order_by("number").values_list(*orders))
    codes = set()
    for _flag in range(THOUSAND):
        codes.add(scene.flag(1).code)
    with writing() as now:
        draw_lists(scene.text.consultation, now=now)
    waiting = desk(scene.process, scene.first, now=now).waiting
    print(f"D3: {Flag.objects.count()} flags, {len(codes)} codes, {len(waiting)} item, {Case.objects.count()} case")
    assert (Flag.objects.count(), len(codes), len(waiting)) == (THOUSAND, THOUSAND, 1)
    assert waiting[0].flags == THOUSAND
    assert list(Contribution.objects.order_by("number").values_list(*orders)) == before
    page = client.get(f"/demain/contributions/{scene.text.number}/")
    assert page.status_code == 200
    assert "Devant la gare" in page.content.decode()
    with writing() as now:
        decide(scene.case(), Measure(Act.KEPT), facts="Une seule réponse.", by=scene.first, now=now)
    answered = Flag.objects.filter(case__decisions__act=Act.KEPT).count()
    assert answered == THOUSAND
