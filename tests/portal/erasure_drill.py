"""A thousand people leave, whose every personal field holds a word found nowhere else: run by `test_erasure.py` alone.

    python -m tests.portal.erasure_drill FOLDER COUNT     prints one JSON object

It plants the words wherever the site keeps something of people, closes their accounts, then looks for the words everywhere: in
every cell of every table, sessions, the pages held in memory, every file of the site, the export, and the database once restored
from a backup made before they left.
"""

import io
import json
import os
import re
import sys
import time
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent.parent
TOGETHER = 100
HIDDEN = 3
"""Of forty, the one whose text is hidden: it stays so, without a name, as long as the file of moderation; it holds no word."""
KEEPER = 8
"""Of eight, the one who leaves their text behind, without a name; the odd ones take theirs back, the others wrote none."""
AFTER_THE_BACKUP = 50
"""How many leave after the backup that is then restored: the others are closed in it already."""
THROUGH_PAGES = 10
"""How many of these leave through the pages, with sessions open in two browsers."""


WORD = re.compile(r"zyzomys\d{5}q", re.IGNORECASE)


def word_of(rank: int) -> str:
    return f"zyzomys{rank:05}q"


def drill(folder: Path, count: int) -> dict[str, Any]:
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone, translation

    from polyphonie.config.backups.making import make_backup
    from polyphonie.config.backups.restoring import restore
    from polyphonie.opendata import verify
    from polyphonie.opendata.export import export
    from polyphonie.opendata.publishing import publish
    from polyphonie.processes.models import Process
    from tests.consultation import electorate

    started = time.monotonic()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    call_command("migrate", verbosity=0)
    settings.POLYPHONIE_HOLD_SECONDS = 600
    settings.ALLOWED_HOSTS = ["*"]
    translation.activate("fr")
    now = timezone.now()
    consultation = electorate.an_open_consultation(opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=20))
    process = Process.objects.get(pk=consultation.process_id)
    common = electorate.a_proposal(consultation, "Planter des tilleuls")
    stay = electorate.an_account("Celle qui reste")
    people = [
        account
        for start in range(0, count, TOGETHER)
        for account in plant(range(start, min(start + TOGETHER, count)), consultation, common)
    ]
    first, last = people[:-AFTER_THE_BACKUP], people[-AFTER_THE_BACKUP:]
    browsers = [sign_in(account, rank) for rank, account in enumerate(last[:THROUGH_PAGES], start=len(first))]
    publish(process)
    before = look(folder, process)
    planted_at = time.monotonic()
    close(first, [], 0)
    backup = make_backup(folder / "avant.tar.gz").file
    close(last, browsers, len(first))
    publish(process)
    seal()
    after = look(folder, process)
    closed_at = time.monotonic()
    report = verified(process, folder / "verified", export, verify)
    replayed = restore(backup, accept_loss=True).replayed
    publish(Process.objects.get())
    restored = look(folder, Process.objects.get())
    facts = {
        "people": count,
        "planted": before,
        "left": after,
        "left_in_the_restored_backup": restored,
        "words_planted": len({word for place in before.values() for word in place}),
        "verifies": report,
        "after_the_backup": len(last),
        "closed_again": replayed.closed,
        "refused": replayed.refused,
        "stays": type(stay).objects.get(pk=stay.pk).email,
        "seconds": [round(planted_at - started, 1), round(closed_at - planted_at, 1), round(time.monotonic() - closed_at, 1)],
    }
    for places in ("planted", "left", "left_in_the_restored_backup"):
        facts[places] = {place: sum(words.values()) for place, words in facts[places].items()}
    return facts


