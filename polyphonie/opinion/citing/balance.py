"""Does a synthesis give each side, each author and each topic its place? Exact counts, in plain Python.

Formulae: Herfindahl-Hirschman index (the sum of squared shares) for concentration, Jensen-Shannon divergence in bits
(J. Lin, IEEE Trans. Inf. Theory 37 (1991), 145-151) between what was said and what is cited of each topic.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log2

from polyphonie.opinion.citing.cited import AGAINST, ARGUMENT, CONTROVERSY, FOR, PROPOSAL, Cited, Share, Voice

MOST_CITED = 10
CAMPAIGN_ABOVE = 5
"""A family of more near-identical texts than this is a campaign: it counts once, with its size beside it."""
LEAST_CELL = 10
"""Fewer authors than this are never shown as a group."""
NOT_SAID, OTHERS = "", "others"
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Sides:
    """A controversy and how many arguments of each side it cites; `imbalance`: |for - against| of all, 0 when balanced."""

    claim: str
    arguments_for: int
    arguments_against: int
    imbalance: Share
    is_one_sided: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Arguments, sources or completions of one kind and side: `cited` themselves, `dealt_with` because they or their proposal are
    cited, and the numbers of those left out."""

    kind: str
    side: str
    voices: int
    cited: int
    dealt_with: int
    left_out: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A family of many near-identical texts: its numbers, and whether one of them is cited."""

    numbers: tuple[int, ...]
    size: int
    is_cited: bool


@dataclass(frozen=True, slots=True)
class Concentration:
    """Of all citations, the share of those to the ten most-cited authors; `authors` cited; `index`: the sum of the squared shares
    of authors, a fraction: 1 when all citations go to one, 1 / `authors` when they are even."""

    most_cited: Share
    authors: int
    index: Share
    campaigns: tuple[Campaign, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, its share of the proposals and its share of the citations, both from 0 to 1 (6 decimals)."""

    topic: str
    said: float
    cited: float


@dataclass(frozen=True, slots=True)
class Topics:
    """Each topic, and how far what is cited stands from what was said: 0 the same shares, 1 nothing in common (6 decimals)."""

    topics: tuple[Topic, ...]
    divergence: float


@dataclass(frozen=True, slots=True)
class Authors:
    """A group of authors: how many made proposals, and of how many at least one is cited. `is_pooled`: groups too small to be
    shown, taken together; `value` then is "others"."""

    value: str
    authors: Share
    is_pooled: bool = False


def sides_of_controversies(cited: Cited) -> tuple[Sides, ...]:
    """Each controversy of the synthesis with the arguments it cites: at least one of each side is wanted."""
    found = []
    for claim in cited.claims:
        if claim.kind != CONTROVERSY:
            continue
        told = [cited.voices[number] for number in set(claim.cites) if number in cited.voices]
        sides = Counter(voice.side for voice in told if voice.kind == ARGUMENT)
        pro, con = sides[FOR], sides[AGAINST]
        found.append(Sides(claim.label, pro, con, Share(abs(pro - con), pro + con), not (pro and con)))
    return tuple(found)


def left_out(cited: Cited) -> tuple[LeftOut, ...]:
    """What is no proposal, by kind and side: dealt with when its proposal or itself is cited, else left out."""
    groups: dict[tuple[str, str], list[Voice]] = defaultdict(list)
    for voice in cited.voices.values():
        if voice.kind != PROPOSAL:
            groups[voice.kind, voice.side].append(voice)
    found = []
    for (kind, side), voices in sorted(groups.items()):
        without = tuple(voice.number for voice in voices if not _is_dealt_with(cited, voice.number))
        direct = sum(cited.is_cited(voice.number) for voice in voices)
        found.append(LeftOut(kind, side, len(voices), direct, len(voices) - len(without), without))
    return tuple(found)


def _is_dealt_with(cited: Cited, number: int) -> bool:
    return cited.is_cited(number) or cited.is_cited(cited.proposal_of.get(number, number))


