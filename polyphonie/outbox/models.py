"""What waits to be sent? One row a mail, kept until it has left."""

from django.db import models


class Mail(models.Model):
    """A mail worded by the stage that queued it; `quotes` names what it quotes so that hiding it withdraws the mail."""

    key = models.CharField(max_length=200, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    body = models.TextField()
    quotes = models.CharField(max_length=120, blank=True, db_index=True)
    unsubscribe_address = models.CharField(max_length=300, blank=True)
    due_on_or_after = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, db_index=True)
    last_error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.subject
