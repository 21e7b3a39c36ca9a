"""As whom may one enter the demonstration in one click? One person for each role, and where each of them arrives."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from polyphonie.accounts.models import Account
from polyphonie.accounts.queries import account_of
from polyphonie.core import addresses
from polyphonie.portal.demonstration.content import concertation
from polyphonie.portal.demonstration.crowd import address_of


@dataclass(frozen=True)
class Entry:
    """One button of « Entrer comme… »: what this person can do, and the page on which they arrive."""

    key: str
    label: Promise
    words: Promise
    arrives_at: Callable[[str], str]

    @property
    def address(self) -> str:
        """The mail address of the one entered as."""
        return address_of(concertation()["entries"][self.key])

    @property
    def account(self) -> Account | None:
        return account_of(self.address)

    @property
    def arrival(self) -> str:
        """The first page, in the demonstration's process."""
        return self.arrives_at(concertation()["process"]["slug"])


def _my_space(_process: str) -> str:
    return addresses.MY_SPACE


def _progress_points(process: str) -> str:
    return f"{addresses.organisation_address(process)}points/"


def _new_process(_process: str) -> str:
    return addresses.NEW_PROCESS


ENTRIES: dict[str, Entry] = {
    entry.key: entry
    for entry in (
        Entry("citizen", _("A citizen"), _("Votes, proposes, argues; finds their texts and votes in their space."), _my_space),
        Entry(
            "organisation",
            _("An organisation"),
            _("Speaks for an association whose identity was checked, or in their own name; votes in their own name only."),
            addresses.process_address,
        ),
        Entry(
            "moderator",
            _("A moderator"),
            _("Reads what was published, looks at what was flagged; hears its author, decides with reasons."),
            addresses.moderation_address,
        ),
        Entry(
            "appeal",
            _("An appeal body"),
            _("Judges a decision of moderation that is contested; holds that right alone."),
            addresses.appeals_address,
        ),
        Entry(
            "rapporteur",
            _("A rapporteur"),
            _("Reads and sorts everything that was said, writes the synthesis, each sentence citing its sources."),
            addresses.writing_address,
        ),
        Entry(
            "organiser",
            _("An organiser"),
            _("Prepares, announces, extends; publishes the points of the week; names moderators."),
            addresses.organisation_address,
        ),
        Entry(
            "authority",
            _("An authority"),
            _("Asked for the concertation: publishes points of progress, may read a synthesis before it appears."),
            _progress_points,
        ),
        Entry(
            "administrator",
            _("An administrator"),
            _("Looks after the installation: starts concertations, checks who organisations are."),
            _new_process,
        ),
    )
}
