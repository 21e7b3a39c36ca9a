"""What do the cited texts say of a sentence? Asked once, when it is saved, and kept beside it.

    {"support": [62, 0, …], "unsaid": ["46 %", …]}

`support`: for each citation, of the words that carry meaning in its sentence, those that the cited text holds too (stems), in
hundredths; 100 for a quotation. `unsaid`: the figures of the sentence that no cited text says.
"""

import re
from typing import TypedDict

from polyphonie.opinion.french import alternatives, is_stop_word, words
from polyphonie.synthesis.checks.resolving import Resolution
from polyphonie.synthesis.checks.sentences import bare, figures_in, sentence_at
from polyphonie.synthesis.wording import citations_in

_DIGITS = re.compile(r"\D+")
_SPELLED = "deux trois quatre cinq six sept huit neuf dix onze douze"
_SPELT = {word: str(figure) for figure, word in enumerate(_SPELLED.split(), start=2)}


class Evidence(TypedDict):
    support: list[int]
    unsaid: list[str]


def evidence_of(resolution: Resolution) -> Evidence:
    """Hold each sentence of a statement against the texts it cites."""
    text = resolution.text
    held: dict[int, frozenset[str]] = {}
    for one in resolution.citations:
        if one.citable.pk not in held:
            held[one.citable.pk] = stems_held(f"{one.citable.title}\n{one.citable.body}")
    support = []
    for cited, one in zip(citations_in(text), resolution.citations, strict=True):
        said = content_stems(bare(sentence_at(text, cited.start)))
        support.append(100 if one.span is not None else share_held(said, held[one.citable.pk]))
    figures = {figure for one in resolution.citations for figure in figures_held(f"{one.citable.title}\n{one.citable.body}")}
    return {"support": support, "unsaid": [figure for figure in figures_in(bare(text)) if _plain(figure) not in figures]}


def figures_held(text: str) -> set[str]:
    """The figures a text states, in digits or, up to twelve, in words."""
    return {_plain(figure) for figure in figures_in(text)} | {_SPELT[word] for word in words(text) if word in _SPELT}


def stems_held(text: str) -> frozenset[str]:
    """Every stem under which a word of the text may be met."""
    return frozenset(stem for word in words(text) for stem in alternatives(word))


def content_stems(text: str) -> list[tuple[str, ...]]:
    """The stems of each word that carries meaning, each word once."""
    return list({word: alternatives(word) for word in words(text) if not is_stop_word(word) and len(word) > 1}.values())


def share_held(said: list[tuple[str, ...]], held: frozenset[str]) -> int:
    """Hundredths of the words of which one stem is held; 100 when there is none to hold."""
    if not said:
        return 100
    return 100 * sum(any(stem in held for stem in stems) for stems in said) // len(said)


def _plain(figure: str) -> str:
    return _DIGITS.sub("", figure)
