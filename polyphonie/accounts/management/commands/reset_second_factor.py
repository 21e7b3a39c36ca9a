"""`polyphonie manage reset_second_factor --mail M --reason R`: for a lost device; written down, and told to its owner."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from polyphonie.accounts.actions import reset_second_factor
from polyphonie.accounts.queries import account_of
from polyphonie.core.writing import writing


class Command(BaseCommand):
    help = "Takes the second factor off an account; a role that requires one asks for a new one at the next sign-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mail", required=True, help="the account's mail address")
        parser.add_argument("--reason", required=True, help="why: kept in the account's security journal")

    def handle(self, *args: Any, **options: Any) -> None:
        account = account_of(options["mail"])
        if account is None:
            raise CommandError(f"no account has the address {options['mail']}")
        with writing() as now:
            reset_second_factor(account, reason=options["reason"], now=now)
        self.stdout.write(f"second factor of {account.display_name} reset")
