"""What was imported? One row an import, with its public report."""

from django.db import models

from polyphonie.processes.models import Process


class Import(models.Model):
    """A batch taken over from a file: counted, reported, undone as a whole.

    Its texts are those numbered from `first_number` to `last_number` in its process.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        UNDONE = "undone"
        WITHDRAWN = "withdrawn"

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="imports")
    number = models.PositiveIntegerField()
    format = models.CharField(max_length=24)
    source_name = models.CharField(max_length=200)
    source_sha256 = models.CharField(max_length=64)
    votes_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    first_number = models.PositiveBigIntegerField()
    last_number = models.PositiveBigIntegerField(help_text="one less than the first when there is no new text")
    leaf_hash = models.BinaryField(max_length=32, null=True)
    is_public = models.BooleanField(default=False, help_text="pages that show it may have been read: it is withdrawn, not undone")
    report = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["process", "number"], name="import_numbers_are_unique")]

    def __str__(self) -> str:
        return f"{self.format} {self.number}"


class Copy(models.Model):
    """A process rebuilt from what another installation published: its `process.json` as it was, and what has no row here."""

    process = models.OneToOneField(Process, on_delete=models.CASCADE, related_name="+")
    document = models.TextField(help_text="the text of process.json")

    def __str__(self) -> str:
        return f"{self.process}"


class KeptFile(models.Model):
    """A file of a rebuilt process that nothing signed covers: kept as its source published it, said to be the source's."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    content = models.TextField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["process", "name"], name="a_kept_file_has_one_name")]

    def __str__(self) -> str:
        return self.name
