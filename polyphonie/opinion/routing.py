"""Which text is worth showing next to somebody who has not seen it? The priorities of Polis, « mitigé » being a position.

Polis lowers a text that many pass on (Small et al. 2021; analytics notes, §1.1); here those who are of two minds have spoken, so
that factor is left out. A text is drawn with a probability in proportion to its priority, among those a person has not seen.
"""

import numpy as np

from polyphonie.opinion.matrix import Floats, Tally

NEW, HALVED_EVERY = 8.0, 5.0
"""A text without votes weighs so much more than one with many; every five votes halve it."""


def priorities(extremity: Floats, whole: Tally) -> Floats:
    """[(E + 1) · (A + 1)/(S + 2) · (1 + 8 · 2^(-S/5))]² for each text (m), E its extremity in the space (`space_of`)."""
    agreed = (whole.agree + 1) / (whole.seen + 2)
    newness = 1 + NEW * 2.0 ** (-whole.seen / HALVED_EVERY)
    return np.asarray(((extremity + 1) * agreed * newness) ** 2)


def are_frozen(found: Floats) -> bool:
    """Whether all priorities are equal, though there are several: Polis once drew at random for months, unseen."""
    return len(found) > 1 and bool(np.ptp(found) == 0)
