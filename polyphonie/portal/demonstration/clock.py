"""When did it happen? Turns the content's offsets in days into instants of this site's clock, always in the same order."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from polyphonie.notifications.rules import DIGEST_HOUR
from polyphonie.processes.rules import closing_instant, opening_instant

WAKING = time(7)
WAKING_HOURS = 16.5
ENDS_AT_AN_HOUR = 1.5
"""A consultation that closes in less than this many days closes at a full hour, so that it is always in its last 24."""


@dataclass(frozen=True)
class Clock:
    """The moment of loading, and what each offset from it means."""

    now: datetime

    def at(self, days: float) -> datetime:
        """The instant of something that people did: between 7 and 23:30, and in the order of the offsets."""
        moment = timezone.localtime(self._after(days))
        if moment.date() == timezone.localdate(self.now):
            return moment.astimezone(UTC)
        passed = timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second) / timedelta(days=1)
        waking = opening_instant(moment.date(), WAKING).astimezone(UTC)
        return waking + timedelta(hours=WAKING_HOURS) * passed

    def opening(self, days: float) -> datetime:
        """Midnight of that day."""
        return opening_instant(timezone.localdate(self._after(days)))

    def closing(self, days: float) -> datetime:
        """The midnight that ends that day, or the next full hour when it is near."""
        if 0 < days < ENDS_AT_AN_HOUR:
            return self._after(days).replace(minute=0, second=0, microsecond=0)
        return closing_instant(timezone.localdate(self._after(days)))

    def morning(self, days: float) -> datetime:
        """The hour at which digests leave, that day."""
        return opening_instant(timezone.localdate(self._after(days)), time(DIGEST_HOUR, 5))

    def _after(self, days: float) -> datetime:
        """Days of 24 hours, also when the clocks change."""
        return self.now.astimezone(UTC) + timedelta(days=days)
