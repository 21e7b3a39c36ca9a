"""Groups of opinion are those of Polis where there are some, and none are claimed where chance would give as much."""

import os
import subprocess
import sys
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from polyphonie.opinion.votes import representing
from polyphonie.opinion.votes.bridging import bridging
from polyphonie.opinion.votes.gate import NOT_ABOVE_CHANCE, SMALL_GROUP, UNSTABLE, WEAK_AXIS, Thresholds, find_groups
from polyphonie.opinion.votes.grouping import agreement, partitions, silhouette
from polyphonie.opinion.votes.matrix import Votes, gathered, placed_voters, tally, tally_by_group, votes_hash
from polyphonie.opinion.votes.selection import proportional_selection, represented, unrepresented
from polyphonie.opinion.votes.space import centre, components, corrected, space_of
from tests.opinion.polis import DATA, conversation, fixture

real = [
    pytest.mark.data,
    pytest.mark.skipif(
        not (DATA / "polis").exists(), reason="the real files are where POLYPHONIE_DATA says, and it says nothing"
    ),
]
FIXTURES = ["below-100-ptpts", "25ptpt-3gp-no-strict-with-meta", "150ptpt-3gp-no-strict-no-meta"]


def planted(
    voters: int, texts: int, groups: int, *, fill: float = 0.5, force: float = 2.5, seed: int = 1
) -> tuple[Votes, np.ndarray]:
    random = np.random.default_rng(seed)
    of_voter = np.arange(voters) % max(groups, 1)
    leaning = random.normal(scale=force, size=(max(groups, 1), texts)) if groups else np.zeros((1, texts))
    row, column = np.nonzero(random.random((voters, texts)) < fill)
    pull = leaning[of_voter[row], column] + random.logistic(size=len(row))
    positions = np.where(random.random(len(row)) < 0.15, 0, np.sign(pull)).astype(int)
    return gathered(row, column, positions, n=voters, m=texts), of_voter


def shuffled(votes: Votes, seed: int = 3) -> tuple[Votes, np.ndarray, np.ndarray]:
    """The same votes with voters and texts in another order, and the new place of each."""
    random = np.random.default_rng(seed)
    people, columns = random.permutation(votes.n), random.permutation(votes.m)
    order = random.permutation(votes.count)
    rows = people[votes.voters()][order]
    return gathered(rows, columns[votes.texts][order], votes.positions[order], n=votes.n, m=votes.m), people, columns


# the matrix


def test_the_last_position_of_a_voter_on_a_text_wins():
    votes = gathered([1, 0, 1], [0, 1, 0], [1, 0, -1], n=3, m=2)
    assert (votes.count, list(votes.per_voter), list(votes.positions)) == (2, [1, 1, 0], [0, -1])
    total = tally(votes)
    assert (list(total.agree), list(total.disagree), list(total.seen)) == ([0, 0], [1, 0], [1, 1])


@pytest.mark.parametrize(("voter", "text", "position"), [(3, 0, 1), (0, 2, 1), (-1, 0, 1), (0, 0, 2)])
def test_a_vote_out_of_range_is_refused(voter, text, position):
    with pytest.raises(ValueError, match=r"among|neither"):
        gathered([voter], [text], [position], n=3, m=2)


def test_rows_and_columns_are_taken_out_as_they_stand():
    votes, _groups = planted(40, 12, 2)
    dense = np.full((40, 12), 9)
    dense[votes.voters(), votes.texts] = votes.positions
    people, columns = np.array([7, 3, 30]), np.array([11, 0, 5])
    for part, expected in ((votes.of(people), dense[people]), (votes.on(columns), dense[:, columns])):
        again = np.full((part.n, part.m), 9)
        again[part.voters(), part.texts] = part.positions
        assert (again == expected).all()


def test_votes_by_group_add_up_to_all_the_votes_of_those_in_a_group():
    votes, groups = planted(60, 9, 3)
    labels = np.where(groups == 2, -1, groups)
    inside, whole = tally_by_group(votes, labels, 2), tally(votes.of(np.flatnonzero(labels >= 0)))
    for name in ("agree", "disagree", "seen"):
        assert (getattr(inside, name).sum(axis=0) == getattr(whole, name)).all()


