"""What does a session row tell of its owner? No address, no hour: its last day ends at midnight, its contents bear no date."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core import signing
from django.utils import timezone


class SessionStore(DatabaseStore):
    """Django's sessions in the database, without the instants from which one could tell when someone signed in."""

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
