"""What waits to be sent? One row a mail, kept until it has left."""

from django.db import models
from django.db.models import Q


class Mail(models.Model):
    """A mail worded by the stage that queued it; `quotes` names what it quotes so that hiding it withdraws the mail.

    Once sent, only its key stays for a while, so that it is never sent twice; the demonstration keeps everything readable.
    """

    key = models.CharField(max_length=300, unique=True)
    to = models.EmailField(blank=True)
    subject = models.CharField(max_length=250, blank=True)
    body = models.TextField(blank=True)
    quotes = models.TextField(blank=True, help_text="what it quotes, each name between spaces")
    unsubscribe_address = models.CharField(max_length=300, blank=True)
    queued_at = models.DateTimeField()
    due_on_or_after = models.DateTimeField()
    worthless_after = models.DateTimeField(null=True, help_text="not worth sending later: a code that has expired")
    claimed_until = models.DateTimeField(null=True, help_text="a sender is at work on it until then")
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True, help_text="its address refuses it for good")
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["due_on_or_after"], name="mails_that_wait", condition=Q(sent_at__isnull=True, given_up_at__isnull=True)
            ),
            models.Index(fields=["sent_at"]),
        ]

    def __str__(self) -> str:
        return self.subject
