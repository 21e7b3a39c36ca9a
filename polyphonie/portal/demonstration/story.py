"""What has happened so far in the demonstration, and what is still to happen? The acts, each with its instant."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from polyphonie.accounts.models import Account, Organisation
from polyphonie.annotations.models import Annotation
from polyphonie.contributions.models import Contribution
from polyphonie.portal.demonstration import casting
from polyphonie.portal.demonstration.clock import Clock
from polyphonie.portal.demonstration.content import Item
from polyphonie.processes.models import Consultation, Process

ORGANISER = "organiser/1"


class Speaker(TypedDict):
    account: Account
    speaks_for: Organisation | None


@dataclass
class Story:
    """What has happened so far, and what is still to happen."""

    clock: Clock
    process: Process
    accounts: dict[str, Account]
    organisations: dict[str, Organisation]
    consultations: dict[str, Consultation] = field(default_factory=dict)
    voices: dict[str, Contribution] = field(default_factory=dict)
    comments: dict[str, Annotation] = field(default_factory=dict)
    seqs: dict[tuple[str, str], int] = field(default_factory=dict)
    unwritten: dict[str, list[casting.FirstVote]] = field(default_factory=dict)
    acted: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    sealed_at: dict[str, datetime] = field(default_factory=dict)
    acts: list[tuple[datetime, Callable[[datetime], object]]] = field(default_factory=list)

    def then(self, instant: datetime, act: Callable[[datetime], object]) -> None:
        """Plan an act; those of one instant happen in the order in which they were planned."""
        self.acts.append((instant, act))

    def number_of(self, key: str) -> int:
        return self.voices[key].number

    def speaker(self, item: Item) -> Speaker:
        """Whose voice this is: a person, or the organisation they speak for."""
        organisation = self.organisations[item["speaks_for"]] if "speaks_for" in item else None
        return {"account": self.accounts[item["author"]], "speaks_for": organisation}
