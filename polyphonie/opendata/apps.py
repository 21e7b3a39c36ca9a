"""Registers the package with Django, and what it does when a text is taken away."""

from importlib import import_module

from django.apps import AppConfig


class OpendataConfig(AppConfig):
    name = "polyphonie.opendata"
    label = "opendata"

    def ready(self) -> None:
        import_module("polyphonie.opendata.withholding")  # its receiver needs the models, which are there by now
