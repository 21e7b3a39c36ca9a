"""Registers the package with Django."""

from django.apps import AppConfig


class OpendataConfig(AppConfig):
    name = "polyphonie.opendata"
    label = "opendata"