def test_the_hash_of_millions_of_votes_takes_little_more_memory_than_they_do():
    votes = planted(600, 200, 2)[0]
    tracemalloc.start()
    votes_hash(votes)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{most / votes.count:.0f} bytes a vote")
    assert most < 40 * votes.count


def test_a_mixed_position_counts_as_seen_and_an_absent_one_does_not():
    total = tally(gathered([0, 1, 2], [0, 0, 1], [0, 1, -1], n=4, m=2))
    assert list(total.seen) == [2, 1]


def test_few_active_voters_are_completed_by_the_most_active():
    votes = gathered([0] * 8 + [1] * 3 + [2] * 2, [*range(8), *range(3), *range(2)], [1] * 13, n=4, m=9)
    assert list(placed_voters(votes)) == [0, 1, 2]


# against production Polis


@pytest.mark.parametrize("name", FIXTURES)
class TestPolis:
    pytestmark = real

    def test_the_space_is_that_of_production_polis(self, name):
        votes, math, _people, texts = fixture(name)
        out = np.isin(texts, [*math["mod-out"], *math["meta-tids"]])
        space = space_of(votes, left_out=out)
        axes = np.array(math["pca"]["comps"])
        cosines = np.abs((axes * space.axes).sum(axis=1)) / np.linalg.norm(axes, axis=1)
        assert np.abs(cosines - 1).max() < 1e-9
        assert np.abs(np.array(math["pca"]["center"]) + space.mean).max() < 1e-9, "Polis keeps the opposite sign"
        extremity = np.array(math["pca"]["comment-extremity"])
        assert np.abs(extremity - np.linalg.norm(space.texts, axis=1)).max() < 1e-9

    def test_what_represents_each_group_is_that_of_production_polis_row_for_row(self, name):
        votes, math, people, texts = fixture(name)
        labels, groups = published_groups(votes, math, people)
        by_group = tally_by_group(votes, labels, groups)
        consensus = representing.group_informed_consensus(by_group)
        assert np.abs(consensus - [math["group-aware-consensus"][str(text)] for text in texts]).max() < 1e-9
        hidden = frozenset(rank for rank, text in enumerate(texts) if text in math["mod-out"])
        found = representing.representativeness(by_group)
        rows = 0
        for group in range(groups):
            expected = math["repness"][str(math["group-clusters"][group]["id"])]
            got = representing.representative_rows(found, group, hidden=hidden)
            assert [(texts[row.text], row.agrees) for row in got] == [
                (row["tid"], row["repful-for"] == "agree") for row in expected
            ]
            for ours, theirs in zip(got, expected, strict=True):
                assert (ours.successes, ours.trials) == (theirs["n-success"], theirs["n-trials"])
                values = [ours.share, ours.share_test, ours.ratio]
                assert values == pytest.approx([theirs[key] for key in ("p-success", "p-test", "repness")], rel=1e-9)
                in_four_bytes = theirs["repness-test"]
                assert ours.ratio_test == pytest.approx(in_four_bytes, rel=2e-7)
                rows += 1
        assert rows == {"below-100-ptpts": 11, "25ptpt-3gp-no-strict-with-meta": 14, "150ptpt-3gp-no-strict-no-meta": 15}[name]

    def test_what_everybody_shares_is_that_of_production_polis(self, name):
        votes, math, _people, texts = fixture(name)
        hidden = frozenset(rank for rank, text in enumerate(texts) if text in math["mod-out"])
        for direction in ("agree", "disagree"):
            rows = representing.majority_rows(tally(votes), agrees=direction == "agree", hidden=hidden)
            assert [texts[row.text] for row in rows] == [row["tid"] for row in math["consensus"][direction]]
            for row, expected in zip(rows, math["consensus"][direction], strict=True):
                assert (row.share, row.share_test) == pytest.approx((expected["p-success"], expected["p-test"]), rel=1e-9)


def published_groups(votes, math, people):
    members = dict(zip(math["base-clusters"]["id"], math["base-clusters"]["members"], strict=True))
    place = {person: rank for rank, person in enumerate(people)}
    labels = np.full(votes.n, -1)
    for group, cluster in enumerate(math["group-clusters"]):
        for base in cluster["members"]:
            labels[[place[person] for person in members[base]]] = group
    return labels, len(math["group-clusters"])


