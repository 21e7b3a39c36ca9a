"""Which texts are liked across the lines that divide? A score without groups, fitted on the positions themselves.

r_ui ~ mu + i_u + i_n + f_u f_n with r in {0, 1/2, 1}: what is left of a text's agreement (i_n) once the common line is taken away
(Wojcik et al. 2022, arXiv:2210.15723; penalties of Community Notes: 0.15 on intercepts, 0.03 on factors). Alternating least
squares from the first principal axis: the same result at each run.
"""

from dataclasses import dataclass

import numpy as np

from polyphonie.opinion.votes.matrix import Floats, Votes
from polyphonie.opinion.votes.space import space_of

INTERCEPT_PENALTY, FACTOR_PENALTY = 0.15, 0.03
ROUNDS, CLOSE_ENOUGH = 60, 1e-7


@dataclass(frozen=True)
class Bridging:
    """`score` (m): agreement beyond the line that divides; `slant` (m): which side of it the text stands on, signed."""

    mean: float
    score: Floats
    slant: Floats


def bridging(votes: Votes) -> Bridging:
    """The scores of the texts of a consultation; all zero without votes."""
    if votes.count == 0:
        return Bridging(0.0, np.zeros(votes.m), np.zeros(votes.m))
    voters, texts = votes.voters(), votes.texts
    ratings = (votes.positions.astype(np.float64) + 1) / 2
    axis = space_of(votes).axes[0]
    text_side = axis / max(np.abs(axis).max(), 1e-12)
    mean, text_base = float(ratings.mean()), np.zeros(votes.m)
    for _round in range(ROUNDS):
        before = text_base
        voter_base, voter_side = _fit(voters, votes.n, ratings - mean - text_base[texts], text_side[texts])
        text_base, text_side = _fit(texts, votes.m, ratings - mean - voter_base[voters], voter_side[voters])
        rest = ratings - voter_base[voters] - text_base[texts] - voter_side[voters] * text_side[texts]
        mean = float(rest.sum() / (votes.count + INTERCEPT_PENALTY))
        if np.abs(text_base - before).max() < CLOSE_ENOUGH:
            break
    return Bridging(mean, text_base, text_side)


def _fit(owners: np.ndarray, count: int, left: Floats, other: Floats) -> tuple[Floats, Floats]:
    """For each owner, the intercept and the factor that minimise the penalised squares: a 2 × 2 system in closed form."""
    ones = np.bincount(owners, minlength=count) + INTERCEPT_PENALTY
    squares = np.bincount(owners, weights=other**2, minlength=count) + FACTOR_PENALTY
    crossed = np.bincount(owners, weights=other, minlength=count)
    plain = np.bincount(owners, weights=left, minlength=count)
    weighted = np.bincount(owners, weights=left * other, minlength=count)
    determinant = ones * squares - crossed**2
    return (squares * plain - crossed * weighted) / determinant, (ones * weighted - crossed * plain) / determinant
