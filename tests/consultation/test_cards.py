"""Does a kept card change with everything it shows, forget what is hidden, and never carry one person's form to another?"""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from polyphonie.accounts.actions.voter import ensure_voter_secret
from polyphonie.accounts.models import Account, Organisation, OrganisationKind
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.voting import cast_vote
from polyphonie.consultation.cards import SLOT
from polyphonie.consultation.models import Vote
from polyphonie.consultation.moulds import written
from polyphonie.consultation.strips import Strip
from polyphonie.contributions.actions import Text, forget_author, hide, restore, withdraw
from polyphonie.contributions.models import Contribution
from polyphonie.contributions.queries import Face, face_of, faces
from polyphonie.core.serving.keeping import Pieces, pieces
from polyphonie.core.templating import FormMark
from polyphonie.core.writing import writing
from polyphonie.processes.models import Consultation
from tests.concertations import a_person, a_process, an_open_consultation

pytestmark = pytest.mark.django_db
PLACES = "/demain/consultations/places/"
WITH_RESULTS = f"{PLACES}?resultats=oui"


@pytest.fixture
def consultation() -> Consultation:
    with writing() as now:
        return an_open_consultation(a_process(now=now), now=now)


@pytest.fixture
def author(consultation: Consultation) -> Account:
    with writing() as now:
        return a_person("Autrice", on=now, is_listed=True)


@pytest.fixture
def text(consultation: Consultation, author: Account) -> Contribution:
    with writing() as now:
        speaking.propose(consultation, Text("Des bancs", "À l'ombre, partout."), account=author, now=now)
        return speaking.propose(consultation, Text("Une fontaine", "Au milieu : fraîche."), account=author, now=now)


def a_voter(name: str) -> Account:
    with writing() as now:
        account = a_person(name, on=now)
        ensure_voter_secret(account)
    return account


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def card(page: str, number: int) -> str:
    return page.split(f'id="c{number}"')[1].split("</article>", maxsplit=1)[0] if f'id="c{number}"' in page else ""


def read(client: Client, address: str = WITH_RESULTS, **headers: str) -> str:
    return client.get(address, headers=headers).content.decode()


SHOWN: dict[str, Any] = {
    "number": 9_999,
    "revision": 2,
    "origin": "public_debate",
    "published_at": timezone.now() - timedelta(days=40),
    "author_name": "Une autre",
    "hidden_author_name": "Une autre",
    "agree": 7,
    "mixed": 8,
    "disagree": 9,
    "imported_agree": 11,
    "imported_mixed": 12,
    "imported_disagree": 13,
    "arguments_for": 3,
    "arguments_against": 4,
    "sources": 5,
    "completions": 6,
}
NAMES_THE_PRESENT_STATE = {"pk", "status", "status_since", "accepted_on"}
ELSEWHERE = {"author_slug", "author_is_listed", "author_closed_on", "organisation", "organisation_verified_on"}


def test_every_part_of_a_face_is_tried() -> None:
    assert set(SHOWN) | NAMES_THE_PRESENT_STATE | ELSEWHERE == set(Face._fields)


@pytest.mark.parametrize("name", SHOWN)
def test_a_card_changes_with_everything_it_shows(client: Client, text: Contribution, name: str) -> None:
    Contribution.objects.filter(pk=text.pk).update(agree=1)
    before = card(read(client), text.number)
    assert card(read(client), text.number) == before
    changed: dict[str, Any] = {name: SHOWN[name]}
    changed |= {"revision": {"title": "Deux fontaines"}, "hidden_author_name": {"author_name": ""}}.get(name, {})
    Contribution.objects.filter(pk=text.pk).update(**changed)
    after = card(read(client), changed.get("number", text.number))
    assert after
    assert after != before
    pieces.clear()
    assert card(read(client), changed.get("number", text.number)) == after


NAMED_BY_ITS_REVISION = {"title", "body"}
FOLLOWS_FROM_ITS_FACE = {"votes", "imported_votes", "author", "speaks_for"}


