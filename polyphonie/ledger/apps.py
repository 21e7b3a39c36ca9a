"""Registers the package with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "polyphonie.ledger"
    label = "ledger"
