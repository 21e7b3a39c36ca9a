"""What did rapporteurs decide of what the machine suggested, and what of it was done without anyone having read the text yet?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from polyphonie.contributions.models import Contribution
from polyphonie.synthesis.models.text import Synthesis, Topic


class DecidedSuggestion(models.Model):
    """A suggestion that a person accepted or refused. No word of any text is kept: numbers, revisions and places are."""

    class Kind(models.TextChoices):
        TOPIC = "topic", _("topic")
        PHRASE = "phrase", _("key phrase")
        FAMILY = "family", _("near-duplicates")
        EXTRACT = "extract", _("extract")
        JOINING = "joining", _("later texts of a topic")
        SECTION = "section", _("sections of the source")

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="decided_suggestions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    texts = models.JSONField(help_text="[[number, revision], …] of what it was about")
    places = models.JSONField(default=list, help_text="[[number, revision, field, start, end], …] where its words stand")
    mark = models.CharField(max_length=64, help_text="a fingerprint of it")
    is_accepted = models.BooleanField()
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, related_name="+", help_text="that it became or named")
    decided_by = models.CharField(max_length=40, help_text="role and number")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["synthesis", "mark"], name="a_suggestion_is_decided_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mark[:8]}"


class Presorted(models.Model):
    """A contribution put under a topic, or said to be said already, by an accepted suggestion: nobody has read it yet.

    A reading by hand takes its place.
    """

    synthesis = models.ForeignKey(Synthesis, on_delete=models.CASCADE, related_name="presorted")
    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, related_name="+")
    same_as = models.ForeignKey(Contribution, on_delete=models.SET_NULL, null=True, related_name="+")
    decision = models.ForeignKey(DecidedSuggestion, on_delete=models.CASCADE, related_name="+", help_text="the last one")

    class Meta:
        ordering = ["contribution"]
        constraints = [models.UniqueConstraint(fields=["synthesis", "contribution"], name="a_contribution_is_presorted_once")]

    def __str__(self) -> str:
        return f"{self.contribution}"
