"""Registers the package with Django."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "polyphonie.moderation"
    label = "moderation"
