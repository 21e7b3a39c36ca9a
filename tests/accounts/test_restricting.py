"""A hidden name is nowhere and nobody takes it; a suspension does not end by closing the account."""

from datetime import timedelta

import pytest
from django.utils import timezone

from polyphonie.accounts.actions import (
    change_settings,
    close_account,
    hide_name,
    open_account,
    reinstate,
    restore_name,
    suspend,
)
from polyphonie.accounts.actions.restricting import forget_suspended_addresses
from polyphonie.accounts.models import Account, SuspendedAddress
from polyphonie.accounts.queries import is_name_taken
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing, writing_at

pytestmark = pytest.mark.django_db
ADDRESS = "ines@exemple.fr"


def opened(name="Inès", address=ADDRESS):
    with writing() as now:
        return open_account(address, name=name, is_fifteen=True, language="fr", now=now)


def done(verb, account, **options):
    with writing() as now:
        if verb is not reinstate:
            options["now"] = now
        verb(account, **options)
    return Account.objects.get(pk=account.pk)


def settings(account, name):
    return done(change_settings, account, name=name, category="", territory="", is_listed=True, language="fr")


def test_a_hidden_name_leaves_its_address_and_nobody_takes_it():
    account = opened()
    account = done(hide_name, account, ground="charter_abuse")
    assert (str(account), account.display_name, account.slug, account.is_listed) == ("", "", f"_{account.pk}", False)
    assert is_name_taken("INÈS")
    with pytest.raises(Refused):
        settings(account, "Inès")
    account = settings(account, "Inès B.")
    assert (account.display_name, account.has_hidden_name) == ("Inès B.", False)
    assert is_name_taken("inès")
    with pytest.raises(Refused):
        opened("inès", "autre@exemple.fr")


def test_a_name_shown_again_is_as_it_was_unless_another_was_chosen():
    account = done(hide_name, opened(), ground="charter_abuse")
    account = done(restore_name, account)
    assert (account.display_name, account.slug, account.hidden_name, account.hidden_key) == ("Inès", "ines", "", "")
    account = settings(done(hide_name, account, ground="charter_abuse"), "Paule")
    account = done(restore_name, account)
    assert account.display_name == "Paule"
    assert not is_name_taken("Inès")


def test_a_name_is_hidden_once_with_a_ground_and_shown_again_once():
    account = opened()
    with pytest.raises(Refused):
        done(hide_name, account, ground="")
    with pytest.raises(Refused):
        done(restore_name, account)
    account = done(hide_name, account, ground="charter_abuse")
    with pytest.raises(Refused):
        done(hide_name, account, ground="charter_abuse")
    account = done(close_account, account)
    assert (account.hidden_name, account.hidden_key) == ("", "")
    for verb, options in ((hide_name, {"ground": "charter_abuse"}), (restore_name, {})):
        with pytest.raises(Refused):
            done(verb, account, **options)


def test_a_suspension_is_given_and_lifted_once():
    account = opened()
    with pytest.raises(Refused):
        done(reinstate, account)
    account = done(suspend, account)
    with pytest.raises(Refused):
        done(suspend, account)
    assert done(reinstate, account).suspended_on is None
    with pytest.raises(Refused):
        done(suspend, done(close_account, account))


def test_who_closes_a_suspended_account_comes_back_suspended_until_it_is_lifted():
    account = done(suspend, opened())
    since = account.suspended_on
    done(close_account, account)
    assert ADDRESS not in str(list(SuspendedAddress.objects.values_list()))
    again = opened("Une autre", "  INES@exemple.fr ")
    assert (again.pk != account.pk, again.suspended_on) == (True, since)
    again = done(reinstate, again)
    done(close_account, again)
    assert opened("Encore une autre").suspended_on is None
    assert opened("Personne", "personne@exemple.fr").suspended_on is None


def test_the_mark_of_a_suspended_address_is_destroyed_after_two_years():
    done(close_account, done(suspend, opened()))
    for days, gone in ((729, 0), (730, 1)):
        with writing_at(timezone.now() + timedelta(days=days)) as now:
            assert forget_suspended_addresses(now=now) == gone
