"""What voters find of theirs in a toy synthesis, computed by hand: 6 texts, 3 statements, 2 groups, each voter ten times."""

import itertools
import json
import time

import numpy as np
import pytest

from polyphonie.opinion.citing.cited import Share
from polyphonie.opinion.citing.found import found_by_voters
from polyphonie.opinion.citing.representation import Unrepresented, representation
from polyphonie.opinion.votes.gate import find_groups, groups_again
from polyphonie.opinion.votes.matrix import gathered, votes_hash
from polyphonie.opinion.votes.selection import proportional_selection, unrepresented
from tests.opinion.test_groups import planted

# Positions of eight voters on six texts (None: none); four in each group. Texts 0 and 1 are cited, by three statements.
TOY = [
    (1, 1, -1, None, None, None),
    (1, 1, 0, None, None, None),
    (1, -1, None, None, -1, None),
    (0, 1, None, None, None, None),
    (-1, -1, 1, None, None, None),
    (-1, None, 1, 1, None, None),
    (-1, -1, 1, None, None, 1),
    (None, 1, 1, None, None, None),
]
TIMES = 10
NUMBERS = [10, 20, 30, 40, 50, 60]


def toy(times=TIMES):
    told = [
        (voter * times + copy, text, position)
        for voter, row in enumerate(TOY)
        for copy in range(times)
        for text, position in enumerate(row)
        if position is not None
    ]
    votes = gathered(*zip(*told, strict=True), n=len(TOY) * times + 5, m=6)
    return votes, np.array([0] * 4 * times + [1] * 4 * times + [-1] * 5)


@pytest.fixture
def found():
    votes, labels = toy()
    return representation(votes, [0, 1], statements=3, labels=labels, topic_of=np.array([0, 0, 1, 1, 1, -1]))


def test_participants_are_covered_by_one_text_they_agree_with_and_those_who_said_nothing_count_nowhere(found):
    assert found.with_one == Share(5 * TIMES, 8 * TIMES)


def test_satisfaction_is_the_mean_harmonic_number(found):
    # Cited texts agreed with: 2, 2, 1, 1, 0, 0, 0, 1: (1.5 + 1.5 + 1 + 1 + 0 + 0 + 0 + 1) / 8.
    assert found.satisfaction == 0.75


def test_a_group_far_below_the_whole_is_said_to_be_left_behind(found):
    first, second = found.groups
    # 40 of 40 in the first, 10 of 40 in the second: 0.25 < 0.8 · 0.625.
    assert (first.voters, first.is_left_behind) == (40, False)
    assert (second.voters, second.is_left_behind) == (40, True)


def test_figures_of_groups_are_given_together_or_not_at_all(found):
    assert [group.with_one for group in found.groups] == [None, None], "nobody of the first stands on the other side"
    votes, labels = toy()
    told = representation(votes, [1, 3], statements=3, labels=labels)
    # Texts 1 and 3: agreed with by 1, 1, 0, 1 of four in the first, 0, 1, 0, 1 in the second.
    assert [(one.with_one, one.satisfaction) for one in told.groups] == [(Share(30, 40), 0.75), (Share(20, 40), 0.5)]
    alone = np.where(np.arange(len(labels)) == 79, -1, labels)
    told = representation(votes, [1, 3], statements=3, labels=alone)
    assert [one.with_one for one in told.groups] == [None, None], "one voter without a group would be found by subtraction"


def test_a_small_difference_or_a_small_group_raises_no_alarm():
    votes, labels = toy(1)
    few = representation(votes, [0, 1], statements=3, labels=labels)
    assert [group.with_one for group in few.groups] == [None, None]
    even = representation(toy()[0], [0, 2], statements=3, labels=toy()[1])
    assert [group.is_left_behind for group in even.groups] == [False, False]


def test_topics_count_those_who_spoke_of_them(found):
    first, second = found.topics
    assert (first.voters, first.with_one) == (80, Share(50, 80))
    # Of topic 1 nothing is cited: nobody of the 70 who spoke of it (all but the fourth) finds one; so few is kept back.
    assert (second.voters, second.with_one) == (70, None)


def test_the_alarm_names_the_text_of_those_who_find_nothing(found):
    # 80 voters, 3 statements: 27 are enough. 30 agree with text 2 and with nothing cited; 10 with text 3, 10 with text 5.
    assert found.unrepresented == (Unrepresented(2, 30),)
    votes, labels = toy()
    assert representation(votes, [0, 1], statements=2, labels=labels).unrepresented == ()
    assert representation(votes, [0, 1, 2], statements=3, labels=labels).unrepresented == ()
    assert representation(votes, [], statements=0).unrepresented == ()


