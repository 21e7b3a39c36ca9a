"""What has someone begun to write, before anyone knows who they are? One draft a session; it survives signing in."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from polyphonie.contributions.actions import Text
from polyphonie.contributions.models import Kind

KEY = "draft"
PUBLISHED = "published"
"""Where the session keeps the mark of the last draft that was published, and its number: sent twice, it is published once."""


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
    def mark(self) -> str:
        """Sixteen characters that change with any word of it: the last screen sends back the mark of what it showed."""
        words = json.dumps({**asdict(self), "has_seen_near_ones": None}, sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()[:16]

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


def note_published(session: SessionBase, draft: Draft, number: int) -> None:
    """The draft became the text of this number: it is a draft no more."""
    forget(session)
    session[PUBLISHED] = [draft.process, draft.mark, number]


def number_of(session: SessionBase, process: str, mark: str) -> int | None:
    """The number under which the draft of this mark was published last in this session, or None."""
    stored = session.get(PUBLISHED)
    if isinstance(stored, list) and len(stored) == 3 and stored[:2] == [process, mark]:
        return int(stored[2])
    return None
