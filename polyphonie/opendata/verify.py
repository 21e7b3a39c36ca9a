#!/usr/bin/env python3
"""Can a stranger recompute everything that an export of a Polyphonie concertation claims? One file, nothing else needed.

    python3 verify.py DIRECTORY [--key KEY] [--seen CHECKPOINT-OR-RECEIPT …] [--json]

Python 3.9 or newer, standard library only: it is written from the published formats (docs/reference/registre.md) and imports
nothing of Polyphonie, so that a journalist, a researcher or an opponent can read it in an evening and run it anywhere. That is
why it is one module, longer than those of the product. It speaks French, like the concertations it reads. Exit status: 0 all
agrees, 1 something is wrong, 2 wrongly called. Nothing is written, nothing is fetched.

The order of the file: what is checked (CHECKS) · reading a folder one does not trust · bytes, signatures, the tree · the register
· texts · votes and tallies · list orders · checkpoints and receipts kept elsewhere · what no signature covers · the report, where
STEPS lists every step in its order, with what it is given and the checks it makes: one may begin there.
"""

import argparse
import base64
import csv
import hashlib
import io
import json
import math
import os
import re
import sys
import unicodedata
from array import array
from collections import Counter, namedtuple
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

# ---------------------------------------------------------------------------------- what is checked

SECTIONS = {
    "completeness": "Rien ne manque",
    "authenticity": "Signatures",
    "consistency": "Points de contrôle",
    "integrity": "Rien n'a été retouché",
    "evidence": "Les comptes sont justes",
    "files": "Fichiers que rien de signé ne couvre",
}
CHECKS = {  # code: (section, what is counted)
    "rules_opened": ("completeness", "règles et actes publiés, sur ceux du registre"),
    "texts_opened": ("completeness", "versions de textes publiées, ou dont l'effacement ou le masquage est au registre"),
    "annotations_opened": ("completeness", "commentaires publiés, ou dont l'effacement ou le masquage est au registre"),
    "votes_opened": ("completeness", "votes en vigueur publiés, et eux seuls"),
    "ranks_dense": ("completeness", "suites de votes sans numéro manquant"),
    "signatures": ("authenticity", "signatures de points de contrôle vérifiées"),
    "key_constant": ("authenticity", "annonces de clé, toutes concordantes"),
    "checkpoints": ("consistency", "points de contrôle du dossier, chacun début de ce registre"),
    "seen": ("consistency", "points de contrôle conservés ailleurs, comparés"),
    "receipts": ("consistency", "reçus de vote, comparés"),
    "leaves": ("integrity", "lignes du registre bien formées et toutes différentes"),
    "root": ("integrity", "lignes du registre résumées par le dernier point de contrôle"),
    "rules": ("integrity", "règles et actes identiques à l'engagement pris"),
    "calendar": ("integrity", "annonces, ouvertures, prolongations et clôtures en ordre"),
    "texts": ("integrity", "versions de textes identiques à l'engagement pris"),
    "annotations": ("integrity", "commentaires identiques à l'engagement pris"),
    "chain": ("integrity", "versions rattachées à celle qui les précède"),
    "contributions": ("integrity", "lignes de contributions.csv identiques à la version en vigueur"),
    "syntheses": ("integrity", "versions de synthèses identiques à l'engagement pris"),
    "fates": ("integrity", "suites données aux textes, identiques à l'engagement pris"),
    "votes": ("integrity", "votes publiés identiques à l'engagement pris"),
    "imports": ("integrity", "votes repris d'une autre plateforme, identiques à l'engagement pris"),
    "tallies": ("evidence", "totaux de tallies.csv recomptés"),
    "counters": ("evidence", "compteurs de contributions.csv recomptés"),
    "closes": ("evidence", "totaux écrits au registre à une clôture, recomptés"),
    "one_vote": ("evidence", "votants comptés une fois par texte"),
    "window": ("evidence", "votes et retraits scellés entre l'ouverture et la clôture"),
    "citations": ("evidence", "citations de synthèses menant à une version publiée, mots repris à leur place"),
    "coverage": ("evidence", "chiffres de couverture des synthèses recalculés"),
    "lists": ("evidence", "rangs de listes recalculés"),
    "files": ("files", "fichiers comparés à la seule empreinte de datapackage.json"),
}
COVERED = (
    "contributions.csv", "revisions.jsonl", "votes.csv", "tallies.csv", "listings.csv", "process.json", "annotations.jsonl",
    "ledger/leaves.jsonl", "ledger/checkpoint", "ledger/checkpoints.jsonl",
)  # fmt: skip
# Held against the register, for what follows aside:
CHECKED = ("syntheses.jsonl", "citations.csv", "fates.csv", "documents.jsonl")
UNCOVERED_COLUMNS = {  # of the files that are covered otherwise
    "contributions.csv": ("nature", "section", "author_kind", "verified", "origin", "origin_address"),
    "revisions.jsonl": ("reason",),
    "annotations.jsonl": ("@context", "id", "type", "motivation", "target", "answered_at"),
    "documents.jsonl": ("kind", "title", "published_at", "opens_at", "closes_at", "final_at"),
    "syntheses.jsonl": (
        "is_final", "published_at", "comments_close_at", "changes", "review", "doubts", "coverage", "representation",
    ),
    "ledger/checkpoints.jsonl": ("is_close", "sealed_at"),
}  # fmt: skip
UNCOVERED_PARTS = (
    "process.json : tout sauf le nom du registre, les règles, les actes (leur heure exceptée) et, de chaque consultation, slug, "
    "state, config, closes_at, drawn_on",
    *("%s : %s" % (name, ", ".join(columns)) for name, columns in UNCOVERED_COLUMNS.items()),
    "coverage : recalculé à partir de ce qu'il donne des textes proches (near) et des thèmes (sorted) ; authors ne l'est pas",
)
CONTRIBUTIONS = (
    "number", "kind", "nature", "consultation", "section", "about", "side", "title", "body", "url", "author", "author_kind",
    "verified", "origin", "origin_address", "published_at", "revision", "status", "agree", "mixed", "disagree", "arguments_for",
    "arguments_against", "sources", "fate",
)  # fmt: skip
COUNTED = ("agree", "mixed", "disagree", "arguments_for", "arguments_against", "sources")
VOTES = ("leaf", "number", "revision", "position", "salt", "nonce_hash", "origin")
TALLIES = ("number", "revision", "origin", "agree", "mixed", "disagree", "raw", "excluded", "final")
LISTINGS = ("consultation", "order", "as_of", "rank", "number", "key")
COMMENT = {"block", "body", "discussion", "document", "end", "exact", "number", "published_at", "start", "title", "version"}
DOCUMENT = {"about", "body", "category", "consultation", "kind", "number", "published_at", "side", "title", "url"}
FRAME = {  # what is read of process.json
    "consultations": ("slug", "state", "config", "closes_at", "drawn_on"),
    "rules": ("leaf", "consultation", "document", "salt"),
    "acts": ("leaf", "kind", "actor", "consultation", "document", "salt"),
}
Voice = namedtuple("Voice", "number kind about side agree mixed disagree author topics reason")  # what a synthesis may cite
FIGURES = {
    "input_hash": "empreinte de ce qui est compté", "claims": "phrases", "claims_without_citation": "phrases sans citation",
    "headline": "propositions citées", "by_votes": "part des votes", "by_families": "familles de textes proches",
    "soft": "proximité avec ce qui est cité", "to_read": "à lire avant de conclure", "left_out": "arguments et sources laissés",
    "controversies": "équilibre des controverses", "concentration": "concentration des citations", "topics": "place des thèmes",
}  # fmt: skip
FATES = ("number", "decision", "fate", "reason", "address", "decided_by", "decided_at", "salt", "leaf")
CITATIONS = ("from", "to", "kind", "is_quotation")
WITHDRAWN = "[citation retirée]"
POSITIONS = (1, 0, -1)
LONGEST_LEAF = 256
LONGEST_LINE = 1 << 24


class Report:
    """For each check: how many items were examined, how many are wrong, and the first of them in a sentence."""

    def __init__(self):
        self.counts = dict.fromkeys(CHECKS, 0)
        self.failures = dict.fromkeys(CHECKS, 0)
        self.first = {}
        self.undone = set()
        self.notes = []
        self.uncovered = []
        self.facts = {}

    def seen(self, code, count=1):
        self.counts[code] += count

    def wrong(self, code, sentence):
        self.failures[code] += 1
        self.first.setdefault(code, sentence)

    def expect(self, code, is_right, sentence, *values):
        """Count one item; `sentence` is completed with `values` only when it is wrong."""
        self.counts[code] += 1
        if not is_right:
            self.wrong(code, sentence % tuple(shown(value) for value in values))
        return is_right

    @property
    def is_right(self):
        return not self.undone and not any(self.failures.values())


# -------------------------------------------------------------- reading a folder one does not trust


class Unreadable(Exception):
    """A file that is missing or is not what its name says; the text is the sentence to print."""


MISSHAPEN = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError, OSError, MemoryError, csv.Error,
)  # fmt: skip


def shown(value):
    """A value of the folder as it may be printed: short, without control or direction characters."""
    text = value if isinstance(value, str) else str(value)
    text = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text[:90])
    return text + "…" if len(text) == 90 else text


class Folder:
    """The files of an export, read line by line; `where` says what was being read, for the sentence of a failure."""

    def __init__(self, path):
        self.path = path
        self.where = "le dossier"

    def open(self, name):
        self.where = name
        full = os.path.join(self.path, *name.split("/"))
        if not os.path.isfile(full):
            raise Unreadable("le fichier %s manque." % shown(name))
        return open(full, "rb")

    def lines(self, name, longest=LONGEST_LINE):
        """Each line as bytes, without its end; a line is never longer than `longest`, and the last one ends too."""
        with self.open(name) as file:
            for number, line in enumerate(iter(lambda: file.readline(longest + 2), b""), 1):
                self.where = "%s, ligne %d" % (name, number)
                if not line.endswith(b"\n"):
                    raise Unreadable("%s : la ligne est trop longue, ou le fichier est coupé." % self.where)
                yield line[:-1]

    def rows(self, name, columns):
        """Each row of a CSV file as a tuple in the order of `columns`, which must be its own."""
        with self.open(name) as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, None)
            if header is None or tuple(header) != columns:
                raise Unreadable("%s n'a pas les colonnes attendues (%s)." % (name, ", ".join(columns)))
            for row in reader:
                self.where = "%s, ligne %d" % (name, reader.line_num)
                if len(row) != len(columns):
                    raise Unreadable("%s : %d cases au lieu de %d." % (self.where, len(row), len(columns)))
                yield [exact(cell) if "'" in cell else cell for cell in row]
            self.where = name

    def document(self, name):
        with self.open(name) as file:
            content = file.read(LONGEST_LINE * 4)
        found = parsed(content)
        if not isinstance(found, dict):
            raise Unreadable("%s n'est pas un objet JSON." % name)
        return found

    def text(self, name):
        with self.open(name) as file:
            return file.read(LONGEST_LINE).decode("utf-8")


FORMULA = "[ '\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]*[-=+@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b%s]"
KEPT = re.compile("^'(?=%s)|(?<=[\n\r\t\v\f\x85\u2028\u2029;,\"])'(?=%s)" % (FORMULA % "\t\r\n", FORMULA % ""))


