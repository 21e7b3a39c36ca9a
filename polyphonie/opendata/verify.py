#!/usr/bin/env python3
"""Can a stranger recompute everything that an export of a Polyphonie concertation claims? One file, nothing else needed.

    python3 verify.py DIRECTORY [--key KEY] [--seen CHECKPOINT-OR-RECEIPT …] [--json]

Python 3.9 or newer, standard library only: it is written from the published formats (docs/reference/registre.md) and imports
nothing of Polyphonie, so that a journalist, a researcher or an opponent can read it in an evening and run it anywhere. It speaks
French, like the concertations it reads. Exit status: 0 all agrees, 1 something is wrong, 2 wrongly called. Nothing is written,
nothing is fetched.

The story, 1 to 7, is about texts and votes; 8 to 11 say what else is published; the annexes can be left for another day:

     1 what is checked, and how it is said      6 texts                   11 what nothing signed covers
     2 the steps, in their order                7 votes and totals        12 annex: a folder one does not trust
     3 the register and its tree                8 orders of lists         13 annex: signatures and signed notes
     4 rules and calendar                       9 fates and syntheses     14 annex: the figures of a synthesis
     5 keys, checkpoints and receipts          10 comments

Everything is one of three questions, each asked in one way: is this true (`Report.expect`), is each row of a file the one that is
computed again (`Report.same`, `Report.compare`), is what a file gives what the register committed to (`Openings`).
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
from collections import Counter, defaultdict, namedtuple
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

# ------------------------------------------------------------ 1. what is checked, and how it is said

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
    "contributions.csv, d'un texte qui n'est plus montré : kind, consultation, about, side, published_at, arguments et sources",
    "documents.jsonl : les paragraphes d'un texte dont aucune synthèse n'est publiée",
    "annotations.jsonl : le nom du site qui ouvre id et target ; d'un commentaire qui n'est plus montré, tout sauf text, number, "
    "leaf, status, ground et ses réponses",
    "syntheses.jsonl, coverage : near et sorted, les textes proches et les thèmes dont le reste est recalculé, calculés par "
    "l'exploitant (polyphonie verify --near compare les textes) ; read et proposals_read ; d'authors, tout sauf l'origine",
    "ledger/checkpoints.jsonl : qu'aucun point n'y manque, sinon le dernier",
    "ledger/leaves.jsonl : où commence un lot de votes, combien de votants il réunit et son heure, que l'exploitant déclare",
)


class Report:
    """For each check: how many items were examined, how many are wrong, and the first of them in a sentence."""

    def __init__(self):
        self.counts = dict.fromkeys(CHECKS, 0)
        self.failures = dict.fromkeys(CHECKS, 0)
        self.first = {}
        self.undone = set()  # checks that could not be made to their end
        self.notes = []
        self.uncovered = []
        self.facts = {}

    def wrong(self, code, sentence, *values):
        """Complain: the sentence is completed with the values, as they may be printed."""
        self.failures[code] += 1
        if code not in self.first:
            self.first[code] = sentence % tuple(shown(value) for value in values)

    def expect(self, code, is_right, sentence, *values):
        """Count one item, and complain if it is wrong."""
        self.counts[code] += 1
        if not is_right:
            self.wrong(code, sentence, *values)
        return is_right

    def same(self, code, what, fields, key, told, found):
        """Count one row that is computed again, and name the first of its fields that differs; `what` names it by its key."""
        self.counts[code] += 1
        for name, one, other in zip(fields, told, found):
            if one != other:
                sentence = " : à « %s » il est écrit « %s », le recalcul donne « %s »."
                return self.wrong(code, what + sentence, *key, name, one, other)

    def compare(self, code, what, fields, told, computed):
        """Each (key, row) of a file is the one computed again, and told once; none is left out that says something."""
        for key, row in told:
            found = computed.pop(key, None)
            if found is None:
                self.expect(code, False, what + " : cette ligne est de trop, ou écrite deux fois.", *key)
            else:
                self.same(code, what, fields, key, row, found)
        for key, found in computed.items():
            if any(found):
                self.wrong(code, what + " : cette ligne manque.", *key)

    @property
    def is_right(self):
        return not self.undone and not any(self.failures.values())


def shown(value):
    """A value of the folder as it may be printed: short, without control or direction characters."""
    text = value if isinstance(value, str) else "rien" if value is None else str(value)
    text = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text[:120])
    return text + "…" if len(text) == 120 else text


def agreement(report):
    """Do the checkpoints kept elsewhere agree with this folder? None where there is none to compare."""
    if not report.facts["compared"]:
        return None
    return not report.failures["seen"] and report.counts["seen"] == report.facts["compared"]


def plural(count):
    return "s" * (count > 1)


def sentences(report):
    """The report as a journalist reads it, its conclusion first."""
    compared = report.facts["compared"]
    own = [code for code in CHECKS if (report.failures[code] or code in report.undone) and code not in ("seen", "receipts")]
    bad = "Ce dossier n'est PAS cohérent avec lui-même : %d vérification%s sur %d en échec."
    yield bad % (len(own), plural(len(own)), len(CHECKS) - 2) if own else "Ce dossier est cohérent avec lui-même."
    verdict = {None: "rien à comparer", True: "accord", False: "DÉSACCORD"}[agreement(report)]
    points = (compared, plural(compared), plural(compared), verdict)
    yield "Comparé à %d point%s de contrôle conservé%s ailleurs : %s." % points
    if not compared:
        yield "Rien ici n'est prouvé contre l'exploitant : il a pu refaire tout le registre."
    yield from report.facts.get("incidents", [])
    folders = Counter(name.split("/")[0] for name in report.uncovered if "/" in name)
    names = [name for name in report.uncovered if "/" not in name]
    names += ["%s/ (%d fichier%s)" % (name, count, plural(count)) for name, count in folders.items()]
    yield "Rien de signé ne couvre : %s." % ", ".join(map(shown, names or ["les fichiers qui manquent"]))
    for part in UNCOVERED_PARTS:
        yield "  ni, dans %s" % part
    for name in report.facts.get("undescribed", []):
        yield "  %s : aucune empreinte, même dans datapackage.json" % name
    for section, title in SECTIONS.items():
        yield from ("", title)
        for code in (code for code, (of, _counted) in CHECKS.items() if of == section):
            state = "ÉCHEC" if report.failures[code] else "non vérifié" if code in report.undone else "ok"
            yield "  %-11s %9s  %s" % (state, format(report.counts[code], ",").replace(",", " "), CHECKS[code][1])
            others = report.failures[code] - 1
            if others >= 0:
                yield "              → " + report.first[code] + (" (et %d autre%s)" % (others, plural(others)) if others else "")
    if report.notes or report.facts["ignored"]:
        yield ""
    yield from report.notes
    for name in report.facts["ignored"]:
        yield "%s : on n'y trouve ni point de contrôle ni reçu." % shown(name)


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


# ---------------------------------------------------------------------- 2. the steps, in their order


def steps():
    """What is known after each step, the step, what it is given (“?”: even when it could not be read), and the checks that it
    makes; the first of them complains when the step cannot go on."""
    return (
        ("files", check_files, "folder report", "files"),
        ("process", process_of, "folder", "rules rules_opened calendar"),
        ("last", lambda folder: Checkpoint(folder.text("ledger/checkpoint")), "folder", "root"),
        ("kept", checkpoints_of, "folder", "checkpoints signatures"),
        ("register", read_register, "folder compared kept? report", "leaves ranks_dense one_vote root"),
        ("ranks", check_ranks, "register report", "ranks_dense one_vote"),
        ("rules", check_rules, "folder register process report", "rules rules_opened"),
        ("calendars", check_calendar, "register process report", "calendar"),
        ("keys", check_keys, "register process key? report", "key_constant signatures"),
        ("points", check_checkpoints, "kept last register process keys report", "checkpoints signatures root"),
        ("seen", check_seen, "compared register process keys report", "seen"),
        ("versions", check_texts, "folder register report", "texts texts_opened chain"),
        ("texts", check_contributions, "folder register versions report", "contributions"),
        ("comments", check_annotations, "folder register process report", "annotations annotations_opened"),
        ("votes", check_votes, "folder register report", "votes votes_opened imports"),
        ("totals", check_tallies, "folder register texts votes report", "tallies counters"),
        ("heard", check_heard, "texts report", "counters"),
        ("closes", check_closes, "register calendars texts votes report", "closes"),
        ("window", check_window, "register calendars texts report", "window"),
        ("lists", check_lists, "folder register process texts votes report", "lists"),
        ("fated", check_fates, "folder register texts report", "fates"),
        ("syntheses", check_syntheses, "folder register report", "syntheses"),
        ("quoted", check_citations, "folder register syntheses texts report", "citations"),
        ("covered", check_coverage, "register syntheses texts votes report", "coverage"),
        ("receipts", check_receipts, "receipts register keys calendars texts kept? report", "receipts"),
    )


def verify(path, key=None, seen=(), report=None):
    """The report on the export in this folder; `seen` is a list of (name, text). Never raises for what it reads."""
    folder, report = Folder(path), report or Report()
    csv.field_size_limit(LONGEST_LINE)
    notes = [(name, note) for name, text in seen for note in kept_notes(text)]
    receipts = [(name, note) for name, note in notes if isinstance(note, Receipt)]
    compared = [(name, note) for name, note in notes if isinstance(note, Checkpoint)]
    compared += [(name, note) for name, receipt in receipts for note in receipt.after]
    report.facts.update(compared=len(compared), ignored=[name for name, text in seen if not kept_notes(text)])
    known = {"folder": folder, "report": report, "key": key, "compared": compared, "receipts": receipts}
    for name, step, wanted, checks in steps():
        codes = checks.split()
        is_ready = all(one.endswith("?") or one in known for one in wanted.split())
        folder.where = "process.json" if "process" in wanted else "ledger/leaves.jsonl"
        try:
            if is_ready:
                known[name] = step(*(known.get(one.rstrip("?")) for one in wanted.split()))
                continue
        except Unreadable as error:
            report.wrong(codes[0], "%s", error)
        except MISSHAPEN as error:
            report.wrong(codes[0], "%s : %s.", folder.where, why(error))
        report.undone.update(code for code in codes if code not in report.first)
    register, process, keys = (known.get(name) for name in ("register", "process", "keys"))
    if register is not None:
        report.facts["incidents"] = list(incidents_of(register))
    if register is not None and process is not None:
        root = base64.b64encode(register.roots[register.size]).decode()
        report.facts.update(origin=shown(process["process"]["origin"]), size=register.size, root=root)
    if keys is not None and keys.history:
        report.facts["key"] = b64(keys.history[-1][1])
    return report


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


# ---------------------------------------------------------------------- 3. the register and its tree


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
        root = self.peaks[-1][1] if self.peaks else hashlib.sha256(b"").digest()
        for _height, left in reversed(self.peaks[:-1]):
            root = hashlib.sha256(b"\1" + left + root).digest()
        return root


SHAPES = {  # the fields of each kind besides kind and v; a “?” may be absent
    "config": "consultation cm",
    "state": "state actor consultation? config? closes_at? cm? h? n?",
    "rev": "object revision prev cm cm_author",
    "annotation": "object cm cm_author",
    "vote": "contribution rev nullifier seq cm",
    "withdraw": "contribution nullifier seq",
    "tally": "contribution revision origin agree mixed disagree",
    "fate": "contribution cm",
    "erase": "ground leaf object",
    "key": "name public signature",
}
FIELDS = {kind: [(name.rstrip("?"), name[-1] != "?") for name in names.split()] for kind, names in SHAPES.items()}
INTEGERS = {"agree", "contribution", "disagree", "mixed", "revision", "seq"}
OCTETS = {"cm": 32, "cm_author": 32, "config": 32, "h": 32, "leaf": 32, "public": 32, "rev": 32, "nullifier": 16, "signature": 64}


def misshapen(leaf):
    """Why this leaf does not have the fields of its kind, or None."""
    if type(leaf) is not dict or leaf.get("v") != 1 or type(leaf.get("kind")) is not str:
        return "n'est pas une entrée du registre"
    fields, count = FIELDS.get(leaf["kind"]), 2
    for name, is_required in fields or ():
        count += name in leaf
        if name not in leaf and is_required:
            return "n'a pas de « %s »" % name
        if name in leaf and name != "prev" and not is_of_its_kind(name, leaf[name]):  # `prev` is held to the version before
            return "n'a pas dans « %s » ce qu'il y faut" % name
    return "a des champs inconnus" if fields and count != len(leaf) else None


def is_of_its_kind(name, value):
    """Is this what a field of this name holds: a number, so many octets, or a word?"""
    if name in INTEGERS:
        return type(value) is int and 0 <= value < 1 << 40
    try:
        return type(value) is str and (name not in OCTETS or bool(unb64(value, OCTETS[name])))
    except ValueError:
        return False


class Register:
    """What `ledger/leaves.jsonl` holds, in about a hundred octets a leaf and two hundred a voter of a text."""

    def __init__(self):
        self.size = 0
        self.hashes = bytearray()  # 32 octets a leaf
        self.commitments = bytearray()  # 32 octets a leaf: the `cm` of a vote, else zeros
        self.named = array("q")  # the position of the `rev` leaf a vote names, else -1
        self.is_vote = bytearray()
        self.roots = {}  # root at each size that someone wrote down
        self.voters = {}  # contribution and nullifier: rank of this voter of this text in the three that follow
        self.highest, self.count, self.last = array("Q"), array("Q"), array("Q")  # seq, how many leaves, position of that seq
        self.span = {}  # contribution: first and last position of its votes and withdrawals
        self.others = {}  # position: leaf, of everything else
        self.revisions = {}  # position of a `rev` leaf: (number, revision)
        self.revision_at = {}  # its hash, in base64url: its position
        self.erased = set()  # hash of each leaf whose text and name are erased
        self.unnamed = set()  # hash of each leaf of which only the author's name is erased
        self.hidden = {}  # object: the act that hides it, by the last moderation leaf that says so; empty once restored
        self.grounds = {}  # object: why it is not shown, by the last leaf that says so
        self.nameless = {}  # object: is the name of its author hidden, likewise
        self.last_words = {}  # comment: the position of its last `annotation` leaf
        self.masked = set()  # comments of which a passage was masked or given back, whose next leaf is awaited
        self.same = []  # (position, from, to): positions of `rev` leaves whose votes are carried over

    def name_of(self, position):
        """How other leaves name this one."""
        return b64(self.hashes[32 * position : 32 * position + 32])

    def position_of(self, hashed):
        found = self.hashes.find(hashed)
        while found >= 0 and found % 32:
            found = self.hashes.find(hashed, found + 1)
        return found // 32 if found >= 0 else None

    def leaves(self, *kinds):
        return ((position, leaf) for position, leaf in self.others.items() if leaf["kind"] in kinds)

    def is_last(self, position):
        """Is it what this leaf inscribed that is published? A comment is inscribed again when a passage of it is masked."""
        return self.last_words.get(self.others[position].get("object"), position) == position

    def is_gone(self, position):
        """Is what this leaf inscribed erased, or hidden by the last decision on it?"""
        is_hidden = bool(self.hidden.get(self.others[position].get("object"))) and self.is_last(position)
        return is_hidden or self.name_of(position) in self.erased

    def is_nameless(self, position):
        """Is the name of its author erased or hidden, likewise?"""
        return self.name_of(position) in self.unnamed or self.nameless.get(self.others[position]["object"], False)

    def statuses(self, name, last):
        """What may be said of a text or a comment, by the last decision on it and the erasure of its last leaf."""
        act = self.hidden.get(name)
        if act:
            return ("removed",) if act == "removed" else ("hidden",)
        return ("withdrawn", "erased") if last in self.erased else ("published", "text_unavailable")


def voter_of(number, nullifier):
    """Who votes on a text, in 21 octets; `text_of_voter` reads the number again."""
    return number.to_bytes(5, "big") + unb64(nullifier, 16)


def text_of_voter(voter):
    return int.from_bytes(voter[:5], "big")


def number_of(name):
    """746 for `contribution/746`; ValueError otherwise."""
    kind, _slash, number = name.partition("/")
    if kind != "contribution" or str(int(number)) != number:
        raise Misspelt("« %s » n'est pas un texte" % shown(name))
    return int(number)


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
        return leaf, reason or (None if canonical(leaf) == line else "n'est pas écrite sous sa forme canonique")
    except (ValueError, RecursionError):
        return None, "n'est pas du JSON lisible"


def enter(register, position, leaf, report):
    """Keep what the checks ask of this leaf."""
    kind, named, committed = leaf["kind"], -1, bytes(32)
    if kind == "vote":
        committed, named = unb64(leaf["cm"], 32), register.revision_at.get(leaf["rev"], -1)
        if named < 0 or register.revisions[named][0] != leaf["contribution"]:
            sentence = "le vote de la ligne %s du registre ne vise aucune version du texte n° %s."
            report.wrong("chain", sentence, position + 1, leaf["contribution"])
    register.named.append(named)
    register.commitments += committed
    register.is_vote.append(kind == "vote")
    if kind in ("vote", "withdraw"):
        enter_voter(register, position, leaf, report)
        return
    register.others[position] = leaf
    if kind == "rev":
        register.revisions[position] = (number_of(leaf["object"]), leaf["revision"])
        register.revision_at[register.name_of(position)] = position
    elif kind == "annotation":
        name = leaf["object"]
        if name in register.last_words and name not in register.masked:
            report.wrong("annotations", "« %s » a été récrit, et aucun masquage au registre ne le dit.", name)
        register.last_words[name] = position
        register.masked.discard(name)
        register.grounds.pop(name, None)
    elif kind == "erase":
        (register.unnamed if leaf["ground"] == "name" else register.erased).add(leaf["leaf"])
        if leaf["ground"] not in ("name", "retention"):  # retention: hidden words are forgotten in time, and stay hidden
            register.grounds[leaf["object"]] = leaf["ground"]
    elif kind == "mod":
        enter_decision(register, position, leaf, report)


def enter_voter(register, position, leaf, report):
    """Keep the highest seq of each voter of a text; in the end seqs are 1, 2, 3… and none is missing."""
    number, seq = leaf["contribution"], leaf["seq"]
    register.span[number] = (register.span.get(number, (position,))[0], position)
    rank = register.voters.setdefault(voter_of(number, leaf["nullifier"]), len(register.voters))
    if rank == len(register.last):
        for kept, value in ((register.highest, seq), (register.count, 1), (register.last, position)):
            kept.append(value)
    elif seq == register.highest[rank]:
        sentence = "un même votant a deux votes de même rang sur le texte n° %s (lignes %s et %s du registre)."
        report.wrong("one_vote", sentence, number, register.last[rank] + 1, position + 1)
    else:
        register.count[rank] += 1
        if seq > register.highest[rank]:
            register.highest[rank], register.last[rank] = seq, position


HIDING = ("hidden", "refused", "removed", "restored")  # the last of these says what has become of a text


def enter_decision(register, position, leaf, report):
    """What a moderation leaf hides, shows again, leaves without a name, or calls the same text."""
    act, name = leaf.get("act"), leaf.get("object", "")
    if act in HIDING:
        register.hidden[name] = "" if act == "restored" else act
        register.grounds[name] = "" if act == "restored" else leaf.get("ground", "")
    elif act in ("name_hidden", "name_restored"):
        register.nameless[name] = act == "name_hidden"
    elif act in ("masked", "unmasked"):
        register.masked.add(name)
    elif act == "same_text":
        old, new = (register.revision_at.get(leaf.get(end), -1) for end in ("from", "to"))
        if old < 0 or new < 0 or register.revisions[old][0] != register.revisions[new][0]:
            report.wrong("chain", "la ligne %s du registre reporte des votes d'un texte inconnu.", position + 1)
        else:
            register.same.append((position, old, new))


def check_ranks(register, report):
    """Each voter's leaves on a text are numbered 1, 2, 3…: the highest number is their count."""
    report.counts["one_vote"] += len(register.voters)
    sentence = "texte n° %s : un vote ou un retrait manque au votant dont le dernier porte le rang %s (ligne %s du registre)."
    for voter, seq, count, position in zip(register.voters, register.highest, register.count, register.last):
        report.expect("ranks_dense", seq == count, sentence, text_of_voter(voter), seq, position + 1)


