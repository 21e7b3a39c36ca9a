"""When did it happen? Turns the content's offsets in days into instants of this site's clock, always in the same order."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from polyphonie.notifications.rules import DIGEST_HOUR
from polyphonie.processes.rules import closing_instant, opening_instant

EARLY = time(6)
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
            return self._today(moment)
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

    def _today(self, moment: datetime) -> datetime:
        """Between 7 and now, or later than halfway to now when it is still early."""
        now, midnight = self.now.astimezone(UTC), opening_instant(moment.date()).astimezone(UTC)
        first = midnight + min(timedelta(hours=WAKING.hour), (now - midnight) / 2)
        return first + (now - first) * ((moment.astimezone(UTC) - midnight) / (now - midnight or timedelta(seconds=1)))

    def _after(self, days: float) -> datetime:
        """Whole days back lead to an early hour, which becomes the late morning, whatever the hour of loading; the last day
        runs from there to now. Days have 24 hours, also when the clocks change."""
        now = self.now.astimezone(UTC)
        if days >= 0:
            return now + timedelta(days=days)
        early = opening_instant(timezone.localdate(self.now), EARLY).astimezone(UTC)
        if days <= -1:
            return early + timedelta(days=days)
        yesterday = early - timedelta(days=1)
        return yesterday + (now - yesterday) * (days + 1)
