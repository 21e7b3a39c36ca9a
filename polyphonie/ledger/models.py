"""What does the register keep? Logs, their entries in order, and those that wait for their batch without order or date."""

import secrets
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


def random_key() -> int:
    """A random 63-bit key: rows keyed by it tell nothing of the order in which they came."""
    return secrets.randbits(63)


class RandomKeyField(models.BigIntegerField):
    """A primary key drawn at random that is, on SQLite, the very place of the row.

    Declared `bigint` there, it would be an index beside a hidden row number that counts upwards, and tells who came when.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "primary_key": True, "default": random_key})

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class Log(models.Model):
    """One append-only log; its origin (`<host>/<process>`) is fixed when the process is created. Only a lost key changes it: what
    is signed afterwards is another log."""

    origin = models.CharField(max_length=300, unique=True)
    size = models.PositiveBigIntegerField(default=0, help_text="leaves sealed into the tree")
    frontier = models.BinaryField(default=bytes, help_text="roots of the perfect subtrees, 32 bytes each, the largest first")
    is_copy = models.BooleanField(default=False, help_text="kept from elsewhere byte for byte: nothing is added or signed here")

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

    id = RandomKeyField()
    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="waiting_entries")
    series = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    leaf = models.TextField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["log", "series"])]

    def __str__(self) -> str:
        return self.leaf


class Checkpoint(models.Model):
    """Where the log stood when it was sealed: its size, its root, and the note that its key signed. Kept: the last of each
    day, each close, and the last."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    sealed_at = models.DateTimeField()
    is_close = models.BooleanField(default=False, help_text="sealed the close of a consultation")

    class Meta:
        ordering = ["log", "size"]
        constraints = [models.UniqueConstraint(fields=["log", "size"], name="a_size_has_one_checkpoint")]

    def __str__(self) -> str:
        return self.note


class KeyFingerprint(models.Model):
    """Which key this installation was set up with: without that very file what it guards stops, nothing is regenerated."""

    name = models.CharField(max_length=32, unique=True)
    fingerprint = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name
