#!/usr/bin/env python3
"""Can a stranger recompute everything that an export of a Polyphonie concertation claims? One file, nothing else needed.

    python3 verify.py DIRECTORY [--key KEY] [--seen CHECKPOINT-OR-RECEIPT …] [--json]

Python 3.9 or newer, standard library only: it is written from the published formats (docs/reference/registre.md) and imports
nothing of Polyphonie, so that a journalist, a researcher or an opponent can read it in an evening and run it anywhere. That is
why it is one module, longer than those of the product. It speaks French, like the concertations it reads. Exit status: 0 all
agrees, 1 something is wrong, 2 wrongly called. Nothing is written, nothing is fetched.

The order of the file: what is checked (CHECKS) · reading a folder one does not trust · bytes, signatures, the tree · the register
· texts · votes and tallies · list orders · checkpoints and receipts kept elsewhere · what no signature covers · the report.
"""

import argparse
import base64
import csv
import hashlib
import io
import json
import os
import re
import sys
import unicodedata
from array import array
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal, localcontext
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
    "chain": ("integrity", "versions rattachées à celle qui les précède"),
    "contributions": ("integrity", "lignes de contributions.csv identiques à la version en vigueur"),
    "votes": ("integrity", "votes publiés identiques à l'engagement pris"),
    "imports": ("integrity", "votes repris d'une autre plateforme, identiques à l'engagement pris"),
    "tallies": ("evidence", "totaux de tallies.csv recomptés"),
    "counters": ("evidence", "compteurs de contributions.csv recomptés"),
    "closes": ("evidence", "totaux écrits au registre à une clôture, recomptés"),
    "one_vote": ("evidence", "votants comptés une fois par texte"),
    "window": ("evidence", "votes et retraits scellés entre l'ouverture et la clôture"),
    "lists": ("evidence", "rangs de listes recalculés"),
    "files": ("files", "fichiers comparés à la seule empreinte de datapackage.json"),
}
COVERED = (
    "contributions.csv", "revisions.jsonl", "votes.csv", "tallies.csv", "listings.csv", "process.json",
    "ledger/leaves.jsonl", "ledger/checkpoint", "ledger/checkpoints.jsonl",
)  # fmt: skip
UNCOVERED_COLUMNS = {  # of the files that are covered otherwise
    "contributions.csv": ("nature", "section", "author_kind", "verified", "origin", "origin_address", "fate"),
    "revisions.jsonl": ("reason",),
    "ledger/checkpoints.jsonl": ("is_close", "sealed_at"),
}
UNCOVERED_PARTS = (
    "process.json : tout sauf le nom du registre, les règles, les actes (leur heure exceptée) et, de chaque consultation, slug, "
    "state, config, closes_at, drawn_on",
    *("%s : %s" % (name, ", ".join(columns)) for name, columns in UNCOVERED_COLUMNS.items()),
)
CONTRIBUTIONS = (
    "number", "kind", "nature", "consultation", "section", "about", "side", "title", "body", "url", "author", "author_kind",
    "verified", "origin", "origin_address", "published_at", "revision", "status", "agree", "mixed", "disagree", "arguments_for",
    "arguments_against", "sources", "fate",
)  # fmt: skip
VOTES = ("leaf", "number", "revision", "position", "salt", "nonce_hash", "origin")
TALLIES = ("number", "revision", "origin", "agree", "mixed", "disagree", "raw", "excluded", "final")
LISTINGS = ("consultation", "order", "as_of", "rank", "number", "key")
DOCUMENT = {"about", "body", "category", "consultation", "kind", "number", "published_at", "side", "title", "url"}
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
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    OSError,
    MemoryError,
    csv.Error,
)


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
    "state": {"state": str, "actor": str, "consultation?": str, "config?": "hash", "closes_at?": str, "cm?": "hash"},
    "rev": {"object": str, "revision": int, "prev": ANY, "cm": "hash", "cm_author": "hash"},
    "vote": {"contribution": int, "rev": "hash", "nullifier": "id", "seq": int, "cm": "hash"},
    "withdraw": {"contribution": int, "nullifier": "id", "seq": int},
    "tally": {"contribution": int, "revision": int, "origin": str, "agree": int, "mixed": int, "disagree": int},
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
        value = leaf[name]
        if kind is int:
            if type(value) is not int or not 0 <= value < 1 << 40:
                return "n'a pas un entier dans « %s »" % name
        elif kind is not ANY:
            if type(value) is not str:
                return "n'a pas un mot dans « %s »" % name
            if kind is not str:
                try:
                    unb64(value, SIZES[kind])
                except ValueError:
                    return "n'a pas une empreinte dans « %s »" % name
    return None if count == len(leaf) else "a des champs inconnus"


class Register:
    """What `ledger/leaves.jsonl` holds, in about a hundred octets a leaf and two hundred a voter of a text."""

    def __init__(self):
        self.size = 0
        self.hashes = bytearray()  # 32 octets a leaf
        self.commitments = bytearray()  # 32 octets a leaf: the `cm` of a vote, else zeros
        self.numbers = array("q")  # the contribution of a vote, else -1
        self.named = array("q")  # the position of the `rev` leaf a vote names, else -1
        self.roots = {}  # root at each size that someone wrote down
        self.current = {}  # contribution and nullifier: highest seq, how many leaves, position of the highest, is it a vote
        self.span = {}  # contribution: first and last position of its votes and withdrawals
        self.others = []  # (position, leaf) of everything else
        self.revisions = {}  # position of a `rev` leaf: (number, revision, prev, cm, cm_author)
        self.revision_at = {}  # its hash, in base64url: its position
        self.open_cms = {}  # position of a config, state or other leaf with a `cm`: the leaf
        self.erased = {}  # hash of an erased leaf: position of the `erase`
        self.unnamed = set()  # hash of each leaf of which only the author's name is erased
        self.hidden = {}  # object: is it hidden, by the last moderation leaf that says so
        self.nameless = {}  # object: is the name of its author hidden, likewise
        self.same = []  # (position, from, to): positions of `rev` leaves whose votes are carried over

    def hash_of(self, position):
        return bytes(self.hashes[32 * position : 32 * position + 32])

    def position_of(self, hashed):
        found = self.hashes.find(hashed)
        while found >= 0 and found % 32:
            found = self.hashes.find(hashed, found + 1)
        return found // 32 if found >= 0 else None

    def leaves(self, *kinds):
        return ((position, leaf) for position, leaf in self.others if leaf["kind"] in kinds)


