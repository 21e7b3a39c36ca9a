"""What does an export that has lived look like? Built through the product once, then altered in files and sealed again by tests.

One consultation closed after an extension, with votes changed and withdrawn, a text revised, one corrected, one hidden, one
withdrawn, arguments and a source; a second one still open, with a sealed batch of twenty voters; a third one taken over; two
more in which moderation masked, moved, removed and refused texts, and hid a name.
"""

import base64
import csv
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from polyphonie.annotations import actions as annotations
from polyphonie.annotations.models import Document
from polyphonie.consultation.actions import speaking
from polyphonie.consultation.actions.analysing import note_analysis
from polyphonie.consultation.actions.batches import close_consultation, seal_batch
from polyphonie.consultation.actions.drawing import draw_lists
from polyphonie.consultation.actions.moderating import mask_passage, move, refuse_submitted
from polyphonie.consultation.actions.reviewing import begin_review
from polyphonie.consultation.actions.revising import carry_over_votes
from polyphonie.consultation.listing import ORDERS, draw
from polyphonie.consultation.models import ImportedVote, Vote
from polyphonie.consultation.queries.lists import listed
from polyphonie.consultation.receipts import receipt_for
from polyphonie.contributions import masking
from polyphonie.contributions.actions import Text, hide_author_name, new_revision, remove
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.core.spreadsheet import inert
from polyphonie.core.writing import writing_at
from polyphonie.ledger.models import Entry
from polyphonie.ledger.sealing import latest_checkpoint, seal
from polyphonie.moderation.models import Ground
from polyphonie.opendata import verify
from polyphonie.opendata.export import export
from polyphonie.opendata.importing.course import Order
from polyphonie.opendata.importing.course import run as run_import
from polyphonie.opendata.importing.progress import Progress
from polyphonie.processes.actions import extend_consultation
from polyphonie.processes.models import Consultation, Process, RulesInForce
from polyphonie.synthesis.models import Synthesis, SynthesisVersion, Topic
from tests.concertations import hide_by_moderation
from tests.consultation import electorate
from tests.consultation.analysed import with_groups
from tests.consultation.electorate import CLOSING, NOON, accounts, act, an_account, an_open_consultation, vote, withdraw
from tests.opendata import exports
from tests.synthesis.drafts import Scene

SLUG = "marvejols"


@dataclass
class Lively:
    """The process, its export, and what people kept elsewhere before it was made."""

    process: Process
    folder: Path
    checkpoint: str
    receipts: list[str]
    voters: int
    altered: dict[str, tuple[str, Path]] = field(default_factory=dict)


