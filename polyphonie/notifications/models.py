"""Who wants to hear of what? Follows and refusals, chosen by each person."""

from django.db import models


class Topic(models.TextChoices):
    """The kinds of message one can refuse one by one."""

    MY_TEXTS = "my_texts"
    REACTIONS = "reactions"
    CONSULTATIONS = "consultations"


class Refusal(models.Model):
    """A kind of message that a person turned off."""

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=20, choices=Topic.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "topic"], name="a_topic_is_refused_once")]

    def __str__(self) -> str:
        return self.topic


class Follow(models.Model):
    """Something a person follows, named by its address (`consultation/<process>/<slug>`)."""

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
    key = models.CharField(max_length=200)
    line = models.CharField(max_length=300)
    address = models.CharField(max_length=300)
    quotes = models.CharField(max_length=120, blank=True, db_index=True)
    happened_on = models.DateField()
    told_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="an_event_is_told_once")]

    def __str__(self) -> str:
        return self.line
