"""Someone who closes their account leaves nothing of themselves, and does not come back to vote twice."""

import os
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.utils import timezone

from polyphonie.accounts.actions import declare_organisation, make_administrator, open_account, send_code
from polyphonie.accounts.models import Account, Membership, RecoveryCode, SecurityEvent, SignInCode, VerificationRequest
from polyphonie.accounts.sessions import contents_of
from polyphonie.accounts.voter_secret import create_voter_secret
from polyphonie.annotations.dataset import ERASURES
from polyphonie.consultation.actions.batches import close_consultation
from polyphonie.consultation.actions.voting import cast_vote
from polyphonie.consultation.models import Departure, Vote
from polyphonie.contributions.actions import Text, publish, revise
from polyphonie.contributions.models import Contribution, Kind, Side, Status
from polyphonie.core.refusal import Refused
from polyphonie.core.serving import limits
from polyphonie.core.serving.holding import shelf
from polyphonie.core.serving.keeping import pieces
from polyphonie.core.writing import writing, writing_at
from polyphonie.ledger.models import Entry
from polyphonie.moderation.models import Ground
from polyphonie.notifications.actions import follow, refuse, tell, tell_followers
from polyphonie.notifications.models import Topic
from polyphonie.opendata import verify
from polyphonie.opendata.publishing import is_due, published
from polyphonie.opendata.publishing import publish as make_export
from polyphonie.outbox.actions import queue_mail
from polyphonie.outbox.models import Mail
from polyphonie.portal.actions import close_account_of
from polyphonie.processes.actions import grant_role
from polyphonie.processes.actions.people import invite
from polyphonie.processes.models import Role
from tests.concertations import hide_by_moderation
from tests.portal.scene import Scene, a_scene

pytestmark = pytest.mark.django_db
ROUNDS = 25
"""Of each of the two ways of leaving, with one's votes or without; in each, one comes back twice: a hundred returns."""

CODE = re.compile(r"\b\d{6}\b")


@pytest.fixture
def scene() -> Scene:
    limits.forget_all()
    return a_scene()


def a_person(name: str, address: str = "") -> Account:
    with writing() as now:
        account = open_account(address or f"{name}@example.org", name=name, is_fifteen=True, language="fr", now=now)
        create_voter_secret(account)
        return account


def vote(text: Contribution, account: Account, position: int = 1) -> None:
    with writing(lock=text.consultation, shared=True) as now:
        cast_vote(text, account=account, position=position, nonce=os.urandom(16), after=0, revision=text.revision, now=now)


def close(account: Account, *, removes_texts: bool = False, withdraws_votes: bool = False):
    with writing() as now:
        return close_account_of(account, removes_texts=removes_texts, withdraws_votes=withdraws_votes, now=now)


def everything() -> str:
    """Every cell of every table, in words."""
    cells = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                cells += [bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell) for cell in row]
    sessions = [str(contents_of(session)) for session in Session.objects.all()]
    caches_held = [str(caches["default"]._cache), str(shelf._pages)]
    pieces.get("")  # what was kept before something was taken away goes at the next page
    return "\n".join([*cells, *sessions, *caches_held, str(pieces._by_key)]).casefold()


@pytest.mark.parametrize("withdraws_votes", [False, True])
def test_a_hundred_who_close_and_return_vote_no_second_time(scene: Scene, withdraws_votes: bool) -> None:
    refused = 0
    for round_ in range(ROUNDS):
        address = f"revient{round_}@example.org"
        first = a_person(f"Première {round_}", address)
        vote(scene.proposal, first)
        close(first, withdraws_votes=withdraws_votes)
        back = a_person(f"Retour {round_}", address.upper())
        assert back.pk != first.pk
        for text in (scene.proposal, scene.quiet):
            with pytest.raises(Refused, match="a fermé son compte"):
                vote(text, back, -1)
            refused += 1
        with pytest.raises(Refused):
            vote(scene.proposal, first, -1)
        close(back)
        with pytest.raises(Refused):
            vote(scene.proposal, a_person(f"Encore {round_}", address), -1)
        refused += 1
    print(f"R5b: {2 * ROUNDS} returns, {refused} returning votes refused, {Vote.objects.count() - ROUNDS} second votes")
    assert refused == 3 * ROUNDS == 75
    assert Vote.objects.count() == Departure.objects.count() == ROUNDS


