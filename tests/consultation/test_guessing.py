"""P2: a fourth vote is guessed at most one point better with the log than from tallies alone, known to have voted or not."""

import pytest

from polyphonie.benchmarks import privacy
from polyphonie.benchmarks.privacy import ELECTORATES, KNOWN, RULES, Electorate
from polyphonie.consultation.rules import VOTERS_PER_BATCH, VOTERS_PER_TEXT
from tests.architecture.order import ROOT

DECISION = ROOT / "docs/decisions/0052-vingt-votants-par-texte.md"
SEEDS = {"122_days": range(746, 754), "23_days": range(746, 747)}
"""Electorates drawn: the small one several times, for chance weighs more in it."""


@pytest.mark.parametrize("name", list(ELECTORATES))
def test_who_knows_three_votes_and_the_hour_gains_at_most_a_point_from_the_log(name):
    voters, days = ELECTORATES[name]
    worst = {"asked": 0.0, "known to have voted": 0.0}
    made, batches = 0, 0
    for seed in SEEDS[name]:
        people = Electorate.drawn(voters, days, seed=seed)
        sealed = privacy.published(people)
        asked, known = privacy.guesses(people, sealed)
        assert (asked.made, known.made) >= (int(voters * 0.9), voters * (KNOWN + 1))
        worst["asked"] = max(worst["asked"], asked.gain)
        worst["known to have voted"] = max(worst["known to have voted"], known.gain)
        made, batches = made + asked.made + known.made, batches + len(sealed)
    told = ", ".join(f"{question}: gain {gain:.2f} points at most" for question, gain in worst.items())
    electorates = f"{len(SEEDS[name])} × {voters} voters over {days} days"
    print(f"P2: {electorates}, {batches} batches, {KNOWN} votes known, {made} guesses; {told}")
    assert max(worst.values()) <= 1


def test_every_vote_leaves_once_with_enough_others_of_its_text_or_at_the_close():
    people = Electorate.drawn(*ELECTORATES["122_days"])
    *live, last = privacy.published(people)
    assert live
    assert last.at == people.days
    for batch in live:
        assert len({one for voters in batch.texts.values() for one in voters}) >= VOTERS_PER_BATCH
        assert min(len(voters) for voters in batch.texts.values()) >= VOTERS_PER_TEXT
        assert batch.at < people.days - 1
    left = [(one, text) for batch in (*live, last) for text, voters in batch.texts.items() for one in voters]
    assert len(left) == len(set(left)) == sum(len(ballot) for ballot in people.ballots)


def test_the_rule_before_let_the_same_observer_gain_ten_points():
    """The measure can fail: were votes to leave with any twenty voters of the consultation, it would say so."""
    people = Electorate.drawn(*ELECTORATES["122_days"])
    _asked, known = privacy.guesses(people, privacy.published(people, RULES["per_consultation"]))
    assert known.gain > 5


def test_what_the_log_reveals_and_what_it_costs_are_written_as_they_are_measured():
    told = DECISION.read_text(encoding="utf-8")
    facts = privacy.run()
    for name in ELECTORATES:
        for rule in RULES:
            one = facts[name][rule]
            known = one["known_to_vote"]
            for figure in (known["gain"], known["certain"], one["texts_moved"], one["votes_before_the_close"]):
                assert f"{figure:.1f}".replace(".", ",") in told, (name, rule, figure)


def test_the_ground_is_as_popular_as_a_real_consultation():
    drawn = privacy.weights()
    shares = [drawn[rank - 1] / drawn[-1] for rank in (10, 50, 200)]
    assert [round(share, 1) for share in shares] == [0.3, 0.6, 0.9]
