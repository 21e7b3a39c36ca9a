"""Under which stems is a French text found, typed with or without accents, inflected or inclusive?

The scheme, `french/1`, the same for texts and for queries and for both databases:

1. Inclusive writing becomes both full forms (`normalise_inclusive`); compatibility characters are unfolded (NFKC),
   apostrophes made straight, everything lower-cased.
2. The text is cut into words (`words`): elided articles and pronouns (l', d', qu', jusqu'…) leave, « aujourd'hui »
   stays whole, hyphens separate, « 10 000 » is one number, « 3,5 » one decimal, « O.N.U. » one word.
3. Each word has up to five stems (`alternatives`), all plain ASCII for French:
   the *plain* stem, Snowball French on the word without accents (« sécurité » → securit, as typed « securite »);
   the *accented* stem, Snowball French on the word as written, then without accents (« numérisée » → numeris, as
   « numérisé »); for a word typed without accent whose end can only be « -ée(s) », the stem of that
   (« engagees » → engag); and those of its singular where Snowball keeps a plural whole, after a, i, o, u
   (« vélos », « lois », « élus ») and in « -eux » and « -oux » (« lieux », « choux »).
4. `index_text` is the plain stem of every word in order, then `BOUNDARY`, then the other stems. A query word is found
   when one of its stems is; a phrase when its plain stems follow one another.

Stems are those of the installed PyStemmer: after an upgrade, rebuild the index. Source: M. F. Porter, Snowball,
https://snowballstem.org/algorithms/french/stemmer.html.
"""

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from polyphonie.opinion.texts.inclusive import both_forms

BOUNDARY = "zqz0zqz"  # between the two parts of an index text, so that no phrase runs across
LONGEST_WORD = 64  # characters kept of a word: what is longer is no French word, and databases limit their lexemes
MOST_QUERY_WORDS = 32

_STOP_WORDS = """
    à a ai ainsi alors après as au aucun aucune aussi autre autres aux avait avec avez avoir avons
    ayant bien c ça car ce ceci cela celle celles celui cependant ces cet cette ceux chacun chacune
    chaque chez ci comme comment d dans de déjà depuis des dès desquels desquelles doit doivent donc
    dont du duquel durant elle elles en encore entre es est et étaient était étant été être eu eux
    faire fait faut font furent fut ici il ils j je jusqu jusque l la là laquelle le lequel les
    lesquelles lesquels leur leurs lors lorsque lui m ma mais me même mêmes mes moi mon n ne ni nos
    notre nôtre nous on ont or ou où par parce pas pendant peu peut peuvent plus pour pourquoi puis
    puisque qu quand que quel quelle quelles quels quelqu'un qui quoi quoique s sa sans se selon
    sera serait seront ses si sien soi soient soit sommes son sont sous suis sur t ta tandis te tel
    telle telles tels tes toi ton tous tout toute toutes très tu un une vers voici voilà vos votre
    vôtre vous vu y
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

_APOSTROPHES = "’ʼ‘`´′ʹ＇"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"  # soft hyphens, zero-width characters
_UNFOLDED_AT_ONCE = tuple([(mark, "'") for mark in _APOSTROPHES] + [(mark, "") for mark in _INVISIBLE])
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_COMBINING = re.compile("[\u0300-\u036f]")
_MAYBE_AN_ACRONYM = re.compile(r"\.[^\W\d_]\.")
_DOTTED_ACRONYM = re.compile(r"(?<![\w.])(?:[^\W\d_]\.){2,}[^\W\d_]?(?![\w@])")
_MAYBE_THOUSANDS = re.compile(r"\d \d{3}")
_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?: \d{3})+(?!\w)")
_WORD = re.compile(r"\d+(?:[.,]\d+)+(?![^\W_])|[^\W_][^\W_\u0300-\u036f]*(?:'[^\W_]+)*")
_ELISIONS = frozenset(("l", "d", "j", "m", "n", "t", "s", "c", "ç", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"))
_WHOLE = re.compile(r"(?:aujourd'hui|prud'hom\w*|quelqu'une?s?|presqu'[iî]les?|grand'(?:m[eè]re|place|rue)s?)\Z")
_UNACCENTED_PARTICIPLE = re.compile(r"[a-z]{3,}ees?\Z")
_WHOLE_PLURAL = re.compile(r"(?:[a-z]{2,}[aiou]s|[a-z]+[eo]ux)\Z")

# "a phrase", -word, -"a phrase", word; typographic quotation marks as well.
_QUERY_PART = re.compile(r'(?P<minus>(?<!\S)[-−])?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_QUOTATION_MARKS = str.maketrans(dict.fromkeys("«»“”„‟", '"'))

_stemmers = threading.local()  # a Stemmer object may not be used by two threads at once


@dataclass(frozen=True, slots=True)
class Query:
    """What a person asks for, as stems.

    `terms`: for each word its alternative stems, of which one must be in the index text. `phrases`: plain stems that
    must follow one another there. `excluded`, `excluded_phrases`: the same, that must not be there.
    """

    terms: tuple[tuple[str, ...], ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    excluded_phrases: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is asked for: exclusions alone ask for nothing."""
        return bool(self.terms or self.phrases)

    def as_fts5(self) -> str:
        """The query for SQLite's FTS5, on a column that holds `index_text`; empty when nothing is asked for."""
        if not self:
            return ""
        wanted = ["(" + " OR ".join(f'"{stem}"' for stem in term) + ")" for term in self.terms]
        wanted += ['"' + " ".join(phrase) + '"' for phrase in self.phrases]
        unwanted = [f'"{stem}"' for term in self.excluded for stem in term]
        unwanted += ['"' + " ".join(phrase) + '"' for phrase in self.excluded_phrases]
        match = " AND ".join(wanted)
        return f"({match}) NOT ({' OR '.join(unwanted)})" if unwanted else match

    def as_tsquery(self) -> str:
        """The query as a PostgreSQL tsquery, on `to_tsvector('simple', index_text)`; empty when nothing is asked."""
        if not self:
            return ""
        parts = ["(" + " | ".join(f"'{stem}'" for stem in term) + ")" for term in self.terms]
        parts += ["(" + " <-> ".join(f"'{stem}'" for stem in phrase) + ")" for phrase in self.phrases]
        parts += [f"!'{stem}'" for term in self.excluded for stem in term]
        parts += ["!(" + " <-> ".join(f"'{stem}'" for stem in phrase) + ")" for phrase in self.excluded_phrases]
        return " & ".join(parts)

    def matches(self, text: str) -> bool:
        """Whether a text answers the query, as the databases would say from its `index_text`."""
        if not self:
            return False
        index = f" {index_text(text)} "
        return (
            all(any(f" {stem} " in index for stem in term) for term in self.terms)
            and all(f" {' '.join(phrase)} " in index for phrase in self.phrases)
            and not any(f" {stem} " in index for term in self.excluded for stem in term)
            and not any(f" {' '.join(phrase)} " in index for phrase in self.excluded_phrases)
        )