def test_an_address_that_never_voted_comes_back_and_votes(scene: Scene) -> None:
    close(a_person("Passante"))
    vote(scene.proposal, a_person("Passante"))
    assert Vote.objects.count() == 1
    assert not Departure.objects.exists()


def test_the_marks_go_when_the_consultation_closes(scene: Scene) -> None:
    first = a_person("Partie")
    vote(scene.proposal, first)
    close(first)
    assert Departure.objects.count() == 1
    scene.consultation.refresh_from_db()
    with writing_at(scene.consultation.closes_at + timedelta(seconds=1), lock=scene.consultation) as now:
        close_consultation(scene.consultation, now=now)
    assert not Departure.objects.exists()


def test_a_kept_text_loses_its_name_and_what_opened_it(scene: Scene) -> None:
    ines = a_person("Inès Quenouille")
    with writing() as now:
        text = publish(scene.consultation, Kind.PROPOSAL, Text("Un banc", "À l’ombre."), author=ines, now=now)
        revise(text, Text("Deux bancs", "À l’ombre."), author=ines, now=now)
    leaves = Entry.objects.count()
    done = close(ines)
    assert (done.removed, done.kept) == (0, 1)
    text.refresh_from_db()
    assert (text.author_name, text.title, text.status) == ("", "Deux bancs", Status.PUBLISHED)
    assert set(text.revisions.values_list("author_salt", flat=True)) == {None}
    assert None not in set(text.revisions.values_list("salt", flat=True))
    assert Entry.objects.count() == leaves + 2
    assert Entry.objects.filter(kind="erase", leaf__contains='"ground":"name"').count() == 2
    page = Client().get(f"/demain/contributions/{text.number}/").content.decode()
    assert "Compte fermé" in page
    assert "Quenouille" not in page
    gone = {row["number"]: row["ground"] for row in ERASURES.checked_rows(scene.process)}
    assert gone[text.number] == "closed_account"
    day = {row["number"]: row["erased_on"] for row in ERASURES.checked_rows(scene.process)}
    assert day[text.number] == timezone.localdate().isoformat()


def test_removed_texts_leave_their_numbers_and_an_erasure_in_the_register(scene: Scene) -> None:
    ines = a_person("Inès")
    with writing() as now:
        text = publish(scene.consultation, Kind.PROPOSAL, Text("Un banc", "À l’ombre."), author=ines, now=now)
        about = publish(
            scene.consultation, Kind.ARGUMENT, Text(body="On s’y repose."), author=ines, about=text, side=Side.FOR, now=now
        )
    with writing_at(scene.consultation.closes_at + timedelta(days=1), lock=scene.consultation) as now:
        close_consultation(scene.consultation, now=now)
    assert close(ines, removes_texts=True).removed == 2
    for one in (text, about):
        one.refresh_from_db()
        assert (one.status, one.body, one.author_name) == (Status.WITHDRAWN, "", "")
    assert Entry.objects.filter(kind="erase", leaf__contains=f'"contribution/{text.number}"').count() == 1


def test_what_was_written_for_an_organisation_stays_under_its_name(scene: Scene) -> None:
    ines = a_person("Inès")
    with writing() as now:
        club = declare_organisation(ines, name="Le club", kind="private_organisation", now=now)
        text = publish(scene.consultation, Kind.PROPOSAL, Text("Un banc", "À l’ombre."), author=ines, speaks_for=club, now=now)
    close(ines, removes_texts=True)
    text.refresh_from_db()
    assert (text.author_name, text.status) == ("Le club", Status.PUBLISHED)
    assert not Membership.objects.exists()


