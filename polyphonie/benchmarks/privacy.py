"""P2: what does the log reveal of a fourth vote to who knows three of them, and the hour of the visit?

A simulated electorate, in memory: people visit once, vote on texts as popular as those of a real consultation, and batches are
sealed by the product's own rule. The observer knows three votes of each person and the instant of their visit, hence in which
batch each of their votes became public (everything that counters polled each second show), and guesses a fourth, with and
without the log. Two questions are asked, and both are told:

* `asked`: « how did this person answer this text, if they did? », the text drawn as often as it is voted on;
* `known_to_vote`: the same, the observer knowing besides that the person did vote on that text at that visit; every vote of
  everyone is guessed once.

Two rules are compared: votes leave as soon as twenty voters wait in the consultation, or on their own text (`RULES`).
"""

import math
import random
import resource
import time
from bisect import bisect, bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from statistics import median
from typing import Any

from polyphonie.consultation.models import AGREE, DISAGREE, MIXED, POSITIONS
from polyphonie.consultation.rules import VOTERS_PER_TEXT, seal_refusal
from polyphonie.processes.models import Consultation

TEXTS = 688
FLATNESS, REACH = 0.5, 110
"""How votes are spread over texts: near those of République numérique (top ten 29 %, top fifty 65 %, top two hundred 92 %)."""
MORE_VOTES = 4.8
"""Votes a person, on average, beyond the three that are known: République numérique has 4.8 in all."""
KNOWN = 3
ELECTORATES = {"122_days": (2_300, 122), "23_days": (21_159, 23)}
OPENING = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
RULES = {"per_text": VOTERS_PER_TEXT, "per_consultation": 1}
"""How many voters must wait on a text before its votes leave: the rule in force, and the one before it (decision 0052)."""

Ballot = dict[int, int]
"""A person's positions by text."""


@dataclass(frozen=True)
class Guesses:
    """How many guesses were made, and how many were right from tallies alone, then with the log; of how many votes the log
    leaves no doubt, where tallies did."""

    made: int
    from_tallies: int
    from_the_log: int
    certain: int = 0

    @property
    def gain(self) -> float:
        """In points of percentage."""
        return 100 * (self.from_the_log - self.from_tallies) / self.made

    def told(self) -> dict[str, Any]:
        tallies, log, certain = (100 * some / self.made for some in (self.from_tallies, self.from_the_log, self.certain))
        shares = {"from_tallies": tallies, "from_the_log": log, "gain": self.gain, "certain": certain}
        return {"guesses": self.made, **{name: round(share, 2) for name, share in shares.items()}}


@dataclass(frozen=True)
class Electorate:
    """Who came when (in days after the opening, in order), and voted what."""

    days: int
    visits: list[float]
    ballots: list[Ballot]

    @classmethod
    def drawn(cls, voters: int, days: int, *, seed: int = 746) -> "Electorate":
        chance = random.Random(seed)  # noqa: S311  (an electorate, always the same)
        visits = sorted(chance.random() * days for _ in range(voters))
        return cls(days, visits, list(_ballots(voters, chance)))


@dataclass(frozen=True)
class Sealed:
    """A batch: when, and whose votes on each of its texts (people by their place in the electorate)."""

    at: float
    texts: dict[int, list[int]]


def run() -> dict[str, Any]:
    """Both questions, on both electorates, under both rules, and what each rule costs to who follows the totals."""
    found: dict[str, Any] = {}
    started = time.monotonic()
    for name, (voters, days) in ELECTORATES.items():
        people = Electorate.drawn(voters, days)
        found[name] = {"voters": voters, "votes": sum(len(ballot) for ballot in people.ballots)}
        for rule, per_text in RULES.items():
            batches = published(people, per_text)
            asked, known = guesses(people, batches)
            told = {"asked": asked.told(), "known_to_vote": known.told(), **cost(people, batches)}
            found[name][rule] = {"voters_per_text": per_text, "batches": len(batches), **told}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": round(time.monotonic() - started, 1), "rss_mb": memory, **found}