def read_register(folder, report, sizes):
    """One pass over the leaves: well formed, canonical, different; the root at each of `sizes`."""
    register, tree = Register(), Tree()
    if 0 in sizes:
        register.roots[0] = tree.root()
    prefixes = array("Q")
    for line in folder.lines("ledger/leaves.jsonl", 4 * LONGEST_LEAF):
        position = register.size
        hashed = leaf_hash(line)
        try:
            leaf = parsed(line)
            reason = misshapen(leaf)
            if reason is None and canonical(leaf) != line:
                reason = "n'est pas écrite sous sa forme canonique"
        except (ValueError, RecursionError):
            leaf, reason = {"kind": ""}, "n'est pas du JSON lisible"
        if len(line) > LONGEST_LEAF:
            reason = "dépasse 256 octets"
        report.expect("leaves", reason is None, "la ligne %s du registre %s.", position + 1, reason)
        register.hashes += hashed
        prefixes.append(int.from_bytes(hashed[:8], "big"))
        enter(register, position, leaf if reason is None else {"kind": ""}, report)
        tree.add(hashed)
        register.size += 1
        if register.size in sizes:
            register.roots[register.size] = tree.root()
    register.roots[register.size] = tree.root()
    ordered = sorted(prefixes)
    if any(one == next_one for one, next_one in zip(ordered, ordered[1:])):
        report.wrong("leaves", "deux lignes du registre sont identiques : une ligne y figure deux fois.")
    return register


def enter(register, position, leaf, report):
    kind = leaf["kind"]
    number, named, commitment = -1, -1, bytes(32)
    if kind in ("vote", "withdraw"):
        number = leaf["contribution"]
        first, _last = register.span.get(number, (position, position))
        register.span[number] = (first, position)
        if kind == "vote":
            commitment = unb64(leaf["cm"], 32)
            named = register.revision_at.get(leaf["rev"], -1)
            if named < 0 or register.revisions[named][0] != number:
                report.wrong(
                    "chain", "le vote de la ligne %d du registre ne vise aucune version du texte n° %d." % (position + 1, number)
                )
        follow(register, position, leaf, report)
    else:
        register.others.append((position, leaf))
    register.numbers.append(number)
    register.named.append(named)
    register.commitments += commitment
    if kind == "rev":
        number = number_of(leaf["object"])
        register.revisions[position] = (number, leaf["revision"], leaf["prev"], leaf["cm"], leaf["cm_author"])
        register.revision_at[b64(register.hash_of(position))] = position
    elif kind in ("config", "state"):
        register.open_cms[position] = leaf
    elif kind == "erase" and leaf["ground"] == "name":
        register.unnamed.add(leaf["leaf"])
    elif kind == "erase":
        register.erased[leaf["leaf"]] = position
    elif kind == "mod":
        enter_decision(register, position, leaf, report)


def enter_decision(register, position, leaf, report):
    act = leaf.get("act")
    if act in HIDING:
        register.hidden[leaf.get("object")] = HIDING[act]
    elif act in NAMELESS:
        register.nameless[leaf.get("object")] = NAMELESS[act]
    elif act == "same_text":
        old, new = (register.revision_at.get(leaf.get(name), -1) for name in ("from", "to"))
        if old < 0 or new < 0 or register.revisions[old][0] != register.revisions[new][0]:
            report.wrong("chain", "la ligne %d du registre reporte des votes d'un texte inconnu." % (position + 1))
        else:
            register.same.append((position, old, new))


def follow(register, position, leaf, report):
    """Keep the highest seq of each voter of a text, packed in one integer; seqs are 1, 2, 3… and none is missing in the end."""
    key = leaf["contribution"].to_bytes(5, "big") + unb64(leaf["nullifier"], 16)
    seq, is_vote = leaf["seq"], leaf["kind"] == "vote"
    packed = register.current.get(key, 0)
    highest, count = packed >> 80, packed >> 41 & ((1 << 39) - 1)
    if seq == highest and packed:
        report.wrong(
            "one_vote",
            "un même votant a deux votes de même rang sur le texte n° %d (lignes %d et %d du registre)."
            % (leaf["contribution"], (packed >> 1 & ((1 << 40) - 1)) + 1, position + 1),
        )
        return
    if seq > highest:
        register.current[key] = seq << 80 | (count + 1) << 41 | position << 1 | is_vote
    else:
        register.current[key] = packed + (1 << 41)


def number_of(name):
    """746 for `contribution/746`; ValueError otherwise."""
    kind, _slash, number = name.partition("/")
    if kind != "contribution" or str(int(number)) != number:
        raise ValueError("« %s » n'est pas un texte" % shown(name))
    return int(number)


def check_ranks(register, report):
    """Each voter's leaves on a text are numbered 1, 2, 3…: the highest number is their count."""
    for key, packed in register.current.items():
        report.seen("one_vote")
        report.expect(
            "ranks_dense", packed >> 80 == packed >> 41 & ((1 << 39) - 1),
            "texte n° %s : il manque un vote ou un retrait d'un votant, dont le dernier porte le rang %s (ligne %s du registre).",
            int.from_bytes(key[:5], "big"), packed >> 80, (packed >> 1 & ((1 << 40) - 1)) + 1,
        )  # fmt: skip


