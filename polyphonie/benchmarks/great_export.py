"""What does a great export look like to the verifier? Written from the published formats, to measure time and memory."""

import base64
import csv
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polyphonie.opendata import verify

ORIGIN, SLUG, DAY = "exemple.fr/grande", "la-place", "2026-03-02"
SALT = verify.b64(bytes(32))


def write(folder: Path, texts: int, voters: int) -> None:
    """One open consultation of `texts` proposals on each of which `voters` people vote."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public = verify.b64(private.public_key().public_bytes_raw())
    (folder / "ledger").mkdir(parents=True)
    tree, leaves_written = verify.Tree(), [0]
    with (folder / "ledger/leaves.jsonl").open("wb") as leaves, (folder / "votes.csv").open("w", newline="") as votes:

        def add(kind: str, **fields: Any) -> str:
            leaf = verify.canonical({"kind": kind, "v": 1, **fields})
            leaves.write(leaf + b"\n")
            tree.add(verify.leaf_hash(leaf))
            leaves_written[0] += 1
            return verify.b64(verify.leaf_hash(leaf))

        rules = {
            "consultation": SLUG,
            "public_keys": {"log": public, "receipt": public},
            "closes_at": "2026-04-01T00:00:00+02:00",
        }
        config = add("config", consultation=SLUG, cm=verify.b64(verify.digest("configcm/v1", rules, SALT)))
        add("state", state="announced", actor="clock", consultation=SLUG)
        add("state", state="open", actor="clock", consultation=SLUG, config=config)
        documents = [_document(number) for number in range(1, texts + 1)]
        revs = []
        for number, document in enumerate(documents, 1):
            cm = verify.b64(verify.digest("revcm/v1", document, SALT))
            author = verify.b64(verify.digest("authorcm/v1", "Inès", SALT))
            revs.append(add("rev", object=f"contribution/{number}", revision=1, prev=None, cm=cm, cm_author=author))
        writer = csv.writer(votes, lineterminator="\n")
        writer.writerow(verify.VOTES)
        nonce_hash = verify.b64(hashlib.sha256(b"nonce").digest())
        counts = [[0, 0, 0] for _ in range(texts)]
        for voter in range(voters):
            for number in range(1, texts + 1):
                secret = hashlib.sha256(b"%d %d" % (voter, number)).digest()
                position, salt = 1 - secret[0] % 3, verify.b64(secret)
                cm = verify.b64(verify.digest("votecm/v1", position, salt, nonce_hash))
                nullifier = verify.b64(secret[16:])
                add("vote", contribution=number, rev=revs[number - 1], nullifier=nullifier, seq=1, cm=cm)
                writer.writerow([leaves_written[0] - 1, number, 1, position, salt, nonce_hash, "web"])
                counts[number - 1][1 - position] += 1
    body = f"{ORIGIN}\n{leaves_written[0]}\n{base64.b64encode(tree.root()).decode()}\n"
    key_id = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + private.public_key().public_bytes_raw()).digest()[:4]
    note = f"{body}\n— {ORIGIN} {base64.b64encode(key_id + private.sign(body.encode())).decode()}\n"
    (folder / "ledger/checkpoint").write_text(note, encoding="utf-8")
    kept = {"is_close": False, "note": note, "sealed_at": f"{DAY}T12:00:00+01:00", "size": leaves_written[0]}
    (folder / "ledger/checkpoints.jsonl").write_text(json.dumps(kept) + "\n", encoding="utf-8")
    consultation = {"slug": SLUG, "state": "open", "closes_at": rules["closes_at"], "config": config, "drawn_on": DAY}
    acts = [_act("announced", 1), _act("open", 2)]
    opened = {"consultation": SLUG, "document": rules, "salt": SALT, "leaf": 0}
    frame = {"process": {"origin": ORIGIN}, "consultations": [consultation], "rules": [opened], "acts": acts}
    (folder / "process.json").write_text(json.dumps(frame), encoding="utf-8")
    _tables(folder, documents, counts, config)
    resources = [{"path": name, "hash": "sha256:" + _print(folder / name)} for name in (*verify.COVERED, *verify.CHECKED)]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}), encoding="utf-8")


def _act(kind: str, leaf: int) -> dict[str, Any]:
    return {"kind": kind, "actor": "clock", "consultation": SLUG, "document": None, "salt": None, "leaf": leaf}


def _document(number: int) -> dict[str, Any]:
    empty = dict.fromkeys(("body", "category", "side", "url"), "")
    named = {"number": number, "kind": "proposal", "consultation": SLUG, "title": f"Texte {number}", "about": None}
    return {**empty, **named, "published_at": f"{DAY}T09:00+01:00"}


def _tables(folder: Path, documents: list[dict[str, Any]], counts: list[list[int]], config: str) -> None:
    texts: dict[int, Any] = {}
    with (folder / "revisions.jsonl").open("w", encoding="utf-8") as revisions:
        table, tallies = [list(verify.CONTRIBUTIONS)], [list(verify.TALLIES)]
        for document, counted in zip(documents, counts, strict=True):
            number = document["number"]
            entry = {"contribution": number, "revision": 1, "reason": "author", "document": document, "salt": SALT,
                     "author": "Inès", "author_salt": SALT, "leaf": 2 + number}  # fmt: skip
            revisions.write(json.dumps(entry) + "\n")
            cells = {**document, "about": "", "author": "Inès", "revision": 1, "status": "published"}
            cells.update(zip(("agree", "mixed", "disagree"), counted, strict=True))
            table.append([str(cells.get(name, "")) for name in verify.CONTRIBUTIONS])
            tallies.append([str(cell) for cell in (number, 1, "web", *counted, sum(counted), 0, sum(counted))])
            texts[number] = verify.Text("proposal", SLUG, "published", "", 0, 1, tuple(counted), (0, 0, 0), "", "Inès", "web")
    listings = [list(verify.LISTINGS)]
    consultation = {"config": config, "drawn_on": DAY}
    for order in ("discover", "recent", "supported", "divisive", "argued"):
        keys = sorted(verify.list_key(order, consultation, number, text, {}, set()) for number, text in texts.items())
        listings += [
            [SLUG, order, DAY, str(rank), str(abs(key[-1])), " ".join(map(str, key))] for rank, key in enumerate(keys, 1)
        ]
    for name in ("syntheses.jsonl", "annotations.jsonl", "documents.jsonl"):
        (folder / name).touch()
    tables = {"contributions": table, "tallies": tallies, "listings": listings}
    for name, rows in {**tables, "citations": [list(verify.CITATIONS)], "fates": [list(verify.FATES)]}.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


def _print(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
