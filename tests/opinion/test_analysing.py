"""What is published of opinions is found again, is the same in any order, and never counts fewer than ten people."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from polyphonie.opinion.votes.analysing import analysis
from polyphonie.opinion.votes.density import density
from polyphonie.opinion.votes.gate import Thresholds, find_groups
from polyphonie.opinion.votes.lists import (
    agreed_by_every_group,
    discoveries,
    dividing_the_whole,
    leaning_to_agreement,
    stepped,
)
from polyphonie.opinion.votes.matrix import Tally, gathered, tally
from polyphonie.opinion.votes.space import space_of, space_without_habits
from tests.opinion.test_groups import planted, shuffled

NUMBERS = list(range(100, 140))
QUICK = Thresholds(draws=6, most_draws=6, resamples=8, most_resamples=8)
DOCUMENT = Path(__file__).parents[2] / "docs/reference/analyse-des-avis.md"


@pytest.fixture(scope="module")
def votes():
    return planted(900, 40, 2, fill=0.7, force=1.4)[0]


@pytest.fixture(scope="module")
def found(votes):
    return analysis(votes, NUMBERS, thresholds=QUICK)


@pytest.fixture(scope="module")
def without():
    return analysis(planted(400, 40, 0)[0], NUMBERS, thresholds=QUICK)


def test_groups_are_published_with_sizes_spans_and_what_the_gate_saw(found):
    assert found["verdict"] == "groups"
    assert [group["name"] for group in found["groups"]] == ["A", "B"]
    assert all(20 <= group["from"] <= group["to"] for group in found["groups"])
    assert sum(group["voters"] for group in found["groups"]) == found["placed"] == 900
    chosen = found["candidates"][0]
    assert (chosen["groups"], chosen["fails"]) == (2, [])
    assert chosen["stability"] >= 0.7
    assert chosen["silhouette"] > chosen["silhouette_by_chance"]
    assert found["without_habits"] > 0.8


def test_what_leans_to_agreement_is_not_sure_in_every_group_and_is_told_in_steps(found):
    agreed, leaning = {row["number"] for row in found["agreed"]}, {row["number"] for row in found["leaning"]}
    assert leaning
    assert not agreed & leaning
    means = [row["mean"] for row in found["agreed"] + found["leaning"]]
    assert all(mean >= 0.5 and mean == stepped(mean) for mean in means)


def test_what_one_group_refuses_does_not_lean_to_agreement_whatever_the_mean():
    groups = Tally(np.array([[95, 95, 60], [40, 52, 60]]), np.zeros((2, 3), dtype=int), np.full((2, 3), 100))
    sizes = np.array([100, 100])
    assert [row["number"] for row in leaning_to_agreement(groups, sizes, [1, 2, 3])] == [2]
    assert [row["number"] for row in agreed_by_every_group(groups, sizes, [1, 2, 3], towards="agree")] == [3]


def test_what_every_group_agrees_with_sets_none_apart(found):
    shared = {row["number"] for row in found["agreed"]}
    assert shared
    assert not shared & {row["number"] for group in found["table"]["representing"] for row in group}


def test_no_groups_are_said_plainly_and_the_cluster_free_lists_stand_in(without):
    assert without["verdict"] == "no_groups"
    assert "groups" not in without
    assert "table" not in without
    assert without["bridging"]
    assert all(candidate["fails"] for candidate in without["candidates"])


def test_below_forty_voters_nothing_is_computed():
    told = analysis(planted(39, 40, 2)[0], NUMBERS)
    assert (told["verdict"], "map" in told, told["voters"]) == ("too_few", False, 39)
    assert analysis(gathered([], [], [], n=3, m=0), [])["verdict"] == "too_few"


def test_no_count_of_fewer_than_ten_people_leaves(found, without):
    for told in (found, without):
        cells = told["map"]["cells"]
        assert cells
        assert min(cell["voters"] for cell in cells) >= 10
        assert sum(cell["voters"] for cell in cells) + told["map"]["not_shown"] == told["placed"]
        counts = [count for cell in cells for count in cell.get("groups") or []]
        assert all(count == 0 or count >= 10 for count in counts)
    rows = found["table"]["rows"]
    assert len(rows) + found["table"]["not_shown"] == 40
    assert rows
    assert min(count for row in rows for group in row["groups"] for count in group) >= 10


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_no_count_of_fewer_than_ten_on_a_map_is_found_by_subtraction(groups):
    """An attacker knows every number that is published, the sizes of the groups among them, and solves for the others."""
    random, found, hidden = np.random.default_rng(groups), [], 0
    for _world in range(12):
        sizes = np.sort(random.integers(20, 90, size=groups))[::-1]
        centres = np.repeat(random.normal(scale=2, size=(groups, 2)), sizes, axis=0)
        told = density(centres + random.normal(scale=0.8, size=centres.shape), np.repeat(np.arange(groups), sizes))
        others = [cell["voters"] for cell in told["cells"] if cell["groups"] is None] + [told["not_shown"]]
        left = sizes - np.sum([cell["groups"] for cell in told["cells"] if cell["groups"]], axis=0)
        assert sum(others) == left.sum()
        found += [int(told["not_shown"]), *left.tolist()]
        places = [(row, group) for row in range(len(others)) for group in range(groups)]
        sums = [[row == one for one, _group in places] for row in range(len(others))]
        sums += [[group == one for _row, one in places] for group in range(groups)]
        for place in range(len(places)):
            asked = np.eye(len(places))[place]
            least, most = (linprog(way * asked, A_eq=sums, b_eq=[*others, *left]).fun * way for way in (1, -1))
            found += [round(least)] if round(least) == round(most) else []
            hidden += 1
    print(f"{hidden} counts that are not told, {len(found)} numbers found by subtraction")
    assert hidden >= 12
    assert [number for number in found if 0 < number < 10] == []


def test_a_text_with_one_small_cell_leaves_the_table_whole(votes, found):
    shown = {row["number"] for row in found["table"]["rows"]}
    text = min(shown) - 100
    keep = (votes.texts != text) | (votes.positions != 0)
    fewer = gathered(votes.voters()[keep], votes.texts[keep], votes.positions[keep], n=votes.n, m=votes.m)
    again = analysis(fewer, NUMBERS, thresholds=QUICK)
    assert text + 100 not in {row["number"] for row in again["table"]["rows"]}


def test_the_table_counts_every_vote_and_has_a_row_for_those_in_no_group(votes):
    random = np.random.default_rng(5)
    extra = 600 * 3
    voters = np.concatenate([votes.voters(), 900 + np.arange(extra) // 3])
    texts = np.concatenate([votes.texts, np.arange(extra) % 3])
    wider = gathered(voters, texts, np.concatenate([votes.positions, random.integers(-1, 2, size=extra)]), n=1500, m=40)
    told = analysis(wider, NUMBERS, thresholds=QUICK)
    total = tally(wider)
    assert told["table"]["has_no_group_row"]
    assert told["placed"] == 900
    assert {row["number"] for row in told["table"]["rows"]} <= {100, 101, 102}
    assert told["table"]["rows"]
    for row in told["table"]["rows"]:
        agree, _mixed, disagree = np.array(row["groups"]).sum(axis=0)
        assert (agree, disagree) == (total.agree[row["number"] - 100], total.disagree[row["number"] - 100])


def test_the_order_of_voters_and_of_texts_changes_nothing(votes, found):
    other, _people, columns = shuffled(votes)
    same = other.on(columns)
    assert json.dumps(analysis(same, NUMBERS, thresholds=QUICK)) == json.dumps(found)
    with pytest.raises(ValueError, match="number"):
        analysis(votes, NUMBERS[:-1])


def test_lists_name_what_is_shared_and_what_divides():
    row, column = np.divmod(np.arange(400 * 20), 20)
    random = np.random.default_rng(2)
    side = np.where(row < 220, 1, -1)
    sure = np.select([column < 3, column < 5], [1, -1], np.where(column % 2 == 0, side, -side))
    positions = np.where(random.random(len(row)) < 0.2, random.integers(-1, 2, size=len(row)), sure)
    told = analysis(gathered(row, column, positions, n=400, m=20), list(range(20)), thresholds=QUICK)
    assert told["verdict"] == "groups"
    assert sorted(one["number"] for one in told["agreed"]) == [0, 1, 2]
    assert sorted(one["number"] for one in told["refused"]) == [3, 4]
    assert all(one["number"] >= 5 for one in told["dividing"])
    assert len(told["dividing"]) == 10
    assert {one["number"] for one in told["divided"]}.isdisjoint(range(5))
    assert all(round(one["at_least"] * 20, 6).is_integer() for one in told["agreed"])
    apart = [
        {(one["number"] % 2, one["agrees"]) for one in group if one["number"] >= 5} for group in told["table"]["representing"]
    ]
    assert apart[0].isdisjoint(apart[1])


def test_every_field_that_is_published_is_described(found, without):
    described = set(re.findall(r"`(\w+)`", DOCUMENT.read_text(encoding="utf-8")))

    def names(told):
        if isinstance(told, dict):
            for name, inside in told.items():
                yield name
                yield from names(inside)
        if isinstance(told, list):
            for inside in told:
                yield from names(inside)

    assert set(names(found)) | set(names(without)) <= described


def test_a_map_puts_everybody_somewhere_and_shows_no_small_cell():
    random = np.random.default_rng(1)
    told = density(random.normal(size=(500, 2)), np.arange(500) % 3)
    assert told["columns"] == 5
    assert all(cell["groups"] is None or all(count == 0 or count >= 10 for count in cell["groups"]) for cell in told["cells"])
    assert density(np.zeros((9, 2)))["not_shown"] == 9
    assert density(np.zeros((0, 2)))["cells"] == []


def test_false_alarms_are_held_as_benjamini_and_hochberg_say():
    assert list(discoveries(np.array([0.04, 0.01, 0.03, 0.2]))) == [False, True, False, False]
    assert list(discoveries(np.array([0.01, 0.02, 0.03, 0.04]))) == [True] * 4
    assert list(discoveries(np.array([]))) == []


def test_the_whole_is_split_where_the_smaller_side_is_surely_large():
    whole = Tally(np.array([5, 500, 40, 4]), np.array([5, 480, 1, 4]), np.array([10, 1000, 41, 8]))
    assert [one["number"] for one in dividing_the_whole(whole, [1, 2, 3, 4])] == [2, 1]
    assert [stepped(value) for value in (0.549, 0.55, 0.999, 0.0)] == [0.5, 0.55, 0.95, 0.0]


def test_a_habit_of_saying_yes_is_taken_away_by_the_check():
    random = np.random.default_rng(3)
    yes = random.normal(scale=2, size=300)
    row, column = np.divmod(np.arange(300 * 30), 30)
    votes = gathered(row, column, np.where(yes[row] + random.logistic(size=len(row)) > 0, 1, -1), n=300, m=30)
    habit = abs(np.corrcoef(space_of(votes).voters[:, 0], yes)[0, 1])
    left = abs(np.corrcoef(space_without_habits(votes).voters[:, 0], yes)[0, 1])
    assert habit > 0.8
    assert left < 0.3


def test_those_who_asked_not_to_be_placed_stay_in_the_totals_and_stand_nowhere():
    votes = planted(200, 20, 2, fill=0.95, force=1.4)[0]
    numbers, aside = list(range(20)), 12
    found = analysis(votes, numbers, unplaced=aside, thresholds=QUICK)
    rest = analysis(votes.of(np.arange(aside, 200)), numbers, thresholds=QUICK)
    assert (found["voters"], rest["voters"]) == (200, 188)
    for name in ("placed", "groups", "candidates", "axes", "map", "without_habits"):
        assert found[name] == rest[name], name
    assert found["verdict"] == "groups"
    whole = tally(votes)
    for row in found["table"]["rows"]:
        cells = np.array(row["groups"]).sum(axis=0).tolist()
        text = row["number"]
        assert (cells[0], cells[2]) == (whole.agree[text], whole.disagree[text]), "nobody is found by subtraction"
    assert found["divided"] == analysis(votes, numbers, thresholds=QUICK)["divided"], "totals count everybody"
    assert len({one["input_hash"] for one in (found, rest, analysis(votes, numbers, thresholds=QUICK))}) == 3


def test_nobody_else_moves_when_nobody_is_to_be_placed():
    votes = planted(60, 12, 0)[0]
    assert find_groups(votes, QUICK, unplaced=60).labels(60).tolist() == [-1] * 60
    assert analysis(votes, list(range(12)), unplaced=70, thresholds=QUICK)["placed"] == 0