def check_rules(register, process, report):
    """Every `config` leaf and every act with a commitment is opened in process.json, to the very words committed to."""
    listed = {}
    for name, label in (("rules", "configcm/v1"), ("acts", "actcm/v1")):
        for entry in process[name]:
            leaf = register.open_cms.get(entry["leaf"])
            place = "process.json (%s), ligne %d du registre" % (name, entry["leaf"] + 1)
            is_right = leaf is not None and (leaf["kind"] == "config") == (name == "rules")
            if is_right and name == "rules":
                is_right = leaf["consultation"] == entry["consultation"] == entry["document"]["consultation"]
            elif is_right:
                is_right = (leaf["state"], leaf["actor"], leaf.get("consultation")) == (
                    entry["kind"], entry["actor"], entry["consultation"])  # fmt: skip
            if is_right and "cm" in leaf:
                is_right = leaf["cm"] == b64(digest(label, entry["document"], entry["salt"]))
            elif is_right:
                is_right = entry["document"] is None
            report.expect("rules", is_right, "%s : ce qui est publié n'est pas ce qui a été inscrit.", place)
            listed[entry["leaf"]] = entry
    for position, leaf in register.open_cms.items():
        what = "les règles de la consultation" if leaf["kind"] == "config" else "l'acte « %s »" % shown(leaf["state"])
        report.expect("rules_opened", position in listed, "%s (ligne %s du registre) : rien n'en est publié.", what, position + 1)


class Calendar:
    """One consultation as its leaves tell it."""

    def __init__(self, slug):
        self.slug = slug
        self.configs = {}  # hash of each `config` leaf: its position
        self.state = None
        self.announced = self.opened = self.closed = None  # positions
        self.config = None
        self.closes_at = None


def check_calendar(register, process, report):
    """Rules, then an announcement, an opening under these rules, extensions, one close: and process.json says the same."""
    calendars = {}
    for position, leaf in register.leaves("config", "state"):
        slug = leaf.get("consultation")
        state = leaf.get("state")
        if slug is None:
            continue
        one = calendars.setdefault(slug, Calendar(slug))
        if leaf["kind"] == "config":
            one.configs[b64(register.hash_of(position))] = position
            one.config = b64(register.hash_of(position))
            report.expect("calendar", one.opened is None, "les règles de « %s » ont changé après son ouverture.", slug)
        elif state in ("announced", "open", "extended", "closed"):
            before = {"announced": None, "open": "announced", "extended": "open", "closed": "open"}[state]
            report.expect(
                "calendar",
                one.state == before,
                "« %s » : l'étape « %s » n'est pas à sa place (ligne %s).",
                slug,
                state,
                position + 1,
            )
            if state == "open":
                is_known = leaf.get("config") == one.config
                report.expect("calendar", is_known, "« %s » a ouvert sous d'autres règles que les dernières affichées.", slug)
                one.opened = one.opened or position
            elif state == "closed":
                one.closed = one.closed or position
            elif state == "extended":
                one.closes_at = leaf.get("closes_at")
            one.state = one.state if state == "extended" else state
    rules = {entry["consultation"]: entry["document"] for entry in sorted(process["rules"], key=lambda entry: entry["leaf"])}
    for entry in process["consultations"]:
        slug = entry["slug"]
        one = calendars.setdefault(slug, Calendar(slug))
        document = rules.get(slug, {})
        if one.state is not None or not document.get("is_imported"):
            report.expect(
                "calendar",
                entry["state"] == one.state,
                "« %s » est dite « %s », le registre dit « %s ».",
                slug,
                entry["state"],
                one.state,
            )
        report.expect("calendar", entry["config"] == one.config, "« %s » n'est pas dite sous les règles du registre.", slug)
        one.closes_at = one.closes_at or document.get("closes_at")
        is_right = entry["closes_at"] == one.closes_at
        report.expect("calendar", is_right, "la clôture de « %s » n'est pas celle que dit le registre (%s).", slug, one.closes_at)
    listed = {entry["slug"] for entry in process["consultations"]}
    for slug in (slug for slug, one in calendars.items() if one.configs or one.state):
        report.expect("calendar", slug in listed, "la consultation « %s » du registre n'est plus dans process.json.", slug)
    return calendars


# -------------------------------------------------------------------------------------------- texts


