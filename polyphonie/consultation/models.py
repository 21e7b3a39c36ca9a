"""What does a vote leave? A position under a keyed pseudonym, and the batches in which positions become public."""

from django.db import models

from polyphonie.contributions.models import Contribution
from polyphonie.ledger.models import RandomKeyField
from polyphonie.processes.models import Consultation

AGREE, MIXED, DISAGREE = 1, 0, -1
POSITIONS = (AGREE, MIXED, DISAGREE)


def series_on(consultation: Consultation, number: int | None = None) -> str:
    """The series of the leaves that wait with the votes on one text; without a number, how those of all its texts begin."""
    return f"{consultation.slug}#{'' if number is None else number}"


def series_at_close(consultation: Consultation) -> str:
    """The series of the leaves that wait for the last batch, whatever is sealed before."""
    return f"{consultation.slug}/close"


class Vote(models.Model):
    """A voter's position on a contribution: as it stands now, and as the last batch published it.

    `voter` is a pseudonym keyed per consultation; the row names nobody and bears no date. `position` is null once withdrawn.
    `leaf_revision` is the revision its leaf names, `revision` the one it counts for: they differ once a moderator declared
    that the later text says the same.
    """

    id = RandomKeyField()
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+", db_index=False)
    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="+", db_index=False)
    voter = models.BinaryField(max_length=16)
    seq = models.PositiveIntegerField()
    position = models.SmallIntegerField(null=True)
    revision = models.PositiveIntegerField()
    leaf_revision = models.PositiveIntegerField()
    salt = models.BinaryField(max_length=32)
    nonce = models.BinaryField(max_length=16)
    leaf_hash = models.BinaryField(max_length=32)
    is_waiting = models.BooleanField(default=True)
    waits_for_close = models.BooleanField(default=False)
    published_seq = models.PositiveIntegerField(default=0)
    published_position = models.SmallIntegerField(null=True)
    published_revision = models.PositiveIntegerField(null=True)
    published_leaf_revision = models.PositiveIntegerField(null=True)
    published_salt = models.BinaryField(max_length=32, null=True)
    published_nonce = models.BinaryField(max_length=16, null=True)
    published_leaf_hash = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voter", "contribution"], name="one_current_vote_per_voter_and_contribution"),
            models.CheckConstraint(
                condition=models.Q(position__in=POSITIONS) | models.Q(position__isnull=True),
                name="a_position_is_one_of_three",
            ),
        ]
        indexes = [
            models.Index(fields=["contribution", "published_revision", "published_position"]),
            models.Index(
                fields=["consultation", "voter", "contribution"], condition=models.Q(is_waiting=True), name="votes_waiting"
            ),
            models.Index(fields=["consultation"], condition=models.Q(waits_for_close=True), name="votes_waiting_for_the_close"),
            models.Index(
                fields=["published_leaf_hash"], condition=models.Q(published_leaf_hash__isnull=False), name="votes_by_leaf"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.contribution_id}"


class Departure(models.Model):
    """Someone who voted here closed their account: a keyed mark of their address, until this consultation closes.

    Keyed anew in each consultation, so that the marks of one person do not go together; random key, no date.
    """

    id = RandomKeyField()
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+", db_index=False)
    mark = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "mark"], name="an_address_departs_once")]

    def __str__(self) -> str:
        return f"{self.consultation_id}"


class OpinionAnalysis(models.Model):
    """What is published of the opinions of a closed consultation, computed once by the operator: no vote, nobody's position.

    `result` is described in docs/reference/analyse-des-avis.md; empty while a computation failed, which is then tried again.
    """

    consultation = models.OneToOneField(Consultation, on_delete=models.CASCADE, related_name="+")
    computed_at = models.DateTimeField()
    result = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["consultation"]

    def __str__(self) -> str:
        return f"{self.consultation}"


class Batch(models.Model):
    """One publication of votes: everything a vote changes moves together, at least 20 voters at a time but the last."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    sealed_at = models.DateTimeField()
    voters = models.PositiveIntegerField()
    leaves = models.PositiveIntegerField()
    is_small = models.BooleanField(default=False)

    class Meta:
        ordering = ["consultation", "number"]
        constraints = [models.UniqueConstraint(fields=["consultation", "number"], name="batch_numbers_are_unique")]

    def __str__(self) -> str:
        return f"{self.consultation} {self.number}"


class Opening(models.Model):
    """A vote of a process that was rebuilt from its published files: what was published of it, and nobody's."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="+")
    leaf_position = models.PositiveBigIntegerField()
    revision = models.PositiveIntegerField(help_text="the one its leaf names")
    position = models.SmallIntegerField()
    salt = models.BinaryField(max_length=32)
    nonce_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["leaf_position"]

    def __str__(self) -> str:
        return f"{self.contribution_id}/{self.leaf_position}"


class ImportedVote(models.Model):
    """A vote taken over from another platform: shown apart, never added, in the order of the source's file."""

    import_number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="+")
    voter = models.BinaryField(max_length=16, help_text="keyed anew at each import: names nobody")
    revision = models.PositiveIntegerField(default=1, help_text="of the text, as it stood when the vote was taken over")
    position = models.SmallIntegerField()
    source_key = models.BigIntegerField(help_text="of its identifier in the source, so that it is taken over once")

    class Meta:
        indexes = [models.Index(fields=["import_number", "line"])]

    def __str__(self) -> str:
        return f"{self.import_number}:{self.line}"
