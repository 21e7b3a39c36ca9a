"""What can happen to a voice? It is published under its number, revised, withdrawn by its author, hidden or restored."""

import os
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F

from polyphonie.accounts.models import Account, Organisation
from polyphonie.contributions import search
from polyphonie.contributions.commitments import fresh_salts, rev_content
from polyphonie.contributions.models import NOT_RANKED, Contribution, Kind, Origin, Revision, Status
from polyphonie.contributions.rules import (
    answer_refusal,
    author_refusal,
    change_refusal,
    hide_refusal,
    restore_refusal,
    text_refusal,
)
from polyphonie.contributions.signals import visibility_changed
from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import append
from polyphonie.ledger.canonical import b64
from polyphonie.notifications.actions import withdraw_quoting
from polyphonie.notifications.queries import contribution_quote
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
            f"UPDATE {Process._meta.db_table} SET last_number = last_number + %s WHERE id = %s RETURNING last_number",  # noqa: S608
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
) -> Contribution:
    """Publish a voice under the next number, with its first revision and its `rev` leaf. Raises Refused."""
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
    )
    _record_revision(contribution, Revision(number=1), now=now, previous=None)
    _count_answer(contribution, 1)
    Consultation.objects.filter(pk=consultation.pk).update(
        texts=F("texts") + 1, proposals=F("proposals") + (1 if kind == Kind.PROPOSAL else 0)
    )
    search.index(contribution)
    visibility_changed.send(sender=Contribution, contribution=contribution)
    return contribution


def revise(contribution: Contribution, text: Text, *, author: Account, now: datetime) -> Revision | None:
    """A new public revision by its author; None when nothing changed. Its count of votes starts anew if others had voted."""
    assert_writing()
    ensure(author_refusal(contribution, author))
    ensure(change_refusal(contribution))
    text = text.cleaned()
    ensure(text_refusal(Kind(contribution.kind), title=text.title, body=text.body, url=text.url))
    return new_revision(contribution, text, reason=Revision.Reason.AUTHOR, now=now)


def new_revision(contribution: Contribution, text: Text, *, reason: Revision.Reason, now: datetime) -> Revision | None:
    """Write the next revision and its `rev` leaf; None when the text is the same. Callers asked their own rule."""
    assert_writing()
    if (text.title, text.body, text.url, text.category) == (
        contribution.title,
        contribution.body,
        contribution.url,
        contribution.category,
    ):
        return None
    previous = contribution.revisions.get(number=contribution.revision)
    contribution.title, contribution.body = text.title, text.body
    contribution.url, contribution.category = text.url, text.category
    contribution.revision += 1
    contribution.save(update_fields=["title", "body", "url", "category", "revision"])
    if reason == Revision.Reason.AUTHOR:
        _start_new_count(contribution)
    revision = _record_revision(
        contribution,
        Revision(number=contribution.revision, reason=reason),
        now=now,
        previous=bytes(previous.leaf_hash),
    )
    search.index(contribution)
    visibility_changed.send(sender=Contribution, contribution=contribution)
    return revision


def withdraw(contribution: Contribution, *, author: Account, now: datetime) -> Contribution:
    """Its author takes it back: the number stays, the text goes and its leaf is declared erased."""
    assert_writing()
    ensure(author_refusal(contribution, author))
    ensure(change_refusal(contribution))
    for revision in contribution.revisions.all():
        append(
            contribution.process.log,
            "erase",
            {"ground": "author", "leaf": b64(bytes(revision.leaf_hash)), "object": f"contribution/{contribution.number}"},
        )
    contribution.revisions.update(title="", body="", url="", category="", salt=None, author_salt=None)
    contribution.title = contribution.body = contribution.url = contribution.category = contribution.author_name = ""
    contribution.save(update_fields=["title", "body", "url", "category", "author_name"])
    return _set_status(contribution, Status.WITHDRAWN, ground="author", now=now)