CLAIMED = {
    "15-per-hour-seattle", "brexit-consensus", "canadian-electoral-reform", "scoop-hivemind.biodiversity",
    "scoop-hivemind.taxes", "vtaiwan.uberx",
}  # fmt: skip


class TestConversations:
    pytestmark = real

    def test_groups_are_claimed_where_published_ones_can_be_found_again_and_nowhere_else(self):
        claimed, agreements = set(), {}
        for folder in sorted(path.name for path in (DATA / "polis").iterdir() if path.is_dir()):
            votes, published = conversation(folder)
            found = find_groups(votes, Thresholds(least_group=5))
            if found.chosen is None or folder == "scoop-hivemind.ubi":
                continue
            labels = found.labels(votes.n)
            both = (published >= 0) & (labels >= 0)
            claimed.add(folder)
            agreements[folder] = agreement(published[both], labels[both])
            assert found.chosen.partition.groups == 2
        print(f"groups claimed in {len(claimed)} of 12 conversations, agreement {agreements}")
        assert claimed == CLAIMED
        assert min(agreements.values()) >= 0.55

    def test_a_dozen_people_apart_are_no_group_to_be_shown(self):
        votes, _published = conversation("scoop-hivemind.ubi")
        found = find_groups(votes)
        assert found.chosen is None
        assert SMALL_GROUP in found.candidates[0].reasons


# what holds whatever the data


@pytest.mark.parametrize("groups", [2, 3])
def test_planted_groups_are_found(groups):
    votes, of_voter = planted(400, 60, groups)
    found = find_groups(votes)
    assert found.chosen is not None
    assert found.chosen.partition.groups == groups
    assert agreement(of_voter[found.voters], found.chosen.partition.labels) > 0.95


FEW_DRAWS = Thresholds(most_draws=12, most_resamples=20)
"""The least: with more, chance is known better still."""


def test_each_condition_of_the_gate_alone_lets_nothing_through():
    noise = find_groups(
        planted(120, 30, 0)[0], replace(FEW_DRAWS, draws=8, most_draws=8, stability=-1.0, least_group=1, least_share=0.0)
    )
    assert noise.chosen is None
    assert [candidate.reasons for candidate in noise.candidates] == [(NOT_ABOVE_CHANCE, WEAK_AXIS)] * 4
    votes = planted(120, 30, 2)[0]
    unstable = find_groups(votes, replace(FEW_DRAWS, draws=4, most_draws=4, resamples=4, most_resamples=4, stability=1.01))
    small = find_groups(votes, replace(FEW_DRAWS, draws=4, most_draws=4, least_group=61))
    assert [found.chosen for found in (unstable, small)] == [None, None]
    assert (unstable.candidates[0].reasons, small.candidates[0].reasons) == ((UNSTABLE,), (SMALL_GROUP,))


def test_no_group_is_claimed_in_noise_for_nineteen_in_twenty_draws():
    claimed = sum(find_groups(planted(120, 30, 0, seed=seed)[0], FEW_DRAWS).chosen is not None for seed in range(40))
    print(f"{claimed} of 40 consultations without groups were given some")
    assert claimed <= 2


def test_no_group_is_claimed_among_those_who_only_say_yes_more_or_less():
    claimed = 0
    for seed in range(4):
        random = np.random.default_rng(seed)
        yes = random.normal(scale=0.8, size=300)
        row, column = np.nonzero(random.random((300, 60)) < 0.2)
        votes = gathered(row, column, np.where(yes[row] + random.logistic(size=len(row)) > 0, 1, -1), n=300, m=60)
        claimed += find_groups(votes, FEW_DRAWS).chosen is not None
    assert claimed == 0


def test_groups_do_not_depend_on_the_order_of_voters_and_texts():
    votes, _groups = planted(300, 40, 2)
    other, people, _columns = shuffled(votes)
    one, two = find_groups(votes), find_groups(other)
    assert one.chosen is not None
    assert two.chosen is not None
    assert (one.labels(votes.n) == two.labels(votes.n)[people]).all()
    figures = [[(each.null_high, each.stability or 0) for each in found.candidates] for found in (one, two)]
    assert np.abs(np.subtract(*figures)).max() < 1e-6


