"""What does a desk remember between two requests? What was said in the consultation, as long as nothing of it changed.

Nothing is trusted to be so: votes, texts, topics and reasons are read each time, as rows, and only what differs from the time
before is made again. Whoever writes asks for the coverage after each sentence, of a consultation that hardly moves.
"""

from array import array
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from threading import Lock
from typing import Any, TypeVar

from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.serving.generation import generation
from polyphonie.opinion.citing.cited import Heard, Voice, heard
from polyphonie.synthesis.models import Presorted, Reading, Synthesis

MOST_VOICES = 20_000
"""Voices remembered by one process, of all consultations; the last one asked for is always."""

Row = tuple[Any, ...]
Made = TypeVar("Made")
Nearest = tuple[tuple[int, int, int], ...]


class Pairs:
    """The pairs of near texts that a job found, under each of the two numbers: (number, number, millionths)."""

    def __init__(self, pairs: Iterable[Sequence[int]]) -> None:
        self._near: dict[int, array[int]] = defaultdict(lambda: array("q"))
        for one, other, near in pairs:
            self._near[one].extend((other, near))
            self._near[other].extend((one, near))

    def of(self, number: int) -> Iterable[tuple[int, int]]:
        """The texts near this one, and how near, in millionths."""
        flat = self._near.get(number, _NONE)
        return zip(flat[::2], flat[1::2], strict=True)

    def nearest(self, shown: Mapping[int, object], cited: Set[int]) -> Nearest:
        """For each text that is shown and not cited, the nearest that is: (number, cited, millionths); of two as near, the first
        number."""
        best: dict[int, tuple[int, int]] = {}
        for beside in sorted(cited):
            for number, near in self.of(beside):
                if number in shown and number not in cited and (number not in best or near > best[number][1]):
                    best[number] = beside, near
        return tuple((number, *found) for number, found in sorted(best.items()))


_NONE = array("q")


class Remembered:
    """Of one synthesis: the rows read, the voices made of them with the topics and reasons of then, and what was made besides."""

    def __init__(self, rows: list[Row], topics: dict[int, str], reasons: dict[int, str], said: Heard) -> None:
        self.rows, self.topics, self.reasons, self.said = rows, topics, reasons, said
        self._made: dict[str, tuple[object, Any]] = {}

    def once(self, name: str, under: object, make: Callable[[], Made]) -> Made:
        """What is made under all that it depends on beside the voices, once as long as that is the same; None is not kept."""
        known = self._made.get(name)
        if known is None or known[0] != under or known[1] is None:
            known = self._made[name] = under, make()
        found: Made = known[1]
        return found

    def told_again(self, topics: dict[int, str], reasons: dict[int, str]) -> "Remembered":
        """The same texts and votes, under other topics and with other reasons: only those voices are made again."""
        moved = (topics.items() ^ self.topics.items()) | (reasons.items() ^ self.reasons.items())
        voices = self.said.voices
        changed = {
            number: replace(voices[number], topics=_under(topics, number), reason=reasons.get(number, ""))
            for number in {number for number, _told in moved} & voices.keys()
        }
        found = Remembered(self.rows, topics, reasons, self.said.told_again(changed))
        found._made = {name: made for name, made in self._made.items() if name != MEASURED}
        return found


MEASURED = "measured"
"""What depends on topics and reasons too."""


class Memory:
    """What a process remembers, by synthesis; nothing any more once something was taken away from pages (`generation`)."""

    def __init__(self) -> None:
        self._by_synthesis: OrderedDict[int, Remembered] = OrderedDict()
        self._generation = b""
        self._lock = Lock()

    def of(self, synthesis: int) -> Remembered | None:
        with self._lock:
            if self._generation != generation.now():
                self._by_synthesis.clear()
                self._generation = generation.now()
            return self._by_synthesis.get(synthesis)

    def keep(self, synthesis: int, found: Remembered) -> None:
        with self._lock:
            self._by_synthesis[synthesis] = found
            self._by_synthesis.move_to_end(synthesis)
            while len(self._by_synthesis) > 1 and sum(len(one.rows) for one in self._by_synthesis.values()) > MOST_VOICES:
                self._by_synthesis.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._by_synthesis.clear()


memory = Memory()
"""What this process remembers; one that starts remembers nothing."""


def remembered(synthesis: Synthesis, reasons: dict[int, str]) -> Remembered:
    """What was said, as it is now, with these reasons; made anew only where it differs from the time before."""
    rows, topics, before = voice_rows(synthesis), topics_by_number(synthesis), memory.of(synthesis.pk)
    if before is None or before.rows != rows:
        found = Remembered(rows, topics, reasons, heard(voices_from(rows, topics, reasons)))
    elif (topics, reasons) == (before.topics, before.reasons):
        return before
    else:
        found = before.told_again(topics, reasons)
    memory.keep(synthesis.pk, found)
    return found


def voice_rows(synthesis: Synthesis) -> list[Row]:
    """The contributions of its consultation that are shown, in the order of their numbers; votes of every origin."""
    rows = Contribution.objects.filter(consultation=synthesis.consultation_id, status=Status.PUBLISHED).order_by("number")
    return list(
        rows.values_list(
            "number", "kind", "about__number", "side", "author_name", "agree", "mixed", "disagree",
            "imported_agree", "imported_mixed", "imported_disagree",
        )
    )  # fmt: skip


def voices_from(rows: Iterable[Row], topics: Mapping[int, str], reasons: Mapping[int, str]) -> Iterator[Voice]:
    """The voices of these rows, under the topics where rapporteurs sorted them, with the reasons given."""
    for number, kind, about, side, author, agree, mixed, disagree, taken_agree, taken_mixed, taken_disagree in rows:
        yield Voice(
            number,
            kind,
            about,
            side,
            agree + taken_agree,
            mixed + taken_mixed,
            disagree + taken_disagree,
            author,
            _under(topics, number),
            reasons.get(number, ""),
        )


def _under(topics: Mapping[int, str], number: int) -> tuple[str, ...]:
    return (topics[number],) if number in topics else ()


def topics_by_number(synthesis: Synthesis) -> dict[int, str]:
    """The topic under which the rapporteurs sorted each contribution, by hand or by a suggestion that one of them accepted."""
    found: dict[int, str] = {}
    for rows in (Presorted.objects.order_by("pk"), Reading.objects.order_by("pk")):
        found |= dict(rows.filter(synthesis=synthesis, topic__isnull=False).values_list("contribution__number", "topic__key"))
    return found
