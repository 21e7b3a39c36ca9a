"""The opinions of a closed consultation: a map of densities, what is shared, what divides, and how sure it is."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polyphonie.accounts.models import Account
from polyphonie.consultation.queries.opinions import analysis_of, told_texts, waited_for
from polyphonie.consultation.views.reading import shown_consultation
from polyphonie.core.serving.freshness import shared_page
from polyphonie.processes.models import Consultation

SIDE = 60
"""Of a cell of the map, in the units of its drawing."""
SMALLEST, LARGEST = 17, 29
"""The radii of the circles of the fewest and of the most voters, so that a number fits in each."""


@dataclass(frozen=True)
class Disc:
    """A cell that is shown: where its circle stands, how large it is, and its number of voters."""

    x: int
    y: int
    radius: float
    voters: int


@dataclass(frozen=True)
class Map:
    """A drawing with the table that says the same: rows from the top, a number or None for fewer than ten."""

    name: str
    side: int
    discs: list[Disc]
    rows: list[list[int | None]]


@shared_page
def opinions(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """What was computed of the opinions, or why nothing is shown."""
    account = request.user if isinstance(request.user, Account) else None
    shown = shown_consultation(process, slug, account)
    analysis = analysis_of(shown)
    result: dict[str, Any] = analysis.result if analysis is not None else {}
    context = {
        "process": shown.process,
        "consultation": shown,
        "analysis": analysis,
        "result": result,
        "verdict": result.get("verdict", ""),
        "is_analysed": result.get("verdict") in ("groups", "no_groups"),
        "texts": told_texts(shown, _numbers(result)),
        "waited": waited_for(shown) if analysis is None and shown.state == Consultation.State.CLOSED else None,
    }
    if context["is_analysed"]:
        context |= {"maps": _maps(result), "tried": result["candidates"], "chosen": _chosen(result)}
    return render(request, "consultation/opinions.html", context)


def _chosen(result: dict[str, Any]) -> dict[str, Any] | None:
    """The number of groups that is claimed, with what was seen of it."""
    count = len(result.get("groups", []))
    return next((one for one in result["candidates"] if one["groups"] == count), None)


def _maps(result: dict[str, Any]) -> list[Map]:
    """Everybody's, then each group's."""
    drawn = result["map"]
    cells = [(cell["column"], cell["row"], cell["voters"]) for cell in drawn["cells"]]
    maps = [_map("", drawn["columns"], cells)]
    for rank, group in enumerate(result.get("groups", [])):
        own = [(cell["column"], cell["row"], cell["groups"][rank]) for cell in drawn["cells"] if cell["groups"]]
        maps.append(_map(group["name"], drawn["columns"], [cell for cell in own if cell[2]]))
    return maps


def _map(name: str, columns: int, cells: list[tuple[int, int, int]]) -> Map:
    most = max((voters for _column, _row, voters in cells), default=1)
    rows: list[list[int | None]] = [[None] * columns for _row in range(columns)]
    discs = []
    for column, row, voters in cells:
        top = columns - 1 - row
        rows[top][column] = voters
        radius = round(max(SMALLEST, LARGEST * sqrt(voters / most)), 1)
        discs.append(Disc(column * SIDE + SIDE // 2, top * SIDE + SIDE // 2, radius, voters))
    return Map(name, columns * SIDE, discs, rows)


def _numbers(told: Any) -> set[int]:
    """Every number of a text in what is told."""
    if isinstance(told, list):
        return set().union(*map(_numbers, told)) if told else set()
    if not isinstance(told, dict):
        return set()
    found = {told["number"]} if "number" in told else set()
    for name, inside in told.items():
        found |= set(inside) if name in ("low", "high", "numbers") and isinstance(inside, list) else _numbers(inside)
    return found