def test_groups_are_the_same_in_every_run_and_with_any_number_of_threads():
    code = (
        "from tests.opinion.test_groups import planted; from polyphonie.opinion.votes.gate import find_groups; "
        "found = find_groups(planted(300, 40, 2)[0]); print(list(found.labels(300)), "
        "[(round(c.null_high, 9), c.stability) for c in found.candidates])"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True,
            env={**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
        ).stdout
        for threads in ("1", "2")
    }  # fmt: skip
    assert len(told) == 1


def test_silent_people_and_texts_nobody_saw_change_no_group():
    votes, _groups = planted(300, 40, 2)
    wider = gathered(votes.voters(), votes.texts, votes.positions, n=350, m=45)
    assert (find_groups(votes).labels(300) == find_groups(wider).labels(350)[:300]).all()
    assert np.allclose(space_of(wider).voters[:300] / space_of(votes).voters, np.sqrt(45 / 40))


def test_saying_the_contrary_of_everything_turns_the_map_and_nothing_else():
    votes, _groups = planted(200, 30, 2)
    contrary = gathered(votes.voters(), votes.texts, -votes.positions, n=200, m=30)
    one, two = space_of(votes), space_of(contrary)
    assert one.strength == pytest.approx(two.strength)
    assert np.abs(one.mean + two.mean).max() < 1e-12
    assert np.abs(np.abs(one.voters) - np.abs(two.voters)).max() < 1e-8


def test_the_sparse_components_are_those_of_the_filled_matrix():
    votes, _groups = planted(300, 50, 3)
    mean, centred = centre(votes)
    filled = np.tile(mean, (300, 1))
    filled[votes.voters(), votes.texts] = votes.positions
    _left, values, right = np.linalg.svd(filled - mean, full_matrices=False)
    strength, axes = components(centred)
    assert strength == pytest.approx(values[:2])
    assert np.abs(np.abs((axes * right[:2]).sum(axis=1)) - 1).max() < 1e-9


def test_a_correction_after_some_more_votes_finds_the_new_components():
    votes, _groups = planted(500, 60, 2)
    kept = np.random.default_rng(2).random(votes.count) > 0.01
    before = gathered(votes.voters()[kept], votes.texts[kept], votes.positions[kept], n=500, m=60)
    _mean, centred = centre(votes)
    strength, axes = corrected(centred, space_of(before).axes)
    expected, exact = components(centred)
    assert abs(axes[0] @ exact[0]) > 0.99999
    assert strength[0] == pytest.approx(expected[0], rel=1e-4)


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (5, 1), (2, 2), (3, 2)])
def test_tiny_consultations_have_a_space_and_no_groups(size):
    n, m = size
    row, column = np.divmod(np.arange(n * m), m)
    found = find_groups(gathered(row, column, (row + column) % 3 - 1, n=n, m=m))
    assert found.chosen is None
    assert np.isfinite(found.space.voters).all()


def test_a_consultation_without_votes_has_no_groups():
    assert find_groups(gathered([], [], [], n=0, m=3)).chosen is None
    assert find_groups(gathered([], [], [], n=4, m=0)).chosen is None


def test_the_silhouette_is_that_of_its_definition():
    random = np.random.default_rng(4)
    points = np.concatenate([random.normal(size=(30, 2)), random.normal(size=(20, 2)) + 3])
    labels = np.repeat([0, 1], [30, 20])
    values = []
    for rank, label in enumerate(labels):
        distances = np.linalg.norm(points - points[rank], axis=1)
        inside = distances[labels == label].sum() / ((labels == label).sum() - 1)
        outside = distances[labels != label].mean()
        values.append((outside - inside) / max(inside, outside))
    assert silhouette(points, labels) == pytest.approx(np.mean(values))


def test_above_some_thousands_of_points_the_groups_are_the_same():
    random = np.random.default_rng(5)
    points = np.concatenate([random.normal(size=(3000, 2)), random.normal(size=(2500, 2)) + 6])
    expected = np.repeat([0, 1], [3000, 2500])
    assert agreement(partitions(points)[0].labels, expected) > 0.99


# shares


def test_the_tests_of_two_groups_are_opposite():
    votes, groups = planted(100, 20, 2)
    found = representing.representativeness(tally_by_group(votes, groups, 2))
    assert np.abs(found.agree.ratio_test[0] + found.agree.ratio_test[1]).max() < 1e-9


