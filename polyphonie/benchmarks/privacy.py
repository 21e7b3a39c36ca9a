"""P2: what does the log reveal of a fourth vote to who knows three of them, and the hour of the visit?

A simulated electorate, in memory: people visit once, vote on texts as popular as those of a real consultation, and batches are
sealed by the product's own rule. The observer knows three votes of each person, the batch of their visit (hence everything that
counters polled each second show), and guesses a fourth, with and without the log. Two questions are asked, and both are told:

* `asked`: « how did this person answer this text, if they did? », the text drawn as often as it is voted on;
* `known_to_vote`: the same, the observer knowing besides that the person did vote on that text at that visit.
"""

import math
import random
import resource
import time
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from polyphonie.consultation.models import AGREE, DISAGREE, MIXED, POSITIONS
from polyphonie.consultation.rules import seal_refusal
from polyphonie.processes.models import Consultation

TEXTS = 688
FLATNESS, REACH = 0.5, 110
"""How votes are spread over texts: near those of République numérique (top ten 29 %, top fifty 65 %, top two hundred 92 %)."""
MORE_VOTES = 4.8
"""Votes a person, on average, beyond the three that are known: République numérique has 4.8 in all."""
KNOWN = 3
ELECTORATES = {"122_days": (2_300, 122), "23_days": (21_159, 23)}
OPENING = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

Ballot = dict[int, int]
"""A person's positions by text."""


@dataclass(frozen=True)
class Guesses:
    """How many guesses were made, and how many were right from tallies alone, then with the log."""

    made: int
    from_tallies: int
    from_the_log: int

    @property
    def gain(self) -> float:
        """In points of percentage."""
        return 100 * (self.from_the_log - self.from_tallies) / self.made

    def told(self) -> dict[str, Any]:
        shares = (round(100 * right / self.made, 2) for right in (self.from_tallies, self.from_the_log))
        return dict(
            zip(("guesses", "from_tallies", "from_the_log", "gain"), (self.made, *shares, round(self.gain, 2)), strict=True)
        )


def run() -> dict[str, Any]:
    """Both questions on both electorates."""
    found: dict[str, Any] = {}
    started = time.monotonic()
    for name, (voters, days) in ELECTORATES.items():
        batches = published(voters, days)
        asked, known = guesses(batches, voters)
        found[name] = {"voters": voters, "batches": len(batches), "asked": asked.told(), "known_to_vote": known.told()}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": round(time.monotonic() - started, 1), "rss_mb": memory, **found}


def published(voters: int, days: int, *, seed: int = 746) -> list[list[Ballot]]:
    """The ballots of an electorate, batch by batch, as the product's rule seals them."""
    chance = random.Random(seed)  # noqa: S311  (an electorate, always the same)
    closes_at = OPENING + timedelta(days=days)
    consultation = Consultation(state=Consultation.State.OPEN, opens_at=OPENING, closes_at=closes_at)
    visits = sorted(chance.random() * days for _ in range(voters))
    batches: list[list[Ballot]] = []
    waiting: list[Ballot] = []
    last = None
    for visit, ballot in zip(visits, _ballots(voters, chance), strict=True):
        now = OPENING + timedelta(days=visit)
        waiting.append(ballot)
        if seal_refusal(consultation, waiting_voters=len(waiting), last_sealed_at=last, now=now) is None:
            batches.append(waiting)
            waiting, last = [], now
    return [*batches, waiting] if waiting else batches


def weights() -> list[float]:
    """How much each text draws votes, the most drawn first, added up."""
    return list(accumulate((rank + 1) ** -FLATNESS * math.exp(-rank / REACH) for rank in range(TEXTS)))


def _ballots(voters: int, chance: random.Random) -> Iterator[Ballot]:
    """People who each lean one way, on texts that please more or less and divide along that way."""
    drawn = weights()
    pleases = [chance.gauss(1.1, 0.7) for _ in range(TEXTS)]
    divides = [chance.gauss(0, 0.8) for _ in range(TEXTS)]
    for _voter in range(voters):
        leaning = chance.gauss(0, 1)
        count = KNOWN + 1 + int(chance.expovariate(1 / MORE_VOTES))
        ballot: Ballot = {}
        while len(ballot) < count:
            text = bisect(drawn, chance.random() * drawn[-1])
            felt = pleases[text] + leaning * divides[text] + chance.gauss(0, 0.6)
            ballot.setdefault(text, AGREE if felt > 0.3 else DISAGREE if felt < -0.3 else MIXED)
        yield ballot


def guesses(batches: list[list[Ballot]], voters: int, *, seed: int = 747) -> tuple[Guesses, Guesses]:
    """The two questions asked of each person once, with and without the log."""
    chance = random.Random(seed)  # noqa: S311  (an electorate, always the same)
    drawn, overall = weights(), _counted([ballot for batch in batches for ballot in batch])
    right: Counter[str] = Counter()
    for batch in batches:
        inside = _counted(batch)
        for ballot in batch:
            texts = list(ballot)
            chance.shuffle(texts)
            fourth = texts[KNOWN]
            right["known"] += 1
            right["known, tallies"] += _most(overall[fourth]) == ballot[fourth]
            right["known, log"] += _most(inside[fourth], overall[fourth]) == ballot[fourth]
            text = bisect(drawn, chance.random() * drawn[-1])
            if text in texts[:KNOWN]:
                continue
            right["asked"] += 1
            right["asked, tallies"] += _likeliest(overall[text], voters) == ballot.get(text)
            right["asked, log"] += _with_the_log(inside[text], len(batch), overall[text], voters) == ballot.get(text)
    return (
        Guesses(right["asked"], right["asked, tallies"], right["asked, log"]),
        Guesses(right["known"], right["known, tallies"], right["known, log"]),
    )


def _counted(ballots: list[Ballot]) -> dict[int, Counter[int]]:
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for ballot in ballots:
        for text, position in ballot.items():
            found[text][position] += 1
    return found


def _most(counted: Counter[int], otherwise: Counter[int] | None = None) -> int:
    """The position most given, here then overall."""
    return max(POSITIONS, key=lambda position: (counted[position], (otherwise or counted)[position]))


def _likeliest(counted: Counter[int], people: int) -> int | None:
    """The likeliest answer of someone among so many people: a position, or none."""
    best = _most(counted)
    return best if counted[best] > people - counted.total() else None


def _with_the_log(inside: Counter[int], present: int, overall: Counter[int], voters: int) -> int | None:
    """The same for someone known to be among those of one batch: what was sealed there, then what everyone says."""
    best = _most(inside, overall)
    chances, absent = inside[best], present - inside.total()
    if chances == absent:
        return _likeliest(overall, voters)
    return best if chances > absent else None