def test_a_card_reads_nothing_of_a_text_that_its_face_does_not_name(text: Contribution) -> None:
    class Watched:
        def __getattr__(self, name: str) -> Any:
            asked.add(name)
            return getattr(whole, name)

    asked: set[str] = set()
    whole = Contribution.objects.select_related("author", "speaks_for").get(pk=text.pk)
    macro = get_template("consultation/card.html").template.module.card  # type: ignore[attr-defined]
    for changed in (
        {},
        {"agree": 3, "imported_agree": 2, "arguments_for": 1, "sources": 1, "completions": 1},
        {"author_name": ""},
    ):
        vars(whole).update(changed)
        for is_open in (True, False):
            assert macro(Watched(), "demain", is_open, True)
    assert asked >= {"title", "number", "author_name", "arguments_for"}
    assert asked <= set(Face._fields) | NAMED_BY_ITS_REVISION | FOLLOWS_FROM_ITS_FACE | {"__html__"}


@pytest.mark.parametrize("change", [{"slug": "une-autre-adresse"}, {"is_listed": False}, {"closed_on": date(2026, 1, 1)}])
def test_a_card_follows_the_public_page_of_its_author(
    client: Client, text: Contribution, author: Account, change: dict[str, Any]
) -> None:
    assert 'href="/demain/participants/autrice/"' in card(read(client), text.number)
    Account.objects.filter(pk=author.pk).update(**change)
    assert 'href="/demain/participants/autrice/"' not in card(read(client), text.number)


def test_a_card_follows_the_organisation_it_speaks_for(client: Client, text: Contribution) -> None:
    organisation = Organisation.objects.create(
        name="Les Bricoleurs", name_key="b", slug="bricoleurs", kind=OrganisationKind.PRIVATE, created_on=date(2026, 1, 1)
    )
    assert "bricoleurs" not in card(read(client), text.number)
    Contribution.objects.filter(pk=text.pk).update(speaks_for=organisation)
    assert "/participants/bricoleurs/" in card(read(client), text.number)
    assert "Compte vérifié" not in card(read(client), text.number)
    Organisation.objects.filter(pk=organisation.pk).update(verified_on=date(2026, 1, 2))
    assert "Compte vérifié" in card(read(client), text.number)


def test_a_face_read_alone_is_that_of_the_text(text: Contribution) -> None:
    read_whole = Contribution.objects.select_related("author", "speaks_for").order_by("pk")
    assert faces(Contribution.objects.order_by("pk")) == [face_of(one) for one in read_whole]


def test_a_kept_card_costs_no_reading_of_its_text(client: Client, text: Contribution) -> None:
    first = read(client)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("polyphonie.consultation.cards.in_order", lambda keys: [] if not keys else pytest.fail("read again"))
        assert read(client) == first


def test_what_is_hidden_withdrawn_or_closed_leaves_the_list_at_once(client: Client, text: Contribution, author: Account) -> None:
    assert "Une fontaine" in read(client)
    with writing() as now:
        hide(text, ground="charter", actor="moderator/1", now=now)
    assert "fontaine" not in read(client)
    with writing() as now:
        restore(text, actor="moderator/1", now=now)
    assert "Autrice" in card(read(client), text.number)
    with writing():
        forget_author(text)
    assert "Autrice" not in card(read(client), text.number)
    with writing() as now:
        withdraw(text, author=author, now=now)
    assert "fontaine" not in read(client)


def test_a_text_hidden_while_its_card_is_made_is_neither_shown_nor_kept(client: Client, text: Contribution) -> None:
    from polyphonie.consultation import cards

    def hidden_meanwhile(keys: list[int]) -> list[Contribution]:
        Contribution.objects.filter(pk=text.pk).update(status="hidden")
        return list(Contribution.objects.select_related("author", "speaks_for").filter(pk__in=keys).order_by("pk"))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cards, "in_order", hidden_meanwhile)
        assert "fontaine" not in read(client)
    assert all("fontaine" not in str(piece) for piece in pieces._by_key.values())


def test_a_card_is_kept_in_each_language(client: Client, text: Contribution) -> None:
    Contribution.objects.filter(pk=text.pk).update(arguments_for=2)
    french, english = read(client), read(client, **{"Accept-Language": "en"})
    assert ">2 arguments</a>" in card(french, text.number)
    assert "Proposer une source" in card(french, text.number)
    assert "Propose a source" in card(english, text.number)
    assert (read(client), read(client, **{"Accept-Language": "en"})) == (french, english)