def test_group_informed_consensus_is_never_above_the_least_group():
    votes, groups = planted(100, 20, 3)
    by_group = tally_by_group(votes, groups, 3)
    least = representing.share(by_group.agree, by_group.seen).min(axis=0)
    assert (representing.group_informed_consensus(by_group) <= least + 1e-12).all()


def test_a_point_of_agreement_needs_every_group_and_enough_votes_in_each():
    def by_group(agree, seen):
        agree, seen = np.array(agree), np.array(seen)
        return representing.Tally(agree, seen - agree, seen)

    sizes = np.array([100, 100])
    assert list(representing.points_of_agreement(by_group([[40], [30]], [[45], [35]]), sizes)) == [0]
    assert list(representing.points_of_agreement(by_group([[40], [9]], [[45], [9]]), sizes)) == []
    assert list(representing.points_of_agreement(by_group([[40], [18]], [[45], [35]]), sizes)) == []
    assert list(representing.points_of_agreement(by_group([[3], [5]], [[45], [35]]), sizes, towards="disagree")) == [0]


def test_the_two_controversies_are_told_apart():
    agree, seen = np.array([[50, 25], [0, 25]]), np.array([[50, 50], [50, 50]])
    groups = representing.Tally(agree, seen - agree, seen)
    whole = representing.Tally(agree.sum(axis=0), (seen - agree).sum(axis=0), seen.sum(axis=0))
    assert representing.between_groups(groups) == pytest.approx([1, 0])
    assert representing.inside_whole(whole) == pytest.approx([1, 1])
    mixed = representing.Tally(np.array([10]), np.array([10]), np.array([40]))
    assert representing.inside_whole(mixed) == pytest.approx([0.5])


def test_wilson_bounds_are_those_of_the_book():
    low, high = representing.wilson(np.array([0, 8, 10]), np.array([0, 10, 10]), critical=1.959963984540054)
    assert (low[0], high[0]) == (0, 1)
    assert (low[1], high[1]) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert high[2] == pytest.approx(1)


# bridging and selection


def test_a_text_that_both_sides_agree_with_bridges_more_than_one_that_divides():
    row, column = np.divmod(np.arange(80 * 6), 6)
    side = np.where(row < 40, 1, -1)
    positions = np.select([column == 0, column == 1, column < 4], [1, -1, side], -side)
    found = bridging(gathered(row, column, positions, n=80, m=6))
    assert np.argmax(found.score) == 0
    assert np.argmin(found.score) == 1
    assert np.abs(found.slant[:2]).max() < np.abs(found.slant[2:]).min()
    assert np.sign(found.slant[2]) == -np.sign(found.slant[4])


def test_the_bridging_score_minimises_what_it_says():
    votes, _groups = planted(60, 10, 2)
    found = bridging(votes)
    again = bridging(votes)
    assert (found.score == again.score).all()
    other, _people, columns = shuffled(votes)
    assert np.abs(bridging(other).score[columns] - found.score).max() < 1e-4


def test_the_selection_is_a_greedy_proportional_one():
    votes, _groups = planted(30, 8, 2, seed=9)
    approvals: list[set[int]] = [set() for _voter in range(30)]
    for voter, text, position in zip(votes.voters(), votes.texts, votes.positions, strict=True):
        if position == 1:
            approvals[voter].add(int(text))
    chosen: list[int] = []
    for text in proportional_selection(votes, size=4):
        gains = [sum(1 / (len(liked & set(chosen)) + 1) for liked in approvals if other in liked) for other in range(8)]
        best = max(gain for other, gain in enumerate(gains) if other not in chosen)
        assert gains[text] == pytest.approx(best)
        chosen.append(text)
    assert list(represented(votes, chosen)) == [len(liked & set(chosen)) for liked in approvals]


def test_a_minority_large_enough_is_not_left_without_a_text():
    row, column = np.divmod(np.arange(30 * 4), 4)
    votes = gathered(row, column, np.where((row < 20) == (column < 3), 1, -1), n=30, m=4)
    assert unrepresented(votes, [0, 1, 2], places=3) == [(3, 10)]
    assert 3 in proportional_selection(votes, size=3)
    assert unrepresented(votes, proportional_selection(votes, size=3), places=3) == []
    assert unrepresented(votes, [0, 1, 2], places=2) == []