def check_texts(folder, register, report):
    """Every version of every text: opened to the words committed to, chained to the one before, or rightly absent."""
    given, current, since = {}, {}, {}
    for line in folder.lines("revisions.jsonl"):
        entry = parsed(line)
        position, number, revision = entry["leaf"], entry["contribution"], entry["revision"]
        leaf = register.revisions.get(position)
        place = "le texte n° %s (version %s)" % (shown(number), shown(revision))
        if not report.expect(
            "texts", leaf is not None and leaf[:2] == (number, revision) and position not in given,
            "%s : sa ligne de revisions.jsonl ne correspond à aucune inscription.", place,
        ):  # fmt: skip
            continue
        document = entry["document"]
        given[position] = document is not None
        if document is not None:
            is_right = set(document) == DOCUMENT and document["number"] == number
            is_right = is_right and leaf[3] == b64(digest("revcm/v1", document, entry["salt"]))
            report.expect("texts", is_right, "%s a été modifié : il n'est plus celui qui a été inscrit au registre.", place)
        if entry["author"] is not None:
            is_right = leaf[4] == b64(digest("authorcm/v1", entry["author"], entry["author_salt"]))
            report.expect("texts", is_right, "le nom de l'auteur de %s n'est plus celui qui a été inscrit au registre.", place)
        is_nameless = register.nameless.get("contribution/%d" % number, False)
        is_nameless = is_nameless or b64(register.hash_of(position)) in register.unnamed
        if document is not None and entry["author"] is None and not is_nameless:
            report.wrong("texts_opened", "%s est publié sans le nom inscrit, et aucun effacement ne le dit." % place)
        elif entry["author"] is not None and is_nameless:
            report.wrong("texts_opened", "%s est publié sous un nom que le registre dit effacé ou masqué." % place)
        if document is not None and revision == 1:
            since[number] = document["published_at"]
        if revision > current.get(number, 0) >> 200:
            current[number] = revision << 200 | document_print(document, entry["author"])
    heads = {}
    for position, (number, revision, prev, _cm, _cm_author) in register.revisions.items():
        head = heads.get(number)
        expected = (0, None) if head is None else (head[0], head[1])
        report.expect(
            "chain", revision == expected[0] + 1 and prev == expected[1],
            "la version %s du texte n° %s n'est pas rattachée à celle qui la précède.", revision, number,
        )  # fmt: skip
        named = b64(register.hash_of(position))
        heads[number] = (revision, named)
        is_hidden = register.hidden.get("contribution/%d" % number, False)
        is_opened = given.get(position, False)
        reason = "manque : ni texte, ni effacement, ni masquage au registre"
        if is_opened and (named in register.erased or is_hidden):
            reason = "est publié alors que le registre le dit effacé ou masqué"
        is_right = is_opened != (named in register.erased or is_hidden) and position in given
        report.expect("texts_opened", is_right, "le texte n° %s (version %s) %s.", number, revision, reason)
    return heads, current, since


def document_print(document, author):
    """What contributions.csv repeats of a version, as a short number: 0 for a text that is not given."""
    if document is None:
        return 0
    cells = [document[name] for name in ("kind", "consultation", "about", "side", "title", "body", "url")]
    return cells_print(["" if cell is None else str(cell) for cell in [document["number"], *cells, author]])


def cells_print(cells):
    return int.from_bytes(digest("cells", *cells)[:25], "big") | 1


class Text:
    """One row of contributions.csv, without its words."""

    __slots__ = ("about", "consultation", "counters", "kind", "revision", "side", "status", "tallied")


def whole(cell):
    """An integer as it is printed, or 0 for an empty cell."""
    number = int(cell) if cell else 0
    if cell and str(number) != cell:
        raise ValueError("« %s » n'est pas un entier" % shown(cell))
    return number


def check_contributions(folder, register, heads, current, since, report):
    """contributions.csv repeats the current version of each text, and gives each number of the register a row."""
    texts = {}
    for row in folder.rows("contributions.csv", CONTRIBUTIONS):
        cell = dict(zip(CONTRIBUTIONS, row))
        number, text = whole(cell["number"]), Text()
        text.kind, text.consultation, text.status, text.side = (cell[name] for name in ("kind", "consultation", "status", "side"))
        text.about, text.revision = whole(cell["about"]), whole(cell["revision"])
        text.tallied = tuple(whole(cell[name]) for name in ("agree", "mixed", "disagree"))
        text.counters = tuple(whole(cell[name]) for name in ("arguments_for", "arguments_against", "sources"))
        is_numbered = number in heads or text.status == "text_unavailable"
        if not report.expect("contributions", is_numbered, "le texte n° %s n'est pas au registre.", number):
            continue
        texts[number] = text
        names = ("number", "kind", "consultation", "about", "side", "title", "body", "url", "author")
        packed = current.get(number, 0)
        shown_print = packed & ((1 << 200) - 1)
        if text.status == "published":
            is_right = (
                shown_print == cells_print([cell[name] for name in names]) and text.revision == packed >> 200 == heads[number][0]
            )
            is_right = is_right and cell["published_at"] == since.get(number, cell["published_at"])
        else:
            is_right = not shown_print and not any(cell[name] for name in ("title", "body", "url", "author"))
            if text.status in ("hidden", "removed"):
                is_right = is_right and register.hidden.get("contribution/%d" % number, False)
            elif text.status != "text_unavailable":
                is_right = is_right and heads[number][1] in register.erased
        report.expect("contributions", is_right, "le texte n° %s de contributions.csv n'est pas sa version en vigueur.", number)
    for number in heads:
        if number not in texts:
            report.wrong("contributions", "le texte n° %d du registre n'a pas de ligne dans contributions.csv." % number)
    return texts


# -------------------------------------------------------------------------------- votes and tallies


