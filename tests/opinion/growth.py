"""How much longer does something take when its input doubles?"""

import gc
import time
from collections.abc import Callable

DOUBLINGS = 3
FOLLOWS_ITS_INPUT = 2.5  # for twice the input; work of the square would be 4


def growth(run: Callable[[int], object], size: int, *, within: float = FOLLOWS_ITS_INPUT) -> float:
    """The factor by which processor time grows for each doubling of `size`, over three of them.

    A busy machine only ever adds to a measure: it is taken again, up to three times, while it is not within that.
    """
    least = float("inf")
    for _ in range(3):
        least = min(least, (_seconds(run, size << DOUBLINGS) / _seconds(run, size)) ** (1 / DOUBLINGS))
        if least <= within:
            break
    return least


def _seconds(run: Callable[[int], object], size: int) -> float:
    gc.collect()
    gc.disable()
    try:
        spent = []
        for _ in range(2):
            started = time.process_time()
            run(size)
            spent.append(time.process_time() - started)
        return min(spent)
    finally:
        gc.enable()