def test_the_last_organiser_and_the_last_administrator_name_another_first(scene: Scene) -> None:
    ines = a_person("Inès")
    with writing() as now:
        grant_role(scene.process, ines, Role.ORGANISER, actor="organiser/1", now=now)
        admin, _token = make_administrator("admin@example.org", name="Admin", language="fr", now=now)
    for who in (ines, admin):
        with pytest.raises(Refused):
            close(who)
        who.refresh_from_db()
        assert who.closed_on is None
        assert who.email
        assert who.wrapped_secret is not None
    paul = a_person("Paul")
    with writing() as now:
        grant_role(scene.process, paul, Role.ORGANISER, actor="organiser/1", now=now)
    close(ines)
    assert Account.objects.get(pk=ines.pk).closed_on is not None


def a_life(scene: Scene, rank: int) -> tuple[Account, str]:
    """Someone whose every personal field holds a word found nowhere else."""
    word = f"zyzomys{rank}q"
    account = a_person(f"Nom {word}", f"{word}@example.org")
    account.territory = f"Quartier {word}"
    account.category = "citizen"
    account.is_listed = True
    account.set_password(f"un mot de passe {word}")
    account.save()
    with writing() as now:
        text = publish(scene.consultation, Kind.PROPOSAL, Text(f"Titre {word}", f"Corps {word}"), author=account, now=now)
        revise(text, Text(f"Titre encore {word}", f"Corps {word}"), author=account, now=now)
        follow(account, "consultation/demain/places")
        refuse(account, Topic.REACTIONS)
        tell(account, Topic.CONSULTATIONS, key=f"k/{word}", line=f"Ligne {word}", address="/", now=now)
        quotes = f"contribution/demain/{text.number}"
        subject, line = "consultation/demain/places", f"{word} a écrit"
        tell_followers(subject, key=f"f/{word}", line=lambda: line, address="/", now=now, quotes=quotes)
        queue_mail(f"m/{rank}", account.email or "", f"Objet {word}", f"Corps {word}", now=now)
        queue_mail(f"o/{rank}", "autre@example.org", "Objet", f"{word} vous répond", now=now, quotes=quotes)
        invite(scene.process, email=account.email or "", role=Role.MODERATOR, actor="organiser/1", now=now)
        club = declare_organisation(account, name=f"Club {rank}", kind="private_organisation", now=now)
        VerificationRequest.objects.create(
            organisation=club, requested_by=account, evidence=f"Preuve {word}", requested_on=now.date()
        )
        SecurityEvent.objects.create(account=account, kind="second_factor_reset", reason=f"Motif {word}", happened_on=now.date())
        RecoveryCode.objects.create(account=account, code_hash=f"{word}")
    vote(scene.proposal, account)
    client = Client()
    client.force_login(account)
    session = client.session
    session["draft"] = {"title": f"Brouillon {word}"}
    session.save()
    other = Client()
    other.get("/connexion/")
    session = other.session
    session["signing_in"] = {"address": account.email}
    session.save()
    Client().get(f"/demain/contributions/{text.number}/")
    return account, word


def test_no_canary_of_twenty_closed_people_is_left(scene: Scene) -> None:
    limits.forget_all()
    people = [a_life(scene, rank) for rank in range(20)]
    before = everything()
    found = sum(before.count(word) for _account, word in people)
    assert all(word in before for _account, word in people)
    for account, _word in people:
        client = Client()
        client.force_login(account)
        answer = by_hand(client, {"texts": "remove", "votes": "withdraw"})
        assert answer.status_code == 200
    after = everything()
    left = {word: after.count(word) for _account, word in people if word in after}
    print(f"P4 (reduced): 20 people, {found} canaries planted, {sum(left.values())} left")
    assert left == {}
    assert Vote.objects.filter(waits_for_close=True).count() == 20
    assert not SignInCode.objects.exists()


def by_hand(client: Client, choices: dict[str, str], address: str = "/mon-espace/fermer/"):
    """Ask for the code, read the mail, send it back."""
    limits.forget_all()
    sent = client.post(address, {"send": "1", **choices})
    assert sent.status_code == 200
    code = CODE.search(Mail.objects.filter(key__startswith="code/").latest("pk").subject)
    return client.post(address, {**choices, "code": code[0]})


