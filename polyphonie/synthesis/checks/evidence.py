"""What do the cited texts say of a sentence? Asked once, when it is saved, and kept beside it.

    {"support": [62, 0, …], "unsaid": ["46 %", …]}

`support`: for each citation, of what its sentence tells, what the cited text tells too (`opinion.texts.support`: a word that few
texts of the consultation tell weighs more), in hundredths; 100 for a quotation. An argument speaks of what the text it answers
speaks of, without saying it again: both are read together. `unsaid`: the figures of the sentence that no
cited text says.
"""

import re
from collections.abc import Mapping
from typing import TypedDict

from polyphonie.opinion.texts.french import words
from polyphonie.opinion.texts.support import share_told, told_stems
from polyphonie.synthesis.checks.resolving import Resolution
from polyphonie.synthesis.checks.sentences import bare, figures_in, sentence_at
from polyphonie.synthesis.wording import citations_in

_DIGITS = re.compile(r"\D+")
_SPELLED = "deux trois quatre cinq six sept huit neuf dix onze douze"
_SPELT = {word: str(figure) for figure, word in enumerate(_SPELLED.split(), start=2)}


class Evidence(TypedDict):
    support: list[int]
    unsaid: list[str]


def evidence_of(resolution: Resolution, weights: Mapping[str, float] | None = None) -> Evidence:
    """Hold each sentence of a statement against the texts it cites. `weights`: how much each of its stems tells in the
    consultation; without them all tell as much."""
    text = resolution.text
    told: dict[int, frozenset[str]] = {}
    for one in resolution.citations:
        if one.citable.pk not in told:
            told[one.citable.pk] = frozenset(told_stems(f"{one.citable.title}\n{one.citable.body}\n{one.citable.answered}"))
    support = []
    for cited, one in zip(citations_in(text), resolution.citations, strict=True):
        said = sorted(set(told_stems(bare(sentence_at(text, cited.start)))))
        weighted = {stem: 1.0 if weights is None else weights.get(stem, 0.0) for stem in said}
        support.append(100 if one.span is not None else int(100 * share_told(weighted, told[one.citable.pk])))
    figures = {figure for one in resolution.citations for figure in figures_held(f"{one.citable.title}\n{one.citable.body}")}
    return {"support": support, "unsaid": [figure for figure in figures_in(bare(text)) if _plain(figure) not in figures]}


def figures_held(text: str) -> set[str]:
    """The figures a text states, in digits or, up to twelve, in words."""
    return {_plain(figure) for figure in figures_in(text)} | {_SPELT[word] for word in words(text) if word in _SPELT}


def _plain(figure: str) -> str:
    return _DIGITS.sub("", figure)
