"""Registers the package with Django."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "polyphonie.figures"
    label = "figures"