def check_votes(folder, register, report):
    """votes.csv: each current vote opened once, as committed to; imported rows hash to what their `import` leaf says."""
    imports = {position: leaf for position, leaf in register.leaves("import") if "votes" in leaf}
    undone = {leaf["undoes"] for _position, leaf in register.leaves("import") if "undoes" in leaf}
    hashed = {position: (hashlib.sha256(), array("q", [0])) for position in imports}
    last = bytearray(register.size)  # 1: this leaf is a current vote, 2: and it is opened
    for packed in register.current.values():
        if packed & 1:
            last[packed >> 1 & ((1 << 40) - 1)] = 1
    fold, taken = {}, {}
    for row in folder.rows("votes.csv", VOTES):
        position, number, revision, vote = whole(row[0]), whole(row[1]), whole(row[2]), whole(row[3])
        if vote not in POSITIONS:
            report.wrong("votes", "%s : « %s » n'est pas une position." % (folder.where, shown(row[3])))
            continue
        if row[6] == "import":
            if not report.expect(
                "imports", position in hashed, "%s : ce vote repris ne vient d'aucune reprise inscrite.", folder.where
            ):
                continue
            hashed[position][0].update(("%d,%d,%d\n" % (number, revision, vote)).encode("ascii"))
            hashed[position][1][0] += 1
            taken.setdefault((number, revision), [0, 0, 0])[1 - vote] += 1
            continue
        if not 0 <= position < register.size or not last[position] or register.named[position] < 0:
            report.seen("votes_opened")
            report.wrong("votes_opened", "%s : ce vote n'est pas un vote en vigueur du registre." % folder.where)
            continue
        named = register.named[position]
        opened = register.commitments[32 * position : 32 * position + 32]
        is_right = row[6] == "web" and opened == digest("votecm/v1", vote, row[4], row[5])
        is_right = is_right and number == register.numbers[position] and revision == register.revisions[named][1]
        report.expect(
            "votes", is_right, "%s : ce vote (texte n° %s) n'est pas celui qui a été inscrit au registre.", folder.where, number
        )
        if last[position] == 2:
            report.wrong("votes_opened", "%s : ce vote est publié deux fois." % folder.where)
            continue
        last[position] = 2
        fold.setdefault(named, [0, 0, 0])[1 - vote] += 1
    for packed in register.current.values():
        if packed & 1:
            position = packed >> 1 & ((1 << 40) - 1)
            report.expect(
                "votes_opened", last[position] == 2, "le vote de la ligne %s du registre (texte n° %s) n'est pas publié.",
                position + 1, register.numbers[position],
            )  # fmt: skip
    for position, leaf in imports.items():
        found, count = hashed[position]
        is_undone = b64(register.hash_of(position)) in undone
        is_right = count[0] == 0 if is_undone else b64(found.digest()) == leaf["votes"]
        report.expect(
            "imports", is_right, "les votes repris à la ligne %s du registre ne sont plus ceux qui ont été repris.", position + 1
        )
    return fold, carried_imports(register, taken)


def carried_imports(register, taken):
    """Votes taken over by (number, revision), carried along the `same_text` leaves of their texts."""
    onward = {register.revisions[old][:2]: register.revisions[new][:2] for _position, old, new in register.same}
    total = {}
    for taken_on, counts in taken.items():
        bound = taken_on
        for _step in range(len(onward)):
            if bound not in onward:
                break
            bound = onward[bound]
        sums = total.setdefault(bound, [0, 0, 0])
        for rank in range(3):
            sums[rank] += counts[rank]
    return total


def carried(register, fold, before=None):
    """Votes by (number, revision), each carried along the `same_text` leaves (those before a position, if one is given)."""
    onward = {old: new for position, old, new in register.same if before is None or position < before}
    total = {}
    for named, counts in fold.items():
        bound = named
        for _step in range(len(onward)):
            if bound not in onward:
                break
            bound = onward[bound]
        sums = total.setdefault(register.revisions[bound][:2], [0, 0, 0])
        for rank in range(3):
            sums[rank] += counts[rank]
    return total


def check_tallies(folder, register, calendars, texts, fold, taken, report):
    """Recounted votes equal tallies.csv, the counters of contributions.csv and what the register said at each close."""
    totals = {(number, revision, "web"): counts for (number, revision), counts in carried(register, fold).items()}
    totals.update({(number, revision, "import"): counts for (number, revision), counts in taken.items()})
    left = set(totals)
    for row in folder.rows("tallies.csv", TALLIES):
        key = (whole(row[0]), whole(row[1]), row[2])
        counts = totals.get(key, [0, 0, 0])
        expected = [*counts, sum(counts), 0, sum(counts)]
        is_right = [whole(cell) for cell in row[3:]] == expected
        report.expect("tallies", is_right, "texte n° %s : tallies.csv dit %s, le recompte donne %s.", key[0], row[3:6], counts)
        left.discard(key)
    for number, _revision, _origin in sorted(left):
        report.wrong("tallies", "les votes du texte n° %d ne sont pas dans tallies.csv." % number)
    for number, text in texts.items():
        counts = totals.get((number, text.revision, "web"), [0, 0, 0])
        report.expect(
            "counters", list(text.tallied) == counts, "texte n° %s : contributions.csv dit %s, le recompte donne %s.",
            number, list(text.tallied), counts,
        )  # fmt: skip
    check_closes(register, calendars, texts, fold, report)


def check_closes(register, calendars, texts, fold, report):
    folds, tallied = {}, set()
    for position, leaf in register.leaves("tally"):
        number, revision = leaf["contribution"], leaf["revision"]
        moves = sum(1 for moved, _old, _new in register.same if moved < position)
        if moves not in folds:
            folds[moves] = carried(register, fold, position)
        counts = folds[moves].get((number, revision), [0, 0, 0])
        written = [leaf["agree"], leaf["mixed"], leaf["disagree"]]
        calendar = calendars.get(texts[number].consultation) if number in texts else None
        is_closed = calendar is not None and calendar.closed is not None and position > calendar.closed
        is_right = is_closed and leaf["origin"] == "web" and written == counts
        report.expect("closes", is_right, "texte n° %s : la clôture a inscrit %s, le recompte donne %s.", number, written, counts)
        tallied.add(number)
    for number in register.span:
        calendar = calendars.get(texts[number].consultation) if number in texts else None
        if calendar is not None and calendar.closed is not None and number not in tallied:
            is_empty = not any(any(fold[named]) for named in fold if register.revisions[named][0] == number)
            if not is_empty:
                report.wrong("closes", "les totaux du texte n° %d n'ont pas été inscrits à la clôture." % number)
    for number, (first, last) in register.span.items():
        calendar = calendars.get(texts[number].consultation) if number in texts else None
        is_open = calendar is not None and calendar.opened is not None and calendar.opened < first
        is_right = is_open and (calendar.closed is None or last < calendar.closed)
        report.expect("window", is_right, "le texte n° %s a un vote scellé avant l'ouverture ou après la clôture.", number)


# -------------------------------------------------------------------------------------- list orders

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


