"""What a process of its own computes is what would be computed here; nothing heavy is loaded to ask it."""

import json
import subprocess
import sys

import pytest

from polyphonie.opinion import apart
from polyphonie.opinion.votes.analysing import analysis
from polyphonie.opinion.votes.lists import stepped
from tests.opinion.test_groups import planted


def test_the_answer_of_the_other_process_is_that_of_the_computation():
    votes, _groups = planted(120, 14, 2, fill=0.9)
    numbers = list(range(7, 21))
    told = [
        (f"voter {voter}".encode(), numbers[text], int(position))
        for voter, text, position in zip(votes.voters(), votes.texts, votes.positions, strict=True)
    ]
    strangers = [(b"voter 0", 999, 1)]
    found = apart.computed(apart.ANALYSIS, numbers, [*told, *strangers])
    assert found == json.loads(json.dumps(analysis(votes, numbers)))
    first = apart.computed(apart.ANALYSIS, numbers, told, unplaced=[b"voter 0", b"voter 1", b"voter 2"])
    assert first == json.loads(json.dumps(analysis(votes, numbers, unplaced=3)))
    chosen = {"cited": [7, 8, 999], "statements": 3}
    represented = apart.computed(apart.REPRESENTATION, numbers, told, settings=chosen)
    with_one = len(
        {
            row
            for row, text, position in zip(votes.voters(), votes.texts, votes.positions, strict=True)
            if text < 2 and position == 1
        }
    )
    assert (represented["voters"], represented["with_one"]) == (120, stepped(with_one / 120))
    assert all(alarm["number"] in numbers and alarm["at_least"] % 10 == 0 for alarm in represented["unrepresented"])


def test_near_duplicates_come_back_by_their_numbers():
    texts = {
        7: ("Planter des tilleuls", "Planter cent tilleuls sur la place du marché, pour l'ombre."),
        9: ("Un kiosque à musique", "Remettre un kiosque au milieu du parc."),
        12: ("Planter des tilleuls", "Planter cent tilleuls sur la place du marché, pour l'ombre."),
    }
    found = apart.computed(apart.NEARNESS, texts, (), settings={"texts": {str(number): text for number, text in texts.items()}})
    assert found == {"formula": "nearness/2", "families": [[7, 12]], "pairs": [[7, 12, 1_000_000]]}


def test_a_computation_that_fails_or_lasts_is_said_to():
    with pytest.raises(apart.Failed, match="ended"):
        apart.computed(apart.ANALYSIS, [1], [], settings={"unknown": 1})
    with pytest.raises(apart.Failed, match="timed out"):
        apart.computed(apart.ANALYSIS, [1], [], most_seconds=0)


def test_a_computation_that_is_asked_to_end_is_no_failure(monkeypatch):
    monkeypatch.setattr(apart, "_started", lambda: subprocess.Popen(["sh", "-c", "kill $$"], stdin=subprocess.PIPE))
    with pytest.raises(apart.Stopped):
        apart.computed(apart.ANALYSIS, [1], [])


def test_asking_loads_nothing_heavy():
    code = (
        "import sys, polyphonie.opinion.apart; "
        "heavy = {'numpy', 'scipy', 'sklearn'} & {name.split('.')[0] for name in sys.modules}; sys.exit(', '.join(heavy) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
