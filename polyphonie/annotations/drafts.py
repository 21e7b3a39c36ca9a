"""What has someone begun to comment, before anyone knows who they are? One draft a session; it survives signing in."""

from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

KEY = "annotation_draft"


@dataclass(frozen=True)
class Draft:
    """A comment on its way: under which address it is written, and its words."""

    address: str
    title: str = ""
    body: str = ""
    passage: str = ""


def keep(session: SessionBase, draft: Draft) -> None:
    """Keep the draft in the session (it holds nothing but what was typed)."""
    session[KEY] = asdict(draft)


def kept(session: SessionBase, address: str) -> Draft | None:
    """The draft begun in this session under this address, or None."""
    stored: dict[str, Any] | None = session.get(KEY)
    if not isinstance(stored, dict) or stored.get("address") != address:
        return None
    try:
        return Draft(**stored)
    except TypeError:  # written by another version of the software
        return None


def forget(session: SessionBase) -> None:
    session.pop(KEY, None)