def plant(ranks: range, consultation: Any, common: Any) -> list[Any]:
    """These people live: each leaves their word wherever a person can leave something."""
    from polyphonie.accounts.actions.restricting import hide_name
    from polyphonie.accounts.voter_secret import create_voter_secret
    from polyphonie.consultation.actions.voting import cast_vote
    from polyphonie.contributions.actions import Text, hide, publish, revise
    from polyphonie.contributions.models import Contribution, Kind
    from polyphonie.core.writing import writing

    with writing(lock=consultation) as now:
        people = opened(ranks, now)
        leave_words(people, ranks, consultation, now)
        for rank, account in zip(ranks, people, strict=True):
            word = word_of(rank)
            create_voter_secret(account)
            is_hidden, removes = rank % 40 == HIDDEN, rank % 2
            if not (removes or rank % KEEPER == 0):
                continue
            title, body = (
                (f"Titre {word}", f"Corps {word} et {word}s") if removes and not is_hidden else ("Un banc", "À l’ombre.")
            )
            text = publish(consultation, Kind.PROPOSAL, Text(title, body), author=account, now=now)
            if rank % 10 == 1:
                text = Contribution.objects.select_related("consultation__process", "process").get(pk=text.pk)
                revise(text, Text(f"Titre encore {word}", body), author=account, now=now)
            if is_hidden:
                hide(text, ground="charter_abuse", actor="moderator/1", now=now)
            if rank % 5 == (3 if removes else 0):
                comment(consultation, account, word if removes else "rien", now)
            if rank % 40 == 7:
                hide_name(account, ground="charter_abuse", now=now)
    with writing(lock=consultation, shared=True) as now:
        for account in people[:: len(people) // 10]:
            cast_vote(common, account=account, position=1, nonce=os.urandom(16), after=0, revision=1, now=now)
    return people


def comment(consultation: Any, account: Any, word: str, now: Any) -> None:
    """What they say of a synthesis, which the first of them finds published."""
    from polyphonie.annotations.actions import Words, annotate, open_comments, publish_version, reply
    from polyphonie.annotations.models import Document
    from polyphonie.annotations.queries import current_version

    document, is_new = Document.objects.get_or_create(
        process=consultation.process, kind="synthesis", slug=consultation.slug, defaults={"title": "La place"}
    )
    if is_new:
        publish_version(document, [{"key": "s1", "text": "Beaucoup veulent de l’ombre."}], actor="rapporteur/1", now=now)
        open_comments(document, closes_at=now + timedelta(days=9), actor="rapporteur/1", now=now)
    version = current_version(document)
    assert version is not None
    words = Words(f"Titre {word}", f"Corps {word}")
    said = annotate(version, block="s1", start=0, end=8, words=words, author=account, now=now)
    reply(said, words=words, author=account, now=now)


def opened(ranks: range, now: Any) -> list[Any]:
    from polyphonie.accounts.models import Account

    today = now.date()
    rows = [
        Account(
            email=f"{word}@example.org", display_name=f"Nom {word}", display_key=f"nom {word}", slug=f"nom-{word}",
            territory=f"Quartier {word}", is_listed=True, joined_on=today, confirmed_on=today, password=f"!{word}",
        )
        for word in map(word_of, ranks)
    ]  # fmt: skip
    return list(Account.objects.bulk_create(rows))


def leave_words(people: list[Any], ranks: range, consultation: Any, now: Any) -> None:
    """What is tied to an account by one row, entered together."""
    from polyphonie.accounts.models import (
        Consent,
        Organisation,
        RecoveryCode,
        SecurityEvent,
        StaffAccess,
        VerificationRequest,
    )
    from polyphonie.notifications.models import Event, Follow
    from polyphonie.outbox.models import Mail
    from polyphonie.processes.models import Invitation

    today, each = now.date(), [(rank, account, word_of(rank)) for rank, account in zip(ranks, people, strict=True)]
    when = {"queued_at": now, "due_on_or_after": now}
    Mail.objects.bulk_create(
        Mail(key=f"m/{rank}", to=account.email, subject=f"Objet {word}", body=f"Corps {word}", **when)
        for rank, account, word in each
    )
    Event.objects.bulk_create(
        Event(account=account, topic="consultations", key=f"k/{word}", line=f"Ligne {word}", address="/", happened_on=today)
        for _rank, account, word in each
    )
    Follow.objects.bulk_create(Follow(account=account, subject=f"personne/{word}") for _rank, account, word in each)
    RecoveryCode.objects.bulk_create(RecoveryCode(account=account, code_hash=word) for _rank, account, word in each)
    SecurityEvent.objects.bulk_create(
        SecurityEvent(account=account, kind="password_set", reason=f"Motif {word}", happened_on=today)
        for _r, account, word in each
    )
    StaffAccess.objects.bulk_create(StaffAccess(account=one, what="role", by="moderator/1", seen_on=today) for one in people)
    Consent.objects.bulk_create(
        Consent(account=account, subject=f"process/{word}", wording="1", wording_hash="0", language="fr", given_on=today)
        for _rank, account, word in each
    )
    clubs = Organisation.objects.bulk_create(
        Organisation(
            name=f"Club {rank}", name_key=f"club {rank}", slug=f"club-{rank}", kind="private_organisation", created_on=today
        )
        for rank in ranks
    )
    VerificationRequest.objects.bulk_create(
        VerificationRequest(organisation=club, requested_by=account, evidence=f"Preuve {word}", requested_on=today)
        for club, (_rank, account, word) in zip(clubs, each, strict=True)
    )
    Invitation.objects.bulk_create(
        Invitation(
            process=consultation.process, email=account.email, role="moderator", token_hash=word_of(rank + 50_000)[::-1],
            invited_by="organiser/1", expires_at=now + timedelta(days=9),
        )
        for rank, account, _word in each
    )  # fmt: skip


def sign_in(account: Any, rank: int) -> Any:
    """Two browsers: one where the person is signed in with a draft, one that was signing in with their address."""
    from django.test import Client

    client, other = Client(), Client()
    client.force_login(account)
    session = client.session
    session["draft"] = {"title": f"Brouillon {word_of(rank)}"}
    session.save()
    session = other.session
    session["signing_in"] = {"address": account.email}
    session.save()
    return client


def close(people: list[Any], browsers: list[Any], start: int) -> None:
    """All leave: half have their texts removed and their votes withdrawn, half leave them; some through the pages."""
    from polyphonie.core.serving import limits
    from polyphonie.core.writing import writing
    from polyphonie.outbox.models import Mail
    from polyphonie.portal.actions import close_account_of

    for rank, client in enumerate(browsers, start=start):
        limits.forget_all()
        choice = {"texts": "remove", "votes": "withdraw"} if rank % 2 else {"texts": "keep", "votes": "keep"}
        client.post("/mon-espace/fermer/", {"send": "1", **choice})
        code = re.search(r"\b\d{6}\b", Mail.objects.filter(key__startswith="code/").latest("pk").subject)
        assert client.post("/mon-espace/fermer/", {**choice, "code": code[0]}).status_code == 200
    for rank, account in enumerate(people[len(browsers) :], start=start + len(browsers)):
        with writing() as now:
            close_account_of(account, removes_texts=bool(rank % 2), withdraws_votes=bool(rank % 2), now=now)


def seal() -> None:
    from polyphonie.config import schedule
    from polyphonie.ledger import tasks as ledger
    from polyphonie.portal import tasks as portal

    schedule.run_once([*ledger.TASKS, *portal.TASKS])


def look(folder: Path, process: Any) -> dict[str, dict[str, int]]:
    """Where each word is found, and how often, place by place."""
    return {
        "tables": found_in(cells()),
        "sessions": found_in(sessions()),
        "pages": found_in(pages(process)),
        "files": found_in(files()),
    }


def found_in(texts: Any) -> dict[str, int]:
    return Counter(word.casefold() for text in texts for word in WORD.findall(text))


def cells() -> Any:
    """Every cell of every table, those of the search index's own tables too, a row at a time."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor:
                yield "\n".join(bytes(one).decode("latin-1") if isinstance(one, bytes | memoryview) else str(one) for one in row)


def sessions() -> Any:
    from django.contrib.sessions.models import Session

    from polyphonie.accounts.sessions import contents_of

    return [str(contents_of(session)) for session in Session.objects.order_by("pk")]


def pages(process: Any) -> Any:
    """What anyone reads, through the door that holds pages in memory."""
    from polyphonie.config.wsgi import application

    home = f"/{process.slug}/"
    orders = [f"{home}consultations/la-place/?ordre={order}" for order in ("recentes", "a-decouvrir")]
    places = [f"{home}participants/", f"{home}recherche/?q=titre", f"{home}flux.atom", f"{home}registre/", f"{home}chronologie/"]
    places += [f"{home}syntheses/la-place/discussions/{path}" for path in ("flux.atom", "1/")]
    for path in [home, *orders, *(f"{order}&page=2" for order in orders), *places]:
        name, _sign, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": name, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr, "HTTP_HOST": "127.0.0.1", "wsgi.multithread": False, "wsgi.multiprocess": False,
        }  # fmt: skip
        answer = application(environ, lambda *_status: None)
        yield b"".join(answer).decode()


def files() -> Any:
    """Every file of the site but the database itself: daily downloads and their archives, the log's folder, the rest."""
    from django.conf import settings

    for path in sorted(Path(settings.POLYPHONIE_VAR).rglob("*")):
        if not path.is_file() or path.name.startswith("polyphonie.sqlite3"):
            continue
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                yield from (packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
        else:
            yield path.read_bytes().decode("utf-8", "replace")


def verified(process: Any, folder: Path, export: Any, verify: Any) -> bool:
    export(process, folder)
    report = verify.verify(str(folder), seen=[])
    if not report.is_right:
        print(verify.facts(report), file=sys.stderr)
    return bool(report.is_right)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "polyphonie.config.settings"
    django.setup()
    print(json.dumps(drill(Path(sys.argv[1]), int(sys.argv[2]))))
