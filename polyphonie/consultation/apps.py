"""Registers the package with Django."""

from django.apps import AppConfig


class ConsultationConfig(AppConfig):
    name = "polyphonie.consultation"
    label = "consultation"