def normalise_inclusive(text: str) -> str:
    """`text` with each inclusive word replaced by its two full forms: agent·e·s becomes « agents agentes ».

    Follows agent·e·s, agent.e.s, agent-e-s, agent/e/s, agent(e)s and their kin (lecteur·rice·s, tou·te·s); leaves
    addresses, decimals, abbreviations and compound words (est-ce, peut-être, rendez-vous, dit-elle). Applied twice it
    changes nothing more.
    """
    return both_forms(lambda masculine, feminine: f"{masculine} {feminine}", unicodedata.normalize("NFC", text))


def words(text: str) -> list[str]:
    """The words of `text` in order, lower-case, with their accents, inclusive forms in full and elisions removed.

    Decimals keep one sign, a point (« 3,5 » gives "3.5").
    """
    return _cut(normalise_inclusive(text))


def alternatives(word: str) -> tuple[str, ...]:
    """The stems of one word as `words` gives it, the plain one first: one to five, all different.

    Empty for a word of which nothing is left.
    """
    return _alternatives(word[:LONGEST_WORD])


def stems(text: str) -> list[str]:
    """The stems of `text`: the plain stem of every word in order, then the other stems in order (module docstring)."""
    plain, others = _two_parts(text)
    return plain + others


def index_text(text: str) -> str:
    """What to store in the index column for `text`: its stems joined by spaces, the two parts cut by `BOUNDARY`.

    Only lower-case letters, digits and spaces, so that `to_tsvector('simple', …)` of PostgreSQL and the `unicode61`
    tokenizer of SQLite see the same words. Deterministic; linear in the length of the text.
    """
    plain, others = _two_parts(text)
    return " ".join([*plain, BOUNDARY, *others] if others else plain)