# ------------------------------------------ 4. rules and calendar

OPENED = {  # kind of leaf: what it is, the check of its words, the check that none is missing, the label of its commitment
    "config": ("les règles de « %(consultation)s »", "rules", "rules_opened", "configcm/v1"),
    "state": ("l'acte « %(state)s »", "rules", "rules_opened", "actcm/v1"),
    "rev": ("le texte n° %(number)s (version %(revision)s)", "texts", "texts_opened", "revcm/v1"),
    "annotation": ("le commentaire n° %(number)s de « %(on)s »", "annotations", "annotations_opened", "annotationcm/v1"),
    "fate": ("la suite donnée au texte n° %(contribution)s", "fates", "fates", "fatecm/v1"),
    "syn_published": ("la synthèse de « %(consultation)s » (version %(n)s)", "syntheses", "syntheses", "synthesis/v1"),
}
SAID = {  # field of a leaf: what it says of what is opened
    "object": "le numéro", "contribution": "le numéro", "revision": "la version", "n": "la version", "kind": "le genre",
    "consultation": "la consultation", "state": "l'étape", "actor": "qui agit", "cm": "le contenu", "h": "le contenu",
    "cm_author": "le nom de l'auteur",
}  # fmt: skip


class Openings:
    """What the folder gives of the leaves of one kind: each opened once, to the very words it committed to; none left out that
    the register does not say erased or hidden."""

    def __init__(self, kind, folder, register, report):
        self.what, self.code, self.complete, self.label = OPENED[kind]
        self.folder, self.register, self.report = folder, register, report
        is_whole = kind in SHAPES
        self.leaves = {
            at: leaf for at, leaf in register.leaves(kind if is_whole else "state") if is_whole or leaf["state"] == kind
        }
        self.given = {}  # position: are its words given

    def committed(self, document, *salt):
        return None if document is None else commitment(self.label, document, *salt)

    def wrong(self, code, sentence, position, *values):
        """Complain of the leaf at this position, named in words."""
        leaf = self.leaves[position]
        _kind, on, number = ("//" + leaf.get("object", "")).rsplit("/", 2)
        what = self.what % {"consultation": "", "n": "", **leaf, "number": number, "on": on}
        self.report.wrong(code, sentence, what, *values)

    def expect(self, position, told, is_right=True, is_given=True):
        """Does the leaf at this position say all this, and is it opened here only?"""
        leaf = self.leaves.get(position)
        if leaf is None or position in self.given:
            sentence = "%s : ce qui est là ne répond à aucune ligne du registre, ou y répond une seconde fois."
            return self.report.expect(self.code, False, sentence, self.folder.where)
        self.given[position] = is_given
        self.report.counts[self.code] += 1
        wrong = [SAID[name] for name, value in told.items() if leaf.get(name) != value]
        if wrong or not is_right:
            sentence = "%s : %s n'est plus ce qui a été inscrit au registre."
            self.wrong(self.code, sentence, position, (wrong or ["la forme"])[0])
        return is_right and not wrong

    def close(self):
        """Each leaf was opened, or what it inscribed is gone."""
        for position in self.leaves:
            self.report.counts[self.complete] += 1
            is_gone, is_given = self.register.is_gone(position), self.given.get(position, False)
            if is_given == is_gone or (position in self.given) != self.register.is_last(position):
                reason = "le registre le dit effacé ou masqué, et c'est publié" if is_given else "rien n'en est publié"
                self.wrong(self.complete, "%s (ligne %s du registre) : %s.", position, position + 1, reason)


