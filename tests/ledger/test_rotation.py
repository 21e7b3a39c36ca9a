"""Does a signing key give way to another without a register losing its thread, and is a lost one said for ever?"""

from argparse import Namespace

import pytest

from polyphonie.config.commands import replacing_key
from polyphonie.config.commands.refusals import CommandRefused
from polyphonie.config.terminal import Terminal
from polyphonie.consultation.actions.batches import close_consultation
from polyphonie.consultation.receipts import receipt_for
from polyphonie.core.writing import writing
from polyphonie.ledger import keys, rotation
from polyphonie.ledger.folder import is_any_behind as is_behind
from polyphonie.ledger.models import Checkpoint, KeyFingerprint
from polyphonie.ledger.notes import LOG, RECEIPT, public_key
from polyphonie.ledger.rules import names_of, next_name
from polyphonie.ledger.tasks import keep_logs, seal_logs
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from polyphonie.processes.models import Consultation, Process
from tests.consultation import electorate
from tests.opendata import lively

pytestmark = pytest.mark.django_db
SILENT = Terminal(is_json=True)


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path, monkeypatch):
    """Keys of its own: what is replaced here is no other test's."""
    settings.POLYPHONIE_KEYS = tmp_path / "keys"
    monkeypatch.setattr(replacing_key.database, "prepare", lambda: None)
    KeyFingerprint.objects.all().delete()
    keys.forget_held()
    yield
    keys.forget_held()


def replace(name: str, *, lost: bool = False):
    return replacing_key.run(Namespace(name=name, lost=lost), SILENT)


def verified(process, folder, *seen):
    export(process, folder)
    return verify.verify(str(folder), seen=[("gardé.txt", text) for text in seen])


def test_a_replaced_key_is_announced_by_the_old_one_and_everything_still_verifies(tmp_path):
    consultation = electorate.an_open_consultation()
    text, voter = electorate.a_proposal(consultation), electorate.an_account()
    electorate.vote(text, voter)
    early = receipt_for(text, voter).text
    seal_logs()
    before = Checkpoint.objects.get().note
    first = public_key(LOG)
    assert replace(LOG).facts["registers"] == 1
    assert replace(RECEIPT).facts["registers"] == 1
    assert public_key(LOG) != first
    second = electorate.an_open_consultation(consultation.process, slug="la-gare")
    late = receipt_for(text, voter).text
    with electorate.act(consultation, electorate.CLOSING) as now:
        close_consultation(Consultation.objects.get(pk=consultation.pk), now=now)
    report = verified(second.process, tmp_path / "export", before, early, late)
    assert report.is_right, "\n".join(verify.sentences(report))
    assert (report.counts["seen"], report.counts["receipts"]) == (2, 2)
    assert report.facts["key"] == verify.b64(public_key(LOG))
    assert len(list((tmp_path / "keys").glob("*.key.until-*"))) == 2


def test_killed_before_the_new_key_takes_its_place_the_same_command_goes_on(monkeypatch, tmp_path):
    process = electorate.a_process()
    seal_logs()

    def killed(_name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rotation, "settle", killed)
        with pytest.raises(KeyboardInterrupt):
            replace(LOG)
    keys.forget_held()
    with pytest.raises(keys.KeyMissing):
        keys.key(LOG)
    assert replace(LOG).facts["registers"] == 0
    assert verified(process, tmp_path / "export").is_right
    electorate.an_open_consultation(process)
    assert verified(process, tmp_path / "later").is_right
    assert process.log.entries.filter(kind="key").count() == 1


def test_a_lost_key_is_another_register_and_every_page_says_so_for_ever(tmp_path, client):
    consultation = electorate.an_open_consultation()
    text, voter = electorate.a_proposal(consultation), electorate.an_account()
    electorate.vote(text, voter)
    early = receipt_for(text, voter).text
    seal_logs()
    keep_logs()
    before = Checkpoint.objects.get().note
    first_name = consultation.process.log.origin
    another_past = lively.signed(first_name, f"{first_name}\n3\n{'A' * 43}=\n")
    with pytest.raises(CommandRefused, match="sans --lost"):
        replace(LOG, lost=True)
    first = verify.b64(public_key(LOG))
    (tmp_path / "keys/log.key").unlink()
    (tmp_path / "keys/log.key.next").unlink(missing_ok=True)
    keys.forget_held()
    with pytest.raises(keys.KeyMissing), writing():
        rotation.announce(LOG, bytes(32))
    electorate.a_proposal(consultation)
    assert replace(LOG, lost=True).facts["registers"] == 1
    late = receipt_for(text, voter).text
    with electorate.act(consultation, electorate.CLOSING) as now:
        close_consultation(Consultation.objects.get(pk=consultation.pk), now=now)
    report = verified(consultation.process, tmp_path / "export", before, early, late)
    assert Process.objects.get().log.origin == next_name(first_name) == names_of(f"{first_name}/3")[1]
    kept_elsewhere = verify.verify(str(tmp_path / "export"), seen=[("courriel.txt", another_past)])
    assert kept_elsewhere.failures["seen"], "what was signed before the loss still binds what was sealed before it"
    assert Checkpoint.objects.count() == 2, "the last one that the lost key signed is kept"
    assert report.is_right, "\n".join(verify.sentences(report))
    assert (report.counts["seen"], report.counts["receipts"]) == (2, 2)
    spoken = list(verify.sentences(report))
    assert spoken[2].startswith("Incident, ligne ")
    assert "c'est un autre registre" in spoken[2]
    assert not is_behind()
    keep_logs()
    assert not is_behind(), "the folder of the first name is that of the same log"
    assert "c’est un autre registre" in client.get("/marvejols/").content.decode()
    assert "c’est un autre registre" in client.get("/marvejols/registre/integrite/").content.decode()
    assert Process.objects.get().key_lost_on is not None
    for given, is_right in ((first, False), (report.facts["key"], True)):
        again = verify.verify(str(tmp_path / "export"), key=verify.unb64(given, 32))
        assert again.is_right == is_right, "who learned the first key elsewhere is not told that another is as good"
    assert again.facts["key"] != first


def test_a_receipt_key_that_is_lost_is_announced_like_another(tmp_path):
    process = electorate.an_open_consultation().process
    seal_logs()
    keys.key(RECEIPT)
    (tmp_path / "keys/receipt.key").unlink()
    keys.forget_held()
    with pytest.raises(CommandRefused):
        replace(RECEIPT, lost=True)
    assert replace(RECEIPT).facts["registers"] == 1
    assert verified(process, tmp_path / "export").is_right
