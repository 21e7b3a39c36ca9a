"""Which two full forms stand behind a word in inclusive writing?

French inclusive writing shortens « les agents et les agentes » into one word whose endings are cut by a sign:
agent·e·s, agent.e.s, agent-e-s, agent/e/s, agent(e)s. Search engines take such words for host names or cut
them in pieces. Here each is replaced by both full forms, and nothing else is touched: the middle dot serves no
other purpose in French, the other signs are followed only when the ending fits the word (« lecteur » takes
« rice », « est » never takes « ce »).
"""

import re
from collections.abc import Callable
from typing import NamedTuple

_LETTER = r"[^\W\d_]"
_MIDDLE_DOTS = "·•‧⋅∙・"
_DASHES = "\\-‐‑"
_BASE = rf"(?P<base>{_LETTER}{{2,40}})"
_NOTHING_GLUED_AFTER = rf"(?![\w@]|[./{_DASHES}{_MIDDLE_DOTS}@(]\w)"

# agent·e·s, agent·es, tou·s·tes, il·elle. Parts are at most 8 letters: « celles », « eresses ».
_WITH_MIDDLE_DOT = re.compile(
    rf"(?<![\w{_MIDDLE_DOTS}@]){_BASE}(?P<mark>[{_MIDDLE_DOTS}])(?:s(?P=mark))?(?P<ending>{_LETTER}{{1,8}})"
    rf"(?:(?P=mark)(?P<plural>[sS]))?(?![\w{_MIDDLE_DOTS}@])"
)
# The same with a sign that also lives elsewhere: full stop, hyphen, slash.
_WITH_COMMON_SIGN = re.compile(
    rf"(?<![\w@./]){_BASE}(?P<mark>[./{_DASHES}])(?P<ending>{_LETTER}{{1,8}})(?:(?P=mark)(?P<plural>[sS]))?"
    rf"{_NOTHING_GLUED_AFTER}"
)
# agent(e)s, agent(e)(s), agent(es), article(s).
_WITH_PARENTHESES = re.compile(
    rf"(?<![\w@./]){_BASE}\((?P<ending>{_LETTER}{{1,8}})\)(?P<plural>[sS]|\([sS]\))?{_NOTHING_GLUED_AFTER}"
)
_A_SIGN_BEFORE_A_LETTER = re.compile(rf"[./({_DASHES}{_MIDDLE_DOTS}](?={_LETTER})")  # in none of the forms is it absent
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<![^\s@<>()])[^\s@<>()]{1,64}@[^\s@<>()]{1,255}", re.IGNORECASE)

# What a match of each cannot do without, found ten times as fast: most texts hold none of it.
_PATTERNS = (
    (re.compile(f"[{_MIDDLE_DOTS}]"), _WITH_MIDDLE_DOT),
    (re.compile(r"\("), _WITH_PARENTHESES),
    (re.compile(rf"[./{_DASHES}]{_LETTER}"), _WITH_COMMON_SIGN),
)
_MAYBE_AN_ADDRESS = re.compile("://|@|[wW]{3}")


class _Rule(NamedTuple):
    """The feminine of a word ending in `base` that is written with `ending`: drop `cut` letters, add `add`."""

    ending: str
    base: str
    cut: int
    add: str


_RULES = tuple(
    _Rule(*rule)
    for rule in (
        ("e", "er", 2, "ère"),
        ("e", "tou", 0, "te"),
        ("te", "tou", 0, "te"),
        ("te", "tout", 0, "e"),
        ("e", "", 0, "e"),
        ("ne", "n", 0, "ne"),
        ("nne", "n", 0, "ne"),
        ("enne", "en", 0, "ne"),
        ("ienne", "ien", 0, "ne"),
        ("onne", "on", 0, "ne"),
        ("le", "l", 0, "le"),
        ("lle", "l", 0, "le"),
        ("elle", "el", 0, "le"),
        ("te", "t", 0, "te"),
        ("tte", "t", 0, "te"),
        ("ette", "et", 0, "te"),
        ("ète", "et", 2, "ète"),
        ("se", "eux", 1, "se"),
        ("se", "oux", 1, "se"),
        ("se", "eur", 1, "se"),
        ("euse", "eur", 3, "euse"),
        ("euse", "eux", 3, "euse"),
        ("rice", "eur", 3, "rice"),
        ("ice", "eur", 3, "rice"),
        ("trice", "teur", 4, "trice"),
        ("eure", "eur", 0, "e"),
        ("eresse", "eur", 3, "eresse"),
        ("ve", "f", 1, "ve"),
        ("ive", "if", 2, "ive"),
        ("ère", "er", 2, "ère"),
        ("ere", "er", 2, "ère"),
        ("ière", "ier", 3, "ière"),
        ("iere", "ier", 3, "ière"),
        ("sse", "e", 0, "sse"),
        ("esse", "e", 0, "sse"),
    )
)
# Endings that may be words of their own after a hyphen (« est-elle ») or a full stop: only in agent·e and agent(e).
_UNAMBIGUOUS_RULES = tuple(
    _Rule(*rule)
    for rule in (
        ("que", "grec", 0, "que"),
        ("que", "c", 1, "que"),
        ("che", "c", 0, "he"),
        ("elle", "eau", 3, "elle"),
        ("ale", "al", 0, "e"),
    )
)
_WHOLE_PAIRS = {
    ("le", "la"): ("le", "la"),
    ("il", "elle"): ("il", "elle"),
    ("ils", "elles"): ("ils", "elles"),
    ("il", "elles"): ("ils", "elles"),
    ("celui", "celle"): ("celui", "celle"),
    ("ceux", "celles"): ("ceux", "celles"),
    ("ceux", "elles"): ("ceux", "celles"),
    ("un", "une"): ("un", "une"),
    ("tous", "tes"): ("tous", "toutes"),
    ("tous", "toutes"): ("tous", "toutes"),
    ("tou", "tes"): ("tous", "toutes"),
}
_ALREADY_SINGULAR = ("is", "us", "os", "as", "ès", "rs")
# « .es », « .se », « .ne », « .ve », « .le »: country codes. Plain « word.es » is a host name unless the word looks
# like a French masculine.
_COUNTRY_CODE_ENDINGS = frozenset({"es", "se", "ne", "ve", "ice"})
_FRENCH_MASCULINE = re.compile(r"(?:ent|ant|and|ard|eur|eux|ier|ien|yen|if|crit|duit|[^\x00-\x7f][a-z]{0,2})$")


