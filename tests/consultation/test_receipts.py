"""Can a voter keep a proof that stands by itself, and that the site keeps nowhere?"""

import json

import pytest

from polyphonie.accounts.actions.voter import ensure_voter_secret
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.voting import cast_vote, withdraw_vote
from polyphonie.consultation.receipts import receipt_for
from polyphonie.contributions.actions import Text
from polyphonie.core.writing import writing
from polyphonie.ledger.canonical import b64, digest, leaf_hash
from polyphonie.ledger.notes import RECEIPT, NoteError, opened, public_key
from polyphonie.ledger.tasks import seal_logs
from tests.concertations import a_person, a_process, an_open_consultation


@pytest.fixture
def voted(db):
    with writing() as now:
        consultation = an_open_consultation(a_process(now=now), now=now)
        author, voter = a_person("Autrice", on=now), a_person("Votante", on=now)
        ensure_voter_secret(voter)
        proposal = speaking.propose(consultation, Text("Un banc", "Ici."), account=author, now=now)
        cast_vote(proposal, account=voter, position=-1, nonce=b"n" * 16, after=0, revision=1, now=now)
    return proposal, voter


def content(text: str, origin: str) -> dict:
    name = f"{origin}/receipt"
    body = opened(text, key_name=name, public=public_key(RECEIPT))
    first, document, last = body.split("\n")
    assert (first, last) == (name, "")
    return json.loads(document)


def test_a_receipt_opens_its_leaf_by_itself(voted):
    proposal, voter = voted
    found = content(receipt_for(proposal, voter).text, proposal.process.log.origin)
    leaf = json.loads(found["leaf"])
    nonce_hash = b64(digest("nonce/v1", found["nonce"]))
    assert leaf["cm"] == b64(digest("votecm/v1", -1, found["salt"], nonce_hash))
    assert found["leaf_hash"] == b64(leaf_hash(found["leaf"].encode()))
    assert (found["position"], leaf["nullifier"]) == (-1, found["nullifier"])


def test_it_carries_the_latest_checkpoint(voted):
    proposal, voter = voted
    assert content(receipt_for(proposal, voter).text, proposal.process.log.origin)["after_checkpoint"] is None
    seal_logs()
    note = content(receipt_for(proposal, voter).text, proposal.process.log.origin)["after_checkpoint"]
    assert note.startswith(proposal.process.log.origin)


def test_a_withdrawal_has_its_receipt_too(voted):
    proposal, voter = voted
    with writing() as now:
        withdraw_vote(proposal, account=voter, nonce=b"m" * 16, after=1, now=now)
    found = content(receipt_for(proposal, voter).text, proposal.process.log.origin)
    assert found["position"] is None
    assert "salt" not in found
    assert json.loads(found["leaf"])["kind"] == "withdraw"


def test_one_changed_sign_is_refused(voted):
    proposal, voter = voted
    text = receipt_for(proposal, voter).text.replace('"position":-1', '"position":1')
    with pytest.raises(NoteError):
        content(text, proposal.process.log.origin)


def test_who_did_not_vote_has_no_receipt(voted, client):
    proposal, _voter = voted
    with writing() as now:
        other = a_person("Autre", on=now)
    assert receipt_for(proposal, other) is None
    client.force_login(other)
    assert client.get("/demain/contributions/1/recu/").status_code == 404


def test_the_page_and_its_file_write_nothing(voted, client):
    _proposal, voter = voted
    client.force_login(voter)
    page = client.get("/demain/contributions/1/recu/")
    assert "Garder la preuve" in page.content.decode()
    file = client.get("/demain/contributions/1/recu/?fichier")
    assert file.headers["Content-Disposition"] == 'attachment; filename="recu-demain-1.txt"'
    assert "no-store" in file.headers["Cache-Control"]


def test_without_its_keys_the_site_says_that_it_can_make_no_proof(voted, client, settings, tmp_path):
    _proposal, voter = voted
    client.force_login(voter)
    settings.POLYPHONIE_KEYS = tmp_path / "none"
    for address in ("/demain/contributions/1/recu/", "/mon-espace/recus/?fichier"):
        answer = client.get(address)
        assert answer.status_code == 503, address
        assert "clé de ce site est absente" in answer.content.decode(), address
