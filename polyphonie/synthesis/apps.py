"""Registers the package with Django, and what it does when a text is taken away."""

from importlib import import_module

from django.apps import AppConfig


class SynthesisConfig(AppConfig):
    name = "polyphonie.synthesis"
    label = "synthesis"

    def ready(self) -> None:
        import_module("polyphonie.synthesis.withdrawing")  # its receiver needs the models, which are there by now
