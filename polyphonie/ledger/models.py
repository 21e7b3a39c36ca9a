"""What does the register keep? Logs, their entries in order, and those that wait for their batch without order or date."""

import secrets

from django.db import models


def random_key() -> int:
    """A random 63-bit key: rows keyed by it tell nothing of the order in which they came."""
    return secrets.randbits(63)


class Log(models.Model):
    """One append-only log; its origin (`<host>/<process>`) is fixed when the process is created."""

    origin = models.CharField(max_length=300, unique=True)

    def __str__(self) -> str:
        return self.origin


class Entry(models.Model):
    """A leaf of the log, in the order of acceptance; `position` is its place in the tree once sealed."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=16)
    leaf = models.TextField()
    leaf_hash = models.BinaryField(max_length=32)
    position = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "leaf_hash"], name="a_leaf_stands_once_in_its_log"),
            models.UniqueConstraint(fields=["log", "position"], name="a_position_holds_one_leaf"),
        ]

    def __str__(self) -> str:
        return self.leaf


class WaitingEntry(models.Model):
    """A vote's or a withdrawal's leaf until its batch: random key, no date, no order."""

    id = models.BigIntegerField(primary_key=True, default=random_key)
    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="waiting_entries")
    series = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    leaf = models.TextField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["log", "series"])]

    def __str__(self) -> str:
        return self.leaf


class KeyFingerprint(models.Model):
    """Which key this installation was set up with: without that very file what it guards stops, nothing is regenerated."""

    name = models.CharField(max_length=32, unique=True)
    fingerprint = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name
