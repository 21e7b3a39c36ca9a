"""Registers the package with Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "polyphonie.portal"
    label = "portal"
