"""Registers the package with Django, and what it does when a text leaves."""

from importlib import import_module

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "polyphonie.moderation"
    label = "moderation"

    def ready(self) -> None:
        import_module("polyphonie.moderation.unsealing")  # its receiver needs the models, which are there by now
