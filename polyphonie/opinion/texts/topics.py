"""Of what do the texts speak? Topics to be merged, renamed or refused by a person, with key phrases and extracts.

Stems weighted by TF-IDF, non-negative matrix factorisation (Lee and Seung 1999) from a start without chance; there are as many
topics as come back nearly as well as the best number does when some texts are taken away. Short texts that are all alike have
no sure topics: these are suggestions, never facts.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from polyphonie.opinion.texts.nearness import Matrix, weighted_stems
from polyphonie.opinion.texts.phrases import Phrase, key_phrases
from polyphonie.opinion.votes.grouping import agreement
from polyphonie.opinion.votes.matrix import Floats, Integers

FEWEST, MOST = 3, 20
TEXTS_KEPT, TRIALS = 0.8, 4
NEARLY = 0.1
"""So much less stable than the best, a greater number of topics is preferred: few large ones always come back."""
MOST_TRIED = 2_000
"""Texts on which the number of topics is sought."""
NEAR, ROUGHLY = 1e-3, 1e-2
"""The factorisation ends when a round moves it by so small a part of the first; roughly, while their number is sought."""
MOST_ROUNDS = 200
LEAST_TEXTS = 10
EXTRACTS, DIVERSITY = 3, 0.3
MOST_COMPARED = 1_000
"""Extracts of a larger topic are looked for among so many of its most typical texts."""
PHRASES = 8


@dataclass(frozen=True)
class Topic:
    """Texts that speak of one thing, by their places, the most typical first; phrases proper to them; a few to read first."""

    members: tuple[int, ...]
    phrases: tuple[Phrase, ...]
    extracts: tuple[int, ...]


@dataclass(frozen=True)
class Topics:
    """The topics, the largest first; `stability`, from 0 to 1, how far they come back without one text in five, None when their
    number was asked for; `unplaced`: texts that share no word with others."""

    topics: tuple[Topic, ...]
    stability: float | None
    unplaced: tuple[int, ...]


def topics(texts: Sequence[str], *, count: int | None = None, votes: Sequence[int] | None = None, seed: int = 0) -> Topics:
    """The topics of `texts`, `count` of them or as many as come back well. `votes`: how many each text received; extracts are
    then those that more people saw. Deterministic; one thread. None below ten texts."""
    if len(texts) < LEAST_TEXTS:
        return Topics((), None, tuple(range(len(texts))))
    with threadpool_limits(1):
        stems = weighted_stems(texts)
        stability = None
        if count is None:
            count, stability = _stable(stems, _tried(len(texts)), seed)
        labels, strength = labelled(stems, count)
    weights = np.log1p(np.asarray(votes if votes is not None else np.zeros(len(texts)), dtype=np.float64)) + 1
    groups = [np.flatnonzero((labels == label) & (strength > 0)) for label in range(int(labels.max()) + 1)]
    groups = sorted((group for group in groups if len(group)), key=lambda group: (-len(group), group[0]))
    phrases = key_phrases({rank: [texts[place] for place in group.tolist()] for rank, group in enumerate(groups)}, most=PHRASES)
    found = tuple(
        Topic(
            tuple(group[np.argsort(-np.round(strength[group], 9), kind="stable")].tolist()),
            tuple(phrases[rank]),
            tuple(extracts(stems, _most_typical(group, strength).tolist(), weights)),
        )
        for rank, group in enumerate(groups)
    )
    return Topics(found, stability, tuple(np.flatnonzero(strength <= 0).tolist()))


def _most_typical(group: Integers, strength: Floats) -> Integers:
    """Those of a topic among which extracts are looked for, in order: all pairs of them are compared."""
    return np.sort(group[np.argsort(-np.round(strength[group], 9), kind="stable")][:MOST_COMPARED])


def _tried(texts: int) -> list[int]:
    """A few numbers of topics, for so many texts."""
    most = min(MOST, max(FEWEST, texts // LEAST_TEXTS))
    return sorted({round(value) for value in np.geomspace(FEWEST, most, 6)})


Labels = tuple[Integers, Floats]


def _stable(stems: Matrix, tried: Sequence[int], seed: int) -> tuple[int, float]:
    """The greatest number of topics that comes back nearly as well as the best, and how well."""
    some = stems[np.unique(np.linspace(0, stems.shape[0] - 1, min(stems.shape[0], MOST_TRIED)).round().astype(np.int64))]
    random = np.random.default_rng([seed, 5])
    size = some.shape[0]
    kept = [np.sort(random.choice(size, size=round(TEXTS_KEPT * size), replace=False)) for _trial in range(TRIALS)]
    found = {}
    for count in tried:
        labels = labelled(some, count, near=ROUGHLY)[0]
        again = [labelled(some[part], count, near=ROUGHLY)[0] for part in kept]
        found[count] = float(
            np.mean([agreement(labels[part], found_again) for part, found_again in zip(kept, again, strict=True)])
        )
    best = max(found.values())
    chosen = max(count for count, stability in found.items() if stability >= best - NEARLY)
    return chosen, round(found[chosen], 3)


def labelled(stems: Matrix, count: int, *, near: float = NEAR) -> Labels:
    """The topic of each text and how much of it it is; 0 for a text without any shared stem."""
    if not stems.nnz:
        return np.zeros(stems.shape[0], dtype=np.int64), np.zeros(stems.shape[0])
    model = NMF(min(count, *stems.shape), init="nndsvda", solver="cd", max_iter=MOST_ROUNDS, tol=near, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the last rounds move no text from one topic to another
        parts = np.round(model.fit_transform(stems), 9)
    return parts.argmax(axis=1), parts.max(axis=1)


def extracts(stems: Matrix, members: Sequence[int], weights: Floats, *, most: int = EXTRACTS) -> list[int]:
    """The texts to read first of these: near all the others, weighted (`weights`, of all texts), and unlike those chosen already
    (maximal marginal relevance, Carbonell and Goldstein 1998)."""
    part = stems[list(members)]
    near = np.asarray((part @ part.T).toarray())
    relevance = (
        near @ weights[list(members)] / weights[list(members)].sum() * weights[list(members)] / weights[list(members)].max()
    )
    chosen: list[int] = []
    while len(chosen) < min(most, len(members)):
        told = near[:, chosen].max(axis=1) if chosen else np.zeros(len(members))
        score = np.round((1 - DIVERSITY) * relevance / max(relevance.max(), 1e-12) - DIVERSITY * told, 9)
        score[chosen] = -np.inf
        chosen.append(int(np.argmax(score)))
    return [members[place] for place in chosen]