def process_of(folder):
    """The content of process.json."""
    process = folder.document("process.json")
    if not isinstance(process["process"]["origin"], str):
        raise Misspelt("le nom du registre n'est pas un mot")
    return process


def check_rules(folder, register, process, report):
    """Every `config` leaf and every act with a commitment is opened in process.json, to the very words committed to."""
    rules, acts = (Openings(kind, folder, register, report) for kind in ("config", "state"))
    for entry in process["rules"]:
        document = entry["document"]
        told = {"consultation": entry["consultation"], "cm": rules.committed(document, entry["salt"])}
        rules.expect(entry["leaf"], told, document["consultation"] == entry["consultation"])
    for entry in process["acts"]:
        told = {"state": entry["kind"], "actor": entry["actor"], "consultation": entry["consultation"]}
        acts.expect(entry["leaf"], {**told, "cm": acts.committed(entry["document"], entry["salt"])})
    rules.close()
    acts.close()


FOLLOWS = {  # an act of a consultation: after which others it may come; rules may change until the opening
    "config": (None, "announced"), "announced": (None,), "open": ("announced",), "extended": ("open",), "closed": ("open",),
}  # fmt: skip


class Calendar:
    """One consultation as its leaves tell it."""

    def __init__(self):
        self.config = None  # name of its last `config` leaf
        self.state = None
        self.opened = self.closed = None  # positions
        self.closes_at = None

    def read(self, position, name, step, leaf):
        """Is this step in its place, and under the rules last displayed if it is the opening?"""
        is_right = self.state in FOLLOWS[step] and (step != "open" or leaf.get("config") == self.config)
        if step == "config":
            self.config = name
        elif step == "extended":
            self.closes_at = leaf.get("closes_at")
        else:
            self.state = step
        self.opened = self.opened or (position if step == "open" else None)
        self.closed = self.closed or (position if step == "closed" else None)
        return is_right


def check_calendar(register, process, report):
    """The register tells of each consultation a life in order, and process.json says the same."""
    calendars, computed = defaultdict(Calendar), {}
    for position, leaf in register.leaves("config", "state"):
        slug, step = leaf.get("consultation"), leaf.get("state", "config")
        if slug is not None and step in FOLLOWS:
            is_right = calendars[slug].read(position, register.name_of(position), step, leaf)
            sentence = "« %s » : l'étape « %s » n'est pas à sa place, ou pas sous les dernières règles (ligne %s du registre)."
            report.expect("calendar", is_right, sentence, slug, step, position + 1)
    rules = {entry["consultation"]: entry["document"] for entry in sorted(process["rules"], key=lambda entry: entry["leaf"])}
    computed = {(slug,): (one.state, one.config, one.closes_at) for slug, one in calendars.items()}
    told = []
    for entry in process["consultations"]:
        slug, document = entry["slug"], rules.get(entry["slug"], {})
        one = calendars[slug]
        one.closes_at = one.closes_at or document.get("closes_at")
        state = entry["state"] if one.state is None and document.get("is_imported") else one.state
        computed[slug,] = (state, one.config, one.closes_at)
        told.append(((slug,), tuple(entry[name] for name in ("state", "config", "closes_at"))))
    report.compare("calendar", "la consultation « %s »", ("état", "règles", "clôture"), told, computed)
    return calendars


def calendar_of(number, calendars, texts):
    """The calendar of the consultation of this text; an empty one when the folder does not say which it is."""
    return calendars.get(texts[number].consultation if number in texts else None) or Calendar()


# ----------------------------------------------------------------- 5. keys, checkpoints and receipts


class Keys:
    """Which `log` key signs at each size, and under which name: the first one published, then those that replaced it."""

    def __init__(self):
        self.history = []  # (since which size, key, name)
        self.receipts = []  # the keys of receipts, the latest last

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
    """The keys that every set of rules publishes are the same, or changed by a `key` leaf that the old `log` key signed.

    A lost key signs nothing: the register takes another name then, and an `incident` leaf gives its key. With a key learned
    elsewhere only that one is accepted, or what it signed.
    """
    rules = {entry["leaf"]: entry["document"]["public_keys"] for entry in process["rules"]}
    told = [(at, leaf) for at, leaf in register.leaves("config", "key", "incident") if "public" in leaf or at in rules]
    lost = [unb64(leaf["public"], 32) for _at, leaf in told if leaf["kind"] == "incident"]
    name = origin = process["process"]["origin"]
    if lost:
        name, _slash, count = origin.rpartition("/")
        report.expect("key_constant", count == str(len(lost) + 1), "une clé a été perdue sans que le registre change de nom.")
    keys, is_given, since, generation = Keys(), bool(given) and given not in lost[-1:], 0, 1
    if is_given:
        keys.history.append((0, given, name))
    for position, leaf in told:
        key, name_then = keys.at(position)
        if leaf["kind"] == "config":
            log, receipt = (unb64(rules[position][one], 32) for one in ("log", "receipt"))
            if not keys.history:
                keys.history.append((since, log, name))
            sentence = "les règles de la ligne %s du registre annoncent une autre clé de %s."
            report.expect("key_constant", log == keys.at(position)[0], sentence, position + 1, "signature")
            report.expect("key_constant", receipt in (keys.receipts or [receipt]), sentence, position + 1, "reçu")
            keys.receipts += [receipt] if receipt not in keys.receipts else []
        elif leaf["kind"] == "incident":
            generation += 1
            sentence = "la clé de la ligne %s du registre ne vient pas de celle que vous donnez, et rien ne la signe."
            if report.expect("key_constant", not is_given, sentence, position + 1):
                keys.history.append((position + 1, unb64(leaf["public"], 32), "%s/%d" % (name, generation)))
        elif not keys.history:  # replaced before any was published: nobody had learned it
            report.counts["key_constant"] += 1
            since = position + 1 if leaf["name"] == "log" else since
        else:
            message = canonical(["key/v1", name_then, leaf["name"], leaf["public"]])
            is_right = key is not None and is_signed(key, message, unb64(leaf["signature"], 64))
            sentence = "la clé changée à la ligne %s du registre n'est pas signée par l'ancienne."
            if report.expect("key_constant", is_right, sentence, position + 1) and leaf["name"] == "log":
                keys.history.append((position + 1, unb64(leaf["public"], 32), name_then))
            elif is_right:
                keys.receipts.append(unb64(leaf["public"], 32))
    if not keys.history:
        sentence = (
            "Aucune règle n'est encore publiée : aucune clé n'est connue, les signatures ne peuvent pas être vérifiées (--key)."
        )
        report.notes.append(sentence)
    return keys


