"""Registers the package with Django."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "polyphonie.notifications"
    label = "notifications"
