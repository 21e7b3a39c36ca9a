"""Which figures did others state? Printed in a report, read in a newspaper: quoted as they are, never recomputed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from polyphonie.processes.models import Process


class StatedFigure(models.Model):
    """A number that a document states about a concertation, as precisely as it does, and where it is read."""

    class Qualifier(models.TextChoices):
        EXACT = "exact", _("exactly")
        ABOUT = "about", _("approximately")
        MORE_THAN = "more_than", _("more than")
        RECOMPUTED = "recomputed", _("sum of printed figures")

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="+")
    key = models.SlugField(max_length=60)
    rank = models.PositiveSmallIntegerField()
    value = models.PositiveBigIntegerField()
    qualifier = models.CharField(max_length=12, choices=Qualifier.choices)
    label = models.CharField(max_length=160)
    definition = models.TextField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["process", "rank"]
        constraints = [models.UniqueConstraint(fields=["process", "key"], name="a_stated_figure_has_one_key")]

    def __str__(self) -> str:
        return f"{self.value} {self.label}"