def checkpoints_of(folder):
    """The checkpoints that the folder keeps, each with its time."""
    found = []
    for line in folder.lines("ledger/checkpoints.jsonl"):
        kept = parsed(line)
        checkpoint = Checkpoint(kept["note"])
        if kept["size"] != checkpoint.size or not isinstance(kept["is_close"], bool):
            raise Unreadable("%s : la taille dite n'est pas celle de la note." % folder.where)
        found.append((checkpoint, datetime.fromisoformat(kept["sealed_at"])))
    return found


def check_checkpoints(kept, last, register, process, keys, report):
    """Each checkpoint of the folder is signed, and its root is that of the register at its size; the last one is whole."""
    origin, before, named = process["process"]["origin"], None, []
    for rank, (checkpoint, sealed_at) in enumerate(kept, 1):
        named.append(("le point de contrôle n° %d du dossier" % rank, checkpoint))
        is_right = checkpoint.origin == (keys.at(checkpoint.size)[1] or origin)
        is_right = is_right and register.roots.get(checkpoint.size) == checkpoint.root
        sentence = "le registre n'est pas celui du point de contrôle n° %s (%s lignes)."
        report.expect("checkpoints", is_right, sentence, rank, checkpoint.size)
        if before is not None and (checkpoint.size < before[0] or sealed_at < before[1]):
            report.wrong("checkpoints", "le point de contrôle n° %s n'est pas à sa place.", rank)
        before = (checkpoint.size, sealed_at)
    if not kept or kept[-1][0].text != last.text:
        report.wrong("checkpoints", "le dernier point de contrôle n'est pas à la fin de checkpoints.jsonl.")
    for what, checkpoint in (*named, ("le dernier point de contrôle", last)):
        is_right = keys.signs(checkpoint)
        if is_right is not None:
            report.expect("signatures", is_right, "%s n'est pas signé par la clé publiée.", what)
    report.counts["root"] += register.size
    if (last.origin, last.size, last.root) != (origin, register.size, register.roots[register.size]):
        sentence = "les %s lignes du registre ne donnent pas la racine signée (qui en résume %s)."
        report.wrong("root", sentence, register.size, last.size)


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
    """The promised leaf is in the register once it is due; every later leaf of the same voter on this text is shown."""
    until = kept[-1][1] if kept else None
    for name, receipt in receipts:
        promise, (seq, hashed, is_whole) = receipt.promise, promised_leaf(receipt)
        number = promise["contribution"]
        what = "le reçu de %s (texte n° %s)" % (shown(name), shown(number))
        one, due = calendar_of(number, calendars, texts), datetime.fromisoformat(promise["due"])
        if one.closes_at:
            due = max(due, datetime.fromisoformat(one.closes_at) + timedelta(hours=1))
        is_due = one.closed is not None or (until is not None and due <= until)
        is_ours = receipt.name in {name + "/receipt" for name in keys.names()}
        found, reason = register.position_of(hashed), None
        if not is_ours or not any(receipt.is_by(receipt.name, key) for key in keys.receipts):
            reason = "n'est pas signé par la clé de reçu que ce dossier publie"
        elif not is_whole:
            reason = "se contredit : la ligne promise n'est pas celle du vote qu'il dit"
        elif found is None and is_due:
            reason = "promettait une ligne au registre : elle y manque"
        rank = register.voters.get(voter_of(number, promise["nullifier"]))
        position = found if rank is None else register.last[rank]
        if report.expect("receipts", reason is None, "%s %s.", what, reason):
            stands = "le vote n'a pas encore à figurer au registre (au plus tard %s)" % due.isoformat()
            if found is not None:
                is_opened = found == position and register.is_vote[found]
                stands = "la ligne promise est au registre, c'est la n° %d" % (found + 1)
                stands += " ; dans votes.csv, celle dont leaf est %d" % found if is_opened else ""
            report.notes.append("%s : %s." % (what, stands))
        if position != found and register.highest[rank] >= seq:
            verb = "vote plus récent le remplace" if register.is_vote[position] else "retrait l'annule"
            sentence = "%s : un %s (ligne %d du registre). Si ce n'est pas vous, gardez ce reçu."
            report.notes.append(sentence % (what, verb, position + 1))


def promised_leaf(receipt):
    """(seq, hash of the promised leaf, is it that of the vote the receipt speaks of)"""
    promise = receipt.promise
    leaf = promise["leaf"].encode("utf-8")
    entry, hashed = parsed(leaf), leaf_hash(leaf)
    is_right = b64(hashed) == promise["leaf_hash"] and not misshapen(entry) and canonical(entry) == leaf
    is_right = is_right and all(entry[name] == promise[name] for name in ("contribution", "nullifier"))
    is_right = is_right and (promise.get("after_checkpoint") is None or len(receipt.after) == 1)
    if is_right and entry["kind"] == "vote":
        nonce_hash = commitment("nonce/v1", promise["nonce"])
        is_right = entry["cm"] == commitment("votecm/v1", promise["position"], promise["salt"], nonce_hash)
    return entry["seq"], hashed, is_right


# ------------------------------------------------------------------------------------------ 6. texts

DOCUMENT = {"about", "body", "category", "consultation", "kind", "number", "published_at", "side", "title", "url"}


CONTRIBUTIONS = (
    "number", "kind", "nature", "consultation", "section", "about", "side", "title", "body", "url", "author", "author_kind",
    "verified", "origin", "origin_address", "published_at", "revision", "status", "agree", "mixed", "disagree", "arguments_for",
    "arguments_against", "sources", "fate",
)  # fmt: skip
VOTED, HEARD = ("agree", "mixed", "disagree"), ("arguments_for", "arguments_against", "sources")
REPEATED = ("number", "kind", "consultation", "about", "side", "title", "body", "url")  # by contributions.csv, of a document
Text = namedtuple("Text", "kind consultation status side about revision tallied counters fate author origin")


class Written(Openings):
    """The same of texts and comments: the words or the author's name may be absent, where the register says so."""

    def read(self, entry, number, fields, **told):
        """Are the words and the name that this line gives those committed to? False for a line that opens nothing."""
        position, document, author = entry["leaf"], entry["document"], entry["author"]
        if document is not None:
            told["cm"] = self.committed(document, entry["salt"])
        if author is not None:
            told["cm_author"] = commitment("authorcm/v1", author, entry["author_salt"])
        is_new = position in self.leaves and position not in self.given
        has_form = document is None or (set(document) == fields and document["number"] == number)
        if not self.expect(position, told, has_form, document is not None) and not is_new:
            return False
        is_nameless = self.register.is_nameless(position)
        if (document is None and entry["salt"] is not None) or (author is None and entry["author_salt"] is not None):
            self.wrong(self.code, "%s n'est pas publié en entier, mais un sel permet d'en deviner le reste.", position)
        if author is not None and is_nameless:
            self.wrong(self.complete, "%s est publié sous un nom que le registre dit effacé ou masqué.", position)
        elif author is None and document is not None and not is_nameless:
            self.wrong(self.complete, "%s est publié sans le nom inscrit, et aucun effacement ne le dit.", position)
        return True


def check_texts(folder, register, report):
    """Every version of every text: opened to the words committed to, chained to the one before, or rightly absent.

    Returns of each text its last version (revision, name of its leaf), what was read of it (revision, print), its first minute.
    """
    opened, current, since, heads = Written("rev", folder, register, report), {}, {}, {}
    for line in folder.lines("revisions.jsonl"):
        entry = parsed(line)
        number, revision, document = (entry[name] for name in ("contribution", "revision", "document"))
        if not opened.read(entry, number, DOCUMENT, object="contribution/%d" % number, revision=revision):
            continue
        if document is not None and revision == 1:
            since[number] = document["published_at"]
        if revision > current.get(number, (0, None))[0]:
            current[number] = (revision, print_of(document, entry["author"]))
    opened.close()
    for position, (number, revision) in register.revisions.items():
        is_right = (revision - 1, register.others[position]["prev"]) == heads.get(number, (0, None))
        sentence = "la version %s du texte n° %s n'est pas rattachée à celle qui la précède."
        report.expect("chain", is_right, sentence, revision, number)
        heads[number] = (revision, register.name_of(position))
    return heads, current, since


def print_of(cells, author):
    """What contributions.csv repeats of a version, in 32 octets; None for one that is not given."""
    if cells is None:
        return None
    told = [*(cells[name] for name in REPEATED), author]
    return digest("cells", *("" if cell is None else str(cell) for cell in told))


