"""Where on the map do many voters stand? Counts in the cells of a grid, never points, and no cell of fewer than ten."""

from typing import Any

import numpy as np

from polyphonie.opinion.votes.matrix import Floats, Integers

LEAST_CELL = 10
VOTERS_PER_CELL = 15
FEWEST_COLUMNS, MOST_COLUMNS = 3, 10
EDGE = 0.01
"""One in a hundred on each side is set on the edge of the grid, so that nobody far away makes it empty."""


def density(points: Floats, labels: Integers | None = None) -> dict[str, Any]:
    """The grid of these places (n × 2). `columns`: as many as rows; `cells`: column and row from 0, rows upwards, with `voters`,
    and `groups` (voters of each) where every group that stands there has at least ten; `not_shown`: voters in smaller cells."""
    columns = int(np.clip(np.sqrt(len(points) / VOTERS_PER_CELL), FEWEST_COLUMNS, MOST_COLUMNS))
    if not len(points):
        return {"columns": columns, "cells": [], "not_shown": 0}
    places = np.column_stack([_steps(points[:, axis], columns) for axis in (0, 1)])
    groups = int(labels.max()) + 1 if labels is not None else 0
    cells, shown = [], 0
    for column, row in sorted(set(map(tuple, places.tolist()))):
        here = (places == (column, row)).all(axis=1)
        voters = int(here.sum())
        if voters < LEAST_CELL:
            continue
        shown += voters
        cell: dict[str, Any] = {"column": column, "row": row, "voters": voters}
        if labels is not None:
            counts = np.bincount(labels[here], minlength=groups).tolist()
            cell["groups"] = counts if all(count == 0 or count >= LEAST_CELL for count in counts) else None
        cells.append(cell)
    return {"columns": columns, "cells": cells, "not_shown": len(points) - shown}


def _steps(values: Floats, columns: int) -> Integers:
    low, high = np.quantile(values, [EDGE, 1 - EDGE])
    return np.clip((values - low) / max(high - low, 1e-12) * columns, 0, columns - 1).astype(np.int64)
