"""Registers the package with Django."""

from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    name = "polyphonie.contributions"
    label = "contributions"