def build(folder: Path, *, voters: int = 22) -> Lively:
    """A process that has lived, exported in `folder`; `voters` of them vote on every text."""
    process = electorate.a_process(SLUG)
    first = an_open_consultation(process, slug="la-place")
    second = an_open_consultation(process, slug="la-gare", closes_at=CLOSING + timedelta(days=30))
    author, people = an_account("Autrice"), accounts(voters)
    texts = [electorate.a_proposal(first, f"Proposition {rank}", author=author) for rank in range(4)]
    gare = [electorate.a_proposal(second, f"Quai {rank}", author=author) for rank in range(3)]
    with act(first, NOON) as now:
        speaking.argue(texts[0], Text("", "L'ombre, enfin."), side="for", account=author, now=now)
        speaking.argue(texts[0], Text("", "Les racines."), side="against", account=author, now=now)
        speaking.complete(texts[1], Text("Et des bancs", "Tous les dix mètres."), account=author, now=now)
    for rank, voter in enumerate(people):
        for place, text in enumerate([*texts, *gare]):
            vote(text, voter, 1 - (rank + place) % 3)
    kept = [receipt_for(texts[0], people[0]).text]
    _seal(first)
    _seal(second)
    _revise_and_correct(texts, author)
    early = _checkpoint(process, NOON + timedelta(hours=2))
    for rank, voter in enumerate(people):
        vote(texts[0], voter, 1, at=NOON + timedelta(days=1))
        vote(texts[1], voter, (rank % 3) - 1, at=NOON + timedelta(days=1))
        if rank % 2:
            withdraw(texts[1], voter, at=NOON + timedelta(days=2))
    kept += [receipt_for(texts[0], people[1]).text, receipt_for(texts[1], people[1]).text]
    with act(first, NOON + timedelta(days=3)) as now:
        hide_by_moderation(texts[2], ground=Ground.UNLAWFUL_DATA, facts="Une adresse.", now=now)
    with act(first, NOON + timedelta(days=3)) as now:
        speaking.withdraw(Contribution.objects.get(pk=texts[3].pk), account=author, now=now)
        fresh = Consultation.objects.get(pk=first.pk)
        extend_consultation(fresh, closes_at=CLOSING + timedelta(days=2), reason="La neige.", actor="organiser/1", now=now)
    with act(first, CLOSING + timedelta(days=2)) as now:
        close_consultation(Consultation.objects.get(pk=first.pk), now=now)
        note_analysis(Consultation.objects.get(pk=first.pk), with_groups(texts[0].number), now=now)
        draw_lists(Consultation.objects.get(pk=second.pk), now=now)
    _a_synthesis(process, first, texts, author)
    _import(process, folder.parent)
    _moderate(process, author)
    _comment(process, author)
    export(process, folder)
    return Lively(process, folder, early, kept, voters)


def _a_synthesis(process: Process, consultation: Consultation, texts: list[Contribution], author: Any) -> None:
    """Two versions of the synthesis of the first consultation; what one sentence of both quotes was hidden since."""
    fresh = Consultation.objects.get(pk=consultation.pk)
    shown = [Contribution.objects.get(pk=text.pk) for text in texts[:2]]
    pro, con = Contribution.objects.filter(about=shown[0], kind="argument").order_by("number")
    synthesis = Synthesis.objects.create(consultation=fresh)
    Topic.objects.create(synthesis=synthesis, key="place", rank=1, label="La place")
    scene = Scene(process, fresh, synthesis, *shown, pro, con, author, now=CLOSING + timedelta(days=3))
    scene.roles["moderator"] = process.roles.select_related("account").get(role="moderator", number=2)
    scene.write("accord", f"On lit « Un tout autre texte. » #{shown[0].number}, voir aussi #{pro.number}.", topic="place")
    scene.write("a", f"Il faut de l’ombre #{pro.number}.", column="controversy", topic="place", position="a")
    scene.write("b", f"On craint « Les racines. » #{con.number}, dit-on.", column="controversy", topic="place", position="b")
    scene.give_reason(shown[1], "Déjà fait.", "out_of_scope")
    scene.read()
    scene.publish()
    scene.write("b", f"On craint « Les racines. » #{con.number}.", column="controversy", topic="place", position="b")
    scene.read()
    scene.publish(closes_at=None)
    with act(fresh, CLOSING + timedelta(days=4)) as now:
        SynthesisVersion.objects.filter(synthesis=synthesis, number=1).update(
            representation={"verdict": "too_few", "computed_at": "2026-03-20T09:00+01:00"}
        )
        hide_by_moderation(con, ground=Ground.UNLAWFUL_DATA, facts="Un nom.", now=now)


def _seal(consultation: Consultation) -> None:
    with act(consultation, NOON + timedelta(minutes=20)) as now:
        seal_batch(consultation, now=now)


def _revise_and_correct(texts: list[Contribution], author: Any) -> None:
    for text in texts[:2]:
        text.refresh_from_db()
    with act(texts[0].consultation, NOON + timedelta(hours=1)) as now:
        speaking.revise(texts[0], Text("Autre chose", "Un tout autre texte."), account=author, now=now)
    with act(texts[1].consultation, NOON + timedelta(hours=1)) as now:
        new_revision(texts[1], Text(texts[1].title, "Il faisait trop chaud."), reason=Revision.Reason.TYPOGRAPHIC, now=now)
        carry_over_votes(texts[1], actor="moderator/1", now=now)