def concentration(cited: Cited, families: Mapping[int, Sequence[int]]) -> Concentration:
    """To how few authors do the citations go? Those to texts of one campaign count once for each claim, for one author."""
    campaigns = _campaigns(cited, families)
    campaign_of = {number: rank for rank, campaign in enumerate(campaigns) for number in campaign.numbers}
    citations: Counter[str] = Counter()
    for claim in cited.claims:
        numbers = {number for number in claim.cites if number in cited.voices}
        citations.update(f"campaign {rank}" for rank in {campaign_of[number] for number in numbers if number in campaign_of})
        citations.update(author_of(cited.voices[number]) for number in numbers if number not in campaign_of)
    total = sum(citations.values())
    greatest = sum(sorted(citations.values(), reverse=True)[:MOST_CITED])
    squares = sum(count * count for count in citations.values())
    return Concentration(Share(greatest, total), len(citations), Share(squares, total * total), campaigns)


def _campaigns(cited: Cited, families: Mapping[int, Sequence[int]]) -> tuple[Campaign, ...]:
    found = sorted({tuple(members) for members in families.values() if len(members) > CAMPAIGN_ABOVE})
    return tuple(Campaign(members, len(members), any(map(cited.is_cited, members))) for members in found)


def author_of(voice: Voice) -> str:
    """A label for the author of a voice: one of its own when nobody is named."""
    return f"author {voice.author}" if voice.author else f"number {voice.number}"


def topic_balance(cited: Cited) -> Topics:
    """The shares of topics among proposals and among citations; a citation counts for the topics of the proposal it leads to."""
    said, told = _Weights(), _Weights()
    for topics, proposals in Counter(voice.topics for voice in cited.proposals).items():
        said.add(topics, proposals)
    for number, times in cited.times.items():
        proposal = cited.voices.get(cited.proposal_of.get(number, 0))
        if proposal is not None:
            told.add(proposal.topics, times)
    names = sorted(said.weights.keys() | told.weights.keys())
    rows = tuple(Topic(name, *(round(weights.share(name), DECIMALS) for weights in (said, told))) for name in names)
    comparable = said.total > 0 and told.total > 0
    return Topics(rows, round(_divergence(said, told, names), DECIMALS) if comparable else 0.0)


class _Weights:
    """How much each topic weighs; a text of several topics weighs equally in each."""

    def __init__(self) -> None:
        self.weights: dict[str, Fraction] = defaultdict(Fraction)
        self.total = 0

    def add(self, topics: Sequence[str], times: int) -> None:
        among = tuple(topics) or (NOT_SAID,)
        for topic in among:
            self.weights[topic] += Fraction(times, len(among))
        self.total += times

    def share(self, topic: str) -> float:
        return float(self.weights.get(topic, Fraction()) / self.total) if self.total else 0.0


def _divergence(one: _Weights, other: _Weights, names: Sequence[str]) -> float:
    """Jensen-Shannon, in bits: the mean distance of each distribution to their middle."""
    total = 0.0
    for name in names:
        shares = one.share(name), other.share(name)
        middle = sum(shares) / 2
        total += sum(share * log2(share / middle) for share in shares if share > 0) / 2
    return min(max(total, 0.0), 1.0)


def authors_by(cited: Cited, value_of: Mapping[int, str]) -> tuple[Authors, ...]:
    """Authors of proposals by what is known of them (`value_of`: number → category, origin or territory), and of how many at
    least one proposal is cited: authors are counted, never voters. A group of fewer than ten is not shown: small groups are
    taken together, and with the next smallest while they are still fewer than ten. Empty when all are."""
    authors: dict[str, set[str]] = defaultdict(set)
    with_citation: dict[str, set[str]] = defaultdict(set)
    for voice in cited.proposals:
        value = value_of.get(voice.number, NOT_SAID)
        authors[value].add(author_of(voice))
        if cited.is_cited(voice.number):
            with_citation[value].add(author_of(voice))
    shown = sorted(authors, key=lambda value: (-len(authors[value]), value))
    pooled: list[str] = []
    while shown and (len(authors[shown[-1]]) < LEAST_CELL or 0 < _together(authors, pooled) < LEAST_CELL):
        pooled.append(shown.pop())
    rows = [Authors(value, Share(len(with_citation[value]), len(authors[value]))) for value in shown]
    if _together(authors, pooled) >= LEAST_CELL:
        rows.append(Authors(OTHERS, Share(_together(with_citation, pooled), _together(authors, pooled)), is_pooled=True))
    return tuple(rows)


def _together(authors: Mapping[str, set[str]], values: Sequence[str]) -> int:
    return len(set().union(*(authors[value] for value in values)))
