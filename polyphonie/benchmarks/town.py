"""What does a measured installation hold? An open consultation, its proposals, voters, their votes, and people signed in."""

import json
import os
import random
import sys
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from polyphonie.accounts.actions.people import open_account
from polyphonie.accounts.models import Account
from polyphonie.benchmarks.words import WORDS, sentence
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.agreeing import agree
from polyphonie.consultation.actions.counting import rank_lists, refresh_counters
from polyphonie.consultation.actions.drawing import draw_lists
from polyphonie.consultation.models import AGREE, DISAGREE, MIXED, Vote
from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Contribution
from polyphonie.core.writing import writing
from polyphonie.ledger.notes import RECEIPT, public_key
from polyphonie.processes.actions import announce_consultation, create_process, grant_role, open_consultation
from polyphonie.processes.models import Consultation, Process, Role

SLUG = "mesure"
ACTOR = "organiser/1"
AT_ONCE = 2000
SALT, NONCE, PSEUDONYM, LEAF = 32, 16, 16, 32
METHOD = {
    "who_decides": "Le conseil municipal.",
    "what_becomes": "Chaque proposition reçoit une réponse.",
    "legal_basis": "Consentement explicite.",
    "synthesis_planned": "Une synthèse écrite.",
    "appeal_body": "La médiatrice d’une commune voisine",
}


def fill(*, proposals: int, voters: int = 0, votes: int = 0, sessions: int = 0) -> dict[str, Any]:
    """Fill an empty installation; what one must know to ask for its pages."""
    chance = random.Random(746)  # noqa: S311  (a town to measure, always the same)
    with writing() as now:
        consultation = _open_town(now)
        author = open_account("autrice@exemple.fr", name="Autrice", is_fifteen=True, language="fr", now=now)
        agree(author, consultation.process, now=now)
    for start in range(0, proposals, AT_ONCE):
        with writing() as now:
            for _rank in range(start, min(start + AT_ONCE, proposals)):
                speaking.propose(consultation, _text(chance), account=author, now=now)
    texts = list(Contribution.objects.filter(consultation=consultation).order_by("number"))
    with writing() as now:
        _vote(consultation, texts, voters=voters, votes=votes, chance=chance)
        draw_lists(consultation, now=now)
        rank_lists(consultation)
    return {
        "process": SLUG,
        "consultation": consultation.slug,
        "numbers": [text.number for text in texts],
        "sessions": [_session(rank) for rank in range(sessions)],
        "word": WORDS[0],
        "receipt_key": public_key(RECEIPT).hex(),
    }


def _open_town(now: datetime) -> Consultation:
    process = create_process(slug=SLUG, title="Mesure", organiser="Banc d’essai", now=now)
    for name, value in METHOD.items():
        setattr(process, name, value)
    process.feedback_due_on = (now + timedelta(days=300)).date()
    process.save()
    for rank in (1, 2):
        moderator = open_account(
            f"moderation{rank}@exemple.fr", name=f"Modération {rank}", is_fifteen=True, language="fr", now=now
        )
        grant_role(process, moderator, Role.MODERATOR, actor=ACTOR, now=now)
    judge = open_account("mediatrice@exemple.fr", name="Médiatrice", is_fifteen=True, language="fr", now=now)
    judge.has_second_factor = True
    judge.save(update_fields=["has_second_factor"])
    grant_role(process, judge, Role.APPEAL, actor=ACTOR, now=now)
    consultation = Consultation.objects.create(
        process=process,
        slug="nos-places",
        title="Nos places",
        questions="Que faire de nos places ?",
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=30),
    )
    announce_consultation(consultation, actor=ACTOR, now=now)
    return open_consultation(consultation, now=now)


def _text(chance: random.Random) -> Text:
    return Text(sentence(chance, 6), "\n\n".join(f"{sentence(chance, 60)}." for _ in range(3)))


def _vote(consultation: Consultation, texts: list[Contribution], *, voters: int, votes: int, chance: random.Random) -> None:
    """Published votes of people nobody knows, as many each as it takes."""
    pseudonyms = [os.urandom(PSEUDONYM) for _ in range(voters)]
    pairs = {(chance.choice(pseudonyms), chance.randrange(len(texts))) for _ in range(votes)} if voters else set()
    Vote.objects.bulk_create((_row(consultation, texts[rank], voter, chance) for voter, rank in pairs), batch_size=400)
    refresh_counters(consultation, [text.pk for text in texts])


def _row(consultation: Consultation, text: Contribution, voter: bytes, chance: random.Random) -> Vote:
    kept: dict[str, Any] = {
        "position": chance.choice((AGREE, AGREE, MIXED, DISAGREE)),
        "revision": text.revision,
        "leaf_revision": text.revision,
    }
    kept |= {"salt": os.urandom(SALT), "nonce": os.urandom(NONCE), "leaf_hash": os.urandom(LEAF), "seq": 1}
    published = {f"published_{name}": value for name, value in kept.items()}
    return Vote(consultation=consultation, contribution=text, voter=voter, is_waiting=False, **kept, **published)


def _session(rank: int) -> str:
    """The key of a session in which a new account is signed in."""
    with writing() as now:
        account = open_account(f"personne{rank}@exemple.fr", name=f"Personne {rank}", is_fifteen=True, language="fr", now=now)
        agree(account, Process.objects.get(slug=SLUG), now=now)
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(account.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = Account.get_session_auth_hash(account)
        session.save()
    return str(session.session_key)


def print_filled(**wanted: int) -> None:
    """Fill, and say on standard output what `fill` returns."""
    sys.stdout.write(json.dumps(fill(**wanted)) + "\n")
