"""Registers the package with Django."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "polyphonie.outbox"
    label = "outbox"