def check_lists(folder, process, texts, taken, report):
    """Arguments and sources recounted, then every order of every list recomputed from contributions.csv and the draw."""
    heard = {}
    for text in texts.values():
        if text.status == "published" and text.about:
            rank = 2 if text.kind == "source" else {"for": 0, "against": 1}.get(text.side)
            if rank is not None and text.kind in ("argument", "source"):
                heard.setdefault(text.about, [0, 0, 0])[rank] += 1
    shown_texts = {}
    for number, text in texts.items():
        if text.status == "published":
            counted = heard.get(number, [0, 0, 0])
            report.expect(
                "counters",
                list(text.counters) == counted,
                "texte n° %s : ses arguments ou sources sont %s, pas %s.",
                number,
                counted,
                list(text.counters),
            )
            if text.kind == "proposal":
                shown_texts.setdefault(text.consultation, []).append(number)
    expected, undrawn = {}, undrawn_texts(folder, process)
    if undrawn:
        report.notes.append("Textes qu'aucun tirage n'a encore vus, rangés après leurs égaux : %d." % len(undrawn))
    for entry in process["consultations"]:
        for order in ("discover", "recent", "supported", "divisive", "argued"):
            numbers = shown_texts.get(entry["slug"], ())
            keys = sorted(list_key(order, entry, number, texts[number], taken, undrawn) for number in numbers)
            for rank, key in enumerate(keys, 1):
                expected[entry["slug"], order, str(rank)] = (entry["drawn_on"] or "", str(abs(key[-1])), " ".join(map(str, key)))
    for slug, order, day, rank, number, key in folder.rows("listings.csv", LISTINGS):
        wanted = expected.pop((slug, order, rank), None)
        report.expect(
            "lists", wanted == (day, number, key), "la liste « %s » de « %s » a au rang %s le texte n° %s, le recalcul %s.",
            order, slug, rank, number, "aucun texte" if wanted is None else "le n° %s" % wanted[1],
        )  # fmt: skip
    if expected:
        slug, order, rank = next(iter(expected))
        report.wrong("lists", "la liste « %s » de « %s » s'arrête avant le rang %s." % (shown(order), shown(slug), rank))


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
    """Which `log` key signs at each size: the first one published, then those the one before signed."""

    def __init__(self, origin, first, since=0):
        self.origin = origin
        self.history = [(since, first)] if first else []
        self.receipts = set()

    def at(self, size):
        found = [key for since, key in self.history if since <= size]
        return found[-1] if found else None

    def signs(self, checkpoint):
        """Is this checkpoint signed by the key of its size? None where no key is known."""
        key = self.at(checkpoint.size)
        return None if key is None else checkpoint.is_by(self.origin, key)


def check_keys(register, process, given, report):
    """The key that every set of rules publishes is one and the same, or changed by a `key` leaf that the old one signed."""
    rules = sorted(process["rules"], key=lambda entry: entry["leaf"])
    published = [(entry["leaf"], entry["document"]["public_keys"]) for entry in rules]
    first = given or (unb64(published[0][1]["log"], 32) if published else None)
    told = 0 if given else published[0][0] if published else register.size  # a key replaced before any was published
    replaced = [position + 1 for position, leaf in register.leaves("key") if leaf["name"] == "log" and position < told]
    keys = Keys(process["process"]["origin"], first, max(replaced, default=0))
    for position, leaf in register.leaves("key"):
        if position < max(replaced, default=0):
            report.seen("key_constant")
            continue
        old, new = keys.at(position), unb64(leaf["public"], 32)
        message = canonical(["key/v1", keys.origin, leaf["name"], leaf["public"]])
        is_right = old is not None and is_signed(old, message, unb64(leaf["signature"], 64))
        report.expect(
            "key_constant", is_right, "la clé changée à la ligne %s du registre n'est pas signée par l'ancienne.", position + 1
        )
        if is_right and leaf["name"] == "log":
            keys.history.append((position + 1, new))
        elif is_right:
            keys.receipts.add(new)
    promised = None
    for position, found in published:
        is_right = unb64(found["log"], 32) == keys.at(position)
        report.expect(
            "key_constant", is_right, "les règles de la ligne %s du registre annoncent une autre clé de signature.", position + 1
        )
        receipt = unb64(found["receipt"], 32)
        is_right = promised in (None, receipt) or receipt in keys.receipts
        report.expect(
            "key_constant", is_right, "les règles de la ligne %s du registre annoncent une autre clé de reçu.", position + 1
        )
        promised = receipt
        keys.receipts.add(receipt)
    if not keys.history:
        report.notes.append(
            "Aucune règle n'est encore publiée : aucune clé n'est connue, les signatures ne peuvent pas être vérifiées (--key)."
        )
    return keys


def check_checkpoints(kept, last, register, keys, report):
    """Each checkpoint of the folder is signed, and its root is that of the register at its size; the last one is whole."""
    before, times = 0, []
    for rank, (checkpoint, sealed_at) in enumerate(kept, 1):
        is_right = checkpoint.origin == keys.origin and register.roots.get(checkpoint.size) == checkpoint.root
        report.expect(
            "checkpoints", is_right, "le registre n'est pas celui du point de contrôle n° %s (%s lignes).", rank, checkpoint.size
        )
        if checkpoint.size < before or (times and sealed_at < times[-1]):
            report.wrong("checkpoints", "le point de contrôle n° %d n'est pas à sa place." % rank)
        before = checkpoint.size
        times.append(sealed_at)
        signature_of(checkpoint, keys, report, "le point de contrôle n° %d du dossier" % rank)
    if not kept or kept[-1][0].text != last.text:
        report.wrong("checkpoints", "le dernier point de contrôle n'est pas à la fin de checkpoints.jsonl.")
    signature_of(last, keys, report, "le dernier point de contrôle")
    report.seen("root", register.size)
    if last.origin != keys.origin or last.size != register.size or last.root != register.roots[register.size]:
        report.wrong(
            "root", "les %d lignes du registre ne donnent pas la racine signée (qui en résume %d)." % (register.size, last.size)
        )


