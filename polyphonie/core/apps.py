"""Registers the package with Django."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "polyphonie.core"
    label = "core"