def forget_author(contribution: Contribution) -> None:
    """Its author closed their account: the name goes with the salts of its commitments, and what waits to quote it.

    The register says that the name of each revision is erased; the text can still be opened. An organisation's name stays on
    what was said for it.
    """
    assert_writing()
    if contribution.speaks_for_id is not None:
        return
    contribution.author_name = ""
    contribution.save(update_fields=["author_name"])
    for revision in contribution.revisions.filter(author_salt__isnull=False):
        append(
            contribution.process.log,
            "erase",
            {"ground": "name", "leaf": b64(bytes(revision.leaf_hash)), "object": f"contribution/{contribution.number}"},
        )
    contribution.revisions.update(author_salt=None)
    withdraw_quoting(contribution_quote(contribution.process.slug, contribution.number))
    visibility_changed.send(sender=Contribution, contribution=contribution)


def hide(contribution: Contribution, *, ground: str, actor: str, now: datetime) -> Contribution:
    """Hide it with a ground: its address stays and says so. Asked by moderation, never by a flag."""
    assert_writing()
    ensure(hide_refusal(contribution, ground=ground))
    append(
        contribution.process.log,
        "mod",
        {
            "act": "hidden",
            "actor": actor,
            "ground": ground,
            "nonce": _fresh_nonce(),
            "object": f"contribution/{contribution.number}",
        },
    )
    return _set_status(contribution, Status.HIDDEN, ground=ground, now=now)


def restore(contribution: Contribution, *, actor: str, now: datetime) -> Contribution:
    """Show again what was hidden."""
    assert_writing()
    ensure(restore_refusal(contribution))
    append(
        contribution.process.log,
        "mod",
        {"act": "restored", "actor": actor, "nonce": _fresh_nonce(), "object": f"contribution/{contribution.number}"},
    )
    return _set_status(contribution, Status.PUBLISHED, ground="", now=now)


def accept_completion(completion: Contribution, *, author: Account, on: datetime) -> Contribution:
    """The author of a proposal says that a completion belongs to it."""
    assert_writing()
    assert completion.about is not None
    ensure(author_refusal(completion.about, author))
    ensure(change_refusal(completion))
    completion.accepted_on = on.date()
    completion.save(update_fields=["accepted_on"])
    return completion


def _record_revision(contribution: Contribution, revision: Revision, *, now: datetime, previous: bytes | None) -> Revision:
    revision.contribution = contribution
    revision.title, revision.body = contribution.title, contribution.body
    revision.url, revision.category = contribution.url, contribution.category
    revision.published_at = now
    fresh_salts(revision)
    about = None if contribution.about is None else contribution.about.number
    content = rev_content(contribution, revision, about=about, previous=previous)
    revision.leaf_hash = append(contribution.process.log, "rev", content).leaf_hash
    revision.save()
    return revision


def _start_new_count(contribution: Contribution) -> None:
    """Nobody has voted on the new text; the earlier count stays with its revision, never added."""
    contribution.agree = contribution.mixed = contribution.disagree = 0
    contribution.order_voters = contribution.order_supported = 0
    contribution.order_divisive = NOT_RANKED
    contribution.save(update_fields=["agree", "mixed", "disagree", "order_voters", "order_supported", "order_divisive"])


def _set_status(contribution: Contribution, status: Status, *, ground: str, now: datetime) -> Contribution:
    was_visible = contribution.is_visible
    contribution.status = status
    contribution.status_ground = ground
    contribution.status_since = now
    contribution.save(update_fields=["status", "status_ground", "status_since"])
    if not contribution.is_visible:
        withdraw_quoting(contribution_quote(contribution.process.slug, contribution.number))
    if was_visible != contribution.is_visible:
        change = 1 if contribution.is_visible else -1
        _count_answer(contribution, change)
        Consultation.objects.filter(pk=contribution.consultation_id).update(
            texts=F("texts") + change, proposals=F("proposals") + (change if contribution.kind == Kind.PROPOSAL else 0)
        )
    search.index(contribution)
    visibility_changed.send(sender=Contribution, contribution=contribution)
    return contribution


def _fresh_nonce() -> str:
    """What keeps two like decisions on one text from being one leaf."""
    return b64(os.urandom(9))


def _count_answer(contribution: Contribution, change: int) -> None:
    """Keep the counters shown beside the contribution that is answered."""
    if contribution.about_id is None:
        return
    if contribution.kind == Kind.ARGUMENT:
        counter = "arguments_for" if contribution.side == "for" else "arguments_against"
    else:
        counter = "sources" if contribution.kind == Kind.SOURCE else "completions"
    Contribution.objects.filter(pk=contribution.about_id).update(**{counter: F(counter) + change})