def exact(cell):
    """The words of a cell, without the apostrophes written before what a spreadsheet would have run as a formula."""
    return KEPT.sub("", cell)


def refuse_number(word):
    raise ValueError("nombre à virgule : " + word[:20])


def parsed(text):
    """JSON without fractions nor infinities: only what canonical documents may hold."""
    return json.loads(text, parse_float=refuse_number, parse_constant=refuse_number)


def canonical(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")


# ------------------------------------------------------------------- bytes, signatures and the tree


def b64(octets):
    return base64.urlsafe_b64encode(octets).decode("ascii").rstrip("=")


def unb64(text, size):
    """Octets of an unpadded base64url word of exactly this size; ValueError for any other spelling."""
    octets = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if len(octets) != size or b64(octets) != text:
        raise ValueError("« %s » n'est pas un mot base64url de %d octets" % (shown(text), size))
    return octets


def digest(label, *values):
    """D("label/v1", a, b…) of the format: SHA-256 of the canonical array."""
    return hashlib.sha256(canonical([label, *values])).digest()


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


class Tree:
    """The Merkle tree of RFC 6962 grown a leaf at a time; `root()` at any moment is the root at that size."""

    def __init__(self):
        self.peaks = []  # (height, hash), highest first

    def add(self, hashed):
        height = 0
        while self.peaks and self.peaks[-1][0] == height:
            hashed = hashlib.sha256(b"\1" + self.peaks.pop()[1] + hashed).digest()
            height += 1
        self.peaks.append((height, hashed))

    def root(self):
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        root = self.peaks[-1][1]
        for _height, left in reversed(self.peaks[:-1]):
            root = hashlib.sha256(b"\1" + left + root).digest()
        return root


# Ed25519, RFC 8032 §5.1, points in extended coordinates (X, Y, Z, T).
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def added(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def doubled(point):
    x, y, z, _t = point
    a, b, c = x * x % P, y * y % P, 2 * z * z % P
    h = a + b
    e = h - (x + y) * (x + y) % P
    g = a - b
    f = c + g
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def decompressed(octets):
    """The point these 32 octets name, or None."""
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def compressed(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def multiples(point):
    table = [NEUTRAL]
    for _ in range(15):
        table.append(added(table[-1], point))
    return table


BASE = multiples(decompressed((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")))
KEYS: dict = {}  # public key: the sixteen first multiples of its opposite


@lru_cache(maxsize=1 << 15)  # the receipts of one day all carry the same checkpoint
def is_signed(key, message, signature):
    """Does this Ed25519 signature of the message verify with this public key of 32 octets? [S]B − [k]A must be R."""
    if key not in KEYS:
        point = decompressed(key)
        KEYS[key] = point and multiples((P - point[0], point[1], 1, P - point[3]))
    scalar = int.from_bytes(signature[32:], "little")
    if KEYS[key] is None or len(signature) != 64 or scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    table, found = KEYS[key], NEUTRAL
    for shift in range(252, -4, -4):
        found = doubled(doubled(doubled(doubled(found))))
        found = added(added(found, BASE[scalar >> shift & 15]), table[challenge >> shift & 15])
    return compressed(found) == signature[:32]


class Note:
    """A C2SP signed note: the text that is signed, the name of the signer, its signature lines as (name, key id, signature)."""

    def __init__(self, text):
        body, separator, tail = text.partition("\n\n")
        if not separator or not tail.endswith("\n"):
            raise ValueError("une note signée a une ligne vide entre son texte et ses signatures")
        self.text = text
        self.body = body + "\n"
        self.lines = body.split("\n")
        self.signatures = []
        for line in tail[:-1].split("\n"):
            dash, name, word = line.split(" ")
            octets = base64.b64decode(word.encode("ascii"), validate=True)
            if base64.b64encode(octets).decode("ascii") != word or dash != "—" or len(octets) < 5:
                raise ValueError("une ligne de signature s'écrit « — nom base64 »")
            self.signatures.append((name, octets[:4], octets[4:]))

    def is_by(self, name, key):
        """Is one of its signatures that of this name with this key?"""
        key_id = hashlib.sha256(name.encode("utf-8") + b"\n\1" + key).digest()[:4]
        message = self.body.encode("utf-8")
        return any(
            signer == name and found_id == key_id and is_signed(key, message, signature)
            for signer, found_id, signature in self.signatures
        )


class Checkpoint(Note):
    """A note whose three lines are an origin, a number of leaves and a root."""

    def __init__(self, text):
        super().__init__(text)
        self.origin, size, root = self.lines
        self.size = int(size)
        self.root = base64.b64decode(root.encode("ascii"), validate=True)
        is_written_so = str(self.size) == size and base64.b64encode(self.root).decode("ascii") == root
        if not is_written_so or self.size < 0 or len(self.root) != 32:
            raise ValueError("un point de contrôle dit un nombre de lignes et une racine de 32 octets")


# ------------------------------------------------------------------------------------- the register

ANY = None
SHAPES = {  # the fields of each kind besides kind and v: "hash" is 32 octets, "id" 16, int, str, ANY; a "?" may be absent
    "config": {"consultation": str, "cm": "hash"},
    "state": {
        "state": str,
        "actor": str,
        "consultation?": str,
        "config?": "hash",
        "closes_at?": str,
        "cm?": "hash",
        "h?": "hash",
        "n?": str,
    },
    "rev": {"object": str, "revision": int, "prev": ANY, "cm": "hash", "cm_author": "hash"},
    "annotation": {"object": str, "cm": "hash", "cm_author": "hash"},
    "vote": {"contribution": int, "rev": "hash", "nullifier": "id", "seq": int, "cm": "hash"},
    "withdraw": {"contribution": int, "nullifier": "id", "seq": int},
    "tally": {"contribution": int, "revision": int, "origin": str, "agree": int, "mixed": int, "disagree": int},
    "fate": {"contribution": int, "cm": "hash"},
    "erase": {"ground": str, "leaf": "hash", "object": str},
    "key": {"name": str, "public": "hash", "signature": "signature"},
}
SIZES = {"hash": 32, "id": 16, "signature": 64}
HIDING = {"hidden": True, "refused": True, "removed": True, "restored": False}
NAMELESS = {"name_hidden": True, "name_restored": False}


def misshapen(leaf):
    """Why this leaf does not have the fields of its kind, or None."""
    if type(leaf) is not dict or leaf.get("v") != 1 or type(leaf.get("kind")) is not str:
        return "n'est pas une entrée du registre"
    shape = SHAPES.get(leaf["kind"])
    if shape is None:
        return None
    count = 2
    for field, kind in shape.items():
        name = field.rstrip("?")
        if name not in leaf:
            if name != field:
                continue
            return "n'a pas de « %s »" % name
        count += 1
        reason = unlike(kind, leaf[name])
        if reason is not None:
            return "%s dans « %s »" % (reason, name)
    return None if count == len(leaf) else "a des champs inconnus"


def unlike(kind, value):
    """Why this value is not of this kind, or None."""
    if kind is ANY:
        return None
    if kind is int:
        return None if type(value) is int and 0 <= value < 1 << 40 else "n'a pas un entier"
    if type(value) is not str:
        return "n'a pas un mot"
    try:
        return None if kind is str or unb64(value, SIZES[kind]) else ""
    except ValueError:
        return "n'a pas une empreinte"


class Register:
    """What `ledger/leaves.jsonl` holds, in about a hundred octets a leaf and two hundred a voter of a text."""

    def __init__(self):
        self.size = 0
        self.hashes = bytearray()  # 32 octets a leaf
        self.commitments = bytearray()  # 32 octets a leaf: the `cm` of a vote, else zeros
        self.numbers = array("q")  # the contribution of a vote, else -1
        self.named = array("q")  # the position of the `rev` leaf a vote names, else -1
        self.roots = {}  # root at each size that someone wrote down
        self.current = {}  # contribution and nullifier: the packed standing of a voter on a text
        self.span = {}  # contribution: first and last position of its votes and withdrawals
        self.others = []  # (position, leaf) of everything else
        self.revisions = {}  # position of a `rev` leaf: (number, revision, prev, cm, cm_author)
        self.revision_at = {}  # its hash, in base64url: its position
        self.annotations = {}  # position of an `annotation` leaf: the leaf
        self.erased = set()  # hash of each leaf whose text and name are erased
        self.unnamed = set()  # hash of each leaf of which only the author's name is erased
        self.hidden = {}  # object: is it hidden, by the last moderation leaf that says so
        self.grounds = {}  # object: why it is not shown, by the last leaf that says so
        self.nameless = {}  # object: is the name of its author hidden, likewise
        self.same = []  # (position, from, to): positions of `rev` leaves whose votes are carried over

    def hash_of(self, position):
        return bytes(self.hashes[32 * position : 32 * position + 32])

    def name_of(self, position):
        """How other leaves name this one."""
        return b64(self.hash_of(position))

    def position_of(self, hashed):
        found = self.hashes.find(hashed)
        while found >= 0 and found % 32:
            found = self.hashes.find(hashed, found + 1)
        return found // 32 if found >= 0 else None

    def leaves(self, *kinds):
        return ((position, leaf) for position, leaf in self.others if leaf["kind"] in kinds)

    def standings(self):
        """(key, highest seq, how many leaves, position of the highest, is it a vote) of each voter on each text."""
        return ((key, *unpacked(packed)) for key, packed in self.current.items())


def packed_standing(seq, count, position, is_vote):
    """One integer, where a tuple for each of two million voters would not fit in memory."""
    return seq << 80 | count << 41 | position << 1 | is_vote


def unpacked(packed):
    return packed >> 80, packed >> 41 & ((1 << 39) - 1), packed >> 1 & ((1 << 40) - 1), bool(packed & 1)


def voter_key(number, nullifier):
    return number.to_bytes(5, "big") + unb64(nullifier, 16)


def read_register(folder, compared, kept, report):
    """One pass over the leaves: well formed, canonical, different; the root at the size of each checkpoint."""
    register, tree = Register(), Tree()
    sizes = {note.size for _name, note in compared} | {note.size for note, _time in kept or ()}
    prefixes = array("Q")
    for line in folder.lines("ledger/leaves.jsonl", 4 * LONGEST_LEAF):
        if register.size in sizes:
            register.roots[register.size] = tree.root()
        hashed = leaf_hash(line)
        leaf, reason = read_leaf(line)
        report.expect("leaves", reason is None, "la ligne %s du registre %s.", register.size + 1, reason)
        register.hashes += hashed
        prefixes.append(int.from_bytes(hashed[:8], "big"))
        enter(register, register.size, leaf if reason is None else {"kind": ""}, report)
        tree.add(hashed)
        register.size += 1
    register.roots[register.size] = tree.root()
    ordered = sorted(prefixes)
    if any(one == next_one for one, next_one in zip(ordered, ordered[1:])):
        report.wrong("leaves", "deux lignes du registre sont identiques : une ligne y figure deux fois.")
    return register


def read_leaf(line):
    """The leaf of this line, and why it may not stand in a register, or None."""
    if len(line) > LONGEST_LEAF:
        return None, "dépasse 256 octets"
    try:
        leaf = parsed(line)
        reason = misshapen(leaf)
        if reason is None and canonical(leaf) != line:
            reason = "n'est pas écrite sous sa forme canonique"
    except (ValueError, RecursionError):
        return None, "n'est pas du JSON lisible"
    return leaf, reason


def enter(register, position, leaf, report):
    kind = leaf["kind"]
    number, named, commitment = -1, -1, bytes(32)
    if kind in ("vote", "withdraw"):
        number = leaf["contribution"]
        register.span[number] = (register.span.get(number, (position,))[0], position)
        if kind == "vote":
            commitment = unb64(leaf["cm"], 32)
            named = register.revision_at.get(leaf["rev"], -1)
            if named < 0 or register.revisions[named][0] != number:
                sentence = "le vote de la ligne %d du registre ne vise aucune version du texte n° %d."
                report.wrong("chain", sentence % (position + 1, number))
        follow(register, position, leaf, report)
    else:
        register.others.append((position, leaf))
    register.numbers.append(number)
    register.named.append(named)
    register.commitments += commitment
    if kind == "rev":
        number = number_of(leaf["object"])
        register.revisions[position] = (number, leaf["revision"], leaf["prev"], leaf["cm"], leaf["cm_author"])
        register.revision_at[register.name_of(position)] = position
    elif kind == "annotation":
        register.annotations[position] = leaf
    elif kind == "erase":
        (register.unnamed if leaf["ground"] == "name" else register.erased).add(leaf["leaf"])
        if leaf["ground"] != "name":
            register.grounds[leaf["object"]] = leaf["ground"]
    elif kind == "mod":
        enter_decision(register, position, leaf, report)


def enter_decision(register, position, leaf, report):
    act = leaf.get("act")
    if act in HIDING:
        register.hidden[leaf.get("object")] = HIDING[act]
        register.grounds[leaf.get("object")] = leaf.get("ground", "") if HIDING[act] else ""
    elif act in NAMELESS:
        register.nameless[leaf.get("object")] = NAMELESS[act]
    elif act == "same_text":
        old, new = (register.revision_at.get(leaf.get(name), -1) for name in ("from", "to"))
        if old < 0 or new < 0 or register.revisions[old][0] != register.revisions[new][0]:
            report.wrong("chain", "la ligne %d du registre reporte des votes d'un texte inconnu." % (position + 1))
        else:
            register.same.append((position, old, new))


def follow(register, position, leaf, report):
    """Keep the highest seq of each voter of a text; seqs are 1, 2, 3… and none is missing in the end."""
    key, seq = voter_key(leaf["contribution"], leaf["nullifier"]), leaf["seq"]
    highest, count, at, is_vote = unpacked(register.current.get(key, 0))
    if seq == highest and count:
        sentence = "un même votant a deux votes de même rang sur le texte n° %d (lignes %d et %d du registre)."
        report.wrong("one_vote", sentence % (leaf["contribution"], at + 1, position + 1))
        return
    if seq > highest:
        highest, at, is_vote = seq, position, leaf["kind"] == "vote"
    register.current[key] = packed_standing(highest, count + 1, at, is_vote)


def number_of(name):
    """746 for `contribution/746`; ValueError otherwise."""
    kind, _slash, number = name.partition("/")
    if kind != "contribution" or str(int(number)) != number:
        raise ValueError("« %s » n'est pas un texte" % shown(name))
    return int(number)


def check_ranks(register, report):
    """Each voter's leaves on a text are numbered 1, 2, 3…: the highest number is their count."""
    for key, seq, count, position, _is_vote in register.standings():
        report.seen("one_vote")
        report.expect(
            "ranks_dense", seq == count,
            "texte n° %s : il manque un vote ou un retrait d'un votant, dont le dernier porte le rang %s (ligne %s du registre).",
            int.from_bytes(key[:5], "big"), seq, position + 1,
        )  # fmt: skip


def check_rules(register, process, report):
    """Every `config` leaf and every act with a commitment is opened in process.json, to the very words committed to."""
    leaves, listed = dict(register.leaves("config", "state")), set()
    for name, label in (("rules", "configcm/v1"), ("acts", "actcm/v1")):
        for entry in process[name]:
            leaf, document = leaves.get(entry["leaf"], {}), entry["document"]
            if name == "rules":
                is_right = leaf.get("kind") == "config" and leaf["consultation"] == document["consultation"]
            else:
                is_right = leaf.get("kind") == "state" and (leaf["state"], leaf["actor"]) == (entry["kind"], entry["actor"])
            is_right = is_right and leaf.get("consultation") == entry["consultation"]
            if "cm" in leaf:
                is_right = is_right and leaf["cm"] == b64(digest(label, document, entry["salt"]))
            else:
                is_right = is_right and document is None
            place = "process.json (%s), ligne %d du registre" % (name, entry["leaf"] + 1)
            report.expect("rules", is_right, "%s : ce qui est publié n'est pas ce qui a été inscrit.", place)
            listed.add(entry["leaf"])
    for position, leaf in leaves.items():
        what = "les règles de la consultation" if leaf["kind"] == "config" else "l'acte « %s »" % shown(leaf["state"])
        report.expect("rules_opened", position in listed, "%s (ligne %s du registre) : rien n'en est publié.", what, position + 1)


class Calendar:
    """One consultation as its leaves tell it."""

    BEFORE = {"announced": None, "open": "announced", "extended": "open", "closed": "open"}

    def __init__(self):
        self.config = None  # name of its last `config` leaf
        self.state = None
        self.opened = self.closed = None  # positions
        self.closes_at = None

    def read(self, slug, position, name, leaf, report):
        """Rules, then an announcement, an opening under these rules, extensions, one close."""
        state = leaf.get("state")
        if leaf["kind"] == "config":
            self.config = name
            report.expect("calendar", self.opened is None, "les règles de « %s » ont changé après son ouverture.", slug)
        elif state in self.BEFORE:
            is_right = self.state == self.BEFORE[state]
            sentence = "« %s » : l'étape « %s » n'est pas à sa place (ligne %s)."
            report.expect("calendar", is_right, sentence, slug, state, position + 1)
            if state == "open":
                is_right = leaf.get("config") == self.config
                report.expect("calendar", is_right, "« %s » a ouvert sous d'autres règles que les dernières affichées.", slug)
                self.opened = self.opened or position
            elif state == "closed":
                self.closed = self.closed or position
            elif state == "extended":
                self.closes_at = leaf.get("closes_at")
            self.state = self.state if state == "extended" else state


def check_calendar(register, process, report):
    """The register tells of each consultation a life in order, and process.json says the same."""
    calendars = {}
    for position, leaf in register.leaves("config", "state"):
        slug = leaf.get("consultation")
        if slug is not None:
            calendars.setdefault(slug, Calendar()).read(slug, position, register.name_of(position), leaf, report)
    told = [slug for slug, one in calendars.items() if one.config or one.state]
    rules = {entry["consultation"]: entry["document"] for entry in sorted(process["rules"], key=lambda entry: entry["leaf"])}
    for entry in process["consultations"]:
        slug, document = entry["slug"], rules.get(entry["slug"], {})
        one = calendars.setdefault(slug, Calendar())
        if one.state is not None or not document.get("is_imported"):
            sentence = "« %s » est dite « %s », le registre dit « %s »."
            report.expect("calendar", entry["state"] == one.state, sentence, slug, entry["state"], one.state)
        report.expect("calendar", entry["config"] == one.config, "« %s » n'est pas dite sous les règles du registre.", slug)
        one.closes_at = one.closes_at or document.get("closes_at")
        is_right = entry["closes_at"] == one.closes_at
        report.expect("calendar", is_right, "la clôture de « %s » n'est pas celle que dit le registre (%s).", slug, one.closes_at)
    listed = {entry["slug"] for entry in process["consultations"]}
    for slug in told:
        report.expect("calendar", slug in listed, "la consultation « %s » du registre n'est plus dans process.json.", slug)
    return calendars


def incidents_of(register):
    """What went wrong on this site, as its own register says, each in a sentence: nobody reads this folder without them."""
    for position, leaf in register.leaves("incident"):
        line = "Incident, ligne %d du registre : " % (position + 1)
        if leaf.get("act") == "restored":
            yield line + (
                "le site est reparti d'une sauvegarde (%s). %s lignes ou votes déjà enregistrés sont perdus ; un reçu ou un "
                "point de contrôle gardé d'alors le montre." % (shown(leaf.get("since")), shown(leaf.get("lost")))
            )
        elif leaf.get("act") == "key_lost":
            yield line + (
                "la clé de signature a été perdue. Depuis, c'est un autre registre, qui reprend les %d lignes du premier sans "
                "que rien de signé les relie : seul un point de contrôle ou un reçu gardé d'avant les prouve." % position
            )
        else:
            yield line + "l'exploitant y a inscrit « %s »." % shown(leaf.get("act"))


# -------------------------------------------------------------------------------------------- texts


def check_texts(folder, register, report):
    """Every version of every text: opened to the words committed to, chained to the one before, or rightly absent."""
    given, current, since = {}, {}, {}
    for line in folder.lines("revisions.jsonl"):
        entry = parsed(line)
        position, number, revision, document = (entry[name] for name in ("leaf", "contribution", "revision", "document"))
        leaf = register.revisions.get(position)
        place = "le texte n° %s (version %s)" % (shown(number), shown(revision))
        is_known = leaf is not None and leaf[:2] == (number, revision) and position not in given
        sentence = "%s : sa ligne de revisions.jsonl ne correspond à aucune inscription."
        if not report.expect("texts", is_known, sentence, place):
            continue
        given[position] = document is not None
        check_words(entry, leaf, place, report)
        check_name(entry, register, place, report)
        if document is not None and revision == 1:
            since[number] = document["published_at"]
        if revision > current.get(number, 0) >> 200:
            current[number] = revision << 200 | document_print(document, entry["author"])
    return check_versions(register, given, report), current, since


def check_words(entry, leaf, place, report):
    """The words and the name that are given are those committed to."""
    document = entry["document"]
    if document is not None:
        is_right = set(document) == DOCUMENT and document["number"] == leaf[0]
        is_right = is_right and leaf[3] == b64(digest("revcm/v1", document, entry["salt"]))
        report.expect("texts", is_right, "%s a été modifié : il n'est plus celui qui a été inscrit au registre.", place)
    if entry["author"] is not None:
        is_right = leaf[4] == b64(digest("authorcm/v1", entry["author"], entry["author_salt"]))
        report.expect("texts", is_right, "%s n'est plus sous le nom d'auteur qui a été inscrit au registre.", place)


def check_name(entry, register, place, report):
    """A text is given with its author's name, unless the register says that it is erased or hidden."""
    is_nameless = register.nameless.get("contribution/%d" % entry["contribution"], False)
    is_nameless = is_nameless or register.name_of(entry["leaf"]) in register.unnamed
    if entry["document"] is not None and entry["author"] is None and not is_nameless:
        report.wrong("texts_opened", "%s est publié sans le nom inscrit, et aucun effacement ne le dit." % place)
    elif entry["author"] is not None and is_nameless:
        report.wrong("texts_opened", "%s est publié sous un nom que le registre dit effacé ou masqué." % place)


def check_versions(register, given, report):
    """Each `rev` leaf follows the one before, and is opened, erased or hidden; (revision, name of its leaf) of each text."""
    heads = {}
    for position, (number, revision, prev, _cm, _cm_author) in register.revisions.items():
        before, named = heads.get(number, (0, None)), register.name_of(position)
        report.expect(
            "chain", (revision - 1, prev) == before,
            "la version %s du texte n° %s n'est pas rattachée à celle qui la précède.", revision, number,
        )  # fmt: skip
        heads[number] = (revision, named)
        is_gone = named in register.erased or register.hidden.get("contribution/%d" % number, False)
        reason = "manque : ni texte, ni effacement, ni masquage au registre"
        if given.get(position, False) and is_gone:
            reason = "est publié alors que le registre le dit effacé ou masqué"
        is_right = position in given and given[position] != is_gone
        report.expect("texts_opened", is_right, "le texte n° %s (version %s) %s.", number, revision, reason)
    return heads


def check_annotations(folder, register, process, report):
    """Every comment on a synthesis: opened to the words committed to, shown as committed to, or rightly absent; its answer and
    its places are those of the register."""
    given, carried, (answers, versions) = {}, {}, heard_of(process)
    for line in folder.lines("annotations.jsonl"):
        entry = parsed(line)
        position, name = entry["leaf"], "annotation/%s/%s" % (entry["text"], entry["number"])
        leaf = register.annotations.get(position)
        place = "le commentaire n° %s de « %s »" % (shown(entry["number"]), shown(entry["text"]))
        is_known = leaf is not None and leaf["object"] == name and position not in given
        sentence = "%s : sa ligne de annotations.jsonl ne correspond à aucune inscription."
        if not report.expect("annotations", is_known, sentence, place):
            continue
        given[position] = entry["document"] is not None
        check_comment(entry, leaf, place, report)
        is_right = entry["ground"] == register.grounds.get(name, "")
        report.expect("annotations", is_right, "%s n'est pas masqué pour le motif inscrit au registre.", place)
        answered = answers.get((entry["text"], entry["number"]), ("", "", "", -1)) if given[position] else ("", "", "", -1)
        told = tuple(entry[name] for name in ("answer", "answer_reason", "answered_by", "answered_in"))
        later = [version for (text, version), (at, _print) in versions.items() if text == entry["text"] and at > answered[3]]
        is_right = told == (*answered[:3], min(later, default=None) if answered[0] else None)
        report.expect("annotations", is_right, "la réponse à %s n'est pas celle qui a été inscrite au registre.", place)
        for one in entry["places"][1:]:
            carried.setdefault((entry["text"], one["version"]), []).append([entry["number"], one])
        is_nameless = register.nameless.get(name, False) or register.name_of(position) in register.unnamed
        if given[position] and (entry["author"] is None) != is_nameless:
            reason = "%s est publié sans le nom inscrit, ou sous un nom que le registre dit effacé ou masqué."
            report.wrong("annotations_opened", reason % place)
    for key in {**versions, **carried}:
        is_right = versions.get(key, (0, ""))[1] == b64(digest("places/v1", sorted(carried.get(key, []), key=lambda one: one[0])))
        sentence = "« %s », version %s : des commentaires ne sont pas à la place inscrite au registre."
        report.expect("annotations", is_right, sentence, *map(shown, key))
    check_comments_opened(register, given, report)


def heard_of(process):
    """By text and discussion: answer, reason, role, leaf since which it is this answer; by text and version: leaf and places."""
    answers, versions = {}, {}
    for act in sorted(process["acts"], key=lambda act: act["leaf"]):
        told = parsed(act["document"]) if act["kind"] in ("syn_answered", "syn_carried") else {}
        if act["kind"] == "syn_answered":
            key, words = (told["document"], told["discussion"]), (told["answer"], told["reason"], act["actor"])
            before = answers.get(key, ("", "", "", -1))
            answers[key] = (*words, before[3] if before[0] == words[0] else act["leaf"])
        elif act["kind"] == "syn_carried":
            versions[told["document"], told["version"]] = (act["leaf"], told["places"])
    return answers, versions


def check_comment(entry, leaf, place, report):
    """The words and the name that are given are those committed to, and what is shown is what is given."""
    document, author = entry["document"], entry["author"]
    if document is None:
        told = (entry["body"], entry["creator"], author, entry["title"], entry["status"] == "published")
        is_right = told == (None, None, None, "", False)
        report.expect("annotations", is_right, "%s n'est pas publié, mais ses mots ou son nom le sont.", place)
        return
    is_right = set(document) == COMMENT and leaf["cm"] == b64(digest("annotationcm/v1", document, entry["salt"]))
    report.expect("annotations", is_right, "%s a été modifié : il n'est plus celui qui a été inscrit au registre.", place)
    told = [entry[name] for name in ("text", "number", "discussion", "title", "status", "created")]
    kept = [document.get(name) for name in ("document", "number", "discussion", "title")]
    minute = str(document.get("published_at"))
    body = {"type": "TextualBody", "value": document.get("body"), "format": "text/plain", "language": "fr"}
    creator = None if author is None else dict(entry["creator"] or {}, name=author)
    is_right = told == [*kept, "published", minute[:16] + ":00" + minute[16:]]  # a minute, as W3C Web Annotation writes it
    is_right = is_right and dict(entry["body"] or {}, language="fr") == body
    first = [
        [one.get(name) for name in ("version", "block", "start", "end", "exact", "is_detached")] for one in entry["places"][:1]
    ]
    stood = [[document.get(name) for name in ("version", "block", "start", "end", "exact")] + [False]]
    is_right = is_right and first == ([] if entry["discussion"] else stood)
    is_right = is_right and entry["creator"] == creator and set(creator or {}) <= {"type", "name"}
    report.expect("annotations", is_right, "%s n'est pas montré tel qu'il a été inscrit au registre.", place)
    if author is not None:
        is_right = leaf["cm_author"] == b64(digest("authorcm/v1", author, entry["author_salt"]))
        report.expect("annotations", is_right, "le nom de l'auteur : %s n'est plus signé comme au registre.", place)


def check_comments_opened(register, given, report):
    """Each `annotation` leaf is opened, erased or hidden."""
    for position, leaf in register.annotations.items():
        is_gone = register.name_of(position) in register.erased or register.hidden.get(leaf["object"], False)
        is_opened = given.get(position, False)
        reason = "manque : ni texte, ni effacement, ni masquage au registre"
        if is_opened and is_gone:
            reason = "est publié alors que le registre le dit effacé ou masqué"
        is_right = is_opened != is_gone and position in given
        report.expect("annotations_opened", is_right, "« %s » %s.", shown(leaf["object"]), reason)


def document_print(document, author):
    """What contributions.csv repeats of a version, as a short number: 0 for a text that is not given."""
    if document is None:
        return 0
    cells = [document[name] for name in ("kind", "consultation", "about", "side", "title", "body", "url")]
    return cells_print(["" if cell is None else str(cell) for cell in [document["number"], *cells, author]])


def cells_print(cells):
    return int.from_bytes(digest("cells", *cells)[:25], "big") | 1


Text = namedtuple(
    "Text", "kind consultation status side about revision tallied counters fate author"
)  # a row of contributions.csv


def whole(cell):
    """An integer as it is printed, or 0 for an empty cell."""
    number = int(cell) if cell else 0
    if cell and str(number) != cell:
        raise ValueError("« %s » n'est pas un entier" % shown(cell))
    return number


def check_contributions(folder, register, versions, report):
    """contributions.csv repeats the current version of each text, and gives each number of the register a row."""
    heads, current, since = versions
    texts = {}
    for row in folder.rows("contributions.csv", CONTRIBUTIONS):
        cell = dict(zip(CONTRIBUTIONS, row))
        number, text = whole(cell["number"]), text_of(cell)
        is_numbered = number in heads or text.status == "text_unavailable"
        if not report.expect("contributions", is_numbered, "le texte n° %s n'est pas au registre.", number):
            continue
        texts[number] = text
        revision, words = current.get(number, 0) >> 200, current.get(number, 0) & ((1 << 200) - 1)
        if text.status == "published":
            names = ("number", "kind", "consultation", "about", "side", "title", "body", "url", "author")
            is_right = words == cells_print([cell[name] for name in names]) and text.revision == revision == heads[number][0]
            is_right = is_right and cell["published_at"] == since.get(number, cell["published_at"])
        else:
            is_right = not words and not any(cell[name] for name in ("title", "body", "url", "author"))
            if text.status in ("hidden", "removed"):
                is_right = is_right and register.hidden.get("contribution/%d" % number, False)
            elif text.status != "text_unavailable":
                is_right = is_right and heads[number][1] in register.erased
        report.expect("contributions", is_right, "le texte n° %s de contributions.csv n'est pas sa version en vigueur.", number)
    for number in heads:
        if number not in texts:
            report.wrong("contributions", "le texte n° %d du registre n'a pas de ligne dans contributions.csv." % number)
    return texts


def text_of(cell):
    numbers = {name: whole(cell[name]) for name in ("about", "revision", *COUNTED)}
    tallied, counters = (tuple(numbers[name] for name in names) for names in (COUNTED[:3], COUNTED[3:]))
    words = (cell[name] for name in ("kind", "consultation", "status", "side"))
    return Text(*words, numbers["about"], numbers["revision"], tallied, counters, cell["fate"], cell["author"])


# ------------------------------------------------------------------------------ fates and syntheses


def check_fates(folder, register, texts, report):
    """Each decision on a text is the one that was inscribed, none is missing, and contributions.csv says the last."""
    leaves, last = dict(register.leaves("fate")), {}
    for row in folder.rows("fates.csv", FATES):
        cell = dict(zip(FATES, row))
        number, position = whole(cell["number"]), whole(cell["leaf"]) if cell["leaf"] else -1
        leaf = leaves.pop(position, None)
        document = {name: cell[name] for name in FATES[2:7]} | {"number": number, "decision": whole(cell["decision"])}
        is_right = leaf is not None and leaf["contribution"] == number and document["decision"] == last.get(number, (0,))[0] + 1
        is_right = is_right and leaf["cm"] == b64(digest("fatecm/v1", document, cell["salt"]))
        report.expect("fates", is_right, "la suite donnée au texte n° %s n'est pas celle qui a été inscrite au registre.", number)
        last[number] = (document["decision"], cell["fate"])
    for leaf in leaves.values():
        report.wrong("fates", "une suite donnée au texte n° %d est au registre, et n'est pas publiée." % leaf["contribution"])
    for number, text in texts.items():
        sentence = "contributions.csv ne dit pas la dernière suite donnée au texte n° %s."
        report.expect("fates", text.fate == last.get(number, (0, ""))[1], sentence, number)


def check_syntheses(folder, register, report):
    """Each published version of a synthesis is the one that was inscribed, none is missing, and one comments on its sentences;
    what each says."""
    leaves = {at: leaf for at, leaf in register.leaves("state") if leaf["state"] == "syn_published"}
    paragraphs = {(one["text"], one["version"]): one["blocks"] for one in map(json.loads, folder.lines("documents.jsonl"))}
    found = []
    for line in folder.lines("syntheses.jsonl"):
        entry = json.loads(line)
        leaf = leaves.pop(entry["leaf"], None)
        place = (entry["consultation"], entry["version"])
        is_right = leaf is not None and leaf.get("h") == b64(digest("synthesis/v1", entry["content"]))
        named = (entry["consultation"], str(entry["version"]), entry["published_by"])
        is_right = is_right and (leaf["consultation"], leaf["n"], leaf["actor"]) == named
        sentence = "la synthèse de « %s » (version %s) n'est plus celle qui a été inscrite au registre."
        report.expect("syntheses", is_right and entry["content"]["consultation"] == place[0], sentence, *place)
        said = [(one["key"], re.sub("⟦[0-9]{1,3}⟧", "\ufffc", one["text"])) for one in entry["content"]["statements"]]
        is_right = [(one["key"], one["text"]) for one in paragraphs.get(place, ())] == said
        sentence = "les paragraphes de « %s » (version %s) que l'on commente ne sont pas les phrases de la synthèse."
        report.expect("syntheses", is_right, sentence, *place)
        found.append(entry)
    for leaf in leaves.values():
        sentence = "la version %s de la synthèse de « %s » est au registre, et n'est pas publiée."
        report.wrong("syntheses", sentence % (shown(leaf.get("n")), shown(leaf.get("consultation"))))
    return found


def check_citations(folder, register, syntheses, texts, report):
    """Every citation leads to a version of a text; quoted words are those of the text, or gone with it; citations.csv agrees."""
    said_all = [said for entry in syntheses for said in entry["content"]["statements"]]
    wanted = {(one["number"], one["revision"]) for said in said_all for one in said["citations"]}
    words, listed = {}, []
    for line in folder.lines("revisions.jsonl") if wanted else ():
        entry = json.loads(line)
        place = (entry["contribution"], entry["revision"])
        if place in wanted:
            words[place] = entry["document"]
    for entry in syntheses:
        name = "synthesis/%s/%d/" % (entry["consultation"], entry["version"])
        statements = entry["content"]["statements"]
        for said in statements:
            spans = []
            for one in said["citations"]:
                place = (one["number"], one["revision"])
                sentence = "la phrase « %s » cite le texte n° %s (version %s), qui n'est pas dans ce dossier."
                report.expect("citations", place in words and one["number"] in texts, sentence, name + said["key"], *place)
                listed.append([name + said["key"], "contribution/%d/%d" % place, one["qualifier"], str("quote" in one).lower()])
                if "quote" in one:
                    spans.append(quoted(words.get(place), one["quote"]))
                    sentence = "la phrase « %s » reprend des mots que le texte n° %s (version %s) n'a pas."
                    report.expect("citations", spans[-1] is not None, sentence, name + said["key"], *place)
            drawn = with_quotations(said["text"], spans)
            sentence = "la phrase « %s » ne se lit pas telle que ses citations la donnent."
            report.expect("citations", entry["words"].get(said["key"]) == drawn, sentence, name + said["key"])
        report.expect("citations", len(entry["words"]) == len(statements), "la synthèse « %s » a des phrases de trop.", name)
    given = [list(row) for row in folder.rows("citations.csv", CITATIONS)]
    report.expect("citations", given == listed, "citations.csv ne liste pas les citations des synthèses.")


def with_quotations(text, spans):
    """The sentence with each `⟦k⟧` replaced by the k-th words, or by what stands for those that are gone."""
    parts = re.split("⟦([0-9]{1,3})⟧", text)
    for at in range(1, len(parts), 2):
        rank = int(parts[at])
        parts[at] = (spans[rank - 1] or WITHDRAWN) if 0 < rank <= len(spans) else "⟦%s⟧" % parts[at]
    return "".join(parts)


def quoted(document, quote):
    """The words quoted of a version: empty once it is erased or hidden; None when it does not have them."""
    if document is None:
        return ""
    text = document[quote["field"]] if quote["field"] in ("title", "body") else ""
    return text[quote["start"] : quote["end"]] if 0 <= quote["start"] < quote["end"] <= len(text) else None


def check_coverage(folder, register, syntheses, texts, report):
    """What a synthesis takes up, computed again by the formula `coverage/1` (docs/reference/couverture.md)."""
    taken = {}
    for row in folder.rows("tallies.csv", TALLIES) if syntheses else ():
        if row[2] == "import":
            known = taken.setdefault(whole(row[0]), [0, 0, 0])
            known[:] = [one + whole(cell) for one, cell in zip(known, row[3:6])]
    for entry in syntheses:
        figures, place = entry["coverage"], (entry["consultation"], entry["version"])
        told = [number for number in figures["voices"] if number in texts]
        now = {
            number for number, text in texts.items()
            if (text.consultation, text.status) == (place[0], "published") and "contribution/%d" % number not in register.hidden
        }  # fmt: skip
        found = coverage(voices_of(told, entry, texts, taken), claims_of(entry["content"]), figures["near"])
        is_whole = all(texts[number].status == "published" and texts[number].author for number in told)
        if not is_whole and found["input_hash"] != figures["input_hash"]:  # what was withdrawn since has no author any more
            del found["input_hash"], found["concentration"]
        sentence = "synthèse de « %s » (version %s) : « %s » ne se recalcule pas."
        is_right = now <= set(figures["voices"]) and len(told) == len(figures["voices"])
        report.expect("coverage", is_right, sentence, *place, "voix comptées")
        for name, value in found.items():
            report.expect("coverage", figures[name] == value, sentence, *place, FIGURES[name])


def voices_of(numbers, entry, texts, taken):
    """What is counted, as its print takes it; numbers in order."""
    reasons = {row["number"]: row["reason"] for row in entry["content"]["uncited"]}
    for number in sorted(numbers):
        text, topics = texts[number], entry["coverage"]["sorted"].get(str(number), [])
        votes = [one + other for one, other in zip(text.tallied, taken.get(number, (0, 0, 0)))]
        about = text.about or None
        yield Voice(number, text.kind, about, text.side, *votes, text.author, topics, reasons.get(number, ""))


def coverage(voices, claims, near):
    """The figures; `claims`: [label, kind, numbers cited]; `near`: families and nearest cited texts, as the file says."""
    voices = {voice.number: voice for voice in voices}
    pairs = sorted([min(row[:2]), max(row[:2]), row[2]] for row in near["nearest"])
    proposals = [voice for voice in voices.values() if voice.kind == "proposal"]
    times = Counter(number for _label, _kind, numbers in claims for number in numbers if number in voices)
    owner = {number: proposal_of(number, voices) for number in voices}
    reached = {owner[number] for number in times if owner[number] != number}
    uncited = [voice for voice in proposals if voice.number not in times]
    family_of = {voice.number: (voice.number,) for voice in proposals}
    for family in near["families"]:
        members = tuple(number for number in sorted(family) if number in family_of)
        family_of.update(dict.fromkeys(members, members))
    nearest = {voice.number: 10**6 * (voice.number in times) for voice in proposals}
    for number, beside, millionths in near["nearest"]:
        if beside in times and number in nearest:
            nearest[number] = max(nearest[number], millionths)
    said = [[list(voice) for voice in voices.values()], claims, sorted(map(sorted, near["families"])), pairs, []]
    return {
        "input_hash": hashlib.sha256(canonical(said)).hexdigest(),
        "claims": len(claims),
        "claims_without_citation": sum(not any(number in voices for number in numbers) for _label, _kind, numbers in claims),
        "headline": {
            "cited": share(len(proposals) - len(uncited), len(proposals)),
            "uncited": [
                {"number": one.number, "reason": one.reason, "is_reached_by_a_reply": one.number in reached} for one in uncited
            ],
            "without_reason": sum(not voice.reason.strip() for voice in uncited),
        },
        "by_votes": share(votes_on(one for one in proposals if one.number in times), votes_on(proposals)),
        "by_families": share(sum(any(n in times for n in family_of[one.number]) for one in proposals), len(proposals)),
        "soft": share(sum(nearest.values()), 10**6 * len(nearest)),
        "to_read": to_read(voices, set(family_of.values()), times, nearest),
        "controversies": [sides(claim, voices) for claim in claims if claim[1] == "controversy"],
        "left_out": left_out(voices, times, owner),
        "concentration": concentration(voices, claims, times, {family for family in family_of.values() if len(family) > 5}),
        "topics": topic_balance(voices, proposals, times, owner),
    }


def proposal_of(number, voices):
    """The proposal it is about, directly or through others; None when the chain leads nowhere."""
    for _step in voices:
        if number not in voices or voices[number].kind == "proposal":
            break
        number = voices[number].about
    return number if number in voices and voices[number].kind == "proposal" else None


def votes_on(voices):
    return sum(voice.agree + voice.mixed + voice.disagree for voice in voices)


def to_read(voices, families, times, nearest):
    """Families that nothing cites: √votes × (1 − how near a cited text is) × what stands out, the greatest first."""
    found = []
    for family in families:
        members, near = [voices[number] for number in family], max(nearest[number] for number in family)
        keys = [(supported_key(v.agree, votes_on([v])), divisive_key(v.agree, v.disagree, votes_on([v]))) for v in members]
        votes, score = votes_on(members), max(0, *(-key for pair in keys for key in pair))
        score = math.isqrt(votes * 10**18) * (10**6 - near) * score // 10**15
        if not any(number in times for number in family):
            found.append({"numbers": list(family), "votes": votes, "nearest": near, "score": score})
    return sorted(found, key=lambda one: (-one["score"], one["nearest"], one["numbers"]))


def sides(claim, voices):
    told = [voices[number] for number in claim[2] if number in voices]
    pro, con = (sum((voice.kind, voice.side) == ("argument", side) for voice in told) for side in ("for", "against"))
    counted = {"arguments_for": pro, "arguments_against": con, "is_one_sided": not (pro and con)}
    return {"claim": claim[0], "imbalance": share(abs(pro - con), pro + con), **counted}


def left_out(voices, times, owner):
    """Of what is no proposal, by kind and side: what is cited, or whose proposal is, and the rest."""
    found = []
    for kind, side in sorted({(voice.kind, voice.side) for voice in voices.values() if voice.kind != "proposal"}):
        alike = [voice.number for voice in voices.values() if (voice.kind, voice.side) == (kind, side)]
        rest = [number for number in alike if number not in times and owner[number] not in times]
        counted = {"voices": len(alike), "cited": sum(number in times for number in alike), "dealt_with": len(alike) - len(rest)}
        found.append({"kind": kind, "side": side, "left_out": rest, **counted})
    return found


def concentration(voices, claims, times, campaigns):
    """To how few authors the citations go; those to texts of one campaign count once for each claim, for one author."""
    source = {number: ("author", voice.author) if voice.author else ("number", number) for number, voice in voices.items()}
    several, counts = {number: family for family in campaigns for number in family}, Counter()
    for _label, _kind, numbers in claims:
        counts.update({several[number] for number in numbers if number in several})
        counts.update(source[number] for number in numbers if number in voices and number not in several)
    total, most = sum(counts.values()), sum(sorted(counts.values())[-10:])
    sent = [{"numbers": list(one), "size": len(one), "is_cited": any(n in times for n in one)} for one in sorted(campaigns)]
    index = share(sum(count * count for count in counts.values()), total * total)
    return {"most_cited": share(most, total), "authors": len(counts), "index": index, "campaigns": sent}


def topic_balance(voices, proposals, times, owner):
    """The share of each topic among proposals and among citations, and the Jensen-Shannon divergence of the two, in bits."""
    cited = [(voices[owner[number]], count) for number, count in times.items() if owner[number]]
    weights = [Counter(), Counter()]
    for weight, told in zip(weights, ([(voice, 1) for voice in proposals], cited)):
        for voice, count in told:
            weight.update({topic: Fraction(count, len(voice.topics or "?")) for topic in voice.topics or [""]})
    shares = [{one: float(of / sum(weight.values())) for one, of in weight.items()} for weight in weights]
    rows, divergence = [], 0.0
    for topic in sorted(weights[0].keys() | weights[1].keys()):
        pair = [part.get(topic, 0.0) for part in shares]
        rows.append({"topic": topic, "said": round(pair[0], 6), "cited": round(pair[1], 6)})
        divergence += sum(part * math.log2(part / (sum(pair) / 2)) for part in pair if part) / 2
    return {"topics": rows, "divergence": round(min(max(divergence, 0.0), 1.0), 6) if all(shares) else 0.0}


def claims_of(content):
    """[label, kind, numbers cited] of each claim; the positions of a controversy, under one topic, are one claim."""
    claims, controversy_of = {}, {}
    for said in content["statements"]:
        if said["is_linking"]:
            continue
        label = said["key"]
        if said["column"] == "controversy" and said["topic"]:
            label = controversy_of.setdefault(said["topic"], label)
        claims.setdefault(label, (said["column"], set()))[1].update(one["number"] for one in said["citations"])
    return [[label, kind, sorted(numbers)] for label, (kind, numbers) in sorted(claims.items())]


def share(part, whole_part):
    return {"part": part, "whole": whole_part}


# -------------------------------------------------------------------------------- votes and tallies


def check_votes(folder, register, report):
    """votes.csv: each current vote opened once, as committed to; imported rows hash to what their `import` leaf says.

    Returns the votes cast and the votes taken over, each as {(number, revision): [agree, mixed, disagree]}.
    """
    imports = {position: leaf for position, leaf in register.leaves("import") if "votes" in leaf}
    hashed = {position: hashlib.sha256() for position in imports}
    in_force = bytearray(register.size)  # 1: this leaf is a current vote, 2: and it is opened
    for _key, _seq, _count, position, is_vote in register.standings():
        in_force[position] = is_vote
    cast, taken, filled = {}, {}, set()
    for row in folder.rows("votes.csv", VOTES):
        position, number, revision, vote = (whole(cell) for cell in row[:4])
        if vote not in POSITIONS:
            report.wrong("votes", "%s : « %s » n'est pas une position." % (folder.where, shown(row[3])))
        elif row[6] == "import":
            is_known = position in hashed
            if report.expect("imports", is_known, "%s : ce vote repris ne vient d'aucune reprise inscrite.", folder.where):
                hashed[position].update(("%d,%d,%d\n" % (number, revision, vote)).encode("ascii"))
                filled.add(position)
                taken.setdefault((number, revision), [0, 0, 0])[1 - vote] += 1
        elif not 0 <= position < register.size or not in_force[position] or register.named[position] < 0:
            report.expect("votes_opened", False, "%s : ce vote n'est pas un vote en vigueur du registre.", folder.where)
        elif check_opening(register, row, report, folder.where) and in_force[position] == 2:
            report.wrong("votes_opened", "%s : ce vote est publié deux fois." % folder.where)
        else:
            in_force[position] = 2
            cast.setdefault(register.revisions[register.named[position]][:2], [0, 0, 0])[1 - vote] += 1
    for _key, _seq, _count, position, is_vote in register.standings():
        if is_vote:
            is_right, number = in_force[position] == 2, register.numbers[position]
            sentence = "le vote de la ligne %s du registre (texte n° %s) n'est pas publié."
            report.expect("votes_opened", is_right, sentence, position + 1, number)
    undone = {leaf["undoes"] for _position, leaf in register.leaves("import") if "undoes" in leaf}
    for position, leaf in imports.items():
        is_undone = register.name_of(position) in undone
        is_right = position not in filled if is_undone else b64(hashed[position].digest()) == leaf["votes"]
        sentence = "les votes repris à la ligne %s du registre ne sont plus ceux qui ont été repris."
        report.expect("imports", is_right, sentence, position + 1)
    return cast, taken


def check_opening(register, row, report, where):
    """This row opens the commitment of its leaf, on the text and the version that the leaf names; true in every case."""
    position, number, revision, vote = (whole(cell) for cell in row[:4])
    is_right = register.commitments[32 * position : 32 * position + 32] == digest("votecm/v1", vote, row[4], row[5])
    is_right = is_right and row[6] == "web" and (number, revision) == register.revisions[register.named[position]][:2]
    report.expect("votes", is_right, "%s : ce vote (texte n° %s) n'est pas celui qui a été inscrit au registre.", where, number)
    return True


def carried(register, votes, before=None):
    """Votes by (number, revision), each carried along the `same_text` leaves (those before a position, if one is given)."""
    revisions = register.revisions
    onward = {revisions[old][:2]: revisions[new][:2] for at, old, new in register.same if before is None or at < before}
    total = {}
    for version, counts in votes.items():
        bound = version
        for _step in range(len(onward)):
            bound = onward.get(bound, bound)
        total[bound] = [one + other for one, other in zip(total.get(bound, (0, 0, 0)), counts)]
    return total


def check_tallies(folder, register, texts, votes, report):
    """Recounted votes equal tallies.csv and the counters of contributions.csv."""
    totals = {}
    for origin, found in zip(("web", "import"), votes):
        totals.update({(*bound, origin): counts for bound, counts in carried(register, found).items()})
    left = set(totals)
    for row in folder.rows("tallies.csv", TALLIES):
        key = (whole(row[0]), whole(row[1]), row[2])
        counts = totals.get(key, [0, 0, 0])
        written = [whole(cell) for cell in row[3:]]
        is_right = written == [*counts, sum(counts), 0, sum(counts)]
        report.expect("tallies", is_right, "texte n° %s : tallies.csv dit %s, le recompte donne %s.", key[0], written[:3], counts)
        left.discard(key)
    for number, _revision, _origin in sorted(left):
        report.wrong("tallies", "les votes du texte n° %d ne sont pas dans tallies.csv." % number)
    for number, text in texts.items():
        counts, written = totals.get((number, text.revision, "web"), [0, 0, 0]), list(text.tallied)
        sentence = "texte n° %s : contributions.csv dit %s, le recompte donne %s."
        report.expect("counters", written == counts, sentence, number, written, counts)


def check_closes(register, calendars, texts, votes, report):
    """What the register wrote at a close is what the votes give at that place, and no text with votes was left out."""
    folds, tallied = {}, set()
    for position, leaf in register.leaves("tally"):
        number, revision = leaf["contribution"], leaf["revision"]
        moves = sum(1 for moved, _old, _new in register.same if moved < position)
        if moves not in folds:
            folds[moves] = carried(register, votes[0], position)
        counts = folds[moves].get((number, revision), [0, 0, 0])
        written = [leaf["agree"], leaf["mixed"], leaf["disagree"]]
        closed = calendar_of(number, calendars, texts).closed
        is_right = closed is not None and position > closed and leaf["origin"] == "web" and written == counts
        report.expect("closes", is_right, "texte n° %s : la clôture a inscrit %s, le recompte donne %s.", number, written, counts)
        tallied.add(number)
    for number in sorted({number for (number, _revision), counts in votes[0].items() if any(counts)} - tallied):
        if calendar_of(number, calendars, texts).closed is not None:
            report.wrong("closes", "les totaux du texte n° %d n'ont pas été inscrits à la clôture." % number)


def check_window(register, calendars, texts, report):
    """No vote was sealed before its consultation opened, nor after it closed."""
    for number, (first, last) in register.span.items():
        one = calendar_of(number, calendars, texts)
        is_right = one.opened is not None and one.opened < first and (one.closed is None or last < one.closed)
        report.expect("window", is_right, "le texte n° %s a un vote scellé avant l'ouverture ou après la clôture.", number)


def calendar_of(number, calendars, texts):
    """The calendar of the consultation of this text; an empty one when the folder does not say which it is."""
    return calendars.get(texts[number].consultation if number in texts else None) or Calendar()


# -------------------------------------------------------------------------------------- list orders

ORDERS = ("discover", "recent", "supported", "divisive", "argued")
Z = Decimal("1.2815515655446004")


def supported_key(agree, total):
    """− ⌊10⁹ × lower Wilson bound⌋ with sixty digits, so that the floor is exact."""
    if not agree:
        return 0
    with localcontext() as context:
        context.prec = 60
        square = Z * Z
        root = (Decimal(agree * (total - agree)) / total + square / 4).sqrt()
        bound = (agree + square / 2 - Z * root) / (total + square)
        return -int((bound * 10**9).to_integral_value(rounding=ROUND_FLOOR))


def divisive_key(agree, disagree, total):
    if total < 10:
        return 1
    return -((10**9 * ((agree + disagree) * total - (agree - disagree) ** 2)) // total**2)


UNDRAWN = 1 << 62  # after every draw: a text that none has seen yet


def draw_key(config, day, number):
    return int(digest("draw/v1", config, day, number).hex()[:15], 16)


def undrawn_texts(folder, process):
    """Texts that listings.csv says no draw has seen: all of a consultation never drawn, the newest of one that is open."""
    may_be = {entry["slug"] for entry in process["consultations"] if entry["drawn_on"] is None or entry["state"] == "open"}
    found = set()
    for slug, order, _day, _rank, number, key in folder.rows("listings.csv", LISTINGS):
        if order == "discover" and slug in may_be and key.split(" ")[1:2] == [str(UNDRAWN)]:
            found.add(whole(number))
    return found


def list_key(order, consultation, number, text, taken, undrawn):
    """What this order sorts by, smallest first; its last integer is the number of the text, or its opposite."""
    agree, mixed, disagree = (cast + found for cast, found in zip(text.tallied, taken.get((number, text.revision), (0, 0, 0))))
    total = agree + mixed + disagree
    if order == "discover":
        draw = UNDRAWN if number in undrawn else draw_key(consultation["config"], consultation["drawn_on"], number)
        return (total, draw, number)
    if order == "recent":
        return (-number,)
    if order == "supported":
        return (supported_key(agree, total), number)
    if order == "divisive":
        return (divisive_key(agree, disagree, total), number)
    return (-(text.counters[0] + text.counters[1]), number)


def check_heard(texts, report):
    """The arguments and sources that are published, recounted from contributions.csv itself."""
    heard = {}
    for text in texts.values():
        if text.status == "published" and text.about and text.kind in ("argument", "source"):
            rank = 2 if text.kind == "source" else {"for": 0, "against": 1}.get(text.side)
            if rank is not None:
                heard.setdefault(text.about, [0, 0, 0])[rank] += 1
    for number, text in texts.items():
        if text.status == "published":
            counted, written = heard.get(number, [0, 0, 0]), list(text.counters)
            sentence = "texte n° %s : ses arguments ou sources sont %s, pas %s."
            report.expect("counters", written == counted, sentence, number, counted, written)


def check_lists(folder, register, process, texts, votes, report):
    """Every order of every list recomputed from contributions.csv and the draw."""
    taken, undrawn = carried(register, votes[1]), undrawn_texts(folder, process)
    if undrawn:
        report.notes.append("Textes qu'aucun tirage n'a encore vus, rangés après leurs égaux : %d." % len(undrawn))
    proposals = {}
    for number, text in texts.items():
        if text.status == "published" and text.kind == "proposal":
            proposals.setdefault(text.consultation, []).append(number)
    expected = {}
    for entry in process["consultations"]:
        for order in ORDERS:
            numbers = proposals.get(entry["slug"], ())
            keys = sorted(list_key(order, entry, number, texts[number], taken, undrawn) for number in numbers)
            for rank, key in enumerate(keys, 1):
                expected[entry["slug"], order, str(rank)] = (entry["drawn_on"] or "", str(abs(key[-1])), " ".join(map(str, key)))
    for slug, order, day, rank, number, key in folder.rows("listings.csv", LISTINGS):
        wanted = expected.pop((slug, order, rank), None)
        recomputed = "aucun texte" if wanted is None else "le n° %s" % wanted[1]
        if wanted is not None and wanted[1] == number:
            recomputed = "le même, mais d'un autre jour ou par une autre clé (%s, %s)" % (wanted[0] or "aucun jour", wanted[2])
        report.expect(
            "lists", wanted == (day, number, key), "la liste « %s » de « %s » a au rang %s le texte n° %s, le recalcul %s.",
            order, slug, rank, number, recomputed,
        )  # fmt: skip
    for slug, order, rank in expected:
        report.wrong("lists", "la liste « %s » de « %s » s'arrête avant le rang %s." % (shown(order), shown(slug), rank))
        break


# --------------------------------------------------------- checkpoints and receipts, kept elsewhere

NOTE = re.compile(r"^[^\s]+\n[^\n]+\n(?:[^\n]+\n)?\n(?:— [^\s]+ [^\s]+(?:\n|\Z))+", re.MULTILINE)


class Receipt(Note):
    """A signed note whose second line says which leaf was promised, and until when."""

    def __init__(self, text):
        super().__init__(text)
        self.name, promised = self.lines
        self.promise = parsed(promised)
        if canonical(self.promise).decode("utf-8") != promised or not self.name.endswith("/receipt"):
            raise ValueError("un reçu tient en deux lignes, la seconde en JSON canonique")


def kept_notes(text):
    """The checkpoints and receipts of a kept file: one, several, words around them, or lines of checkpoints.jsonl."""
    text = text.replace("\r\n", "\n")
    for line in text.split("\n"):
        if line.startswith('{"'):
            try:
                text += "\n\n" + parsed(line)["note"]
            except MISSHAPEN:
                continue
    notes = []
    for match in NOTE.finditer(text):
        words = match.group(0)
        words = words if words.endswith("\n") else words + "\n"
        try:
            notes.append(Receipt(words) if words.split("\n")[1].startswith("{") else Checkpoint(words))
        except MISSHAPEN:
            continue
    return notes


class Keys:
    """Which `log` key signs at each size, and under which name: the first one published, then those that replaced it."""

    def __init__(self, first, name):
        self.history = []  # (since which size, key, name)
        self.receipts = set()
        if first:
            self.history.append((0, first, name))

    def at(self, size):
        """(key, name) at this size; (None, None) where no key is known."""
        found = [(key, name) for since, key, name in self.history if since <= size]
        return found[-1] if found else (None, None)

    def signs(self, checkpoint):
        """Is this checkpoint signed by the key of its size? None where no key is known."""
        key, name = self.at(checkpoint.size)
        return None if key is None else checkpoint.is_by(name, key)

    def names(self):
        return {name for _since, _key, name in self.history}


def check_keys(register, process, given, report):
    """The key that every set of rules publishes is one and the same, or changed by a `key` leaf that the old one signed.

    A lost key signs nothing: the register takes another name then, and an `incident` leaf gives its key. With a key learned
    elsewhere only that one is accepted, or what it signed.
    """
    rules = sorted(process["rules"], key=lambda entry: entry["leaf"])
    published = [(entry["leaf"], entry["document"]["public_keys"]) for entry in rules]
    changes = [(at, leaf) for at, leaf in register.leaves("key", "incident") if "public" in leaf]
    lost = [unb64(leaf["public"], 32) for _at, leaf in changes if leaf["kind"] == "incident"]
    name = origin = process["process"]["origin"]
    if lost:
        name, _slash, count = origin.rpartition("/")
        report.expect("key_constant", count == str(len(lost) + 1), "une clé a été perdue sans que le registre change de nom.")
    is_told = bool(given) and given not in lost[-1:]
    told = 0 if is_told else published[0][0] if published else register.size  # a key replaced before any was published
    keys = Keys(given if is_told else unb64(published[0][1]["log"], 32) if published else None, name)
    last = max((at for at, leaf in changes if at < told and leaf.get("name") == "log"), default=-1)
    keys.history = [(last + 1, key, name) for _since, key, name in keys.history]
    generation = 1
    for position, leaf in changes:
        old, name_then = keys.at(position)
        if leaf["kind"] == "incident":
            generation += 1
            sentence = "la clé de la ligne %s du registre ne vient pas de celle que vous donnez, et rien ne la signe."
            if report.expect("key_constant", not is_told, sentence, position + 1):
                keys.history.append((position + 1, unb64(leaf["public"], 32), "%s/%d" % (name, generation)))
        elif position <= last:
            report.seen("key_constant")
        else:
            message = canonical(["key/v1", name_then, leaf["name"], leaf["public"]])
            is_right = old is not None and is_signed(old, message, unb64(leaf["signature"], 64))
            sentence = "la clé changée à la ligne %s du registre n'est pas signée par l'ancienne."
            if report.expect("key_constant", is_right, sentence, position + 1) and leaf["name"] == "log":
                keys.history.append((position + 1, unb64(leaf["public"], 32), name_then))
            elif is_right:
                keys.receipts.add(unb64(leaf["public"], 32))
    check_published_keys(published, keys, report)
    return keys


def check_published_keys(published, keys, report):
    """Every set of rules announces the keys in force at its place in the register."""
    promised = None
    for position, found in published:
        is_right = unb64(found["log"], 32) == keys.at(position)[0]
        sentence = "les règles de la ligne %s du registre annoncent une autre clé de signature."
        report.expect("key_constant", is_right, sentence, position + 1)
        receipt = unb64(found["receipt"], 32)
        is_right = promised in (None, receipt) or receipt in keys.receipts
        sentence = "les règles de la ligne %s du registre annoncent une autre clé de reçu."
        report.expect("key_constant", is_right, sentence, position + 1)
        promised = receipt
        keys.receipts.add(receipt)
    if not keys.history:
        report.notes.append(
            "Aucune règle n'est encore publiée : aucune clé n'est connue, les signatures ne peuvent pas être vérifiées (--key)."
        )


def check_checkpoints(kept, last, register, process, keys, report):
    """Each checkpoint of the folder is signed, and its root is that of the register at its size; the last one is whole."""
    origin = process["process"]["origin"]
    before, times = 0, []
    for rank, (checkpoint, sealed_at) in enumerate(kept, 1):
        is_right = checkpoint.origin == (keys.at(checkpoint.size)[1] or origin)
        is_right = is_right and register.roots.get(checkpoint.size) == checkpoint.root
        sentence = "le registre n'est pas celui du point de contrôle n° %s (%s lignes)."
        report.expect("checkpoints", is_right, sentence, rank, checkpoint.size)
        if checkpoint.size < before or (times and sealed_at < times[-1]):
            report.wrong("checkpoints", "le point de contrôle n° %d n'est pas à sa place." % rank)
        before = checkpoint.size
        times.append(sealed_at)
        signature_of(checkpoint, keys, report, "le point de contrôle n° %d du dossier" % rank)
    if not kept or kept[-1][0].text != last.text:
        report.wrong("checkpoints", "le dernier point de contrôle n'est pas à la fin de checkpoints.jsonl.")
    signature_of(last, keys, report, "le dernier point de contrôle")
    report.seen("root", register.size)
    if (last.origin, last.size, last.root) != (origin, register.size, register.roots[register.size]):
        sentence = "les %d lignes du registre ne donnent pas la racine signée (qui en résume %d)."
        report.wrong("root", sentence % (register.size, last.size))


def signature_of(checkpoint, keys, report, what):
    is_right = keys.signs(checkpoint)
    if is_right is not None:
        report.expect("signatures", is_right, "%s n'est pas signé par la clé publiée.", what)


def check_seen(compared, register, process, keys, report):
    """A checkpoint kept elsewhere must be the beginning of this register."""
    for name, checkpoint in compared:
        reason = None
        if checkpoint.origin not in keys.names() | {process["process"]["origin"]}:
            reason = "vient d'un autre registre (%s)" % shown(checkpoint.origin)
        elif checkpoint.size > register.size:
            sentence = "compte %d lignes et ce dossier %d : le dossier est plus ancien, ou il lui en manque"
            reason = sentence % (checkpoint.size, register.size)
        elif keys.signs(checkpoint) is False:
            reason = "n'est pas signé par la clé que ce dossier publie : il est faux, ou la clé a été changée"
        elif register.roots.get(checkpoint.size) != checkpoint.root:
            reason = "ne s'accorde pas avec ce registre : ses %d premières lignes ont été refaites depuis" % checkpoint.size
        report.expect("seen", reason is None, "le point de contrôle de %s %s.", name, reason)


def check_receipts(receipts, register, keys, calendars, texts, kept, report):
    until = kept[-1][1] if kept else None
    for name, receipt in receipts:
        check_receipt(receipt, register, keys, calendars, texts, until, report, "le reçu de %s" % shown(name))


def check_receipt(receipt, register, keys, calendars, texts, until, report, what):
    """The promised leaf is in the register once it is due; every later leaf of the same voter on this text is shown."""
    promise, number = receipt.promise, receipt.promise["contribution"]
    seq, hashed, is_right = promised_leaf(promise)
    one = calendar_of(number, calendars, texts)
    due = datetime.fromisoformat(promise["due"])
    if one.closes_at:
        due = max(due, datetime.fromisoformat(one.closes_at) + timedelta(hours=1))
    found = register.position_of(hashed)
    is_due = one.closed is not None or (until is not None and due <= until)
    reason = None
    is_ours = receipt.name in {name + "/receipt" for name in keys.names()}
    if not is_ours or not any(receipt.is_by(receipt.name, key) for key in keys.receipts):
        reason = "n'est pas signé par la clé de reçu que ce dossier publie"
    elif not is_right:
        reason = "se contredit : la ligne promise n'est pas celle du vote qu'il dit"
    elif found is None and is_due:
        reason = "promettait une ligne au registre (texte n° %d) : elle y manque" % number
    if report.expect("receipts", reason is None, "%s %s.", what, reason):
        waits = "le vote n'a pas encore à figurer au registre (au plus tard %s)" % due.isoformat()
        stands = waits if found is None else "le vote est au registre, ligne %d" % (found + 1)
        report.notes.append("%s : %s." % (what, stands))
    highest, count, position, is_vote = unpacked(register.current.get(voter_key(number, promise["nullifier"]), 0))
    if count and position != found and highest >= seq:
        verb = "vote plus récent le remplace" if is_vote else "retrait l'annule"
        report.notes.append(
            "%s : un %s (ligne %d du registre). Si ce n'est pas vous, gardez ce reçu." % (what, verb, position + 1)
        )


def after_of(promise):
    """The checkpoint that the receipt carries, in a list; an empty one where it carries none."""
    after = promise.get("after_checkpoint")
    return kept_notes(after) if isinstance(after, str) else []


def promised_leaf(promise):
    """(seq, hash of the promised leaf, is it that of the vote the receipt speaks of)"""
    leaf = promise["leaf"].encode("utf-8")
    entry, hashed = parsed(leaf), leaf_hash(leaf)
    is_right = b64(hashed) == promise["leaf_hash"] and not misshapen(entry) and canonical(entry) == leaf
    is_right = is_right and all(entry[name] == promise[name] for name in ("contribution", "nullifier"))
    is_right = is_right and (promise.get("after_checkpoint") is None or len(after_of(promise)) == 1)
    if is_right and entry["kind"] == "vote":
        nonce_hash = b64(digest("nonce/v1", promise["nonce"]))
        is_right = entry["cm"] == b64(digest("votecm/v1", promise["position"], promise["salt"], nonce_hash))
    return entry["seq"], hashed, is_right


# ------------------------------------------------------------------------- what no signature covers


def check_files(folder, report):
    """Every file that datapackage.json describes still has the print it gives; which ones nothing signed covers."""
    described = set()
    for resource in folder.document("datapackage.json")["resources"]:
        name = resource["path"]
        if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*", name):
            raise Unreadable("datapackage.json décrit un fichier hors du dossier : %s." % shown(name))
        described.add(name)
        hashed = hashlib.sha256()
        with folder.open(name) as file:
            for piece in iter(lambda: file.read(1 << 20), b""):
                hashed.update(piece)
        is_right = resource["hash"] == "sha256:" + hashed.hexdigest()
        report.expect("files", is_right, "le fichier %s n'a pas l'empreinte que dit datapackage.json.", name)
    missing = sorted(set(COVERED) - described)
    if missing:
        report.wrong("files", "datapackage.json ne décrit pas %s." % ", ".join(missing))
    present = set()
    for parent, _folders, names in os.walk(folder.path):
        for name in names:
            present.add(os.path.relpath(os.path.join(parent, name), folder.path).replace(os.sep, "/"))
    report.uncovered = sorted(present - set(COVERED) - set(CHECKED))
    report.facts["undescribed"] = [shown(name) for name in sorted(present - described - {"datapackage.json"})]


# --------------------------------------------------------------------------------------- the report


def process_of(folder):
    process = folder.document("process.json")
    for name, fields in FRAME.items():
        for rank, entry in enumerate(process[name], 1):
            missing = [field for field in fields if field not in entry]
            if missing:
                raise Unreadable("process.json (%s, n° %d) : il y manque « %s »." % (name, rank, missing[0]))
    if not isinstance(process["process"]["origin"], str):
        raise ValueError("origin")
    return process


def checkpoints_of(folder):
    found = []
    for line in folder.lines("ledger/checkpoints.jsonl"):
        kept = parsed(line)
        checkpoint = Checkpoint(kept["note"])
        if kept["size"] != checkpoint.size or not isinstance(kept["is_close"], bool):
            raise Unreadable("%s : la taille dite n'est pas celle de la note." % folder.where)
        found.append((checkpoint, datetime.fromisoformat(kept["sealed_at"])))
    return found


STEPS = (  # what is known afterwards, the step, what it is given (“?”: even when it could not be read), the checks it is for
    ("files", check_files, "folder report", "files"),
    ("process", process_of, "folder", "rules rules_opened calendar"),
    ("last", lambda folder: Checkpoint(folder.text("ledger/checkpoint")), "folder", "root"),
    ("kept", checkpoints_of, "folder", "checkpoints signatures"),
    ("register", read_register, "folder compared kept? report", "leaves ranks_dense one_vote root"),
    ("ranks", check_ranks, "register report", "ranks_dense one_vote"),
    ("rules", check_rules, "register process report", "rules rules_opened"),
    ("calendars", check_calendar, "register process report", "calendar"),
    ("keys", check_keys, "register process key? report", "key_constant signatures"),
    ("points", check_checkpoints, "kept last register process keys report", "checkpoints signatures root"),
    ("versions", check_texts, "folder register report", "texts texts_opened chain"),
    ("comments", check_annotations, "folder register process report", "annotations annotations_opened"),
    ("texts", check_contributions, "folder register versions report", "contributions"),
    ("votes", check_votes, "folder register report", "votes votes_opened imports"),
    ("totals", check_tallies, "folder register texts votes report", "tallies counters"),
    ("closes", check_closes, "register calendars texts votes report", "closes"),
    ("window", check_window, "register calendars texts report", "window"),
    ("fated", check_fates, "folder register texts report", "fates"),
    ("syntheses", check_syntheses, "folder register report", "syntheses"),
    ("quoted", check_citations, "folder register syntheses texts report", "citations"),
    ("covered", check_coverage, "folder register syntheses texts report", "coverage"),
    ("heard", check_heard, "texts report", "counters"),
    ("lists", check_lists, "folder register process texts votes report", "lists"),
    ("seen", check_seen, "compared register process keys report", "seen"),
    ("receipts", check_receipts, "receipts register keys calendars texts kept? report", "receipts"),
)


def verify(path, key=None, seen=(), report=None):
    """The report on the export in this folder; `seen` is a list of (name, text). Never raises for what it reads."""
    folder, report = Folder(path), report or Report()
    csv.field_size_limit(LONGEST_LINE)
    notes = [(name, note) for name, text in seen for note in kept_notes(text)]
    receipts = [(name, note) for name, note in notes if isinstance(note, Receipt)]
    compared = [(name, note) for name, note in notes if isinstance(note, Checkpoint)]
    for name, receipt in receipts:
        compared += [(name, note) for note in after_of(receipt.promise)]
    report.facts.update(compared=len(compared), ignored=[name for name, text in seen if not kept_notes(text)])
    known = {"folder": folder, "report": report, "key": key, "compared": compared, "receipts": receipts}
    for name, step, wanted, checks in STEPS:
        codes = checks.split()
        is_ready = all(one.endswith("?") or one in known for one in wanted.split())
        try:
            if is_ready:
                known[name] = step(*(known.get(one.rstrip("?")) for one in wanted.split()))
                continue
        except Unreadable as reason:
            report.wrong(codes[0], str(reason))
        except MISSHAPEN:
            report.wrong(codes[0], "%s : le contenu n'a pas la forme attendue." % shown(folder.where))
        report.undone.update(code for code in codes if code not in report.first)
    tell(known, report)
    return report


def tell(known, report):
    """What the conclusion names besides the checks."""
    register, process, keys = (known.get(name) for name in ("register", "process", "keys"))
    if register is not None and process is not None:
        root = base64.b64encode(register.roots[register.size]).decode()
        report.facts.update(origin=shown(process["process"]["origin"]), size=register.size, root=root)
    if register is not None:
        report.facts["incidents"] = list(incidents_of(register))
    if keys is not None and keys.history:
        report.facts["key"] = b64(keys.history[-1][1])


def agreement(report):
    """Do the checkpoints kept elsewhere agree with this folder? None where there is none to compare."""
    if not report.facts["compared"]:
        return None
    return not report.failures["seen"] and report.counts["seen"] == report.facts["compared"]


def sentences(report):
    """The report as a journalist reads it, its conclusion first."""
    compared = report.facts["compared"]
    own = [code for code in CHECKS if (report.failures[code] or code in report.undone) and code not in ("seen", "receipts")]
    bad = "Ce dossier n'est PAS cohérent avec lui-même : %d vérification%s sur %d en échec."
    yield bad % (len(own), "s" * (len(own) > 1), len(CHECKS) - 2) if own else "Ce dossier est cohérent avec lui-même."
    plural = "s" * (compared > 1)
    verdict = {None: "rien à comparer", True: "accord", False: "DÉSACCORD"}[agreement(report)]
    yield "Comparé à %d point%s de contrôle conservé%s ailleurs : %s." % (compared, plural, plural, verdict)
    if not compared:
        yield "Rien ici n'est prouvé contre l'exploitant : il a pu refaire tout le registre."
    yield from report.facts.get("incidents", [])
    yield "Rien de signé ne couvre : %s." % ", ".join(shown(name) for name in report.uncovered or ["les fichiers qui manquent"])
    for part in UNCOVERED_PARTS:
        yield "  ni, dans %s" % part
    for name in report.facts.get("undescribed", []):
        yield "  %s : aucune empreinte, même dans datapackage.json" % name
    for section, title in SECTIONS.items():
        yield from ("", title)
        for code in (code for code, (of, _counted) in CHECKS.items() if of == section):
            yield from lines_of(report, code)
    if report.notes or report.facts["ignored"]:
        yield ""
    yield from report.notes
    for name in report.facts["ignored"]:
        yield "%s : on n'y trouve ni point de contrôle ni reçu." % shown(name)


def lines_of(report, code):
    """One check: its state, how many items, what they are; the first that is wrong."""
    state = "ÉCHEC" if report.failures[code] else "non vérifié" if code in report.undone else "ok"
    yield "  %-11s %9s  %s" % (state, format(report.counts[code], ",").replace(",", " "), CHECKS[code][1])
    if report.failures[code]:
        others = report.failures[code] - 1
        more = " (et %d autre%s)" % (others, "s" * (others > 1)) if others else ""
        yield "              → %s%s" % (report.first[code], more)


def facts(report):
    """The same as data, for a program."""
    checks = {
        code: {
            "section": section, "count": report.counts[code], "failures": report.failures[code],
            "first": report.first.get(code), "done": code not in report.undone,
        }
        for code, (section, _counted) in CHECKS.items()
    }  # fmt: skip
    said = {"ok": report.is_right, "agreement": agreement(report), **report.facts, "checks": checks}
    return {**said, "uncovered": report.uncovered + list(UNCOVERED_PARTS), "notes": report.notes}


def public_key(word):
    """A public key of 32 octets as it is published: base64url, or ordinary base64."""
    try:
        return unb64(word.strip().rstrip("=").replace("+", "-").replace("/", "_"), 32)
    except ValueError:
        raise argparse.ArgumentTypeError("une clé publique fait 32 octets en base64") from None


def kept_file(name):
    try:
        with open(name, "rb") as file:
            text = file.read(LONGEST_LINE).decode("utf-8")
    except (OSError, ValueError):
        raise argparse.ArgumentTypeError("« %s » ne se lit pas" % shown(name)) from None
    if not kept_notes(text):
        raise argparse.ArgumentTypeError("on ne trouve dans « %s » ni point de contrôle ni reçu" % shown(name))
    return os.path.basename(name), text


def export_folder(name):
    if not os.path.isdir(name):
        raise argparse.ArgumentTypeError("« %s » n'est pas un dossier" % shown(name))
    return name


def main(words=None):
    parser = argparse.ArgumentParser(prog="verify.py", description="Vérifie un export de Polyphonie.")
    parser.add_argument("directory", type=export_folder, metavar="DOSSIER", help="le dossier de l'export")
    parser.add_argument("--key", type=public_key, help="la clé publique du registre, apprise ailleurs")
    several = {"nargs": "+", "action": "extend", "default": [], "metavar": "FICHIER"}
    parser.add_argument("--seen", type=kept_file, help="points de contrôle ou reçus gardés", **several)
    parser.add_argument("--json", action="store_true", help="un objet JSON au lieu de phrases")
    options = parser.parse_args(words)
    report = verify(options.directory, options.key, options.seen)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        print(json.dumps(facts(report), ensure_ascii=False) if options.json else "\n".join(sentences(report)), flush=True)
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if report.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
