"""Registers the package with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "polyphonie.accounts"
    label = "accounts"