def check_contributions(folder, register, versions, report):
    """contributions.csv repeats the current version of each text, and gives each number of the register a row."""
    heads, current, since = versions
    texts = {}
    for row in folder.rows("contributions.csv", CONTRIBUTIONS):
        cell = dict(zip(CONTRIBUTIONS, row))
        number, about, revision = (whole(cell[name]) for name in ("number", "about", "revision"))
        counted = ([whole(cell[name]) for name in names] for names in (VOTED, HEARD))
        words, told = (
            [cell[name] for name in names.split()] for names in ("kind consultation status side", "fate author origin")
        )
        text = Text(*words, about, revision, *counted, *told)
        sentence = "le texte n° %s n'est pas au registre, ou il est écrit deux fois dans contributions.csv."
        if not report.expect("contributions", number in heads and number not in texts, sentence, number):
            continue
        texts[number] = text
        given, printed = current.get(number, (0, None))
        if text.status in ("published", "text_unavailable"):
            is_right = printed == print_of(cell, text.author) and revision == given
            is_right = is_right and cell["published_at"] == since.get(number, cell["published_at"])
            is_right = is_right and (text.status == "published" or not cell["title"] + cell["body"])
        else:
            is_right = printed is None and not any(cell[name] for name in ("title", "body", "url", "author"))
        sentence = "ce que contributions.csv donne du texte n° %s n'est pas sa version en vigueur."
        report.expect("contributions", is_right and revision == heads[number][0], sentence, number)
        is_right = text.status in register.statuses("contribution/%d" % number, heads[number][1])
        sentence = "le texte n° %s est dit « %s » dans contributions.csv : le registre ne le dit pas."
        report.expect("contributions", is_right, sentence, number, text.status)
    for number in heads.keys() - texts.keys():
        report.wrong("contributions", "le texte n° %s du registre n'a pas de ligne dans contributions.csv.", number)
    return texts


# ------------------------------------------------------------------------------- 7. votes and totals

VOTES = ("leaf", "number", "revision", "position", "salt", "nonce_hash", "origin")
TALLIES = ("number", "revision", "origin", "agree", "mixed", "disagree", "raw", "excluded", "final")
POSITIONS = (1, 0, -1)
VOTES_SAID = ("d'accord", "mitigé", "pas d'accord", "la somme", "votes écartés", "le reste")
HEARD_SAID = ("arguments pour", "arguments contre", "sources")
IN_FORCE, OPENED_ONCE = 1, 2  # what a leaf is: the current vote of a voter on a text, and found in votes.csv


def nobody():
    return [0, 0, 0]  # agree, mixed, disagree


def check_votes(folder, register, report):
    """votes.csv: each current vote opened once, as committed to; imported rows hash to what their `import` leaf says.

    Returns the votes cast and the votes taken over, each as {(number, revision): [agree, mixed, disagree]}.
    """
    imports = {position: leaf for position, leaf in register.leaves("import") if "votes" in leaf}
    hashed = {position: hashlib.sha256() for position in imports}
    states = bytearray(register.size)
    for position in register.last:
        states[position] = IN_FORCE if register.is_vote[position] else 0
    cast, taken, filled = defaultdict(nobody), defaultdict(nobody), set()
    for row in folder.rows("votes.csv", VOTES):
        position, number, revision, vote = (whole(cell) for cell in row[:4])
        if vote not in POSITIONS:
            report.wrong("votes", "%s : « %s » n'est pas une position.", folder.where, row[3])
        elif row[6] == "import":
            is_known = position in hashed
            if report.expect("imports", is_known, "%s : ce vote repris ne vient d'aucune reprise inscrite.", folder.where):
                hashed[position].update(("%d,%d,%d\n" % (number, revision, vote)).encode("ascii"))
                filled.add(position)
                taken[number, revision][1 - vote] += 1
        elif not 0 <= position < register.size or not states[position] or register.named[position] < 0:
            report.expect("votes_opened", False, "%s : ce vote n'est pas un vote en vigueur du registre.", folder.where)
        else:
            version = register.revisions[register.named[position]]
            is_right = register.commitments[32 * position : 32 * position + 32] == digest("votecm/v1", vote, row[4], row[5])
            is_right = is_right and row[6] == "web" and (number, revision) == version
            sentence = "%s : ce vote (texte n° %s) n'est pas celui qui a été inscrit au registre."
            report.expect("votes", is_right, sentence, folder.where, number)
            if states[position] == OPENED_ONCE:
                report.wrong("votes_opened", "%s : ce vote est publié deux fois.", folder.where)
            else:
                states[position] = OPENED_ONCE
                cast[version][1 - vote] += 1
    for voter, position in zip(register.voters, register.last):
        if register.is_vote[position]:
            sentence = "le vote de la ligne %s du registre (texte n° %s) n'est pas publié."
            report.expect("votes_opened", states[position] == OPENED_ONCE, sentence, position + 1, text_of_voter(voter))
    undone = {leaf["undoes"] for _position, leaf in register.leaves("import") if "undoes" in leaf}
    for position, leaf in imports.items():
        is_undone = register.name_of(position) in undone
        is_right = position not in filled if is_undone else b64(hashed[position].digest()) == leaf["votes"]
        sentence = "les votes repris à la ligne %s du registre ne sont plus ceux qui ont été repris."
        report.expect("imports", is_right, sentence, position + 1)
    return cast, taken


def carried(register, votes, before=None):
    """Votes by (number, revision), each carried along the `same_text` leaves (those before a position, if one is given)."""
    revisions = register.revisions
    onward = {revisions[old]: revisions[new] for at, old, new in register.same if before is None or at < before}
    total = {}
    for version, counts in votes.items():
        bound = version
        for _step in range(len(onward)):
            bound = onward.get(bound, bound)
        total[bound] = [one + other for one, other in zip(total.get(bound, nobody()), counts)]
    return total


def check_tallies(folder, register, texts, votes, report):
    """Recounted votes equal tallies.csv and the counters of contributions.csv."""
    none, computed = (0,) * 6, {}
    for origin, found in zip(("import", "web"), reversed(votes)):
        totals = carried(register, found)
        computed.update({(*version, origin): none for version in register.revisions.values()})
        computed.update({(*version, origin): (*one, sum(one), 0, sum(one)) for version, one in totals.items()})
    rows = folder.rows("tallies.csv", TALLIES)
    told = (((whole(row[0]), whole(row[1]), row[2]), tuple(map(whole, row[3:]))) for row in rows)
    report.compare("tallies", "texte n° %s (version %s, %s), dans tallies.csv", VOTES_SAID, told, computed)
    for number, text in texts.items():
        counts = totals.get((number, text.revision), nobody())
        report.same("counters", "texte n° %s, dans contributions.csv", VOTES_SAID, (number,), text.tallied, counts)


def check_heard(texts, report):
    """The arguments and sources that are published, recounted from contributions.csv itself."""
    computed = {number: nobody() for number, text in texts.items() if text.status == "published"}
    ranks = {("argument", "for"): 0, ("argument", "against"): 1}
    for text in texts.values():
        rank = 2 if text.kind == "source" else ranks.get((text.kind, text.side))
        if text.status == "published" and text.about in computed and rank is not None:
            computed[text.about][rank] += 1
    for number, counts in computed.items():
        report.same("counters", "texte n° %s, dans contributions.csv", HEARD_SAID, (number,), texts[number].counters, counts)


def check_closes(register, calendars, texts, votes, report):
    """What the register wrote at a close is what the votes give at that place, and no text with votes was left out."""
    folds, tallied = {}, set()
    for position, leaf in register.leaves("tally"):
        number = leaf["contribution"]
        moves = sum(moved < position for moved, _old, _new in register.same)
        if moves not in folds:
            folds[moves] = carried(register, votes[0], position)
        counts, written = folds[moves].get((number, leaf["revision"]), nobody()), [leaf[name] for name in VOTED]
        closed = calendar_of(number, calendars, texts).closed
        is_right = closed is not None and position > closed and leaf["origin"] == "web" and written == counts
        report.expect("closes", is_right, "texte n° %s : la clôture a inscrit %s, le recompte donne %s.", number, written, counts)
        tallied.add(number)
    for number in sorted({number for (number, _revision), counts in votes[0].items() if any(counts)} - tallied):
        if calendar_of(number, calendars, texts).closed is not None:
            report.wrong("closes", "les totaux du texte n° %s n'ont pas été inscrits à la clôture.", number)


def check_window(register, calendars, texts, report):
    """No vote was sealed before its consultation opened, nor after it closed."""
    for number, (first, last) in register.span.items():
        one = calendar_of(number, calendars, texts)
        is_right = one.opened is not None and one.opened < first and (one.closed is None or last < one.closed)
        report.expect("window", is_right, "le texte n° %s a un vote scellé avant l'ouverture ou après la clôture.", number)


# -------------------------------------------------------------------------------- 8. orders of lists

