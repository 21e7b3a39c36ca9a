"""How does a voice appear? Under the next number, at once or after a moderator has read it, with its first revision."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from polyphonie.accounts.models import Account, Organisation
from polyphonie.contributions import search
from polyphonie.contributions.actions.announcing import announce_change
from polyphonie.contributions.actions.counting import count_text
from polyphonie.contributions.actions.names import hide_author_name
from polyphonie.contributions.actions.showing import set_status
from polyphonie.contributions.actions.traces import record_decision, record_revision
from polyphonie.contributions.models import Contribution, Kind, Origin, Revision, Status
from polyphonie.contributions.rules import answer_refusal, ground_refusal, submitted_refusal, text_refusal
from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.processes.models import Consultation, Process


@dataclass(frozen=True)
class Text:
    """What someone wrote, as typed: it is cleaned, never otherwise changed."""

    title: str = ""
    body: str = ""
    url: str = ""
    category: str = ""

    def cleaned(self) -> "Text":
        return Text(
            title=" ".join(cleaned(self.title).split()), body=cleaned(self.body), url=self.url.strip(), category=self.category
        )


def next_numbers(process: Process, count: int = 1) -> int:
    """Take `count` numbers of the process's one series; returns the first. Numbers are never reused."""
    assert_writing()
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Process._meta.db_table} SET last_number = last_number + %s WHERE id = %s RETURNING last_number",  # noqa: S608  (names of our own tables and columns; values are bound)
            [count, process.pk],
        )
        (last,) = cursor.fetchone()
    return int(last) - count + 1


def publish(
    consultation: Consultation,
    kind: Kind,
    text: Text,
    *,
    author: Account | None,
    now: datetime,
    speaks_for: Organisation | None = None,
    about: Contribution | None = None,
    side: str = "",
    nature: str = "",
    section: str = "",
    origin: Origin = Origin.WEB,
    origin_note: str = "",
    origin_address: str = "",
    author_name: str = "",
    awaits_review: bool = False,
) -> Contribution:
    """Publish a voice under the next number, with its first revision and its `rev` leaf. Raises Refused.

    With `awaits_review` it takes its number and its time and nobody else sees it: its `rev` leaf is written at publication.
    """
    assert_writing()
    text = text.cleaned()
    ensure(text_refusal(kind, title=text.title, body=text.body, url=text.url))
    ensure(answer_refusal(about, kind))
    speaker = speaks_for or author
    contribution = Contribution.objects.create(
        process=consultation.process,
        consultation=consultation,
        number=next_numbers(consultation.process),
        kind=kind,
        nature=nature,
        section=section,
        about=about,
        about_kind="" if about is None else about.kind,
        side=side,
        title=text.title,
        body=text.body,
        url=text.url,
        category=text.category,
        author=author,
        speaks_for=speaks_for,
        author_name=author_name or ("" if speaker is None else str(speaker)),
        author_kind="" if speaks_for is None else speaks_for.kind,
        origin=origin,
        origin_note=origin_note,
        origin_address=origin_address,
        published_at=now,
        status=Status.SUBMITTED if awaits_review else Status.PUBLISHED,
    )
    if awaits_review:
        return contribution
    record_revision(contribution, Revision(number=1), at=now, previous=None)
    count_text(contribution, 1)
    search.index(contribution)
    announce_change(contribution, is_new=True)
    return contribution


def publish_submitted(contribution: Contribution, *, actor: str, now: datetime) -> Contribution:
    """Show a text that waited for its review, under the number and the time of its submission. Raises Refused."""
    assert_writing()
    ensure(submitted_refusal(contribution))
    record_revision(contribution, Revision(number=1), at=contribution.published_at, previous=None)
    record_decision(contribution, "reviewed", actor=actor)
    _hide_name_with_its_author(contribution, actor=actor)
    return set_status(contribution, Status.PUBLISHED, ground="", now=now)


def refuse_submitted(contribution: Contribution, *, ground: str, actor: str, now: datetime) -> Contribution:
    """Do not publish a text that waited: its number keeps a notice with the ground, the register its `rev` leaf and the decision,
    so that what was refused can be proved, and shown if an appeal says so (`restore`). Raises Refused."""
    assert_writing()
    ensure(submitted_refusal(contribution))
    ensure(ground_refusal(ground))
    record_revision(contribution, Revision(number=1), at=contribution.published_at, previous=None)
    record_decision(contribution, "refused", actor=actor, ground=ground)
    _hide_name_with_its_author(contribution, actor=actor)
    return set_status(contribution, Status.HIDDEN, ground=ground, now=now)


def _hide_name_with_its_author(contribution: Contribution, *, actor: str) -> None:
    """The name under which it was submitted was hidden while it waited: it appears without it."""
    bearer = contribution.speaks_for or contribution.author
    if bearer is not None and bearer.hidden_name and bearer.hidden_name == contribution.author_name:
        hide_author_name(contribution, ground=bearer.name_ground, actor=actor)
