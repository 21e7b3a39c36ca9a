"""What of a consultation does a synthesis take up, and what is still to be read? Every figure that needs no voter's key.

    report = coverage(voices, claims, families=[[12, 40]], similarities=[(12, 40, 0.93), (7, 12, 0.31)])
    report.headline.cited                     Share(part=287, whole=312): « 287 propositions sur 312 sont citées »
    report.to_read[0].numbers                 the family to be read first
    report.as_json()                          what is published, with formula, parameters and hash of the inputs

Formula `coverage/1`. Every figure is a pair of whole numbers (`Share`) or rounded to six decimals, so that whoever recomputes
it from the published files, in any language, finds the same. Only proposals count in the headline: an argument or a source is
dealt with when its proposal is, and `left_out` shows those that are not, by side. No chance is involved: `seed` is null.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from math import isqrt
from typing import Any

from polyphonie.opinion.citing import balance
from polyphonie.opinion.citing.cited import (
    MILLION,
    PROPOSAL,
    Cited,
    Claim,
    Heard,
    Share,
    Voice,
    families_of,
    gathered,
    nearest_cited,
)
from polyphonie.opinion.fingerprint import input_hash
from polyphonie.opinion.formulae import POLARISATION_MINIMUM, Z_90, polarisation_key, wilson_lower_key

FORMULA = "coverage/1"
BILLION = 10**9
_MILLION_BILLIONS = MILLION * BILLION


@dataclass(frozen=True, slots=True)
class Uncited:
    """A proposal that no claim cites: the reason somebody gave, and whether one of its arguments or sources is cited."""

    number: int
    reason: str
    is_reached_by_a_reply: bool


@dataclass(frozen=True, slots=True)
class Headline:
    """« Les 312 propositions ; 287 sont citées ; 25 ne le sont pas : lesquelles et pourquoi »."""

    cited: Share
    uncited: tuple[Uncited, ...]
    without_reason: int


@dataclass(frozen=True, slots=True)
class ToRead:
    """A family of proposals of which none is cited; `score` in billionths: floor of √votes · (1 - nearest) · what stands out, the
    greatest of agreement (lower bound), of difference between groups where known, and of polarisation. `nearest`, in millionths:
    how near a cited text is."""

    numbers: tuple[int, ...]
    votes: int
    nearest: int
    score: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a synthesis takes up. `by_votes`: of the votes on proposals, those on cited ones; `by_families`: proposals of which
    one near-duplicate is cited; `soft`: the mean nearness to what is cited, in millionths; `to_read`: the most
    pressing to read before concluding first; the rest is in `balance`."""

    formula: str
    parameters: dict[str, float]
    seed: int | None
    input_hash: str
    claims: int
    claims_without_citation: int
    headline: Headline
    by_votes: Share
    by_families: Share
    soft: Share
    to_read: tuple[ToRead, ...]
    controversies: tuple[balance.Sides, ...]
    left_out: tuple[balance.LeftOut, ...]
    concentration: balance.Concentration
    topics: balance.Topics

    def as_json(self) -> dict[str, Any]:
        """The same as dictionaries, lists, numbers and texts only."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def _plain(value: Any) -> Any:
    """A value as dictionaries, tuples and plain values; `asdict` does the same, and copies each number of each list to do it."""
    kind = type(value)
    if kind in _WHOLE:
        return value
    if kind is tuple:
        return tuple(map(_plain, value)) if value and type(value[0]) not in _WHOLE else value
    if is_dataclass(kind):
        return {name: _plain(getattr(value, name)) for name in _names_of(kind)}
    return value


_WHOLE = frozenset({int, str, bool, float, type(None)})


@lru_cache(maxsize=32)
def _names_of(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


PARAMETERS: dict[str, float] = {
    "z": Z_90,
    "polarisation_minimum": POLARISATION_MINIMUM,
    "most_cited": balance.MOST_CITED,
    "campaign_above": balance.CAMPAIGN_ABOVE,
}


def coverage(
    voices: Iterable[Voice] | Heard,
    claims: Iterable[Claim],
    *,
    families: Iterable[Sequence[int]] = (),
    similarities: Iterable[tuple[int, int, float]] = (),
    between_groups: Mapping[int, float] | None = None,
    is_hashed: bool = True,
) -> Coverage:
    """What the claims cite of the voices, measured.

    `families`: numbers of near-duplicates, each in at most one; `similarities`: pairs of numbers with their nearness from 0 to 1
    (an absent pair counts 0); both come from the last job (`nearness`). `between_groups`: how much groups of opinion differ
    on a number, from 0 to 1, where the operator computed it: then `to_read` is the operator's. Without `is_hashed` the hash is
    empty: what is being written is measured at each change, and published nowhere. Linear in what it is given.
    """
    cited = gathered(voices, claims)
    told_families = sorted(sorted(set(family)) for family in families)
    told_pairs = [(min(one, other), max(one, other), round(near * MILLION)) for one, other, near in similarities]
    of_family = families_of(cited, told_families)
    near = nearest_cited(cited, ((one, other, millionths / MILLION) for one, other, millionths in told_pairs))
    return Coverage(
        formula=FORMULA,
        parameters=dict(PARAMETERS),
        seed=None,
        input_hash=_hash(cited, told_families, told_pairs, between_groups or {}) if is_hashed else "",
        claims=len(cited.claims),
        claims_without_citation=sum(not any(number in cited.voices for number in claim.cites) for claim in cited.claims),
        headline=_headline(cited),
        by_votes=_by_votes(cited),
        by_families=_by_families(cited, of_family),
        soft=Share(sum(near.values()), len(near) * MILLION),
        to_read=_to_read(cited, of_family, near, between_groups or {}),
        controversies=balance.sides_of_controversies(cited),
        left_out=balance.left_out(cited),
        concentration=balance.concentration(cited, of_family),
        topics=balance.topic_balance(cited),
    )


def _headline(cited: Cited) -> Headline:
    reached = {cited.proposal_of.get(number) for number in cited.times if cited.voices[number].kind != PROPOSAL}
    uncited = tuple(
        Uncited(voice.number, voice.reason, voice.number in reached)
        for voice in cited.proposals
        if not cited.is_cited(voice.number)
    )
    whole = len(cited.proposals)
    return Headline(Share(whole - len(uncited), whole), uncited, sum(not one.reason.strip() for one in uncited))


def _by_votes(cited: Cited) -> Share:
    taken = sum(voice.votes for voice in cited.proposals if cited.is_cited(voice.number))
    return Share(taken, sum(voice.votes for voice in cited.proposals))


def _by_families(cited: Cited, of_family: Mapping[int, Sequence[int]]) -> Share:
    covered = sum(any(map(cited.is_cited, of_family[voice.number])) for voice in cited.proposals)
    return Share(covered, len(cited.proposals))


def _to_read(
    cited: Cited, of_family: Mapping[int, tuple[int, ...]], near: Mapping[int, int], between: Mapping[int, float]
) -> tuple[ToRead, ...]:
    """The families that nothing cites, the most pressing first; equal scores by what is farthest from it, then by number."""
    found = []
    for numbers in sorted(set(of_family.values())):
        if not cited.times.keys().isdisjoint(numbers):
            continue
        votes = nearest = standing_out = 0
        for number in numbers:
            voice = cited.voices[number]
            votes += voice.votes
            nearest = max(nearest, near[number])
            standing_out = max(standing_out, _standing_out(voice, between.get(number, 0.0)))
        score = _root(votes) * (MILLION - nearest) * standing_out // _MILLION_BILLIONS
        found.append(ToRead(numbers, votes, nearest, score))
    found.sort(key=lambda family: (-family.score, family.nearest, family.numbers))
    return tuple(found)


@lru_cache(maxsize=20_000)
def _root(votes: int) -> int:
    """√votes, in billionths, rounded down."""
    return isqrt(votes * BILLION**2)


def _standing_out(voice: Voice, between: float) -> int:
    """What makes a proposal stand out, in billionths: shared agreement, difference between groups, or polarisation."""
    by_votes = _by_its_votes(voice.agree, voice.mixed, voice.disagree)
    return max(by_votes, round(between * BILLION)) if between else by_votes


@lru_cache(maxsize=20_000)
def _by_its_votes(agree: int, mixed: int, disagree: int) -> int:
    """Agreement or polarisation; most texts have as many votes as another, and as they had the time before."""
    votes = agree + mixed + disagree
    divided = polarisation_key(agree, mixed, disagree) if votes >= POLARISATION_MINIMUM else 0
    return max(wilson_lower_key(agree, votes), divided)


def _hash(cited: Cited, families: list[list[int]], pairs: list[tuple[int, int, int]], between: Mapping[int, float]) -> str:
    """Of the inputs in one order, whatever the order they came in; nearness in millionths, difference in billionths."""
    voices = [
        [one.number, one.kind, one.about, one.side, one.agree, one.mixed, one.disagree, one.author, list(one.topics), one.reason]
        for one in cited.voices.values()
    ]
    claims = [[claim.label, claim.kind, sorted(set(claim.cites))] for claim in cited.claims]
    differing = sorted([number, round(value * BILLION)] for number, value in between.items())
    return input_hash([voices, claims, families, sorted(pairs), differing])
