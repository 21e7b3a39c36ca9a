"""People who vote without a pause while their database restarts under them: run by `test_trouble.py`, never by the product.

    python -m tests.consultation.restart_traffic FOLDER

It prints `ready` once votes are acknowledged, and goes on until FOLDER/over exists: each person sends the same form again until
it is acknowledged; this is then compared with the rows and the leaves, and one JSON object is printed.
"""

import json
import os
import sys
import threading
import time
from collections import Counter
from http import HTTPStatus
from pathlib import Path

import django

PEOPLE, TEXTS = 4, 6
POSITIONS = {"agree": 1, "mixed": 0, "disagree": -1}
LONGEST = 240
"""Seconds after which it stops by itself, should nobody say that it is over."""


def a_site() -> list[int]:
    """One open consultation; the keys of those who vote in it."""
    from polyphonie.accounts.actions.voter import ensure_voter_secret
    from polyphonie.consultation.actions import speaking
    from polyphonie.contributions.actions import Text
    from polyphonie.core.writing import writing
    from tests.concertations import a_person, a_process, an_open_consultation

    with writing() as now:
        consultation = an_open_consultation(a_process(now=now), now=now)
        author = a_person("Autrice", on=now)
        for rank in range(TEXTS):
            speaking.propose(consultation, Text(f"Proposition {rank}", f"Le texte {rank}."), account=author, now=now)
        people = [a_person(f"Votante {rank}", on=now) for rank in range(PEOPLE)]
        for person in people:
            ensure_voter_secret(person)
    return [person.pk for person in people]


class Voter(threading.Thread):
    """One person, who changes their mind on every text in turn; each form is sent until it is acknowledged."""

    def __init__(self, account: int, over: Path) -> None:
        super().__init__()
        from django.test import Client

        from polyphonie.accounts.models import Account

        self.client = Client(raise_request_exception=False)
        self.client.force_login(Account.objects.get(pk=account))
        self.over = over
        self.answers: Counter[int] = Counter()
        self.acknowledged: dict[int, tuple[int, str]] = {}
        self.again = 0

    def run(self) -> None:
        from django.db import connections

        from polyphonie.ledger.canonical import b64

        end, turn = time.monotonic() + LONGEST, 0
        while not self.over.exists() and time.monotonic() < end:
            number, position = 1 + turn % TEXTS, tuple(POSITIONS)[turn % 3]
            seq, _last = self.acknowledged.get(number, (0, ""))
            form = {"number": number, "revision": 1, "after": seq, "n": b64(os.urandom(16)), "position": position}
            if not self.sent(form):
                break
            self.acknowledged[number] = (seq + 1, position)
            turn += 1
        connections.close_all()

    def sent(self, form: dict[str, object]) -> bool:
        """Whether it was acknowledged in the end; anything but « wait, then send again » stops this person."""
        from django.db import close_old_connections

        while True:
            close_old_connections()  # as the server does before each request; Django's test client does not
            status = self.client.post("/demain/voter/", form).status_code
            self.answers[status] += 1
            if status != HTTPStatus.SERVICE_UNAVAILABLE:
                return status == HTTPStatus.FOUND
            self.again += 1
            time.sleep(0.02)


def compared(voters: list[Voter]) -> dict[str, object]:
    """What was acknowledged, held against the database."""
    from polyphonie.consultation.models import Vote
    from polyphonie.ledger.models import WaitingEntry

    standing = [(number, *last) for one in voters for number, last in one.acknowledged.items()]
    expected = Counter((number, seq, POSITIONS[position]) for number, seq, position in standing)
    rows = Counter(Vote.objects.values_list("contribution__number", "seq", "position"))
    leaves = [json.loads(leaf) for leaf in WaitingEntry.objects.values_list("leaf", flat=True)]
    acts = sum(seq for _number, seq, _position in standing)
    return {
        "answers": dict(sum((one.answers for one in voters), Counter())),
        "acknowledged": acts,
        "sent_again": sum(one.again for one in voters),
        "lost": (expected - rows).total(),
        "doubled": (rows - expected).total() + len(leaves) - acts,
        "leaves": len({(leaf["nullifier"], leaf["seq"]) for leaf in leaves}),
    }


def main(folder: Path) -> None:
    from django.conf import settings
    from django.db import connection

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.ALLOWED_HOSTS = ["*"]
    voters = [Voter(account, folder / "over") for account in a_site()]
    for one in voters:
        one.start()
    while not all(one.acknowledged for one in voters) and any(one.is_alive() for one in voters):
        time.sleep(0.01)
    print("ready", flush=True)
    for one in voters:
        one.join()
    connection.close()  # opened before the restarts
    print(json.dumps(compared(voters)))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "polyphonie.config.settings"
    django.setup()
    main(Path(sys.argv[1]))
