"""What has someone begun to write, before anyone knows who they are? One draft a session; it survives signing in."""

from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Kind

KEY = "draft"


@dataclass
class Draft:
    """A text on its way to publication: what kind, where, about what, and how far its author has come."""

    kind: str
    process: str
    consultation: str
    about: int | None = None
    side: str = ""
    nature: str = ""
    title: str = ""
    body: str = ""
    url: str = ""
    category: str = ""

    @property
    def text(self) -> Text:
        return Text(title=self.title, body=self.body, url=self.url, category=self.category)

    @property
    def is_proposal(self) -> bool:
        return self.kind == Kind.PROPOSAL


def keep(session: SessionBase, draft: Draft) -> None:
    """Keep the draft in the session (it holds nothing but what was typed)."""
    session[KEY] = asdict(draft)


def kept(session: SessionBase) -> Draft | None:
    """The draft begun in this session, or None."""
    stored: dict[str, Any] | None = session.get(KEY)
    if not isinstance(stored, dict):
        return None
    try:
        return Draft(**stored)
    except TypeError:  # written by another version of the software
        return None


def forget(session: SessionBase) -> None:
    session.pop(KEY, None)
