"""Whose session is this? Django's own answer, its read written once."""

from django.contrib.auth.backends import ModelBackend

from polyphonie.accounts.models import Account
from polyphonie.core.storage.prepared import Prepared

_account = Prepared(lambda key: Account.objects.filter(pk=key).order_by("pk"))


class Backend(ModelBackend):
    """Accounts by their key; closed ones are nobody."""

    def get_user(self, user_id: int) -> Account | None:
        found = _account(key=int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None