def signature_of(checkpoint, keys, report, what):
    is_right = keys.signs(checkpoint)
    if is_right is not None:
        report.expect("signatures", is_right, "%s n'est pas signé par la clé publiée.", what)


def check_seen(checkpoint, register, keys, report, what):
    """A checkpoint kept elsewhere must be the beginning of this register."""
    reason = None
    if checkpoint.origin != keys.origin:
        reason = "vient d'un autre registre (%s)" % shown(checkpoint.origin)
    elif keys.signs(checkpoint) is False:
        reason = "n'est pas signé par la clé que ce dossier publie : il est faux, ou la clé a été changée"
    elif checkpoint.size > register.size:
        reason = "compte %d lignes et ce dossier %d : le dossier est plus ancien, ou il lui en manque" % (
            checkpoint.size,
            register.size,
        )
    elif register.roots.get(checkpoint.size) != checkpoint.root:
        reason = "ne s'accorde pas avec ce registre : ses %d premières lignes ont été refaites depuis" % checkpoint.size
    report.expect("seen", reason is None, "%s %s.", what, reason)


def check_receipt(receipt, register, keys, calendars, texts, until, report, what):
    """The promised leaf is in the register once it is due; every later leaf of the same voter on this text is shown."""
    promise = receipt.promise
    leaf = promise["leaf"].encode("utf-8")
    entry, hashed = parsed(leaf), leaf_hash(leaf)
    is_right = b64(hashed) == promise["leaf_hash"] and not misshapen(entry) and canonical(entry) == leaf
    is_right = is_right and all(entry[name] == promise[name] for name in ("contribution", "nullifier"))
    if is_right and entry["kind"] == "vote":
        nonce_hash = b64(digest("nonce/v1", promise["nonce"]))
        is_right = entry["cm"] == b64(digest("votecm/v1", promise["position"], promise["salt"], nonce_hash))
    signed = any(receipt.is_by(keys.origin + "/receipt", key) for key in keys.receipts)
    number = promise["contribution"]
    calendar = calendars.get(texts[number].consultation) if number in texts else None
    due = datetime.fromisoformat(promise["due"])
    if calendar is not None and calendar.closes_at:
        due = max(due, datetime.fromisoformat(calendar.closes_at) + timedelta(hours=1))
    found = register.position_of(hashed)
    is_due = (calendar is not None and calendar.closed is not None) or (until is not None and due <= until)
    reason = None
    if receipt.name != keys.origin + "/receipt" or not signed:
        reason = "n'est pas signé par la clé de reçu que ce dossier publie"
    elif not is_right:
        reason = "se contredit : la ligne promise n'est pas celle du vote qu'il dit"
    elif found is None and is_due:
        reason = "promettait une ligne au registre (texte n° %d) : elle y manque" % number
    if report.expect("receipts", reason is None, "%s %s.", what, reason):
        if found is None:
            report.notes.append(
                "%s : le vote n'a pas encore à figurer au registre (au plus tard %s)." % (shown(what), due.isoformat())
            )
        else:
            report.notes.append("%s : le vote est au registre, ligne %d." % (shown(what), found + 1))
    packed = register.current.get(number.to_bytes(5, "big") + unb64(promise["nullifier"], 16), 0)
    position = packed >> 1 & ((1 << 40) - 1)
    if packed and position != found and packed >> 80 >= entry["seq"]:
        verb = "vote plus récent le remplace" if packed & 1 else "retrait l'annule"
        report.notes.append(
            "%s : un %s (ligne %d du registre). Si ce n'est pas vous, gardez ce reçu." % (shown(what), verb, position + 1)
        )


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
    report.uncovered = sorted(present - set(COVERED))
    report.facts["undescribed"] = [shown(name) for name in sorted(present - described - {"datapackage.json"})]


# --------------------------------------------------------------------------------------- the report