LISTINGS = ("consultation", "order", "as_of", "rank", "number", "key")
ORDERS = ("discover", "recent", "supported", "divisive", "argued")
Z = Decimal("1.2815515655446004")
UNDRAWN = 1 << 62  # after every draw: a text that none has seen yet


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
    """− ⌊10⁹ × ((A + D)/S − ((A − D)/S)²)⌋ from ten votes, after all others below."""
    if total < 10:
        return 1
    return -((10**9 * ((agree + disagree) * total - (agree - disagree) ** 2)) // total**2)


def list_key(order, consultation, number, text, taken, undrawn):
    """What this order sorts by, smallest first; its last integer is the number of the text, or its opposite."""
    agree, mixed, disagree = (cast + found for cast, found in zip(text.tallied, taken.get((number, text.revision), (0, 0, 0))))
    total = agree + mixed + disagree
    if order == "discover":
        drawn = digest("draw/v1", consultation["config"], consultation["drawn_on"], number).hex()[:15]
        return (total, UNDRAWN if number in undrawn else int(drawn, 16), number)
    if order == "recent":
        return (-number,)
    if order == "supported":
        return (supported_key(agree, total), number)
    if order == "divisive":
        return (divisive_key(agree, disagree, total), number)
    return (-(text.counters[0] + text.counters[1]), number)


def check_lists(folder, register, process, texts, votes, report):
    """Every order of every list recomputed from contributions.csv and the draw."""
    taken, undrawn = carried(register, votes[1]), set()
    may_be = {entry["slug"] for entry in process["consultations"] if entry["drawn_on"] is None or entry["state"] == "open"}
    for slug, order, _day, _rank, number, key in folder.rows("listings.csv", LISTINGS):
        if order == "discover" and slug in may_be and key.split(" ")[1:2] == [str(UNDRAWN)]:
            undrawn.add(whole(number))  # all of a consultation never drawn, the newest of one that is open
    folder.where = "process.json"
    if undrawn:
        report.notes.append("Textes qu'aucun tirage n'a encore vus, rangés après leurs égaux : %d." % len(undrawn))
    proposals, computed = defaultdict(list), {}
    for number, text in texts.items():
        if text.status == "published" and text.kind == "proposal":
            proposals[text.consultation].append(number)
    for entry in process["consultations"]:
        slug, day = entry["slug"], entry["drawn_on"] or ""
        for order in ORDERS:
            keys = sorted(list_key(order, entry, number, texts[number], taken, undrawn) for number in proposals[slug])
            for rank, key in enumerate(keys, 1):
                computed[slug, order, str(rank)] = (str(abs(key[-1])), day, " ".join(map(str, key)))
    rows = folder.rows("listings.csv", LISTINGS)
    told = (((slug, order, rank), (number, day, key)) for slug, order, day, rank, number, key in rows)
    report.compare("lists", "liste de « %s », ordre « %s », rang %s", ("numéro", "jour", "clé"), told, computed)


# ---------------------------------------------------------------------------- 9. fates and syntheses

FATES = ("number", "decision", "fate", "reason", "address", "decided_by", "decided_at", "salt", "leaf")
CITATIONS = ("from", "to", "kind", "is_quotation")
WITHDRAWN = "[citation retirée]"


def check_fates(folder, register, texts, report):
    """Each decision on a text is the one that was inscribed, none is missing, and contributions.csv says the last."""
    opened, last = Openings("fate", folder, register, report), {}
    for row in folder.rows("fates.csv", FATES):
        cell = dict(zip(FATES, row))
        number, decision, salt = whole(cell.pop("number")), whole(cell.pop("decision")), cell.pop("salt")
        position, document = whole(cell.pop("leaf") or "-1"), {**cell, "number": number, "decision": decision}
        told = {"contribution": number, "cm": opened.committed(document, salt)}
        opened.expect(position, told, decision == last.get(number, (0,))[0] + 1)
        last[number] = (decision, cell["fate"])
    opened.close()
    for number, text in texts.items():
        told = last.get(number, (0, ""))[1]
        report.same("fates", "texte n° %s, dans contributions.csv", ("suite",), (number,), [text.fate], [told])


def check_syntheses(folder, register, report):
    """Each published version of a synthesis is the one that was inscribed, none is missing, and one comments on its sentences;
    what each says."""
    opened, paragraphs, found = Openings("syn_published", folder, register, report), {}, []
    for line in folder.lines("documents.jsonl"):
        one = json.loads(line)
        key = (one["text"], one["version"])
        report.expect("syntheses", key not in paragraphs, "« %s » (version %s) est écrit deux fois dans documents.jsonl.", *key)
        paragraphs[key] = [(block["key"], block["text"]) for block in one["blocks"]]
    for line in folder.lines("syntheses.jsonl"):
        entry = json.loads(line)
        content, place = entry["content"], (entry["consultation"], entry["version"])
        told = {"consultation": place[0], "n": str(place[1]), "actor": entry["published_by"], "h": opened.committed(content)}
        opened.expect(entry["leaf"], told, content["consultation"] == place[0])
        said = [(one["key"], re.sub("⟦[0-9]{1,3}⟧", "\ufffc", one["text"])) for one in content["statements"]]
        sentence = "les paragraphes de « %s » (version %s) que l'on commente ne sont pas les phrases de la synthèse."
        report.expect("syntheses", paragraphs.get(place) == said, sentence, *place)
        found.append(entry)
    opened.close()
    return found


def check_citations(folder, register, syntheses, texts, report):
    """Every citation leads to a version of a text; quoted words are those of the text, or gone with it; citations.csv agrees."""
    said_all = [said for entry in syntheses for said in entry["content"]["statements"]]
    wanted = {(one["number"], one["revision"]) for said in said_all for one in said["citations"]}
    words, listed = {}, []
    for line in folder.lines("revisions.jsonl") if wanted else ():
        entry = json.loads(line)
        if (entry["contribution"], entry["revision"]) in wanted:
            words[entry["contribution"], entry["revision"]] = entry["document"]
    folder.where = "syntheses.jsonl"
    for entry in syntheses:
        name, statements = "synthesis/%s/%d/" % (entry["consultation"], entry["version"]), entry["content"]["statements"]
        for said in statements:
            spans, key = [], name + said["key"]
            for one in said["citations"]:
                place = (one["number"], one["revision"])
                sentence = "la phrase « %s » cite le texte n° %s (version %s), qui n'est pas dans ce dossier."
                report.expect("citations", place in words and one["number"] in texts, sentence, key, *place)
                listed.append([key, "contribution/%d/%d" % place, one["qualifier"], str("quote" in one).lower()])
                if "quote" in one:
                    spans.append(quoted(words.get(place), one["quote"]))
                    sentence = "la phrase « %s » reprend des mots que le texte n° %s (version %s) n'a pas."
                    report.expect("citations", spans[-1] is not None, sentence, key, *place)
            sentence = "la phrase « %s » ne se lit pas telle que ses citations la donnent."
            report.expect("citations", entry["words"].get(said["key"]) == with_quotations(said["text"], spans), sentence, key)
        report.expect("citations", len(entry["words"]) == len(statements), "la synthèse « %s » a des phrases de trop.", name)
    given = [list(row) for row in folder.rows("citations.csv", CITATIONS)]
    report.expect("citations", given == listed, "citations.csv ne liste pas les citations des synthèses.")


def with_quotations(text, spans):
    """The sentence with each `⟦k⟧` replaced by the k-th words, or by what stands for those that are gone."""

    def words(mark):
        rank = int(mark.group(1))
        return (spans[rank - 1] or WITHDRAWN) if 0 < rank <= len(spans) else "⟦%s⟧" % mark.group(1)

    return re.sub("⟦([0-9]{1,3})⟧", words, text)


def quoted(document, quote):
    """The words quoted of a version: empty once it is erased or hidden; None when it does not have them."""
    if document is None:
        return ""
    text = document[quote["field"]] if quote["field"] in ("title", "body") else ""
    return text[quote["start"] : quote["end"]] if 0 <= quote["start"] < quote["end"] <= len(text) else None


# -------------------------------------------------------------------------------------- 10. comments

PLACE = ("version", "block", "start", "end", "exact", "prefix", "suffix")
COMMENT = {
    "address", "body", "creator", "discussion", "document", "number", "published_at", "source", "title", *PLACE,
}  # fmt: skip
FRAGMENT = "http://tools.ietf.org/rfc/rfc3236"
ANSWERED = ("answer", "answer_reason", "answered_by", "answered_at", "answered_in")
UNANSWERED = ("", "", "", None)


def check_annotations(folder, register, process, report):
    """Every comment on a synthesis: opened to the words committed to, shown as committed to, or rightly absent; its answer and
    its places are those of the register."""
    opened, carried, sites = Written("annotation", folder, register, report), defaultdict(list), set()
    answers, versions = heard_of(process)
    for line in folder.lines("annotations.jsonl"):
        entry = parsed(line)
        number, text, position = entry["number"], entry["text"], entry["leaf"]
        name, place = "annotation/%s/%s" % (text, number), "le commentaire n° %s de « %s »" % (number, text)
        if not opened.read(entry, number, COMMENT, object=name):
            continue
        site = "/".join(entry["id"].split("/")[:3])
        sites.add(site)
        report.expect("annotations", len(sites) == 1, "%s est dit d'un autre site que ceux qui le précèdent.", place)
        sentence = "%s n'est pas montré tel qu'il a été inscrit au registre."
        report.expect("annotations", is_shown_as_inscribed(entry, site), sentence, place)
        is_right = entry["status"] in register.statuses(name, register.name_of(position))
        is_right = is_right and entry["ground"] == register.grounds.get(name, "")
        report.expect("annotations", is_right, "%s n'est pas masqué pour le motif inscrit au registre.", place)
        *words, since = answers.get((text, number), (*UNANSWERED, -1)) if opened.given[position] else (*UNANSWERED, -1)
        later = [version for (of, version), (at, _places) in versions.items() if of == text and at > since]
        is_right = [entry[name] for name in ANSWERED] == [*words, min(later, default=None) if words[0] else None]
        report.expect("annotations", is_right, "la réponse à %s n'est pas celle qui a été inscrite au registre.", place)
        for one in entry["places"][1:]:
            carried[text, one["version"]].append([number, one])
    for key in versions.keys() | carried.keys():
        places = sorted(carried.get(key, []), key=lambda one: one[0])
        sentence = "« %s », version %s : des commentaires ne sont pas à la place inscrite au registre."
        report.expect("annotations", versions.get(key, (0, ""))[1] == commitment("places/v1", places), sentence, *key)
    opened.close()


def heard_of(process):
    """By text and discussion: answer, reason, role, minute, leaf since which it is this; by text and version: leaf and places."""
    answers, versions = {}, {}
    for act in sorted(process["acts"], key=lambda act: act["leaf"]):
        told = parsed(act["document"]) if act["kind"] in ("text_answered", "text_carried") else {}
        if act["kind"] == "text_answered":
            key, answer = (told["document"], told["discussion"]), told["answer"]
            before = answers.get(key, (*UNANSWERED, -1))
            since = before[-1] if before[0] == answer else act["leaf"]
            answers[key] = (answer, told["reason"], act["actor"], told["answered_at"], since)
        elif act["kind"] == "text_carried":
            versions[told["document"], told["version"]] = (act["leaf"], told["places"])
    return answers, versions


def is_shown_as_inscribed(entry, site):
    """Is what is shown of a comment what was committed to? Nothing is, of one that is erased or hidden."""
    document, author = entry["document"], entry["author"]
    if document is None:
        told = (entry["body"], entry["creator"], author, entry["title"], entry["status"] == "published")
        return told == (None, None, None, "", False)
    stood = [{**{name: document[name] for name in PLACE}, "is_detached": False}] if document["discussion"] is None else []
    return shown_comment(document, author, site).items() <= entry.items() and entry["places"][:1] == stood


def shown_comment(document, author, site):
    """What annotations.jsonl repeats of a comment, as W3C Web Annotation writes it; `site` opens its addresses."""
    source, minute, is_discussion = site + document["source"], document["published_at"], document["discussion"] is None
    paragraph = {"type": "FragmentSelector", "conformsTo": FRAGMENT, "value": "s-" + document["block"]}
    quote = {"type": "TextQuoteSelector", **{name: document[name] for name in ("exact", "prefix", "suffix")}}
    position = {"type": "TextPositionSelector", "start": document["start"], "end": document["end"]}
    selectors = [{**paragraph, "refinedBy": one} for one in (quote, position)] if document["end"] else [paragraph]
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "id": site + document["address"],
        "motivation": "commenting" if is_discussion else "replying",
        "created": minute[:16] + ":00" + minute[16:],
        "creator": None if author is None else {"type": document["creator"], "name": author},
        "body": {"type": "TextualBody", "value": document["body"], "format": "text/plain"},
        "target": {"source": source, "selector": selectors} if is_discussion else {"id": source},
        "text": document["document"],
        "status": "published",
        **{name: document[name] for name in ("number", "discussion", "title")},
    }


