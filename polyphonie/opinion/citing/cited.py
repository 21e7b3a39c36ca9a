"""What was said in a consultation, and what does a synthesis cite of it? What every measure of coverage starts from.

In plain Python: the desk of a rapporteur asks it while they write, and a verifier follows the same page in any language.
A *voice* is a numbered contribution; a *claim* is a statement of the synthesis with the numbers it cites. An argument, a
completion or a source belongs to the proposal that it is about, directly or through another one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

PROPOSAL = "proposal"
ARGUMENT = "argument"
CONTROVERSY = "controversy"
FOR, AGAINST = "for", "against"
MILLION = 10**6


@dataclass(frozen=True, slots=True)
class Voice:
    """A numbered contribution that a synthesis may cite.

    `kind`: "proposal", "argument", "source" or "completion". `about`: the number it is about, None for a proposal. `side`:
    "for" or "against" for an argument. `author`: any label that is the same for all texts of one author; empty when unknown,
    and then nobody else's. `topics`: none, one or several; a text of several counts a part in each. `reason`: why it is not
    cited, where somebody said so.
    """

    number: int
    kind: str = PROPOSAL
    about: int | None = None
    side: str = ""
    agree: int = 0
    mixed: int = 0
    disagree: int = 0
    author: str = ""
    topics: tuple[str, ...] = ()
    reason: str = ""

    @property
    def votes(self) -> int:
        return self.agree + self.mixed + self.disagree


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a synthesis: its own label, its kind ("controversy", "agreement", …) and the numbers it cites."""

    label: str
    kind: str
    cites: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, as whole numbers, so that anyone finds the same."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """Between 0 and 1; 0 when there is nothing to share."""
        return self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True)
class Heard:
    """What was said: the voices by number, in order, the proposal of each, and the proposals alone. It does not depend on what is
    cited, so that who asks again and again for another text keeps it."""

    voices: dict[int, Voice]
    proposal_of: dict[int, int]
    proposals: tuple[Voice, ...] = field(repr=False)

    def told_again(self, changed: Mapping[int, Voice]) -> "Heard":
        """The same with other topics, reasons or votes for some of its voices, by number. ValueError when one is of another kind,
        about something else, or not there: then the whole is to be heard again."""
        for number, voice in changed.items():
            before = self.voices.get(number)
            if before is None or (voice.number, voice.kind, voice.about) != (number, before.kind, before.about):
                raise ValueError(f"number {number} is not the same text")
        voices = {**self.voices, **changed}
        return Heard(voices, self.proposal_of, tuple(voices[one.number] for one in self.proposals))


def heard(voices: Iterable[Voice]) -> Heard:
    """The voices in the order of their numbers, whatever the order they come in. ValueError when a number comes twice."""
    by_number: dict[int, Voice] = {}
    for voice in voices:
        if voice.number in by_number:
            raise ValueError(f"number {voice.number} comes twice")
        by_number[voice.number] = voice
    by_number = dict(sorted(by_number.items()))
    proposals = tuple(voice for voice in by_number.values() if voice.kind == PROPOSAL)
    return Heard(by_number, _proposals_of(by_number), proposals)


@dataclass(frozen=True)
class Cited:
    """The voices by number, the proposal of each, and what is cited: how many claims cite each number."""

    voices: dict[int, Voice]
    proposal_of: dict[int, int]
    times: dict[int, int]
    claims: tuple[Claim, ...]
    proposals: tuple[Voice, ...] = field(repr=False)

    def is_cited(self, number: int) -> bool:
        return number in self.times


def gathered(voices: Iterable[Voice] | Heard, claims: Iterable[Claim]) -> Cited:
    """The voices and claims ready to be measured; the order in which they come changes nothing. A claim counts once for each
    number it cites, however often; a number that is none of the voices is left aside. ValueError when a number comes twice."""
    said = voices if isinstance(voices, Heard) else heard(voices)
    told = tuple(sorted(claims, key=lambda claim: claim.label))
    times: Counter[int] = Counter()
    for claim in told:
        times.update(number for number in set(claim.cites) if number in said.voices)
    return Cited(said.voices, said.proposal_of, dict(times), told, said.proposals)


def _proposals_of(voices: Mapping[int, Voice]) -> dict[int, int]:
    """For each voice the proposal it belongs to; absent when the chain leads nowhere."""
    found: dict[int, int] = {}
    for number in voices:
        chain: dict[int, None] = {}
        at: int | None = number
        while at is not None and at in voices and at not in found and at not in chain and voices[at].kind != PROPOSAL:
            chain[at] = None
            at = voices[at].about
        if at is None or at not in voices or at in chain:
            continue
        found.update(dict.fromkeys([at, *chain], found.get(at, at)))
    return found


def nearest_cited(cited: Cited, similarities: Iterable[tuple[int, int, float]]) -> dict[int, int]:
    """For each proposal how near the nearest cited text is, in millionths: 1,000,000 when it is cited itself, 0 when no pair says
    anything. `similarities`: pairs (number, number, from 0 to 1), in either order; of a pair told twice the greater counts."""
    near = {voice.number: MILLION if cited.is_cited(voice.number) else 0 for voice in cited.proposals}
    for one, other, similarity in similarities:
        millionths = round(min(max(similarity, 0.0), 1.0) * MILLION)
        for number, beside in ((one, other), (other, one)):
            if beside in cited.times and millionths > near.get(number, MILLION):
                near[number] = millionths
    return near


def families_of(cited: Cited, families: Iterable[Sequence[int]]) -> dict[int, tuple[int, ...]]:
    """For each proposal the numbers of its family of near-duplicates, in order; alone in its own when it is in none.
    ValueError when a proposal is in two."""
    found: dict[int, tuple[int, ...]] = {}
    known = {voice.number for voice in cited.proposals}
    for family in families:
        members = tuple(sorted(known.intersection(family)))
        for number in members:
            if number in found:
                raise ValueError(f"number {number} is in two families")
            found[number] = members
    return {number: found.get(number, (number,)) for number in known}
