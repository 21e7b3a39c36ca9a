"""A process that votes until it is killed, saying aloud what was acknowledged: run by `test_kill.py`, never by the product.

Several people vote at once in it, each vote a request of its server.

    python -m tests.consultation.voting_process prepare|vote|check JOURNAL

`vote` writes to JOURNAL, with an fsync each, `try …` before each vote and `ack …` once its transaction is committed; it first
posts again the votes that were tried last and not acknowledged, as a browser would. `check` compares the database with it.
"""

import json
import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Lock

import django

PEOPLE, TEXTS = 12, 8
AT_ONCE = 4


def prepare() -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from tests.consultation import electorate

    call_command("migrate", verbosity=0)
    now = timezone.now()
    consultation = electorate.an_open_consultation(opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=20))
    electorate.accounts(PEOPLE)
    for rank in range(TEXTS):
        electorate.a_proposal(consultation, f"P{rank}")


def vote(journal: Path) -> None:
    from polyphonie.accounts.models import Account
    from polyphonie.contributions.models import Contribution
    from polyphonie.core.serving.turnstile import Turnstile
    from polyphonie.core.storage import ferry

    ferry.SLOW = -1  # as on a slow disk: those who wait cross together
    tried, acknowledged = read(journal)
    seqs = {(act["text"], act["account"]): act["after"] + 1 for act in acknowledged.values()}
    unanswered = [act for nonce, act in tried.items() if nonce not in acknowledged]
    people = list(Account.objects.filter(wrapped_secret__isnull=False).order_by("pk"))
    texts = {text.pk: text for text in Contribution.objects.select_related("consultation").order_by("pk")}
    server = Turnstile(lambda request, _start: [cast(request["person"], texts[request["act"]["text"]], request["act"])])
    with journal.open("a", encoding="ascii") as file, ThreadPoolExecutor(AT_ONCE) as pool:
        speaking = Lock()

        def say(word: str, act: dict[str, object]) -> None:
            with speaking:
                file.write(f"{word} {json.dumps(act)}\n")
                file.flush()
                os.fsync(file.fileno())

        def vote_on_and_on(some: list[Account]) -> None:
            mine = {person.pk: person for person in some}
            again = [act for act in unanswered if act["account"] in mine]
            while True:
                if again:
                    act = again.pop()
                else:
                    person, text = random.choice(some), random.choice(list(texts))
                    after = seqs.get((text, person.pk), 0)
                    act = {"account": person.pk, "text": text, "after": after, "position": random.choice([1, 0, -1])}
                    act["nonce"] = os.urandom(16).hex()
                    say("try", act)
                server({"act": act, "person": mine[act["account"]]}, None)
                say("ack", act)
                seqs[act["text"], act["account"]] = act["after"] + 1

        for voting in [pool.submit(vote_on_and_on, people[rank::AT_ONCE]) for rank in range(AT_ONCE)]:
            voting.result()


def cast(person, text, act) -> None:
    from polyphonie.consultation.actions.voting import cast_vote
    from polyphonie.core.writing import writing

    facts = {"position": act["position"], "nonce": bytes.fromhex(act["nonce"]), "after": act["after"]}
    with writing(lock=text.consultation, shared=True) as now:
        done = cast_vote(text, account=person, revision=1, now=now, **facts)
    assert done.seq == act["after"] + 1


def check(journal: Path) -> None:
    from polyphonie.accounts.models import Account
    from polyphonie.accounts.voter_secret import voter_secret
    from polyphonie.consultation.models import Vote
    from polyphonie.ledger.models import WaitingEntry
    from polyphonie.ledger.pseudonyms import voter_pseudonym

    tried, acknowledged = read(journal)
    people = {account.pk: account for account in Account.objects.filter(wrapped_secret__isnull=False)}
    last: dict[tuple[int, int], dict[str, int]] = {}
    for act in acknowledged.values():
        last[act["text"], act["account"]] = act
    lost = 0
    for (text, account), act in last.items():
        row = Vote.objects.filter(
            contribution=text, voter=voter_pseudonym(voter_secret(people[account]), "marvejols", "la-place")
        ).first()
        is_there = row is not None and (row.seq, row.position) == (act["after"] + 1, act["position"])
        is_followed = row is not None and row.seq > act["after"] + 1
        lost += not (is_there or is_followed)
    leaves = [json.loads(leaf) for leaf in WaitingEntry.objects.values_list("leaf", flat=True)]
    marks = {(leaf["nullifier"], leaf["seq"]) for leaf in leaves}
    rows = Vote.objects.count()
    written = sum(Vote.objects.values_list("seq", flat=True))
    print(
        json.dumps(
            {
                "tried": len(tried),
                "acknowledged": len(acknowledged),
                "lost": lost,
                "doubled": len(leaves) - len(marks) + max(0, rows - PEOPLE * TEXTS) + abs(written - len(leaves)),
                "written_unacknowledged": written - len(acknowledged),
            }
        )
    )


def read(journal: Path) -> tuple[dict[str, dict], dict[str, dict]]:
    tried, acknowledged = {}, {}
    for line in journal.read_text(encoding="ascii").splitlines() if journal.exists() else []:
        word, _, rest = line.partition(" ")
        try:
            act = json.loads(rest)
        except ValueError:  # the line that was being written when the process was killed
            continue
        (acknowledged if word == "ack" else tried)[act["nonce"]] = act
    return tried, acknowledged


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "polyphonie.config.settings"
    django.setup()
    {"prepare": lambda _journal: prepare(), "vote": vote, "check": check}[sys.argv[1]](Path(sys.argv[2]))
