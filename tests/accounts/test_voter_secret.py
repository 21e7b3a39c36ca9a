"""An account's voting secret is made once, opens only for that account and under the site's own key, and can be destroyed."""

import pytest

from polyphonie.accounts.actions.voter import ensure_voter_secret
from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import create_voter_secret, destroy_voter_secret, voter_secret
from polyphonie.core.writing import writing
from polyphonie.ledger.keys import KeyMissing, key_path
from tests.consultation.electorate import an_account

pytestmark = pytest.mark.django_db


def test_a_secret_is_32_random_bytes_kept_wrapped():
    ines, paul = an_account("Inès"), an_account("Paul")
    assert len(voter_secret(ines)) == 32
    assert voter_secret(ines) != voter_secret(paul)
    assert voter_secret(ines) not in bytes(ines.wrapped_secret)


def test_a_secret_is_created_once_even_from_two_copies_of_the_account():
    ines = an_account()
    before = voter_secret(ines)
    stale = Account.objects.get(pk=ines.pk)
    stale.wrapped_secret = None
    with writing():
        create_voter_secret(ines)
        create_voter_secret(stale)
    assert voter_secret(stale) == voter_secret(Account.objects.get(pk=ines.pk)) == before


def test_a_secret_moved_to_another_account_opens_nothing():
    ines, paul = an_account("Inès"), an_account("Paul")
    paul.wrapped_secret = ines.wrapped_secret
    with pytest.raises(KeyMissing):
        voter_secret(paul)


def test_a_destroyed_secret_is_gone():
    ines = an_account()
    with writing():
        destroy_voter_secret(ines)
    assert Account.objects.get(pk=ines.pk).wrapped_secret is None
    with pytest.raises(KeyMissing):
        voter_secret(ines)


def test_without_its_key_a_secret_does_not_open_and_no_key_is_made(settings, tmp_path):
    ines = an_account()
    settings.POLYPHONIE_KEYS = tmp_path
    with pytest.raises(KeyMissing):
        voter_secret(ines)
    key_path("voter").write_text("00" * 32, encoding="ascii")
    with pytest.raises(KeyMissing):
        voter_secret(ines)
    assert [path.name for path in tmp_path.iterdir()] == ["voter.key"]


def test_without_the_key_an_account_is_confirmed_all_the_same_and_gets_its_secret_later(settings, tmp_path):
    ines = an_account()
    Account.objects.filter(pk=ines.pk).update(wrapped_secret=None)
    ines.refresh_from_db()
    keys = settings.POLYPHONIE_KEYS
    settings.POLYPHONIE_KEYS = tmp_path
    with writing():
        ensure_voter_secret(ines)
    assert ines.wrapped_secret is None
    settings.POLYPHONIE_KEYS = keys
    with writing():
        ensure_voter_secret(ines)
    assert len(voter_secret(ines)) == 32


def test_an_unconfirmed_or_closed_account_gets_no_secret():
    ines = an_account()
    for field, value in (("confirmed_on", None), ("closed_on", ines.joined_on)):
        Account.objects.filter(pk=ines.pk).update(wrapped_secret=None, **{field: value})
        ines.refresh_from_db()
        with writing():
            ensure_voter_secret(ines)
        assert ines.wrapped_secret is None
        Account.objects.filter(pk=ines.pk).update(confirmed_on=ines.joined_on, closed_on=None)