def published(people: Electorate, per_text: int = VOTERS_PER_TEXT) -> list[Sealed]:
    """The votes of an electorate, batch by batch, as the product's rule seals them; the last one is that of the close."""
    closes_at = OPENING + timedelta(days=people.days)
    consultation = Consultation(state=Consultation.State.OPEN, opens_at=OPENING, closes_at=closes_at)
    batches: list[Sealed] = []
    waiting: dict[int, list[int]] = defaultdict(list)
    ready: set[int] = set()
    last = None
    for person, (visit, ballot) in enumerate(zip(people.visits, people.ballots, strict=True)):
        now = OPENING + timedelta(days=visit)
        for text in ballot:
            waiting[text].append(person)
            if len(waiting[text]) >= per_text:
                ready.add(text)
        voters = len({one for text in ready for one in waiting[text]})
        if seal_refusal(consultation, ready_voters=voters, last_sealed_at=last, now=now) is None:
            batches.append(Sealed(visit, {text: waiting.pop(text) for text in ready}))
            ready, last = set(), now
    return [*batches, Sealed(people.days, dict(waiting))] if waiting else batches


def cost(people: Electorate, batches: list[Sealed]) -> dict[str, Any]:
    """What who follows the totals sees before the close: which share of texts, of votes, and after how long."""
    live = [batch for batch in batches if batch.at < people.days]
    moved = {text for batch in live for text in batch.texts}
    votes = sum(len(voters) for batch in live for voters in batch.texts.values())
    waits = [batch.at - people.visits[one] for batch in batches for voters in batch.texts.values() for one in voters]
    return {
        "texts_moved": round(100 * len(moved) / len({text for ballot in people.ballots for text in ballot}), 1),
        "votes_before_the_close": round(100 * votes / len(waits), 1),
        "median_wait_days": round(median(waits), 2),
    }


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


def guesses(people: Electorate, batches: list[Sealed]) -> tuple[Guesses, Guesses]:
    """The two questions, with and without the log: each person asked once at random, then each of their votes guessed."""
    overall = _counted(people.ballots)
    return _asked(people, batches, overall), _known_to_vote(people, batches, overall)


def _known_to_vote(people: Electorate, batches: list[Sealed], overall: dict[int, Counter[int]]) -> Guesses:
    """Each vote as the fourth of its voter: the position most given on its text in its batch, or by everyone."""
    right: Counter[str] = Counter()
    for batch in batches:
        for text, voters in batch.texts.items():
            inside = Counter(people.ballots[one][text] for one in voters)
            right["made"] += len(voters)
            right["tallies"] += inside[_most(overall[text])]
            right["log"] += inside[_most(inside, overall[text])]
            right["certain"] += len(voters) if len(inside) == 1 < len(overall[text]) else 0
    return Guesses(right["made"], right["tallies"], right["log"], right["certain"])


def _asked(people: Electorate, batches: list[Sealed], overall: dict[int, Counter[int]], *, seed: int = 747) -> Guesses:
    """One text drawn for each person: the batch in which a vote on it at that visit would be, and who came meanwhile."""
    chance = random.Random(seed)  # noqa: S311  (an electorate, always the same)
    drawn, voters = weights(), len(people.ballots)
    holding: dict[int, list[Sealed]] = defaultdict(list)
    for batch in batches:
        for text in batch.texts:
            holding[text].append(batch)
    right: Counter[str] = Counter()
    for visit, ballot in zip(people.visits, people.ballots, strict=True):
        texts = list(ballot)
        chance.shuffle(texts)
        text = bisect(drawn, chance.random() * drawn[-1])
        if text in texts[:KNOWN]:
            continue
        right["made"] += 1
        right["tallies"] += _likeliest(overall[text], voters) == ballot.get(text)
        rank = bisect_left(holding[text], visit, key=lambda batch: batch.at)
        guessed = _likeliest(overall[text], voters)
        if rank < len(holding[text]):
            batch = holding[text][rank]
            since = bisect_right(people.visits, holding[text][rank - 1].at) if rank else 0
            inside = Counter(people.ballots[one][text] for one in batch.texts[text])
            guessed = _with_the_log(inside, bisect_right(people.visits, batch.at) - since, overall[text], voters)
        right["log"] += guessed == ballot.get(text)
    return Guesses(right["made"], right["tallies"], right["log"])


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
