"""Registers the package with Django."""

from django.apps import AppConfig


class ProcessesConfig(AppConfig):
    name = "polyphonie.processes"
    label = "processes"
