"""What did I agree to? Each consent with what it is about, in words."""

from dataclasses import dataclass

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account, Consent
from polyphonie.accounts.queries import consents_of
from polyphonie.accounts.wordings import TERMS, opinions_subject, opinions_wording, terms_wording
from polyphonie.core import addresses
from polyphonie.processes.models import Process


@dataclass(frozen=True)
class Agreement:
    """A consent, its subject in words, and where it is taken back; empty for the terms, which go with the account."""

    consent: Consent
    title: str
    address: str
    take_back_address: str
    words: str = ""
    """The words that were shown, when they are still those of today in this language; the terms are read at their address."""

    @property
    def stands(self) -> bool:
        return self.consent.withdrawn_on is None


def agreements(account: Account) -> list[Agreement]:
    """All of them, first to last; two queries."""
    kept = consents_of(account)
    subjects = {opinions_subject(slug): (slug, title) for slug, title in Process.objects.order_by().values_list("slug", "title")}
    return [_agreement(one, *subjects.get(one.subject, ("", ""))) for one in kept]


def is_latest_terms_accepted(account: Account) -> bool:
    """Whether the terms in force are those that this person accepted."""
    wanted = terms_wording(timezone.localdate()).version
    return any(one.subject == TERMS and one.wording == wanted for one in consents_of(account))


def _agreement(consent: Consent, slug: str, title: str) -> Agreement:
    if consent.subject == TERMS:
        return Agreement(consent, _("The terms of this site"), addresses.terms_address(consent.wording), "")
    address = addresses.process_address(slug) if slug else ""
    with translation.override(consent.language):
        shown = opinions_wording()
    words = shown.text if shown.mark == consent.wording_hash else ""
    return Agreement(consent, title or consent.subject, address, addresses.take_back_address(slug) if slug else "", words)