def _moderate(process: Process, author: Any) -> None:
    """A passage masked in a text that was voted on and in one taken over; a text moved with its answer, one removed, one refused
    before publication, a name hidden."""
    parc = an_open_consultation(process, slug="le-parc", closes_at=CLOSING + timedelta(days=30))
    mare = an_open_consultation(process, slug="la-mare", closes_at=CLOSING + timedelta(days=30))
    masked, moved, removed, nameless = (electorate.a_proposal(parc, f"Allée {rank}", author=author) for rank in range(4))
    vote(masked, author, 1)
    taken = Contribution.objects.filter(process=process, consultation__is_imported=True, kind="proposal").order_by("number")[0]
    with act(parc, NOON) as now:
        speaking.argue(moved, Text("", "Plus près de l’eau."), side="for", account=author, now=now)
        mask_passage(masked, passages=["trop chaud"], ground="unlawful_data", actor="moderator/1", now=now)
        mask_passage(taken, passages=[taken.title], ground="unlawful_data", actor="moderator/1", now=now)
        remove(removed, ground="unlawful_threat", actor="moderator/1", now=now)
        hide_author_name(nameless, ground="charter_abuse", actor="moderator/1")
        begin_review(parc, reason="Une rafale.", actor="moderator/1", now=now)
        waiting = speaking.propose(parc, Text("Refusée", "Une attaque."), account=author, now=now)
        refuse_submitted(waiting, ground="charter_abuse", actor="moderator/1", now=now)
    with writing_at(NOON) as now:
        move(moved, to=mare, actor="moderator/1", now=now)
    with act(mare, NOON) as now:
        draw_lists(parc, now=now)
        draw_lists(mare, now=now)


def _comment(process: Process, author: Any) -> None:
    """A synthesis in two versions: a comment that is answered, with a reply, and one of every other state."""
    with writing_at(NOON) as now:
        document = Document.objects.create(process=process, kind="synthesis", slug="le-parc", title="Le parc")
        before, after = "Beaucoup veulent de l’ombre « \ufffc » #1.", "Douze veulent de l’ombre « \ufffc » #1."
        first = annotations.publish_version(document, [{"key": "s1", "text": before}], actor="rapporteur/1", now=now)
        annotations.open_comments(document, closes_at=CLOSING, actor="rapporteur/1", now=now)
        words = annotations.Words("Combien ?", "Combien sont-ils ?")
        where = {"block": "s1", "start": 0, "end": 8, "words": words, "author": author}
        said = (annotations.annotate(first, **where, now=now) for _rank in range(7))
        answered, hidden, gone, nameless, forgotten, cut, whole = said
        annotations.reply(answered, words=annotations.Words(body="Douze."), author=author, now=now)
        annotations.answer_discussion(answered, "integrated", actor="rapporteur/1", now=now)
        for one in (hidden, forgotten):
            annotations.hide(one, ground="charter_abuse", actor="moderator/1", now=now)
        annotations.forget_words(forgotten)
        annotations.withdraw_annotation(gone, author=author, now=now)
        annotations.hide_author_name(nameless, ground="charter_abuse", actor="moderator/1")
        taken = masking.taken(masking.text_of(whole), "sont-ils", words=masking.mask_words())
        for one in (cut, whole):
            annotations.mask_passage(one, "sont-ils", ground="unlawful_data", actor="moderator/1", now=now)
        annotations.unmask(whole, taken, actor="appeal/1")
        annotations.publish_version(document, [{"key": "s1", "text": after}], actor="rapporteur/1", now=now)


def _checkpoint(process: Process, at: Any) -> str:
    with writing_at(at) as now:
        seal(process.log, now=now)
    return latest_checkpoint(process.log).note