def both_forms(replace: Callable[[str, str], str], text: str) -> str:
    """`text` where each inclusive word is replaced by `replace(masculine, feminine)`.

    A word with a mere plural in parentheses, « article(s) », gives its singular and its plural. Web and mail
    addresses are left as they are. Linear in the length of the text.
    """

    if not _A_SIGN_BEFORE_A_LETTER.search(text):
        return text

    def of_match(match: re.Match[str]) -> str:
        forms = _forms(match)
        return replace(*forms) if forms else match[0]

    def of_words(words: str) -> str:
        for needed, pattern in _PATTERNS:
            if needed.search(words) is not None:
                words = pattern.sub(of_match, words)
        return words

    if _MAYBE_AN_ADDRESS.search(text) is None:
        return of_words(text)
    pieces: list[str] = []
    end = 0
    for address in _ADDRESS.finditer(text):
        pieces += (of_words(text[end : address.start()]), address[0])
        end = address.end()
    pieces.append(of_words(text[end:]))
    return "".join(pieces)


def _forms(match: re.Match[str]) -> tuple[str, str] | None:
    """The two full forms of one matched word, or None when it is no inclusive writing."""
    base, ending = match["base"], match["ending"]
    mark = match["mark"] if "mark" in match.re.groupindex else "("
    if not (ending.islower() or base.isupper()):
        return None
    forms = _lower_forms(base.lower(), ending.lower(), bool(match["plural"]), mark)
    if forms is None:
        return None
    masculine, feminine = forms
    if base.isupper():
        return masculine.upper(), feminine.upper()
    return base[0] + masculine[1:], feminine


def _lower_forms(base: str, ending: str, is_plural: bool, mark: str) -> tuple[str, str] | None:
    unambiguous = mark in _MIDDLE_DOTS or mark == "("
    if (base, ending) in _WHOLE_PAIRS:
        masculine, feminine = _WHOLE_PAIRS[base, ending]
        return (_plural(masculine), _plural(feminine)) if is_plural and base == "il" else (masculine, feminine)
    if ending == "s":
        return (base, base + "s") if len(base) >= 3 and mark not in "./" and not base.endswith(("s", "x")) else None
    if mark == "." and not is_plural and ending in _COUNTRY_CODE_ENDINGS and not _FRENCH_MASCULINE.search(base):
        return None
    if ending.endswith("s") and len(ending) > 1:
        is_plural, ending = True, ending[:-1]
    singular = _singular(base) if is_plural else base
    feminine_singular = _feminine(singular, ending, unambiguous)
    if feminine_singular is None and mark in _MIDDLE_DOTS:
        feminine_singular = _spliced(singular, ending)
    if feminine_singular is None:
        return None
    if not is_plural:
        return ("tout" if base == "tou" else base), feminine_singular
    return ("tous" if singular in ("tou", "tout") else _plural(singular)), _plural(feminine_singular)


def _feminine(base: str, ending: str, unambiguous: bool) -> str | None:
    for rule in _RULES + (_UNAMBIGUOUS_RULES if unambiguous else ()):
        if ending != rule.ending or not base.endswith(rule.base):
            continue
        if rule.base == "" and base.endswith("e"):
            return None  # a word in -e takes no second one: « groupe-e » is something else
        return base[: len(base) - rule.cut] + rule.add
    return None


def _spliced(base: str, ending: str) -> str:
    """A feminine no rule knows: the word, cut where the ending's first letter last occurs (« copain·ine »)."""
    cut = base.rfind(ending[0])
    return base[: cut if cut > 0 and len(ending) >= 3 else len(base)] + ending


def _singular(base: str) -> str:
    if base.endswith("aux") and not base.endswith("eaux"):
        return base[:-3] + "al"
    if base.endswith("eaux"):
        return base[:-1]
    if base.endswith("s") and not base.endswith(_ALREADY_SINGULAR) and len(base) > 3:
        return base[:-1]
    return base


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "z")):
        return word
    if word.endswith("al"):
        return word[:-2] + "aux"
    return word + ("x" if word.endswith("eau") else "s")
