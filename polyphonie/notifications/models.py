"""Who wants to hear of what? Follows and refusals, chosen by each person, and what waits for the next digest."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """The kinds of message one can refuse one by one."""

    MY_TEXTS = "my_texts", _("One of my texts is online, was hidden, or is dealt with in a synthesis")
    REACTIONS = "reactions", _("Someone argued, sourced, completed or answered one of my texts")
    CONSULTATIONS = (
        "consultations",
        _("A consultation I follow, or wrote in, opens, closes, is extended or has its synthesis"),
    )


class Refusal(models.Model):
    """A kind of message that a person turned off."""

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=20, choices=Topic.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "topic"], name="a_topic_is_refused_once")]

    def __str__(self) -> str:
        return self.topic


class Follow(models.Model):
    """Something a person follows, named by its subject (`consultation/<process>/<slug>`). Voting never writes one."""

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=220, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "subject"], name="a_subject_is_followed_once")]

    def __str__(self) -> str:
        return self.subject


class Event(models.Model):
    """Something to tell one person in the next digest: a line and its address, dropped when what it quotes is hidden."""

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=20, choices=Topic.choices)
    key = models.CharField(max_length=300)
    line = models.CharField(max_length=400)
    address = models.CharField(max_length=300)
    quotes = models.CharField(max_length=120, blank=True, db_index=True)
    happened_on = models.DateField()
    told_on = models.DateField(null=True)
    told_in = models.CharField(max_length=300, blank=True, db_index=True, help_text="the key of the digest that tells it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="an_event_is_told_once")]
        indexes = [models.Index(fields=["account", "topic"], condition=models.Q(told_on=None), name="events_to_tell")]

    def __str__(self) -> str:
        return self.line