def test_one_closes_with_a_fresh_code_and_is_signed_out_everywhere(scene: Scene) -> None:
    ines = a_person("Inès")
    here, there = Client(), Client()
    here.force_login(ines)
    there.force_login(ines)
    shown = here.get("/mon-espace/fermer/").content.decode()
    for said in ("30 jours", "nous échappent", "compte fermé", "pas y voter une seconde fois"):
        assert said in shown.replace("\u00a0", " ").replace("\u202f", " ")
    choices = {"texts": "keep", "votes": "keep"}
    assert here.post("/mon-espace/fermer/", choices).status_code == 422
    sent = here.post("/mon-espace/fermer/", {"send": "1", "texts": "remove", "votes": "keep"})
    assert re.search(r'value="remove"[^>]*checked', sent.content.decode())
    wrong = here.post("/mon-espace/fermer/", {**choices, "code": "abcdef"})
    assert wrong.status_code == 422
    assert Account.objects.get(pk=ines.pk).closed_on is None
    assert by_hand(here, choices).status_code == 200
    assert Account.objects.get(pk=ines.pk).closed_on == timezone.localdate()
    for client in (here, there):
        assert client.get("/mon-espace/").status_code == 302
    assert not any(contents_of(session) for session in Session.objects.all())


def test_a_sign_in_code_closes_nothing(scene: Scene) -> None:
    ines = a_person("Inès")
    client = Client()
    client.force_login(ines)
    other = Client()
    other.post("/connexion/", {"address": ines.email})
    with writing() as now:
        send_code(ines.email or "", language="fr", now=now)
    code = CODE.search(Mail.objects.filter(key__startswith="code/").latest("pk").subject)
    answer = client.post("/mon-espace/fermer/", {"texts": "keep", "votes": "keep", "code": code[0]})
    assert answer.status_code == 422
    assert Account.objects.get(pk=ines.pk).closed_on is None


def test_a_hidden_text_stays_hidden_without_its_name(scene: Scene) -> None:
    ines = a_person("Inès")
    with writing() as now:
        text = publish(scene.consultation, Kind.PROPOSAL, Text("Un banc", "À l’ombre."), author=ines, now=now)
        hide_by_moderation(text, ground=Ground.CHARTER_ABUSE, facts="Une attaque.", now=now)
    close(ines, removes_texts=True)
    text.refresh_from_db()
    assert (text.status, text.author_name) == (Status.HIDDEN, "")


@pytest.mark.django_db(transaction=True)
def test_the_public_files_are_made_again_within_the_hour_and_the_old_ones_go(settings, tmp_path) -> None:
    settings.POLYPHONIE_VAR = tmp_path
    scene = a_scene()
    word = "zyzomysq"
    ines = a_person(word)
    with writing() as now:
        publish(scene.consultation, Kind.PROPOSAL, Text("Un banc", "À l’ombre."), author=ines, now=now)
    make_export(scene.process)
    client = Client()
    client.force_login(ines)
    by_hand(client, {"texts": "keep", "votes": "keep"})
    last = published(scene.process)
    assert is_due(scene.process, now=last.made_at + timedelta(minutes=5)), "at once where an export takes a moment"
    (last.folder / "seconds").write_text("900")
    assert not is_due(scene.process, now=last.made_at + timedelta(minutes=59))
    assert is_due(scene.process, now=last.made_at + timedelta(minutes=61))
    again = make_export(scene.process)
    report = verify.verify(str(again.folder / "files"), seen=[])
    assert not any(report.failures[code] for code in ("texts", "texts_opened", "chain", "contributions", "files"))
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix in (".csv", ".jsonl", ".json")]
    assert files
    assert not any(word in path.read_text(encoding="utf-8") for path in files)
    assert not is_due(scene.process, now=published(scene.process).made_at + timedelta(minutes=61))
