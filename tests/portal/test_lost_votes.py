"""Is someone whose published vote a restore lost asked again, they alone, and until they answered?"""

import json
import shutil

import pytest
from django.test import Client

from polyphonie.consultation.models import Vote
from polyphonie.contributions.models import Contribution
from polyphonie.ledger import folder
from polyphonie.processes.actions.incidents import record_incident
from polyphonie.processes.models import Process
from tests.consultation.electorate import NOON, a_proposal, accounts, an_open_consultation, vote, writing_at

pytestmark = pytest.mark.django_db


def test_a_vote_that_a_restore_lost_is_asked_again_of_its_voter_alone():
    consultation = an_open_consultation()
    text = a_proposal(consultation)
    log = consultation.process.log
    voters = accounts(2)
    vote(text, voters[0])
    leaf = json.loads(log.waiting_entries.get().leaf)
    Vote.objects.all().delete()  # the database of a day before
    home = folder.folder_of(log.origin)
    home.mkdir(parents=True)
    (home / folder.LOST).write_text(json.dumps(leaf) + "\n")
    with writing_at(NOON) as now:
        record_incident(Process.objects.get(), kept=1, lost=1, lost_root=bytes(32), lost_since=now, now=now)
    asked, other = ("Avis à redonner" in page(voter) for voter in voters)
    assert (asked, other) == (True, False)
    assert "repartir d" in Client().get("/marvejols/").content.decode()
    vote(Contribution.objects.get(pk=text.pk), voters[0])
    assert "Avis à redonner" not in page(voters[0])
    shutil.rmtree(home)


def page(account) -> str:
    client = Client()
    client.force_login(account)
    return client.get("/mon-espace/avis/").content.decode()