def verify(path, key=None, seen=(), report=None):
    """The report on the export in this folder; `seen` is a list of (name, text). Never raises for what it reads."""
    folder, report = Folder(path), report or Report()
    csv.field_size_limit(LONGEST_LINE)

    def attempt(codes, step, *values):
        try:
            return step(*values)
        except Unreadable as reason:
            report.wrong(codes[0], str(reason))
        except MISSHAPEN:
            report.wrong(codes[0], "%s : le contenu n'a pas la forme attendue." % shown(folder.where))
        report.undone.update(code for code in codes if code not in report.first)
        return None

    notes = [(name, note) for name, text in seen for note in kept_notes(text)]
    report.facts["ignored"] = [name for name, text in seen if not kept_notes(text)]
    receipts = [(name, note) for name, note in notes if isinstance(note, Receipt)]
    compared = [(name, note) for name, note in notes if isinstance(note, Checkpoint)]
    for name, receipt in receipts:
        carried_note = receipt.promise.get("after_checkpoint")
        if carried_note is not None:
            found = attempt(("receipts",), Checkpoint, carried_note)
            if found is not None:
                compared.append((name, found))
    attempt(("files",), check_files, folder, report)
    process = attempt(("rules", "rules_opened", "calendar"), process_of, folder)
    last = attempt(("root",), lambda: Checkpoint(folder.text("ledger/checkpoint")))
    kept = attempt(("checkpoints", "signatures"), lambda: list(checkpoints_of(folder)))
    sizes = {note.size for _name, note in compared} | {note.size for note, _time in kept or ()}
    register = attempt(("leaves", "ranks_dense", "one_vote", "root"), read_register, folder, report, sizes)
    report.facts["compared"] = len(compared)
    if register is None or process is None:
        report.undone.update(code for code in CHECKS if not report.counts[code] and code not in report.first)
        return report
    report.facts.update(
        origin=shown(process["process"]["origin"]),
        size=register.size,
        root=base64.b64encode(register.roots[register.size]).decode(),
    )
    attempt(("ranks_dense",), check_ranks, register, report)
    attempt(("rules", "rules_opened"), check_rules, register, process, report)
    calendars = attempt(("calendar",), check_calendar, register, process, report)
    keys = attempt(("key_constant", "signatures"), check_keys, register, process, key, report)
    if keys is not None and keys.history:
        report.facts["key"] = b64(keys.history[-1][1])
    if keys is not None and last is not None and kept is not None:
        attempt(("checkpoints", "signatures", "root"), check_checkpoints, kept, last, register, keys, report)
    versions = attempt(("texts", "texts_opened", "chain"), check_texts, folder, register, report)
    texts = None
    if versions is not None:
        texts = attempt(("contributions",), check_contributions, folder, register, *versions, report)
    else:
        report.undone.add("contributions")
    fold, taken = attempt(("votes", "votes_opened", "imports"), check_votes, folder, register, report) or (None, None)
    if texts is not None and fold is not None and calendars is not None:
        attempt(
            ("tallies", "counters", "closes", "window"), check_tallies, folder, register, calendars, texts, fold, taken, report
        )
        attempt(("lists",), check_lists, folder, process, texts, taken, report)
    else:
        report.undone.update({"tallies", "counters", "closes", "window", "lists"} - set(report.first))
    if keys is not None:
        for name, checkpoint in compared:
            attempt(("seen",), check_seen, checkpoint, register, keys, report, "le point de contrôle de %s" % name)
        until = kept[-1][1] if kept else None
        for name, receipt in receipts:
            attempt(
                ("receipts",),
                check_receipt,
                receipt,
                register,
                keys,
                calendars or {},
                texts or {},
                until,
                report,
                "le reçu de %s" % name,
            )
    return report


def process_of(folder):
    process = folder.document("process.json")
    for name in ("rules", "acts", "consultations"):
        if not isinstance(process[name], list):
            raise ValueError(name)
    if not isinstance(process["process"]["origin"], str):
        raise ValueError("origin")
    return process


def checkpoints_of(folder):
    for line in folder.lines("ledger/checkpoints.jsonl"):
        kept = parsed(line)
        checkpoint = Checkpoint(kept["note"])
        if kept["size"] != checkpoint.size or not isinstance(kept["is_close"], bool):
            raise Unreadable("%s : la taille dite n'est pas celle de la note." % folder.where)
        yield checkpoint, datetime.fromisoformat(kept["sealed_at"])


def agreement(report):
    """Do the checkpoints kept elsewhere agree with this folder? None where there is none to compare."""
    if not report.facts["compared"]:
        return None
    return not report.failures["seen"] and report.counts["seen"] == report.facts["compared"]


def sentences(report):
    """The report as a journalist reads it, its conclusion first."""
    compared = report.facts["compared"]
    wrong = [code for code in CHECKS if report.failures[code] or code in report.undone]
    own = [code for code in wrong if code not in ("seen", "receipts")]
    yield (
        "Ce dossier est cohérent avec lui-même."
        if not own
        else (
            "Ce dossier n'est PAS cohérent avec lui-même : %d vérification%s sur %d en échec."
            % (len(own), "s" * (len(own) > 1), len(CHECKS) - 2)
        )
    )
    plural = "s" * (compared > 1)
    verdict = {None: "rien à comparer", True: "accord", False: "DÉSACCORD"}[agreement(report)]
    yield "Comparé à %d point%s de contrôle conservé%s ailleurs : %s." % (compared, plural, plural, verdict)
    if not compared:
        yield "Rien ici n'est prouvé contre l'exploitant : il a pu refaire tout le registre."
    yield "Rien de signé ne couvre : %s." % ", ".join(shown(name) for name in report.uncovered or ["les fichiers qui manquent"])
    for part in UNCOVERED_PARTS:
        yield "  ni, dans %s" % part
    for name in report.facts.get("undescribed", []):
        yield "  %s : aucune empreinte, même dans datapackage.json" % name
    for section, title in SECTIONS.items():
        yield ""
        yield title
        for code, (of, counted) in CHECKS.items():
            if of == section:
                state = "ÉCHEC" if report.failures[code] else "non vérifié" if code in report.undone else "ok"
                yield "  %-11s %9s  %s" % (state, format(report.counts[code], ",").replace(",", " "), counted)
                if report.failures[code]:
                    others = report.failures[code] - 1
                    more = " (et %d autre%s)" % (others, "s" * (others > 1)) if others else ""
                    yield "              → %s%s" % (report.first[code], more)
    if report.notes or report.facts["ignored"]:
        yield ""
    yield from report.notes
    for name in report.facts["ignored"]:
        yield "%s : on n'y trouve ni point de contrôle ni reçu." % shown(name)


def facts(report):
    """The same as data, for a program."""
    return {
        "ok": report.is_right,
        "agreement": agreement(report),
        **report.facts,
        "checks": {
            code: {
                "section": section,
                "count": report.counts[code],
                "failures": report.failures[code],
                "first": report.first.get(code),
                "done": code not in report.undone,
            }
            for code, (section, _counted) in CHECKS.items()
        },
        "uncovered": report.uncovered + list(UNCOVERED_PARTS),
        "notes": report.notes,
    }


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
    parser.add_argument(
        "--seen",
        nargs="+",
        action="extend",
        default=[],
        type=kept_file,
        metavar="FICHIER",
        help="points de contrôle ou reçus gardés",
    )
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