def test_one_person_s_form_is_never_that_of_another(text: Contribution) -> None:
    first, second = a_voter("Première"), a_voter("Seconde")
    with writing() as now:
        cast_vote(text, account=first, position=1, nonce=b"n" * 16, after=0, revision=1, now=now)
    one, other = signed_in(first), signed_in(second)
    for _time in range(2):  # the second time, everything that can be kept is
        mine, theirs = card(read(one, PLACES), text.number), card(read(other, PLACES), text.number)
        assert "Votre avis est compté" in mine
        assert 'name="after" value="1"' in mine
        assert "Votre avis est compté" not in theirs
        assert 'name="after" value="0"' in theirs
        assert 'aria-current="true"' not in theirs
    assert "Votre avis" not in read(Client(), PLACES)
    assert "csrfmiddlewaretoken" not in read(Client(), PLACES)
    marks = [re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', read(client, PLACES)) for client in (one, one, other)]
    assert len({mark for found in marks for mark in found}) == 3
    nonces = re.findall(r'name="n" value="([^"]+)"', read(one, PLACES) + read(one, PLACES))
    assert len(nonces) == len(set(nonces)) == 4


def test_nothing_kept_bears_a_person_s_mark_vote_or_name(text: Contribution) -> None:
    first = a_voter("Première")
    with writing() as now:
        cast_vote(text, account=first, position=-1, nonce=b"n" * 16, after=0, revision=1, now=now)
    reader = signed_in(first)
    html = read(reader, PLACES)
    mark = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)[0]
    kept = " ".join(str(piece) for piece in pieces._by_key.values())
    assert "Une fontaine" in kept
    for personal in (mark, "Première", 'aria-current="true"', "<form"):
        assert personal not in kept


def test_a_vote_that_waits_changes_no_page_of_others(text: Contribution) -> None:
    before = [read(Client(), address) for address in (PLACES, WITH_RESULTS)]
    with writing() as now:
        cast_vote(text, account=a_voter_inside(now), position=1, nonce=b"n" * 16, after=0, revision=1, now=now)
    assert Vote.objects.count() == 1
    assert [read(Client(), address) for address in (PLACES, WITH_RESULTS)] == before


def a_voter_inside(now: Any) -> Account:
    account = a_person("Votante", on=now)
    ensure_voter_secret(account)
    return account


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("mine", ["", "agree", "mixed", "disagree"])
@pytest.mark.parametrize("asked_again", [False, True])
def test_a_form_from_the_mould_is_the_one_of_the_template(
    consultation: Consultation, language: str, mine: str, asked_again: bool
) -> None:
    request = RequestFactory().get("/")
    mark, back = FormMark.of(request), '/demain/?q=%s"><b>100%</b>&%(number)s#c7'
    strip = Strip(number=7, revision=3, mine=mine, after=12, nonce="bm9uY2U", is_asked_again=asked_again)
    template = get_template("consultation/strip.html").template  # type: ignore[attr-defined]
    with translation.override(language):
        expected = template.module.strip_form(strip, consultation.process, consultation, mark, back=back)
        assert written(strip, consultation, mark=mark, back=back) == expected


def test_no_text_can_take_the_place_of_a_form(consultation: Consultation, author: Account) -> None:
    with writing() as now:
        text = speaking.propose(consultation, Text(f"Titre {SLOT}", f"{SLOT} %s %(number)s"), account=author, now=now)
    html = card(read(signed_in(a_voter("Votante")), PLACES), text.number)
    assert html.count("<form") == 1
    assert html.index("<form") > html.index("%(number)s")
    assert "&lt;!--form--&gt;" in html
    assert SLOT not in html


def test_pieces_stay_within_their_bound_and_the_latest_used_stay() -> None:
    from markupsafe import Markup

    small = Pieces(most_bytes=20_000)
    for rank in range(100):
        small.put(rank, Markup("x" * 500))
        assert small.get(0) is not None
    assert small.bytes <= 20_000
    assert 5 < len(small) < 20
    assert small.get(1) is None
    small.put(0, Markup("y"))
    assert small.get(0) == "y"
    small.clear()
    assert small.bytes == 0