def test_the_alarm_of_a_group_is_held_against_its_own_voters(found):
    # 40 voters in each group, 3 statements: 14 are enough. Everybody of the first agrees with a cited text.
    assert found.unrepresented_by_group == ((), (Unrepresented(2, 30),))


def test_what_is_published_goes_by_steps_and_tens_and_says_on_which_side_few_stand():
    votes, _labels = toy()
    votes = votes.of(np.flatnonzero(votes.per_voter > 0))
    told = found_by_voters(votes, NUMBERS, cited=[10, 20], statements=3, topics={"10": "t1", "40": "t2"})
    assert (told["voters"], told["with_one"], told["satisfaction"]) == (80, 0.6, 0.7), "62.5 in a hundred, and 0.75"
    assert told["unrepresented"] == [{"number": 30, "at_least": 30}]
    assert (told["groups"], told["seed"]) == ([], None)
    assert [(one["topic"], one["voters"]) for one in told["topics"]] == [("t1", 70), ("t2", 10)]
    none = found_by_voters(votes, NUMBERS, cited=[], statements=0)
    assert (none["with_one"], none["satisfaction"], none["few"]) == (None, None, "with_one")
    every = found_by_voters(votes, NUMBERS, cited=[10, 20, 30], statements=3)
    assert (every["with_one"], every["few"]) == (None, "without")


def test_the_groups_that_were_published_are_found_again_without_the_gate_and_no_others_are():
    votes, _groups = planted(120, 14, 2, fill=0.9)
    claimed = find_groups(votes)
    assert claimed.chosen is not None
    sizes = claimed.chosen.partition.sizes.tolist()
    assert (groups_again(votes, sizes) == claimed.labels(votes.n)).all()
    assert (groups_again(votes, [sizes[0] + 1, sizes[1] - 1]) == -1).all()
    assert (groups_again(votes, []) == -1).all()
    aside = find_groups(votes, unplaced=10)
    assert aside.chosen is not None
    again = groups_again(votes, aside.chosen.partition.sizes.tolist(), unplaced=10)
    assert (again == aside.labels(votes.n)).all()
    assert (again[:10] == -1).all()
    told = found_by_voters(votes, list(range(14)), cited=[0, 1], statements=2, groups=sizes)
    assert [(one["group"], one["voters"]) for one in told["groups"]] == [("A", sizes[0]), ("B", sizes[1])]


def test_the_alarm_is_that_of_justified_representation_tried_on_every_choice():
    random = np.random.default_rng(3)
    for _round in range(12):
        approves = random.random((9, 5)) < 0.4
        row, column = np.nonzero(np.ones_like(approves))
        votes = gathered(row, column, np.where(approves, 1, -1).ravel(), n=9, m=5)
        for chosen in itertools.combinations(range(5), 3):
            lonely = ~approves[:, list(chosen)].any(axis=1)
            fails = any((lonely & approves[:, text]).sum() * 3 >= 9 for text in range(5))
            assert bool(unrepresented(votes, list(chosen), places=3)) == fails
        assert unrepresented(votes, proportional_selection(votes, size=3), places=3) == []


def test_the_report_is_json_and_its_hash_follows_the_votes_and_not_their_order(found):
    assert json.loads(json.dumps(found.as_json()))["formula"] == "representation/1"
    votes, labels = toy()
    turned = gathered(votes.n - 1 - votes.voters(), votes.texts, votes.positions, n=votes.n, m=6)
    assert votes_hash(turned) == votes_hash(votes)
    assert representation(turned, [1, 0], statements=3, labels=labels[::-1], topic_of=np.array([0, 0, 1, 1, 1, -1])) == found
    other = gathered(votes.voters(), votes.texts, np.where(votes.texts == 4, 0, votes.positions), n=votes.n, m=6)
    assert votes_hash(other) != votes_hash(votes)


def test_nobody_and_nothing_are_no_error():
    empty = representation(gathered([], [], [], n=0, m=0), [], statements=0)
    assert (empty.with_one, empty.satisfaction, empty.groups) == (Share(0, 0), 0.0, ())


def test_twenty_thousand_voters_are_reported_in_less_than_two_seconds():
    random = np.random.default_rng(1)
    votes = gathered(
        random.integers(20_000, size=1_000_000), random.integers(10_000, size=1_000_000),
        random.integers(-1, 2, size=1_000_000), n=20_000, m=10_000,
    )  # fmt: skip
    labels, topics = random.integers(-1, 3, size=20_000), random.integers(20, size=10_000)
    started = time.process_time()
    representation(votes, range(0, 10_000, 20), statements=50, labels=labels, topic_of=topics)
    spent = time.process_time() - started
    print(f"20,000 voters, 10,000 texts, {votes.count:,} votes: {spent:.2f} s of processor")
    assert spent < 2