# -------------------------------------------------------------------- 11. what nothing signed covers


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
        report.wrong("files", "datapackage.json ne décrit pas %s.", ", ".join(missing))
    present = {
        os.path.relpath(os.path.join(parent, name), folder.path).replace(os.sep, "/")
        for parent, _folders, names in os.walk(folder.path)
        for name in names
    }
    report.uncovered = sorted(present - set(COVERED) - set(CHECKED))
    report.facts["undescribed"] = [shown(name) for name in sorted(present - described - {"datapackage.json"})]


def incidents_of(register):
    """What went wrong on this site, as its own register says, each in a sentence: nobody reads this folder without them."""
    for position, leaf in register.leaves("incident"):
        told = "l'exploitant y a inscrit « %s »." % shown(leaf.get("act"))
        if leaf.get("act") == "restored":
            told = (
                "le site est reparti d'une sauvegarde (%s). %s lignes ou votes déjà enregistrés sont perdus ; un reçu ou un "
                "point de contrôle gardé d'alors le montre." % (shown(leaf.get("since")), shown(leaf.get("lost")))
            )
        elif leaf.get("act") == "key_lost":
            told = (
                "la clé de signature a été perdue. Depuis, c'est un autre registre, qui reprend les %d lignes du premier sans "
                "que rien de signé les relie : seul un point de contrôle ou un reçu gardé d'avant les prouve." % position
            )
        yield "Incident, ligne %d du registre : %s" % (position + 1, told)


# ------------------------------------------------------------ 12. annex: a folder one does not trust

LONGEST_LEAF = 256
LONGEST_LINE = 1 << 24
MISSHAPEN = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError, OSError, MemoryError, csv.Error,
)  # fmt: skip


class Unreadable(Exception):
    """A file that is missing or is not what its name says; the text is the sentence to print."""


class Misspelt(ValueError):
    """A value that is not written as it should be; the text says what it is not."""


def why(error):
    """What is wrong with what was being read."""
    if isinstance(error, json.JSONDecodeError):
        line = "ligne %d, " % error.lineno if error.lineno > 1 else ""
        return "ce n'est pas du JSON lisible (%scaractère %d)" % (line, error.colno)
    if isinstance(error, UnicodeDecodeError):
        return "un octet n'y est pas de l'UTF-8"
    if isinstance(error, KeyError) and isinstance(error.args[0], str):
        return "il y manque « %s »" % error.args[0]
    return str(error) if isinstance(error, Misspelt) else "le contenu n'a pas la forme attendue"


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

    def text(self, name):
        with self.open(name) as file:
            return file.read(4 * LONGEST_LINE).decode("utf-8")

    def document(self, name):
        """A file that is one JSON object."""
        found = parsed(self.text(name))
        if not isinstance(found, dict):
            raise Unreadable("%s n'est pas un objet JSON." % name)
        return found

    def lines(self, name, longest=LONGEST_LINE):
        """Each line as bytes, without its end; a line is never longer than `longest`, and the last one ends too."""
        with self.open(name) as file:
            for number, line in enumerate(iter(lambda: file.readline(longest + 2), b""), 1):
                self.where = "%s, ligne %d" % (name, number)
                if not line.endswith(b"\n"):
                    raise Unreadable("%s : la ligne est trop longue, ou le fichier est coupé." % self.where)
                yield line[:-1]

    def rows(self, name, columns):
        """Each row of a CSV file as a list in the order of `columns`, which must be its own."""
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


FORMULA = "[ '\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]*[-=+@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b%s]"
KEPT = re.compile("^'(?=%s)|(?<=[\n\r\t\v\f\x85\u2028\u2029;,\"])'(?=%s)" % (FORMULA % "\t\r\n", FORMULA % ""))


def exact(cell):
    """The words of a cell, without the apostrophes written before what a spreadsheet would have run as a formula."""
    return KEPT.sub("", cell)


def whole(cell):
    """An integer as it is printed, or 0 for an empty cell."""
    try:
        number = int(cell or "0")
    except ValueError:
        number = None
    if cell and str(number) != cell:
        raise Misspelt("« %s » n'est pas un entier" % shown(cell))
    return number


def refuse_number(word):
    raise Misspelt("nombre à virgule : " + word[:20])


def parsed(text):
    """JSON without fractions nor infinities: only what canonical documents may hold."""
    return json.loads(text, parse_float=refuse_number, parse_constant=refuse_number)


