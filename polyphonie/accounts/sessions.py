"""What does a session row tell of its owner? No address, no hour: its last day ends at midnight, its contents bear no date."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.utils import timezone

from polyphonie.core.storage.prepared import Prepared
from polyphonie.core.writing import assert_writing

_session = Prepared(lambda key: Session.objects.filter(pk=key).order_by("pk"))


class SessionStore(DatabaseStore):
    """Django's sessions in the database, without the instants from which one could tell when someone signed in."""

    def _get_session_from_db(self) -> Session | None:
        """The row of this session while it lasts, its read written once."""
        found = _session(key=self.session_key) if self.session_key else []
        if found and found[0].expire_date > timezone.now():
            return found[0]
        self._session_key = None
        return None

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """The midnight that ends the session's last day."""
        exact: datetime = super().get_expiry_date(**kwargs)
        local = timezone.localtime(exact) + timedelta(days=1)
        return local.replace(hour=0, minute=0, second=0, microsecond=0)

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Signed as Django does, but without the second of the signature."""
        return signing.Signer(salt=self.key_salt).sign_object(session_dict, serializer=self.serializer, compress=True)

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        try:
            signer = signing.Signer(salt=self.key_salt)
            contents: dict[str, Any] = signer.unsign_object(str(session_data), serializer=self.serializer)
        except (signing.BadSignature, ValueError):
            return {}
        return contents


def contents_of(session: Session) -> dict[str, Any]:
    """What a session holds; its own `get_decoded` reads only what Django's store writes."""
    return SessionStore().decode(session.session_data)


def keys_of(account: int, address: str) -> list[str]:
    """The sessions in which this account is signed in, or this address was signing in. Reads them all: ask outside writing()."""
    found = []
    for session in Session.objects.order_by("pk").iterator(chunk_size=1000):
        contents = contents_of(session)
        signing_in = contents.get("signing_in") or {}
        if contents.get(SESSION_KEY) == str(account) or (address and signing_in.get("address") == address):
            found.append(session.pk)
    return found


def destroy_all() -> int:
    """Sign everyone out, everywhere; how many sessions went."""
    assert_writing()
    return Session.objects.all().delete()[0]


def destroy(keys: list[str]) -> int:
    """Destroy these sessions and what they held; how many."""
    assert_writing()
    return Session.objects.filter(pk__in=keys).delete()[0]
