"""Do the votes confirm the quantity that a sentence states? « La majorité » holds when agreement is above half for certain.

Bounds: Wilson, one-sided 90 % (`opinion.formulae`), on the votes of each cited proposal: the weakest decides.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from polyphonie.core.printing import share
from polyphonie.opinion.formulae import wilson_lower
from polyphonie.synthesis.checks.sentences import KEPT, bare

V4 = "V4"
NEARLY_ALL = 0.9
_PEOPLE = (
    r"(?:contributeurs|contributrices|contributions|participants|participantes|propositions|avis|répondants|répondantes|votants|votantes|"
    r"habitants|habitantes|citoyens|citoyennes|arguments|personnes)"
)
_OTHER_MAJORITIES = "numérique|municipale|parlementaire|présidentielle|qualifiée|légale|sexuelle"
_MAJORITY = re.compile(
    rf"\b(?:(?:la|une) (?:(?:très )?(?:grande|large) )?majorité(?! (?:{_OTHER_MAJORITIES}))|majoritaire(?:s|ment)?|la plupart|"
    r"le plus grand nombre|plus de la moitié|(?:fait|font|un) (?:large )?consensus|"
    rf"presque (?:tous|toutes)(?: les {_PEOPLE})?)\b",
    re.IGNORECASE,
)
_UNANIMITY = re.compile(
    rf"\b(?:unanimes?|unanimement|unanimité|(?:tous|toutes) les {_PEOPLE}|l[’']ensemble des {_PEOPLE}|la totalité des {_PEOPLE}|"
    rf"aucune? (?:contributeur|contributrice|contribution|participante?|proposition|avis|argument)|personne ne|nul ne)\b",
    re.IGNORECASE,
)
_MINORITY = re.compile(
    r"\b(?:une (?:petite |faible )?minorité|minoritaire(?:s|ment)?|une poignée|quelques rares|seuls? quelques|"
    r"moins de la moitié)\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+(?:,\d+)?")


@dataclass(frozen=True, slots=True)
class Counted:
    """The votes of a cited text, cast here or taken over; none for what is not voted on."""

    agree: int = 0
    mixed: int = 0
    disagree: int = 0
    arguments: int = 0

    @property
    def votes(self) -> int:
        return self.agree + self.mixed + self.disagree

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which shares of agreement one may speak."""
        return wilson_lower(self.agree, self.votes), 1 - wilson_lower(self.votes - self.agree, self.votes)

    @property
    def is_majority(self) -> bool:
        return self.bounds[0] > 0.5

    @property
    def is_minority(self) -> bool:
        return self.votes > 0 and self.bounds[1] < 0.5

    @property
    def is_nearly_all(self) -> bool:
        return self.bounds[0] > NEARLY_ALL

    def in_words(self, number: int) -> str:
        """« #292 : 46 % d'accord, entre 41 et 51 »."""
        low, high = self.bounds
        said = {"number": number, "share": share(self.agree, self.votes), "low": round(100 * low), "high": round(100 * high)}
        return _("#%(number)s: %(share)s agree, between %(low)s and %(high)s") % said


UNCOUNTED = Counted()


def doubts(
    text: str, unsaid: Collection[str], counted: Sequence[Counted], numbers: Sequence[int]
) -> Iterable[tuple[str, str, str]]:
    """The quantities of a statement that neither votes nor cited texts confirm; `counted` in the order of its citations."""
    voted = [one for one in counted if one.votes]
    meant: tuple[tuple[Callable[[Counted], bool], str], ...] = (
        (lambda one: one.is_majority, _("« some »")),
        (lambda one: one.is_nearly_all, _("« many »")),
        (lambda one: one.is_minority, _("« some »")),
    )
    for words, (holds, instead) in zip(_quantities(text), meant, strict=True):
        for word in words:
            if not voted:
                yield (
                    V4,
                    word.casefold(),
                    _("« %(word)s »: no vote on what is cited says so. Write %(instead)s?") % {"word": word, "instead": instead},
                )
            elif not all(holds(one) for one in voted):
                weakest = next(one for one in voted if not holds(one))
                said = {"word": word, "figure": _figure(weakest), "instead": instead}
                yield V4, word.casefold(), _("« %(word)s »: %(figure)s. Write %(instead)s?") % said
    known = {value for one in counted for value in _known(one)} | {str(len(numbers))} if unsaid else set()
    for figure in unsaid:
        digits = _DIGITS.search(figure.replace(" ", "").replace("\u00a0", "").replace("\u202f", ""))
        if digits is None or digits[0] not in known:
            yield V4, figure, _("« %(figure)s »: neither the cited texts nor the votes say this figure.") % {"figure": figure}


@lru_cache(maxsize=KEPT)
def _quantities(text: str) -> tuple[tuple[str, ...], ...]:
    """What a statement says of majorities, of all, of minorities: each word once."""
    own = bare(text)
    return tuple(tuple(dict.fromkeys(match[0] for match in found.finditer(own))) for found in (_MAJORITY, _UNANIMITY, _MINORITY))


def _figure(one: Counted) -> str:
    low, high = one.bounds
    said = {"share": share(one.agree, one.votes), "low": round(100 * low), "high": round(100 * high)}
    return _("%(share)s agree, between %(low)s and %(high)s") % said


def _known(one: Counted) -> Iterable[str]:
    """The figures that the votes on a text state."""
    yield from (str(value) for value in (one.agree, one.mixed, one.disagree, one.votes, one.arguments) if value)
    if one.votes:
        yield from (str(round(100 * value / one.votes)) for value in (one.agree, one.mixed, one.disagree))
