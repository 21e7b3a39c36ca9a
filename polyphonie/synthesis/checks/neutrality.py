"""Which words of a sentence judge, press or jeer, in the voice of the synthesis itself? What is quoted or reported is exempt."""

import re
from collections.abc import Iterable
from functools import lru_cache

from django.utils.translation import gettext as _

from polyphonie.synthesis.checks.sentences import KEPT, bare, sentences

_JUDGING = (
    r"évidemment|bien sûr|bien entendu|malheureusement|heureusement|hélas|manifestement|incontestablement|indéniablement|"
    r"forcément|à juste titre|force est de constater|il va de soi|de toute évidence|soi-disant|prétendument|prétendu(?:e?s?)|"
    r"scandaleu(?:x|ses?|sement)|honteu(?:x|ses?|sement)|inadmissibles?|intolérables?|inacceptables?|aberrant(?:e?s?)|absurdes?|"
    r"ridicules?|stupides?|grotesques?|lamentables?|déplorables?|excellent(?:e?s?)|formidables?|géni(?:al|ale|ales|aux)|remarquables?|admirables?"
)
_PRESSING = (
    r"il faut|il faudrait|faut-il vraiment|nous devons|on doit|doit absolument|doivent absolument|"
    r"il est (?:urgent|indispensable|impératif|essentiel|primordial|temps|grand temps) (?:de|d[’']|que|qu[’'])"
)
_LEXICON = re.compile(rf"\b(?:{_JUDGING}|{_PRESSING})(?!\w)", re.IGNORECASE)
_REPORTED = re.compile(
    r"\b(?:selon|d[’']après|pour (?:#|certains|certaines|d[’']autres|plusieurs|une partie|"
    r"les (?:contributeurs|participants|uns|autres|opposants|partisans))|"
    r"aux yeux d|de l[’']avis d|"
    r"(?:estim|jug|considèr|considér|pens|affirm|déclar|souhait|demand|propos|suggèr|suggér|réclam|exig|dénonc|déplor|regrett|"
    r"soulign|rappel|craign|redout|plaid|défend|soutien|souten|recommand|préconis|appell|insist|critiqu|dis|remarqu|constat|observ|not|ajout|expliqu|indiqu|précis|invit|trouv|veul)"
    r"(?:e|ent|ant|aient|ait|é|ée|és|ées|ne|nent|le|lent|s|nt|\b))\b",
    re.IGNORECASE,
)


def doubts(text: str) -> Iterable[tuple[str, str]]:
    """Each word that judges, once, with what is said of it; `text` in its stored form."""
    for about, word in _judging(text):
        yield about, _("« %(word)s »: is it the synthesis that says so? Say who does, or leave it out.") % {"word": word}


@lru_cache(maxsize=KEPT)
def _judging(text: str) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for start, end in sentences(text):
        own = bare(text[start:end])
        reported = _REPORTED.search(own)
        for match in _LEXICON.finditer(own):
            if reported is None or match.start() < reported.start():
                found.setdefault(match[0].casefold(), match[0])
        if own.rstrip().endswith("!") and reported is None:
            found.setdefault("!", "!")
    return tuple(found.items())
