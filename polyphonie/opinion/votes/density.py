"""Where on the map do many voters stand? Counts in the cells of a grid, never points, and no cell of fewer than ten.

The totals are published too, so what is not told must count ten people at least, or none, all together: else a subtraction would
tell it. Where it counts fewer, the smallest cell that is told is left out as well.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from polyphonie.opinion.votes.matrix import Floats, Integers

LEAST_CELL = 10
VOTERS_PER_CELL = 15
FEWEST_COLUMNS, MOST_COLUMNS = 3, 10
EDGE = 0.01
"""One in a hundred on each side is set on the edge of the grid, so that nobody far away makes it empty."""


def density(points: Floats, labels: Integers | None = None) -> dict[str, Any]:
    """The grid of these places (n × 2). `columns`: as many as rows; `cells`: column and row from 0, rows upwards, with `voters`,
    and `groups` (voters of each) where every group that stands there has at least ten; `not_shown`: voters in other cells."""
    columns = int(np.clip(np.sqrt(len(points) / VOTERS_PER_CELL), FEWEST_COLUMNS, MOST_COLUMNS))
    if not len(points):
        return {"columns": columns, "cells": [], "not_shown": 0}
    where = _steps(points[:, 0], columns) * columns + _steps(points[:, 1], columns)
    of_group = np.zeros(len(points), dtype=np.int64) if labels is None else labels
    groups = int(of_group.max()) + 1
    counted = np.bincount(where * groups + of_group, minlength=columns**2 * groups).reshape(-1, groups)
    voters = counted.sum(axis=1)
    shown = _told(voters[:, None], voters > 0)
    with_groups = _told(counted, shown)
    cells = []
    for place in np.flatnonzero(shown).tolist():
        cell: dict[str, Any] = {"column": place // columns, "row": place % columns, "voters": int(voters[place])}
        if labels is not None:
            cell["groups"] = counted[place].tolist() if with_groups[place] else None
        cells.append(cell)
    return {"columns": columns, "cells": cells, "not_shown": int(voters[~shown].sum())}


def _told(counted: Integers, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which cells `among` these (cells × groups) are told: those where each group has none or enough, but for the smallest ones,
    as long as those of a group in all the others are a few."""
    told = among & ((counted == 0) | (counted >= LEAST_CELL)).all(axis=1)
    while True:
        left = counted[~told].sum(axis=0)
        few = (left > 0) & (left < LEAST_CELL)
        holding = np.flatnonzero(told & counted[:, few].any(axis=1))
        if not len(holding):
            return told
        told[holding[counted[holding].sum(axis=1).argmin()]] = False


def _steps(values: Floats, columns: int) -> Integers:
    low, high = np.quantile(values, [EDGE, 1 - EDGE])
    return np.clip((values - low) / max(high - low, 1e-12) * columns, 0, columns - 1).astype(np.int64)
