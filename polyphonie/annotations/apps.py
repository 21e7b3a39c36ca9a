"""Registers the package with Django."""

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    name = "polyphonie.annotations"
    label = "annotations"