def _import(process: Process, folder: Path) -> None:
    path = exports.write(folder / "ailleurs.csv", exports.small())
    run_import(Order("cap-collectif", path, process.slug, False), Progress())


# ----------------------------------------------------------------------------------------- altering an export


def rows(folder: Path, name: str) -> list[list[str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return [[verify.exact(cell) for cell in row] for row in csv.reader(file)]


def write_rows(folder: Path, name: str, table: list[list[str]]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([inert(cell) for cell in row] for row in table)


def lines(folder: Path, name: str) -> list[Any]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def write_lines(folder: Path, name: str, entries: list[Any]) -> None:
    words = "".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n" for entry in entries)
    (folder / name).write_text(words, encoding="utf-8")


def process_of(folder: Path) -> Any:
    return json.loads((folder / "process.json").read_text(encoding="utf-8"))


def write_process(folder: Path, document: Any) -> None:
    (folder / "process.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


def described_again(folder: Path) -> None:
    """Give datapackage.json the prints of the files as they are, as who alters them would."""
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        resource.update(bytes=len(content), hash="sha256:" + hashlib.sha256(content).hexdigest())
    path.write_text(json.dumps(package), encoding="utf-8")


def signed(name: str, text: str, key: str = "log") -> str:
    """The note of this text by the installation's own key, as its operator could sign it."""
    seed = bytes.fromhex((Path(settings.POLYPHONIE_KEYS) / f"{key}.key").read_text(encoding="ascii"))
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + private.public_key().public_bytes_raw()).digest()[:4]
    signature = base64.b64encode(key_id + private.sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def sealed_again(folder: Path, leaves: list[Any] | None = None) -> None:
    """Write these leaves and one checkpoint of all of them signed with the real key: what only the operator can do."""
    if leaves is not None:
        write_lines(folder, "ledger/leaves.jsonl", leaves)
    tree, raw = verify.Tree(), (folder / "ledger/leaves.jsonl").read_bytes().splitlines()
    for line in raw:
        tree.add(verify.leaf_hash(line))
    origin = process_of(folder)["process"]["origin"]
    note = signed(origin, f"{origin}\n{len(raw)}\n{base64.b64encode(tree.root()).decode()}\n")
    kept = {"is_close": True, "note": note, "sealed_at": "2026-04-01T00:00:00+02:00", "size": len(raw)}
    (folder / "ledger/checkpoint").write_text(note, encoding="utf-8")
    write_lines(folder, "ledger/checkpoints.jsonl", [kept])


def a_copy(folder: Path, target: Path) -> Path:
    return Path(shutil.copytree(folder, target))


# ------------------------------------------------------------------------------------ altering the database


def _texts(process: Process, **where: Any) -> Any:
    return Contribution.objects.filter(process=process, **where)


IN_THE_DATABASE: dict[str, tuple[str, Callable[[Process], int]]] = {
    "a title": ("contributions", lambda process: _texts(process, number=1).update(title="Non")),
    "a counter": ("counters", lambda process: _texts(process, number=1).update(agree=99)),
    "arguments counted": ("counters", lambda process: _texts(process, number=1).update(arguments_for=99)),
    "a key of an order": ("lists", lambda process: _texts(process, number=5).update(order_supported=1)),
    "a text shown again": ("texts_opened", lambda process: _texts(process, number=3).update(status="published")),
    "a text hidden": ("contributions", lambda process: _texts(process, number=5).update(status="hidden")),
    "the body of a version": (
        "texts",
        lambda process: Revision.objects.filter(contribution__process=process, contribution__number=1, number=1).update(
            body="Non"
        ),
    ),
    "positions": (
        "votes",
        lambda process: Vote.objects.filter(contribution__process=process, published_position=1).update(published_position=-1),
    ),
    "a vote dropped": (
        "votes_opened",
        lambda process: (
            Vote.objects.filter(contribution__process=process, published_position__isnull=False).order_by("pk")[0].delete()[0]
        ),
    ),
    "a leaf": ("leaves", lambda process: Entry.objects.filter(kind="withdraw").update(leaf='{"kind":"withdraw","v":1}')),
    "a state": ("calendar", lambda process: process.consultations.filter(slug="la-place").update(state="open")),
    "a date of closing": ("calendar", lambda process: process.consultations.filter(slug="la-gare").update(closes_at=CLOSING)),
    "a body": ("contributions", lambda process: _texts(process, number=5).update(body="Non")),
    "the name of an author": ("texts", lambda process: _texts(process, number=5).update(author_name="Un autre")),
    "the day of a text": ("contributions", lambda process: _texts(process, number=5).update(published_at=CLOSING)),
    "the version in force": ("contributions", lambda process: _texts(process, number=1).update(revision=1)),
    "an argument turned around": ("texts", lambda process: _texts(process, kind="argument", side="for").update(side="against")),
    "the address of a source": ("contributions", lambda process: _texts(process, kind="source").update(url="https://x.example/")),
    "a withdrawn text shown": ("contributions", lambda process: _texts(process, number=4).update(status="published")),
    "votes taken over counted": ("tallies", lambda process: _texts(process, imported_agree__gt=0).update(imported_agree=99)),
    "the title of a version": ("texts", lambda process: _versions(process).update(title="Non")),
    "the salt of a version": ("texts", lambda process: _versions(process).update(salt=bytes(32))),
    "the salt of an author": ("texts", lambda process: _versions(process).update(author_salt=bytes(32))),
    "the hour of a version": ("texts", lambda process: _versions(process).update(published_at=CLOSING)),
    "the counter of a version": ("tallies", lambda process: _versions(process).update(agree=99)),
    "a version gone": ("texts_opened", lambda process: _versions(process).delete()[0]),
    "a vote taken over turned": ("imports", lambda process: _taken(process).filter(position=1).update(position=-1)),
    "votes taken over gone": ("imports", lambda process: _taken(process).filter(position=-1).delete()[0]),
    "the salts of votes": ("votes", lambda process: _cast(process).update(published_salt=bytes(32))),
    "the nonces of votes": ("votes", lambda process: _cast(process).update(published_nonce=bytes(16))),
    "the salt of rules": ("rules", lambda process: RulesInForce.objects.filter(consultation__process=process).update(salt=b"s")),
    "who extended": ("rules", lambda process: process.acts.filter(kind="extended").update(actor="organiser/9")),
    "the words of acts": ("rules", lambda process: process.acts.exclude(document="").update(document="{}")),
    "an act gone": ("rules_opened", lambda process: process.acts.filter(kind="extended").delete()[0]),
    "the day of a draw": ("lists", lambda process: _draw_another_day(process.consultations.get(slug="la-gare"))),
    "the rules in force": (
        "calendar",
        lambda process: process.consultations.filter(slug="la-gare").update(config_leaf=bytes(32)),
    ),
}


def _draw_another_day(consultation: Consultation) -> int:
    """Say that the draw is of a day whose order differs: with few texts, one day in several gives the same."""
    texts = list(listed(consultation).order_by(*ORDERS["discover"].fields))
    leaf = bytes(consultation.config_leaf or b"")
    for days in range(1, 400):
        day = CLOSING.date() + timedelta(days=days)
        if sorted(texts, key=lambda text: (text.order_voters, draw(leaf, day, text.number), text.number)) != texts:
            return Consultation.objects.filter(pk=consultation.pk).update(drawn_on=day)
    return 0


def _versions(process: Process) -> Any:
    return Revision.objects.filter(contribution__process=process, contribution__number=1, number=1)


def _taken(process: Process) -> Any:
    return ImportedVote.objects.filter(contribution__process=process)


def _cast(process: Process) -> Any:
    return Vote.objects.filter(contribution__process=process, published_position__isnull=False)
