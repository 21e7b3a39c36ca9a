"""Do two texts about the same thing perhaps say contrary things?

Measures of similarity are blind to it: « Renforcer les moyens » and « Réduire les moyens » are closer to each other
than to any paraphrase. So this guard looks only at what differs: denials, oppositions of the tables of `contraries`,
and the prefixes that undo. It would rather doubt too often: « dit peut-être le contraire » asks a person to read.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from polyphonie.opinion.contraries import CLASSES, DENIALS, LONE_DENIALS, OPPOSITIONS
from polyphonie.opinion.french import alternatives, is_stop_word, without_accents, words

Stance = Literal["same", "perhaps_contrary"]

_ELIDED_NE = re.compile(r"(?<!\w)n['’ʼ](?=[aeiouyhàâéèêëîïôœùû])", re.IGNORECASE)
_NE_REACHES = 5  # words after « ne » within which « pas », « jamais »… belong to it
_UNDOING_PREFIXES = ("de", "des", "anti", "non", "in", "im", "il", "ir")
# Where what looks like a prefix is none: « former » and « informer » are not contraries.
_NO_PREFIX = """
informer information informatique importer impression imprimer imposer imposition impôt imposant intention
inviter invention inventer investir instaurer installer installation institution inscrire inscrit indication
découvrir démontrer dépasser définir définition déposer déplacer délivrer déclarer déclaration devenir détenir
demander demande département départ débattre débat décision design dessiner désigner désir depuis despote
déporter déployer développer désert dessert devoir degré dette décrire description destination destiner
défaire déclasser demeurer demain demi intérêt interne internet international intervenir intervention incarner
individu industrie initier innover intégrer intensif illustrer image immense immeuble imminent
"""
_WORDS_WITHOUT_PREFIX = frozenset(map(without_accents, _NO_PREFIX.split()))
_SIDES: dict[tuple[str, ...], list[tuple[int, int]]] = {}
for _number, _sides in enumerate((CLASSES, *OPPOSITIONS)):
    for _sign, _side in enumerate(_sides):
        for _stems in _side:
            _SIDES.setdefault(_stems, []).append((_number, _sign))
_PHRASE_HEADS = frozenset(stems[0] for stems in _SIDES if len(stems) > 1)
_CLASSES_NUMBER = 0


@dataclass(slots=True)
class _Reading:
    """What a text says yes and no to."""

    denials: int = 0
    denied: set[str] = field(default_factory=set)  # plain stems of the words that follow a denial
    asserted: set[str] = field(default_factory=set)  # plain stems that are met outside any
    signs: dict[int, list[int]] = field(default_factory=dict)  # by opposition, the sides met, in order
    content: Counter[str] = field(default_factory=Counter)  # plain words without accents, stop words left out


def stance(a: str, b: str) -> Stance:
    """Whether text `b` perhaps says the contrary of text `a`; symmetric, and "same" for two equal texts.

    "perhaps_contrary" when they do not deny as often; when a word is denied in one and only asserted in the other; when
    one says more of one side of an opposition (interdire) and the other more of its other side (autoriser), or both as
    much in another order; when a word of one is a word of the other with a prefix that undoes it (centraliser,
    décentraliser). Source: the measurements on twelve contraries of the French corpus. Linear in the lengths.
    """
    one, other = _read(a), _read(b)
    if one.denials != other.denials or _denies_what_is_asserted(one, other) or _denies_what_is_asserted(other, one):
        return "perhaps_contrary"
    if any(_are_opposed(number, one, other) for number in one.signs.keys() & other.signs.keys()):
        return "perhaps_contrary"
    only_one, only_other = one.content - other.content, other.content - one.content
    if _undoes(only_one, only_other) or _undoes(only_other, only_one):
        return "perhaps_contrary"
    return "same"


def undoings(text: str) -> int:
    """How many words of `text` undo, stop or refuse something (the class `contraries.UNDOING`)."""
    return _read(text).signs.get(_CLASSES_NUMBER, []).count(1)


@lru_cache(maxsize=100)
def _read(text: str) -> _Reading:
    reading = _Reading()
    found = words(_ELIDED_NE.sub("ne ", text))
    stems = [alternatives(word) for word in found]
    ne_at, denies_next = -_NE_REACHES - 1, False
    for place, word in enumerate(found):
        if word == "ne":
            reading.denials += 1
            ne_at, denies_next = place, True
        elif word in DENIALS or word in LONE_DENIALS:
            reading.denials += word in LONE_DENIALS or place - ne_at > _NE_REACHES
            denies_next = True
        elif stems[place] and not is_stop_word(word):
            reading.content[without_accents(word)] += 1
            (reading.denied if denies_next else reading.asserted).add(stems[place][0])
            denies_next = False
        for number, sign in _sides_at(stems, place):
            reading.signs.setdefault(number, []).append(sign)
    return reading


def _sides_at(stems: list[tuple[str, ...]], place: int) -> set[tuple[int, int]]:
    sides = {side for stem in stems[place] for side in _SIDES.get((stem,), ())}
    for head in _PHRASE_HEADS.intersection(stems[place]):
        for second in stems[place + 1] if place + 1 < len(stems) else ():
            sides.update(_SIDES.get((head, second), ()))
            for third in stems[place + 2] if place + 2 < len(stems) else ():
                sides.update(_SIDES.get((head, second, third), ()))
    return sides


def _denies_what_is_asserted(one: _Reading, other: _Reading) -> bool:
    return bool((one.denied - one.asserted) & (other.asserted - other.denied))


def _are_opposed(number: int, one: _Reading, other: _Reading) -> bool:
    signs, other_signs = one.signs[number], other.signs[number]
    more_left = signs.count(0) - other_signs.count(0)
    more_right = signs.count(1) - other_signs.count(1)
    if more_left * more_right < 0:
        return True
    return number != _CLASSES_NUMBER and more_left == more_right == 0 and signs != other_signs


def _undoes(words_of_one: Counter[str], words_of_other: Counter[str]) -> bool:
    return any(
        len(word) > 3 and prefix + word in words_of_other and prefix + word not in _WORDS_WITHOUT_PREFIX
        for word in words_of_one
        for prefix in _UNDOING_PREFIXES
    )
