"""What does every reader hand over? Plain typed rows, whatever platform the file comes from."""

from typing import NamedTuple

DECLARED = ("agree", "mixed", "disagree", "arguments_for", "arguments_against", "sources", "completions")
"""The counters a source may print beside a text, in the order of `SourceText.declared`."""


class SourceText(NamedTuple):
    """A text of the source. `about_kind` may be empty when the source does not say; `at` is in seconds since 1970; `number`
    is the one it bore and keeps, 0 when it is to be given one."""

    line: int
    kind: str
    source_id: str
    at: int
    title: str = ""
    body: str = ""
    consultation: str = ""
    section: str = ""
    nature: str = ""
    about_kind: str = ""
    about_id: str = ""
    side: str = ""
    url: str = ""
    category: str = ""
    author_id: str = ""
    author_name: str = ""
    author_kind: str = ""
    origin_address: str = ""
    is_hidden: bool = False
    is_unavailable: bool = False
    declared_votes: int | None = None
    declared: tuple[int | None, ...] = (None,) * len(DECLARED)
    declared_comments: int | None = None
    number: int = 0
    origin_note: str = ""


class SourceVote(NamedTuple):
    """A vote of the source, for one text named by its identifier there; `at` only serves the calendar (0: unknown)."""

    line: int
    target_id: str
    voter_id: str
    position: int
    vote_id: str = ""
    at: int = 0


class SourceAuthor(NamedTuple):
    """The name that belongs to an author's identifier."""

    line: int
    author_id: str
    name: str


class SourceConsultation(NamedTuple):
    """What the source says of a consultation: its days, the theme it belongs to, its presentation."""

    line: int
    title: str
    opens_at: int | None = None
    closes_at: int | None = None
    theme: str = ""
    theme_number: int = 0
    presentation: str = ""


class SourceProcess(NamedTuple):
    """What the source says of the concertation as a whole; `referral` are the fields of the letter that asked for it."""

    line: int
    title: str
    organiser: str = ""
    hashtag: str = ""
    referral: tuple[tuple[str, str], ...] = ()


class LeftRow(NamedTuple):
    """A row of a kind that is not taken over (a flag, a setting): counted, never lost from sight."""

    line: int
    kind: str


class RefusedRow(NamedTuple):
    """A row that cannot be imported, and why, in a sentence."""

    line: int
    reason: str


Row = SourceText | SourceVote | SourceAuthor | SourceConsultation | SourceProcess | LeftRow | RefusedRow
