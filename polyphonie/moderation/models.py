"""What does moderation keep? Each decision on a text: its ground, its facts, and by which role."""

from django.db import models
from django.utils.translation import gettext_lazy

from polyphonie.contributions.models import Contribution


class Ground(models.TextChoices):
    """The grounds on which a text may be hidden: two kinds, never mixed, the law's and the charter's."""

    UNLAWFUL_THREAT = "unlawful_threat", gettext_lazy("Contrary to the law: threats or incitement to violence")
    UNLAWFUL_HATRED = "unlawful_hatred", gettext_lazy("Contrary to the law: incitement to hatred or discrimination")
    UNLAWFUL_INSULT = "unlawful_insult", gettext_lazy("Contrary to the law: insult or defamation")
    UNLAWFUL_DATA = "unlawful_data", gettext_lazy("Contrary to the law: personal data of someone else")
    CHARTER_ABUSE = "charter_abuse", gettext_lazy("Contrary to the charter: personal attack")
    CHARTER_OFF_TOPIC = "charter_off_topic", gettext_lazy("Contrary to the charter: without any relation to the consultation")
    CHARTER_ADVERTISING = "charter_advertising", gettext_lazy("Contrary to the charter: advertising")
    CHARTER_FLOOD = "charter_flood", gettext_lazy("Contrary to the charter: the same text posted again and again")


class Decision(models.Model):
    """A text hidden, or shown again, with the ground that is public and the facts that its author reads."""

    class Act(models.TextChoices):
        HIDDEN = "hidden"
        RESTORED = "restored"

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=10, choices=Act.choices)
    ground = models.CharField(max_length=24, choices=Ground.choices, blank=True)
    facts = models.TextField()
    actor = models.CharField(max_length=24, help_text="by role and number: moderator/2")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.contribution} {self.act}"
