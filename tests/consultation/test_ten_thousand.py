"""I8 and I9: ten thousand people give the same answer to the same text, and each keeps a receipt that is theirs alone."""

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import connection

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import a_wrapped_secret
from polyphonie.consultation.actions.batches import close_consultation
from polyphonie.consultation.actions.voting import cast_vote
from polyphonie.consultation.receipts import receipt_for
from polyphonie.core.storage.columns import write_columns
from polyphonie.core.writing import writing, writing_at
from polyphonie.ledger import keys
from polyphonie.ledger.notes import RECEIPT
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from polyphonie.processes.models import Consultation
from tests.consultation.electorate import CLOSING, NOON, OPENING, a_proposal, act, an_open_consultation, nonce
from tests.opendata import lively

pytestmark = [pytest.mark.long, pytest.mark.django_db]
DROPPED = 100
COUNT = 10_000


@pytest.fixture
def an_installation_that_has_lived(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its receipt key was made before: one made in this test's transaction would be read again for each receipt.

    On PostgreSQL OpenSSL verifies the signatures: the verifier's own arithmetic, which no database changes, does on SQLite.
    """
    held = {**keys._held, (RECEIPT, str(settings.POLYPHONIE_KEYS)): keys.key(RECEIPT)}
    monkeypatch.setattr(keys, "_held", held)
    if connection.vendor == "postgresql":
        monkeypatch.setattr(verify, "is_signed", is_signed)


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def people(count: int) -> list[Account]:
    day = OPENING.date()
    Account.objects.bulk_create(
        Account(
            email=f"p{rank}@example.org", display_name=f"P {rank}", display_key=f"p{rank}", slug=f"p{rank}", joined_on=day,
            confirmed_on=day,
        )
        for rank in range(count)
    )  # fmt: skip
    found = list(Account.objects.filter(email__startswith="p").order_by("pk"))
    for account in found:
        account.wrapped_secret = a_wrapped_secret(account)
    with writing():
        write_columns(Account, ["wrapped_secret"], found)
    return found


def without(folder: Path, dropped: set[str]) -> None:
    """Take these leaves out of the register and out of votes.csv, and seal it again with the real key, as an operator can."""
    kept, positions = [], {}
    for position, line in enumerate((folder / "ledger/leaves.jsonl").read_bytes().splitlines()):
        if verify.b64(verify.leaf_hash(line)) not in dropped:
            positions[position] = len(kept)
            kept.append(json.loads(line))
    lively.sealed_again(folder, kept)
    with (folder / "votes.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    rows = [[str(positions[int(row[0])]), *row[1:]] for row in rows if int(row[0]) in positions]
    lively.write_rows(folder, "votes.csv", [header, *rows])


def test_ten_thousand_receipts_are_distinct_all_included_when_due_and_each_dropped_one_is_shown(
    tmp_path, an_installation_that_has_lived
):
    count = COUNT
    consultation = an_open_consultation()
    text = a_proposal(consultation)
    voters = people(count)
    with writing_at(NOON, lock=consultation) as now:
        for voter in voters:
            cast_vote(text, account=voter, position=1, nonce=nonce(), after=0, revision=1, now=now)
    receipts = [receipt_for(text, voter).text for voter in voters]
    promises = [verify.Receipt(receipt).promise for receipt in receipts]
    for name in ("leaf_hash", "nullifier", "salt", "nonce"):
        assert len({promise[name] for promise in promises}) == count, name
    assert len(set(receipts)) == count
    print(f"I9 on {connection.vendor}: {count} voters, one text, one position: {len(set(receipts))} distinct receipts")

    with act(consultation, CLOSING) as now:
        close_consultation(Consultation.objects.get(pk=consultation.pk), now=now + timedelta(hours=2))
    export(consultation.process, tmp_path / "export")
    seen = [(f"{rank}.txt", receipt) for rank, receipt in enumerate(receipts)]
    report = verify.verify(str(tmp_path / "export"), seen=seen)
    assert report.is_right, "\n".join(verify.sentences(report))
    assert (report.counts["receipts"], report.failures["receipts"]) == (count, 0)

    folder = lively.a_copy(tmp_path / "export", tmp_path / "dropped")
    without(folder, {promise["leaf_hash"] for promise in promises[:: count // DROPPED]})
    report = verify.verify(str(folder), seen=seen)
    assert (report.counts["receipts"], report.failures["receipts"]) == (count, DROPPED)
    assert (
        report.first["receipts"] == f"le reçu de 0.txt (texte n° {text.number}) promettait une ligne au registre : elle y manque."
    )
    shown = f"{DROPPED} dropped on purpose, {report.failures['receipts']} shown"
    print(f"I8 on {connection.vendor}: {count} receipts, {count} included when due; {shown}")
