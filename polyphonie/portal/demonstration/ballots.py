"""Who votes on what, when, and how? Drawn with a fixed seed from each person's leaning and each text's appeal and popularity.

Everything is in offsets from the moment of loading: the same votes come out whatever the day.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from polyphonie.portal.demonstration.content import Item, concertation, every_text, people

SEED = 2090
VOTES = 5_600
"""A few of them still wait for their batch, as in any open consultation."""

CROWD = {"voitures-livraisons-velos": 1.5, "ombre-et-eau": 6.0}
"""Relative attendance of the consultations that drew more people than the others."""

CONVICTION = {"ombre-et-eau": 1.3}
"""Where people are surer of what they think, how much further from one half their chance to agree stands. There they also come
once a part of it is written, and answer nearly everything: together they make groups of opinion, which the others do not."""
LATE, MANY_MORE = 0.4, 10

SECONDS_A_VOTE = 25
DAY = 86_400
COMPLETION_POPULARITY = 0.5
DISAGREE_SHARE = 0.5
"""Of those who do not agree, the share that disagrees; the others are mixed."""

MINUTE = 60 / DAY
VISITS_EACH = 2
EAGER = 8.0
"""Whoever is entered as a citizen has voted almost everywhere: there is something to see in their space."""


@dataclass(frozen=True)
class Votable:
    """A text that is voted on: its appeal to each leaning, and the offsets at which its revisions were published."""

    key: str
    consultation: str
    appeal: dict[str, float]
    popularity: float
    revised_on: tuple[float, ...]

    def revision_at(self, day: float) -> int:
        """The revision shown then; 0 before it was published."""
        return sum(on_day < day for on_day in self.revised_on)


@dataclass(frozen=True)
class Ballot:
    """One person's answer on one text."""

    day: float
    person: str
    text: str
    position: int


@dataclass(frozen=True)
class Visit:
    """Someone comes by and answers a few texts in a row."""

    consultation: str
    ballots: tuple[Ballot, ...]


def completion_key(index: int) -> str:
    """Completions have no key of their own in the content: their rank among all of them."""
    return f"completion/{index}"


@dataclass
class _Visitor:
    """Someone in one consultation: when they last came, and which wording of each text they have answered."""

    person: Item
    latest: float
    visits: int = 0
    seen: dict[str, int] = field(default_factory=dict)

    def unanswered(self, texts: list[Votable], day: float) -> list[Votable]:
        """The texts published by then that this person has not answered in their present wording."""
        return [text for text in texts if text.revision_at(day) > self.seen.get(text.key, 0)]

    def answers(self, offered: list[Votable], day: float, how_many: int, chance: random.Random) -> Iterator[Ballot]:
        """Answer some of these in a row, popular ones more often."""
        ranked = sorted(offered, key=lambda text: -(chance.random() ** (1 / text.popularity)))
        self.visits += bool(ranked)
        for rank, text in enumerate(ranked[:how_many]):
            self.latest = day + rank * SECONDS_A_VOTE / DAY
            self.seen[text.key] = text.revision_at(day)
            appeal = 0.5 + (text.appeal[self.person["leaning"]] - 0.5) * CONVICTION.get(text.consultation, 1)
            position = _position(appeal, chance)
            yield Ballot(self.latest, self.person["key"], text.key, position)


@cache
def votables() -> dict[str, list[Votable]]:
    """The texts that are voted on, by consultation."""
    found: dict[str, list[Votable]] = {}
    appeal: dict[str, dict[str, float]] = {}
    completions = 0
    for consultation, kind, item in every_text():
        if kind == "proposals":
            appeal[item["key"]] = item["appeal"]
            revised_on = (item["on_day"], *(revision["on_day"] for revision in item.get("revisions", [])))
            votable = Votable(item["key"], consultation, item["appeal"], item["popularity"], revised_on)
        elif kind == "completions":
            completions += 1
            key = completion_key(completions)
            votable = Votable(key, consultation, appeal[item["about"]], COMPLETION_POPULARITY, (item["on_day"],))
        else:
            continue
        found.setdefault(consultation, []).append(votable)
    return found


@cache
def visits() -> tuple[Visit, ...]:
    """Every visit, in no order of time: the demonstration sorts them with everything else."""
    chance = random.Random(SEED)  # noqa: S311  (the same invented votes each time)
    eagerness = {person["key"]: chance.lognormvariate(0, 0.8) for person in people()["people"]}
    eagerness[concertation()["entries"]["citizen"]] = EAGER
    calendars = [item for item in concertation()["consultations"] if item["slug"] in votables()]
    whole = sum(CROWD.get(item["slug"], 1) for item in calendars)
    found: list[Visit] = []
    for item in calendars:
        wanted = round(VOTES * CROWD.get(item["slug"], 1) / whole)
        found += _attendance(item, wanted, eagerness, chance)
    return tuple(found)


def _attendance(calendar: Item, wanted: int, eagerness: dict[str, float], chance: random.Random) -> Iterator[Visit]:
    """The visits to one consultation until `wanted` votes are cast; nobody comes more than twice."""
    slug, opens, closes = calendar["slug"], calendar["opens_in"], min(calendar["closes_in"], 0) - 15 * MINUTE
    persons = [person for person in people()["people"] if person["joined"] < closes - 1]
    weights = [eagerness[person["key"]] for person in persons]
    visitors: dict[str, _Visitor] = {}
    while wanted > 0:
        person = chance.choices(persons, weights)[0]
        visitor = visitors.setdefault(person["key"], _Visitor(person, max(opens, person["joined"])))
        first = max(visitor.latest, opens + (closes - opens) * LATE) if slug in CONVICTION else visitor.latest
        day = _day_of_visit(first, closes, chance)
        if visitor.visits == VISITS_EACH:
            continue
        offered = visitor.unanswered(votables()[slug], day)
        length = min(wanted, _length(chance) + (MANY_MORE if slug in CONVICTION else 0))
        ballots = tuple(visitor.answers(offered, day, length, chance))
        if ballots:
            wanted -= len(ballots)
            yield Visit(slug, ballots)


def _day_of_visit(first: float, last: float, chance: random.Random) -> float:
    """People come all along, and more towards the end."""
    share = chance.random() if chance.random() < 0.6 else chance.betavariate(4, 1.2)
    return first + (last - first) * share


def _length(chance: random.Random) -> int:
    """How many texts someone answers in a row."""
    return min(18, max(3, round(chance.gauss(8, 3.5))))


def _position(appeal: float, chance: random.Random) -> int:
    if chance.random() < appeal:
        return 1
    return -1 if chance.random() < DISAGREE_SHARE else 0
