"""What does the house itself keep? The problems that people met on its pages, and what was answered."""

from django.db import models


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
