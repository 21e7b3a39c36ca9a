"""Registers the package with Django."""

from django.apps import AppConfig


class SynthesisConfig(AppConfig):
    name = "polyphonie.synthesis"
    label = "synthesis"
