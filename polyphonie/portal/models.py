"""What does the house itself keep? The problems that people met on its pages, and what was answered."""

from django.db import models

from polyphonie.accounts.models import Account
from polyphonie.contributions.models import Kind


class TakenText(models.Model):
    """A text of one's own brought from another site: a draft that its owner alone sees, until they publish or drop it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=1000, blank=True)
    origin = models.CharField(max_length=300, blank=True, help_text="the address it had there")
    taken_on = models.DateField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["account", "origin"], name="a_text_is_taken_up_once")]

    def __str__(self) -> str:
        return self.title or self.body[:40]


class ProblemReport(models.Model):
    """A problem met on a page, told without an account; its words are shown once somebody answered."""

    page = models.CharField(max_length=300)
    words = models.TextField()
    reported_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-reported_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.page} {self.reported_at}"

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None