def canonical(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")


def b64(octets):
    return base64.urlsafe_b64encode(octets).decode("ascii").rstrip("=")


def unb64(text, size):
    """Octets of an unpadded base64url word of exactly this size; ValueError for any other spelling."""
    octets = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if len(octets) != size or b64(octets) != text:
        raise Misspelt("« %s » n'est pas un mot base64url de %d octets" % (shown(text), size))
    return octets


def unb64_padded(word):
    """Octets of an ordinary base64 word, as signed notes have them; ValueError for any other spelling."""
    octets = base64.b64decode(word.encode("ascii"), validate=True)
    if base64.b64encode(octets).decode("ascii") != word:
        raise Misspelt("« %s » n'est pas un mot base64" % shown(word))
    return octets


def digest(label, *values):
    """D("label/v1", a, b…) of the format: SHA-256 of the canonical array."""
    return hashlib.sha256(canonical([label, *values])).digest()


def commitment(label, *values):
    """The same as a leaf writes it."""
    return b64(digest(label, *values))


# ------------------------------------------------------------ 13. annex: signatures and signed notes

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


BASE = decompressed((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@lru_cache(maxsize=1 << 15)  # the receipts of one day all carry the same checkpoint
def is_signed(key, message, signature):
    """Does this Ed25519 signature of the message verify with this public key of 32 octets? [S]B − [k]A must be R."""
    point, scalar = decompressed(key), int.from_bytes(signature[32:], "little")
    if point is None or len(signature) != 64 or scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    opposite = (P - point[0], point[1], 1, P - point[3])
    both, found = added(BASE, opposite), NEUTRAL
    for place in range(252, -1, -1):  # the two products at once, from the highest bit to the lowest
        found = added(found, found)
        of_base, of_key = scalar >> place & 1, challenge >> place & 1
        if of_base or of_key:
            found = added(found, both if of_base and of_key else BASE if of_base else opposite)
    inverse = pow(found[2], P - 2, P)
    x, y = found[0] * inverse % P, found[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


class Note:
    """A C2SP signed note: the text that is signed, the name of the signer, its signature lines as (name, key id, signature)."""

    def __init__(self, text):
        body, separator, tail = text.partition("\n\n")
        if not separator or not tail.endswith("\n"):
            raise Misspelt("une note signée a une ligne vide entre son texte et ses signatures")
        self.text = text
        self.body = body + "\n"
        self.lines = body.split("\n")
        self.signatures = []
        for line in tail[:-1].split("\n"):
            dash, name, word = line.split(" ")
            octets = unb64_padded(word)
            if dash != "—" or len(octets) < 5:
                raise Misspelt("une ligne de signature s'écrit « — nom base64 »")
            self.signatures.append((name, octets[:4], octets[4:]))

    def is_by(self, name, key):
        """Is one of its signatures that of this name with this key?"""
        wanted = (name, hashlib.sha256(name.encode("utf-8") + b"\n\1" + key).digest()[:4])
        message = self.body.encode("utf-8")
        return any(found[:2] == wanted and is_signed(key, message, found[2]) for found in self.signatures)


class Checkpoint(Note):
    """A note whose three lines are an origin, a number of leaves and a root."""

    def __init__(self, text):
        super().__init__(text)
        self.origin, size, root = self.lines
        self.size, self.root = int(size), unb64_padded(root)
        if str(self.size) != size or self.size < 0 or len(self.root) != 32:
            raise Misspelt("un point de contrôle dit un nombre de lignes et une racine de 32 octets")


class Receipt(Note):
    """A note whose second line says which leaf was promised, and until when; it carries the latest checkpoint (`after`)."""

    def __init__(self, text):
        super().__init__(text)
        self.name, promised = self.lines
        self.promise = parsed(promised)
        if canonical(self.promise).decode("utf-8") != promised or not self.name.endswith("/receipt"):
            raise Misspelt("un reçu tient en deux lignes, la seconde en JSON canonique")
        after = self.promise.get("after_checkpoint")
        self.after = [note for note in kept_notes(after) if isinstance(note, Checkpoint)] if isinstance(after, str) else []


NOTE = re.compile(r"^[^\s]+\n[^\n]+\n(?:[^\n]+\n)?\n(?:— [^\s]+ [^\s]+(?:\n|\Z))+", re.MULTILINE)


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
        words = match.group(0).rstrip("\n") + "\n"
        try:
            notes.append(Receipt(words) if words.split("\n")[1].startswith("{") else Checkpoint(words))
        except MISSHAPEN:
            continue
    return notes


# ------------------------------------------------------------- 14. annex: the figures of a synthesis

# The formula `coverage/1` (docs/reference/couverture.md): what a synthesis takes up of what was said.
FIGURES = {
    "input_hash": "empreinte de ce qui est compté",
    "claims": "phrases",
    "claims_without_citation": "phrases sans citation",
    "headline": "propositions citées",
    "by_votes": "part des votes",
    "by_families": "familles de textes proches",
    "soft": "proximité avec ce qui est cité",
    "to_read": "à lire avant de conclure",
    "left_out": "arguments et sources laissés",
    "controversies": "équilibre des controverses",
    "concentration": "concentration des citations",
    "topics": "place des thèmes",
    "authors": "auteurs par origine",
    "voices": "voix comptées",
    "near": "textes proches",
    "formula": "formule",
    "parameters": "paramètres",
    "seed": "tirage",
}
PARAMETERS = {"campaign_above": 5, "most_cited": 10, "polarisation_minimum": 10, "z": 1.2815515655446004}  # fmt: skip
Voice = namedtuple("Voice", "number kind about side agree mixed disagree author topics reason")  # what a synthesis may cite


def check_coverage(register, syntheses, texts, votes, report):
    """What a synthesis says that it takes up, computed again; the texts it says near one another are there, each once."""
    taken = defaultdict(nobody)  # votes taken over, on any version of a text
    for (number, _revision), counts in votes[1].items():
        taken[number] = [one + other for one, other in zip(taken[number], counts)]
    for entry in syntheses:
        figures, slug = entry["coverage"], entry["consultation"]
        told = [number for number in figures["voices"] if number in texts]
        now = {
            number for number, text in texts.items()
            if (text.consultation, text.status) == (slug, "published") and "contribution/%d" % number not in register.hidden
        }  # fmt: skip
        voices, claims = list(voices_of(told, entry, texts, taken)), claims_of(entry["content"])
        found = coverage(voices, claims, figures["near"])
        found["authors"] = {**figures["authors"], "origin": authors_by_origin(voices, claims, texts)}
        found["voices"] = figures["voices"] if now <= set(told) and len(told) == len(figures["voices"]) else None
        found["near"] = figures["near"] if is_near(figures["near"], set(told), claims) else None
        is_whole = all(texts[number].status == "published" and texts[number].author for number in told)
        if not is_whole and found["input_hash"] != figures["input_hash"]:  # what was withdrawn since has no author any more
            del found["input_hash"], found["concentration"], found["authors"]
        for name, value in found.items():
            sentence = "synthèse de « %s » (version %s) : « %s » ne se recalcule pas."
            report.expect("coverage", figures[name] == value, sentence, slug, entry["version"], FIGURES[name])


def is_near(near, told, claims):
    """Can this come from comparing all these texts? Families of two or more, apart; of each text the nearest one cited."""
    together = [number for family in near["families"] for number in family]
    cited = {number for _label, _kind, numbers in claims for number in numbers}
    aside = [number for number, _beside, _millionths in near["nearest"]]
    is_right = near["formula"] == "nearness/2" or not (together or aside)
    is_right = is_right and len(set(together)) == len(together) and set(together) <= told
    is_right = is_right and all(len(family) > 1 for family in near["families"])
    is_right = is_right and len(set(aside)) == len(aside) and set(aside) <= told - cited
    return is_right and all(beside in cited & told and 0 < near <= 10**6 for _number, beside, near in near["nearest"])


def voices_of(numbers, entry, texts, taken):
    """What is counted, as its print takes it; numbers in order."""
    reasons = {row["number"]: row["reason"] for row in entry["content"]["uncited"]}
    for number in sorted(numbers):
        text, topics = texts[number], entry["coverage"]["sorted"].get(str(number), [])
        votes = [one + other for one, other in zip(text.tallied, taken.get(number, (0, 0, 0)))]
        yield Voice(number, text.kind, text.about or None, text.side, *votes, text.author, topics, reasons.get(number, ""))


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


def coverage(voices, claims, near):
    """The figures; `claims`: [label, kind, numbers cited]; `near`: families and nearest cited texts, as the file says."""
    voices = {voice.number: voice for voice in voices}
    pairs = sorted([min(row[:2]), max(row[:2]), row[2]] for row in near["nearest"])
    said = [[list(voice) for voice in voices.values()], claims, sorted(map(sorted, near["families"])), pairs, []]
    proposals = [voice for voice in voices.values() if voice.kind == "proposal"]
    times = Counter(number for _label, _kind, numbers in claims for number in numbers if number in voices)
    owner = {number: proposal_of(number, voices) for number in voices}
    reached = {owner[number] for number in times if owner[number] != number}
    cited = [voice for voice in proposals if voice.number in times]
    uncited = [voice for voice in proposals if voice.number not in times]
    family_of = {voice.number: (voice.number,) for voice in proposals}
    for family in near["families"]:
        members = tuple(number for number in sorted(family) if number in family_of)
        family_of.update(dict.fromkeys(members, members))
    families = set(family_of.values())
    nearest = {voice.number: 10**6 * (voice.number in times) for voice in proposals}
    for number, beside, millionths in near["nearest"]:
        if beside in times and number in nearest:
            nearest[number] = max(nearest[number], millionths)
    return {
        "formula": "coverage/1",
        "parameters": PARAMETERS,
        "seed": None,
        "input_hash": hashlib.sha256(canonical(said)).hexdigest(),
        "claims": len(claims),
        "claims_without_citation": sum(not any(number in voices for number in numbers) for _label, _kind, numbers in claims),
        "headline": {
            "cited": share(len(cited), len(proposals)),
            "uncited": [
                {"number": one.number, "reason": one.reason, "is_reached_by_a_reply": one.number in reached} for one in uncited
            ],
            "without_reason": sum(not voice.reason.strip() for voice in uncited),
        },
        "by_votes": share(votes_on(cited), votes_on(proposals)),
        "by_families": share(sum(is_any(family_of[one.number], times) for one in proposals), len(proposals)),
        "soft": share(sum(nearest.values()), 10**6 * len(nearest)),
        "to_read": to_read(voices, families, times, nearest),
        "controversies": [sides(claim, voices) for claim in claims if claim[1] == "controversy"],
        "left_out": left_out(voices, times, owner),
        "concentration": concentration(
            voices, claims, times, {family for family in families if len(family) > PARAMETERS["campaign_above"]}
        ),
        "topics": topic_balance(voices, proposals, times, owner),
    }


def share(part, of):
    return {"part": part, "whole": of}


def is_any(numbers, times):
    return any(number in times for number in numbers)


def votes_on(voices):
    return sum(voice.agree + voice.mixed + voice.disagree for voice in voices)


def proposal_of(number, voices):
    """The proposal it is about, directly or through others; None when the chain leads nowhere."""
    for _step in voices:
        if number not in voices or voices[number].kind == "proposal":
            break
        number = voices[number].about
    return number if number in voices and voices[number].kind == "proposal" else None


def to_read(voices, families, times, nearest):
    """Families that nothing cites: √votes × (1 − how near a cited text is) × what stands out, the greatest first."""
    found = []
    for family in families:
        if is_any(family, times):
            continue
        members, near = [voices[number] for number in family], max(nearest[number] for number in family)
        supported = [-supported_key(one.agree, votes_on([one])) for one in members]
        divisive = [-divisive_key(one.agree, one.disagree, votes_on([one])) for one in members]
        votes = votes_on(members)
        score = math.isqrt(votes * 10**18) * (10**6 - near) * max(0, *supported, *divisive) // 10**15
        found.append({"numbers": list(family), "votes": votes, "nearest": near, "score": score})
    return sorted(found, key=lambda one: (-one["score"], one["nearest"], one["numbers"]))


def sides(claim, voices):
    """Do the arguments that a controversy cites come from both sides?"""
    told = [(voices[number].kind, voices[number].side) for number in claim[2] if number in voices]
    pro, con = (told.count(("argument", side)) for side in ("for", "against"))
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
    total, most = sum(counts.values()), sum(sorted(counts.values())[-PARAMETERS["most_cited"] :])
    sent = [{"numbers": list(one), "size": len(one), "is_cited": is_any(one, times)} for one in sorted(campaigns)]
    index = share(sum(count * count for count in counts.values()), total * total)
    return {"most_cited": share(most, total), "authors": len(counts), "index": index, "campaigns": sent}


def authors_by_origin(voices, claims, texts):
    """Authors of proposals by origin, and of how many one is cited; fewer than ten are put with the next smallest."""
    wrote, named, cited = {}, {}, {number for _label, _kind, numbers in claims for number in numbers}
    for voice in (voice for voice in voices if voice.kind == "proposal"):
        origin, author = texts[voice.number].origin, voice.author or voice.number
        wrote.setdefault(origin, set()).add(author)
        named.setdefault(origin, set()).update({author} if voice.number in cited else ())
    shown, pooled = sorted(wrote, key=lambda origin: (-len(wrote[origin]), origin)), []
    while shown and (len(wrote[shown[-1]]) < 10 or 0 < people(wrote, pooled) < 10):
        pooled.append(shown.pop())
    rows = [(origin, [origin], False) for origin in shown] + [("others", pooled, True)] * (people(wrote, pooled) >= 10)
    return [
        {"value": value, "authors": people(wrote, of), "cited": people(named, of), "is_pooled": is_pooled}
        for value, of, is_pooled in rows
    ]


def people(sets, names):
    return len(set().union(*(sets[name] for name in names)))


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


if __name__ == "__main__":
    sys.exit(main())
