"""Which few texts leave fewest people without one they agree with? Proportional selection, and the alarm for who is left out.

Greedy proportional approval voting (Thiele 1895; Aziz et al. 2017, justified representation), on the votes that were cast: an
estimate where voters saw part of the texts (Halpern et al. 2023), never a proof.
"""

import numpy as np

from polyphonie.opinion.votes.matrix import AGREE, Integers, Votes


def proportional_selection(votes: Votes, *, size: int) -> list[int]:
    """`size` texts in the order they are taken: each adds most to those who agree with fewest of the earlier ones; ties go to
    the first text."""
    voters, texts = _approvals(votes)
    satisfied = np.zeros(votes.n, dtype=np.int64)
    chosen: list[int] = []
    for _place in range(min(size, votes.m)):
        gain = np.bincount(texts, weights=1 / (satisfied[voters] + 1), minlength=votes.m)
        gain[chosen] = -1.0
        text = int(np.argmax(np.round(gain, 9)))
        chosen.append(text)
        satisfied[voters[texts == text]] += 1
    return chosen


def represented(votes: Votes, chosen: list[int]) -> Integers:
    """How many of the chosen texts each voter agrees with (n)."""
    voters, texts = _approvals(votes)
    return np.bincount(voters[np.isin(texts, chosen)], minlength=votes.n)


def unrepresented(votes: Votes, chosen: list[int], *, places: int) -> list[tuple[int, int]]:
    """The alarm of justified representation: texts not chosen with which at least n / `places` voters agree who agree with none
    of the chosen: (text, how many), the most first."""
    voters, texts = _approvals(votes)
    alone = represented(votes, chosen)[voters] == 0
    left = np.bincount(texts[alone], minlength=votes.m)
    left[chosen] = 0
    found = np.flatnonzero((left > 0) & (left * places >= votes.n))
    return [(int(text), int(left[text])) for text in found[np.argsort(-left[found], kind="stable")]]


def _approvals(votes: Votes) -> tuple[Integers, Integers]:
    agreed = votes.positions == AGREE
    return votes.voters()[agreed], votes.texts[agreed]