def parse_query(query: str) -> Query:
    """What a person asks for: words, "phrases" in any quotation marks, -exclusions.

    Stop words are dropped unless there is nothing else; an inclusive word asks for either of its forms; a compound
    word (open-data) is a phrase. No input is an error; at most `MOST_QUERY_WORDS` parts are read.
    """
    feminines: dict[str, str] = {}

    def keep_masculine(masculine: str, feminine: str) -> str:
        feminines[masculine.lower()] = feminine.lower()
        return masculine

    text = both_forms(keep_masculine, _unfolded(query).translate(_QUOTATION_MARKS))
    terms: list[tuple[str, ...]] = []
    stop_terms: list[tuple[str, ...]] = []
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []
    excluded_phrases: list[tuple[str, ...]] = []
    for count, part in enumerate(_QUERY_PART.finditer(text)):
        if count >= MOST_QUERY_WORDS:
            break
        found = [word for word in _cut(part["phrase"] or part["word"] or "") if alternatives(word)][:MOST_QUERY_WORDS]
        if len(found) > 1 and (part["phrase"] is not None or not _is_elsewhere_separated(part[0])):
            phrase = tuple(alternatives(word)[0] for word in found)
            (excluded_phrases if part["minus"] else phrases).append(phrase)
            continue
        for word in found:
            term = _either(word, feminines.get(word))
            if part["minus"]:
                excluded.append(term)
            else:
                (stop_terms if is_stop_word(word) else terms).append(term)
    if not terms and not phrases:
        terms = stop_terms
    return Query(*(tuple(dict.fromkeys(parts)) for parts in (terms, phrases, excluded, excluded_phrases)))


def is_stop_word(word: str) -> bool:
    """Whether `word`, lower-case, carries no meaning of its own in French, with or without its accents."""
    return word in STOP_WORDS or word in _STOP_WORDS_UNACCENTED


def without_accents(text: str) -> str:
    """`text` without accents, cedillas and ligatures: « cœur français » gives "coeur francais"."""
    return _COMBINING.sub("", unicodedata.normalize("NFD", text.translate(_LIGATURES)))


@lru_cache(maxsize=20_000)
def plain(word: str) -> str:
    """One word `without_accents`, remembered."""
    return without_accents(word)


def _unfolded(text: str) -> str:
    """`text` with compatibility characters unfolded, straight apostrophes and no space inside numbers."""
    for mark, becomes in _UNFOLDED_AT_ONCE:
        if mark in text:  # five times as fast as a table for every character
            text = text.replace(mark, becomes)
    text = unicodedata.normalize("NFKC", text)
    if _MAYBE_THOUSANDS.search(text) is None:
        return text
    return _THOUSANDS.sub(lambda number: number[0].replace(" ", ""), text)


def _cut(text: str) -> list[str]:
    text = _unfolded(text)
    if _MAYBE_AN_ACRONYM.search(text) is not None:
        text = _DOTTED_ACRONYM.sub(lambda acronym: acronym[0].replace(".", ""), text)
    found: list[str] = []
    for word in _WORD.findall(text.lower()):
        if word[0].isdigit():
            found.append(word.replace(",", "."))
        elif "'" in word:
            found += _without_elisions(word)
        else:
            found.append(word)
    return found


def _without_elisions(word: str) -> list[str]:
    parts = word.split("'")
    last_two = "'".join(parts[-2:])
    if _WHOLE.match(last_two):
        parts[-2:] = [last_two]
    return [part for part in parts[:-1] if part not in _ELISIONS] + parts[-1:]


def _two_parts(text: str) -> tuple[list[str], list[str]]:
    plain: list[str] = []
    others: list[str] = []
    for word in words(text):
        found = _alternatives(word[:LONGEST_WORD])
        if len(found) == 1:
            plain.append(found[0])
        else:
            plain += found[:1]
            others += found[1:]
    return plain, others


@lru_cache(maxsize=20_000)
def _alternatives(word: str) -> tuple[str, ...]:
    plain = without_accents(word)
    if plain[:1].isdigit():
        return tuple(filter(None, (_indexable(plain.replace(".", "d")),)))  # a decimal stays one word: 3.5 is "3d5"
    guesses = [_stem(plain), without_accents(_stem(word))]
    if word == plain and _UNACCENTED_PARTICIPLE.match(word):
        restored = re.sub("ee(s?)$", r"ée\1", word)
        guesses.append(without_accents(_stem(restored)))
    if _WHOLE_PLURAL.match(plain) and not is_stop_word(word[:-1]):
        guesses += [_stem(plain[:-1]), without_accents(_stem(word[:-1]))]
    return tuple(dict.fromkeys(filter(None, map(_indexable, guesses))))


def _indexable(stem: str) -> str:
    return "" if stem == BOUNDARY else "".join(filter(str.isalnum, stem))


def _stem(word: str) -> str:
    try:
        stemmer = _stemmers.french
    except AttributeError:
        stemmer = _stemmers.french = Stemmer.Stemmer("french", 0)  # no cache of its own: results are kept above
    return str(stemmer.stemWord(word))


def _either(word: str, feminine: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(alternatives(word) + (alternatives(feminine) if feminine else ())))


def _is_elsewhere_separated(part: str) -> bool:
    """Whether something looser than a hyphen, a point or an apostrophe separates the words of a query part."""
    return bool(re.search(r"[^\w'’.\-‐‑−@]", part[1:]))


_STOP_WORDS_UNACCENTED = frozenset(map(without_accents, STOP_WORDS))
