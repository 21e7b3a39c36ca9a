"""`polyphonie manage create_administrator --mail M --name N`: the first administrator, with no mail server."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.translation import gettext as _

from polyphonie.accounts.actions import make_administrator
from polyphonie.accounts.forms import AddressForm
from polyphonie.core.addresses import absolute
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing


class Command(BaseCommand):
    help = "Makes a person administrator of this installation and prints a sign-in link that serves once within a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mail", required=True, help="their mail address")
        parser.add_argument("--name", required=True, help="their name to show, if they have no account yet")
        parser.add_argument("--language", default="fr", help="fr or en (default: fr)")

    def handle(self, *args: Any, **options: Any) -> None:
        form = AddressForm({"address": options["mail"]})
        if not form.is_valid():
            raise CommandError(_("%(mail)s is not a mail address.") % {"mail": options["mail"]})
        try:
            with writing(lock="names") as now:
                account, token = make_administrator(
                    form.cleaned_data["address"], name=options["name"], language=options["language"], now=now
                )
        except Refused as refused:
            raise CommandError(refused.reason) from refused
        self.stdout.write(absolute(reverse("accounts:link", kwargs={"account": account.pk, "token": token})))
