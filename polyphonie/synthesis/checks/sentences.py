"""Which sentences, and which figures, does a statement hold once its citations are left aside?

What is found in a text is kept for the few thousand statements last seen (`KEPT`): the desk looks at all of them on each page.
"""

import re
from functools import lru_cache

KEPT = 2_000

_PLACE = re.compile(r"⟦\d{1,3}⟧")
_NUMBER = re.compile(r"(?<![\w&/#\[])#\d{1,9}\b")
_QUOTED = re.compile(r"«[^«»]*»")
_END = re.compile(r"(?<=[.!?…])(?:\s*[)»\]])*\s+(?=[«(\[]?[^\W\d_a-zà-ÿ])")
_ABBREVIATED = re.compile(r"(?:\b(?:art|cf|etc|M|Mme|n|p|ex|vol|al|St|Ste|env|min|max|tél|éd)|\b[A-Z])\.$")
_FIGURE = re.compile(r"(?<![\w,.])\d{1,3}(?:[ \u00a0\u202f.]\d{3})+(?![\d])(?:,\d+)?(?:\s?%)?|(?<![\w,.])\d+(?:,\d+)?(?:\s?%)?")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d\Z")
_MONTH = re.compile(
    r"\s+(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?:\b(?:articles?|art\.|lois?|décrets?|directives?|règlements?|RN|RD|n°|nos|numéros?|rue|ligne|lignes|version|page|p\.|alinéas?|titres?|"
    r"chapitres?|volets?|options?|scénarios?|zones?|tranches?|phases?|étapes?|niveaux?|niveau)\s*(?:n°\s*)?)$",
    re.IGNORECASE,
)


@lru_cache(maxsize=KEPT)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Where each sentence of a stored statement begins and ends; an abbreviation ends none."""
    found, start = [], 0
    for end in _END.finditer(text):
        if _ABBREVIATED.search(text[start : end.start()]):
            continue
        found.append((start, end.end()))
        start = end.end()
    if text[start:].strip():
        found.append((start, len(text)))
    return tuple(found)


def sentence_at(text: str, place: int) -> str:
    """The sentence that holds this character; citations that stand alone after a full stop belong to the one before."""
    before = ""
    for start, end in sentences(text):
        words = text[start:end]
        if place < end:
            return words if bare(words).strip(" .,;:()") else before
        before = words
    return before


@lru_cache(maxsize=KEPT)
def bare(text: str) -> str:
    """The words of a stored statement that are its own: neither numbers cited nor anything quoted."""
    return _NUMBER.sub(" ", _QUOTED.sub(" ", _PLACE.sub(" ", text)))


def figures_in(text: str) -> list[str]:
    """The figures a text states: not years, not days of a month, not the numbers of articles, laws, roads."""
    found = []
    for match in _FIGURE.finditer(text):
        if _YEAR.fullmatch(match[0]) or _NAMED.search(text, max(0, match.start() - 24), match.start()):
            continue
        if _MONTH.match(text, match.end()):
            continue
        found.append(match[0])
    return list(dict.fromkeys(found))
