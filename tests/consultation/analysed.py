"""What an analysis of opinions looks like once it is published: written by hand, with and without groups."""

from typing import Any


def _common(number: int) -> dict[str, Any]:
    return {
        "formula": "opinions/1",
        "parameters": {"draws": 12, "stability": 0.7, "seed": 0},
        "seed": 0,
        "input_hash": "0" * 64,
        "voters": 120,
        "votes": 900,
        "texts": 12,
        "placed": 100,
        "axes": [{"part": 0.6, "low": [number], "high": []}, {"part": 0.4, "low": [], "high": [number]}],
        "divided": [
            {"number": number, "polarisation": 0.8, "smaller_side_at_least": 0.31, "agree": 40, "mixed": 12, "disagree": 38}
        ],
        "selection": {"numbers": [number], "voters_with_one": 90},
        "agreed": [{"number": number, "at_least": 0.55}],
        "refused": [],
    }


def without_groups(number: int) -> dict[str, Any]:
    """In which no groups are claimed; `number` is a text."""
    candidate = {"groups": 2, "silhouette": 0.32, "silhouette_by_chance": 0.33, "stability": None, "fails": ["not_above_chance"]}
    return _common(number) | {
        "verdict": "no_groups",
        "candidates": [candidate],
        "map": {"columns": 4, "cells": [{"column": 0, "row": 3, "voters": 60}], "not_shown": 40},
        "bridging": [{"number": number, "score": 0.41}],
    }


def with_groups(number: int) -> dict[str, Any]:
    """In which two are."""
    candidate = {"groups": 2, "silhouette": 0.52, "silhouette_by_chance": 0.33, "stability": 0.91, "fails": []}
    cells = [{"column": 0, "row": 3, "voters": 60, "groups": [48, 12]}, {"column": 3, "row": 1, "voters": 30, "groups": None}]
    return _common(number) | {
        "verdict": "groups",
        "candidates": [candidate],
        "groups": [{"name": "A", "voters": 62, "from": 58, "to": 66}, {"name": "B", "voters": 38, "from": 34, "to": 42}],
        "without_habits": 0.64,
        "map": {"columns": 4, "cells": cells, "not_shown": 10},
        "leaning": [{"number": number, "mean": 0.5}],
        "dividing": [{"number": number, "explained": 0.35}],
        "table": {
            "has_no_group_row": True,
            "rows": [{"number": number, "groups": [[20, 12, 11], [10, 11, 14], [10, 10, 13]]}],
            "not_shown": 11,
            "representing": [[{"number": number, "agrees": True, "share": 0.6}], []],
        },
    }
