"""How do other platforms' readers take these texts? As Decidim's open data, and as Polis's reports, without any person's votes.

Each is a translation that loses something; docs/reference/donnees.md says what. What is exact is in the files of the export.
"""

import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from polyphonie.consultation.listing import counts_of
from polyphonie.contributions.models import Contribution, Kind, Side, Status
from polyphonie.core.addresses import absolute, consultation_address, contribution_address
from polyphonie.core.tables import CSV, Column, Row, Table
from polyphonie.figures.definitions import SMALLEST_CELL
from polyphonie.processes.models import Consultation, Process

AT_ONCE = 1_000
DECIDIM, POLIS = "dialects/decidim/", "dialects/polis/"
ALIGNMENTS = {Side.FOR.value: 1, Side.AGAINST.value: -1}
PROPOSAL = "Decidim::Proposals::Proposal"
ACCEPTED = 1
"""Polis's word for a comment that its moderators let stand."""


def _published(process: Process, kind: Kind) -> QuerySet[Contribution]:
    texts = Contribution.objects.filter(process=process, kind=kind, status=Status.PUBLISHED)
    return texts.select_related("consultation", "about").order_by("number")


def _decidim_proposals(process: Process) -> Iterator[Row]:
    ids = process.consultations.order_by("pk").values_list("pk", flat=True)
    components = {key: rank for rank, key in enumerate(ids, start=1)}
    for text in _published(process, Kind.PROPOSAL).iterator(chunk_size=AT_ONCE):
        counts = counts_of(text, is_imported=text.consultation.is_imported)
        yield {
            "id": text.number,
            "category/id": components[text.consultation_id],
            "category/name/fr": text.consultation.title,
            "scope/id": None,
            "scope/name/fr": text.section,
            "participatory_space/id": 1,
            "participatory_space/url": absolute(f"/{process.slug}/"),
            "component/id": components[text.consultation_id],
            "title/fr": text.title,
            "body/fr": text.body,
            "author/name": text.author_name,
            "state": None,
            "reference": f"{process.slug}-{text.number}",
            "answer/fr": "",
            "supports": counts.agree,
            "endorsements/total_count": 0,
            "comments": text.arguments_for + text.arguments_against,
            "attachments": 0,
            "followers": None,
            "published_at": _decidim_instant(text.published_at),
            "url": absolute(contribution_address(process.slug, text.number)),
            "meeting_urls": "",
            "related_proposals": "",
            "is_amend": False,
            "original_proposal/title": "",
            "original_proposal/url": "",
        }


def _decidim_comments(process: Process) -> Iterator[Row]:
    arguments = _published(process, Kind.ARGUMENT).filter(about__kind=Kind.PROPOSAL, about__status=Status.PUBLISHED)
    for text in arguments.iterator(chunk_size=AT_ONCE):
        about = text.about.number if text.about else None
        yield {
            "id": text.number,
            "created_at": _decidim_instant(text.published_at),
            "body": _whole(text),
            "locale": "fr",
            "author/id": None,
            "author/name": text.author_name,
            "alignment": ALIGNMENTS[text.side],
            "depth": 0,
            "commentable_id": about,
            "commentable_type": PROPOSAL,
            "root_commentable_url": absolute(contribution_address(process.slug, about or 0)),
        }


def _decidim_instant(instant: datetime) -> str:
    return _here(instant).strftime("%Y-%m-%d %H:%M:%S %z")


def _here(instant: datetime) -> datetime:
    """To the minute, as everything public."""
    return instant.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(second=0, microsecond=0)


def _whole(text: Contribution) -> str:
    return f"{text.title}\n\n{text.body}" if text.title and text.body else text.title or text.body


DECIDIM_PROPOSALS = Table(
    "proposals",
    CSV,
    "The proposals, in the columns of Decidim's open data",
    (
        Column("id", "integer", "The number of the text here."),
        Column("category/id", "integer", "The rank of the consultation in the concertation."),
        Column("category/name/fr", "string", "The title of the consultation."),
        Column("scope/id", "integer", "Nothing: there are no scopes here.", is_nullable=True),
        Column("scope/name/fr", "string", "Its section in the source, for a text taken over."),
        Column("participatory_space/id", "integer", "Always 1: the concertation."),
        Column("participatory_space/url", "string", "The address of the concertation."),
        Column("component/id", "integer", "The rank of the consultation in the concertation."),
        Column("title/fr", "string", "Its title."),
        Column("body/fr", "string", "Its text, plain."),
        Column("author/name", "string", "The name printed beside it."),
        Column("state", "string", "Nothing: a fate is not a decision on a proposal.", is_nullable=True),
        Column("reference", "string", "The concertation and the number."),
        Column("answer/fr", "string", "Nothing: answers are given to recommendations."),
        Column("supports", "integer", "Votes “agree” alone; mixed and disagree are in tallies.csv."),
        Column("endorsements/total_count", "integer", "Always 0: there are none here."),
        Column("comments", "integer", "Its arguments, for and against."),
        Column("attachments", "integer", "Always 0: there are none here."),
        Column("followers", "integer", "Nothing: who follows what is not counted.", is_nullable=True),
        Column("published_at", "string", "When it was published, to the minute, as Decidim writes it."),
        Column("url", "string", "Its address here, for ever."),
        Column("meeting_urls", "string", "Nothing."),
        Column("related_proposals", "string", "Nothing."),
        Column("is_amend", "boolean", "Never: completions are left out."),
        Column("original_proposal/title", "string", "Nothing."),
        Column("original_proposal/url", "string", "Nothing."),
    ),
    rows=_decidim_proposals,
    folder=DECIDIM,
    delimiter=";",
)

DECIDIM_COMMENTS = Table(
    "comments",
    CSV,
    "The arguments on proposals, in the columns of Decidim's open data",
    (
        Column("id", "integer", "The number of the argument here."),
        Column("created_at", "string", "When it was published, to the minute, as Decidim writes it."),
        Column("body", "string", "Its title, if it has one, and its text."),
        Column("locale", "string", "Always fr."),
        Column("author/id", "integer", "Nothing: persons have no number here.", is_nullable=True),
        Column("author/name", "string", "The name printed beside it."),
        Column("alignment", "integer", "1 for, -1 against."),
        Column("depth", "integer", "Always 0."),
        Column("commentable_id", "integer", "The number of the proposal."),
        Column("commentable_type", "string", "Decidim's word for a proposal."),
        Column("root_commentable_url", "string", "The address of the proposal."),
    ),
    rows=_decidim_comments,
    folder=DECIDIM,
    delimiter=";",
)

_COMMENT = (
    Column("timestamp", "integer", "When it was published, to the minute, in thousandths of a second since 1970."),
    Column("datetime", "string", "The same, as Polis writes it."),
    Column("comment-id", "integer", "The number of the proposal here."),
    Column("author-id", "integer", "A number for the name printed beside it; 0 when there is none."),
    Column("agrees", "integer", "Votes “agree”."),
    Column("disagrees", "integer", "Votes “disagree”; mixed ones are no passes, and are left out."),
    Column("moderated", "integer", "Always 1: it stands."),
    Column("comment-body", "string", "Its title and its text."),
)
_SUMMARY = (
    Column("topic", "string", "The name of a line: topic, url, views, voters, voters-in-conv, commenters, comments, groups…"),
    Column("value", "string", "What it says; nothing for what is not counted here."),
)


def polis_tables(process: Process, slugs: Collection[str]) -> list[Table]:
    """Two tables for each of these consultations: its proposals as comments, and a summary. Never a person's votes."""
    shown = Consultation.objects.filter(process=process, slug__in=slugs).order_by("pk")
    return [table for consultation in shown for table in tables_for_polis(consultation)]


def polis_folder(slug: str) -> str:
    return f"{POLIS}{slug}/"


def tables_for_polis(consultation: Consultation) -> tuple[Table, Table]:
    folder = polis_folder(consultation.slug)
    return (
        Table(
            "comments",
            CSV,
            "The proposals of a consultation, in the columns of a Polis report",
            _COMMENT,
            rows=lambda process: _polis_comments(process, consultation),
            folder=folder,
        ),
        Table(
            "summary",
            CSV,
            "A consultation in a few lines, as in a Polis report",
            _SUMMARY,
            rows=lambda process: _polis_summary(process, consultation),
            folder=folder,
            has_header=False,
        ),
    )


def _polis_comments(process: Process, consultation: Consultation) -> Iterator[Row]:
    for text in _published(process, Kind.PROPOSAL).filter(consultation=consultation).iterator(chunk_size=AT_ONCE):
        counts = counts_of(text, is_imported=consultation.is_imported)
        published_at = _here(text.published_at)
        yield {
            "timestamp": int(published_at.timestamp()) * 1000,
            "datetime": published_at.strftime("%a %b %d %H:%M:%S %Z %Y"),
            "comment-id": text.number,
            "author-id": _author_number(process, text.author_name),
            "agrees": counts.agree,
            "disagrees": counts.disagree,
            "moderated": ACCEPTED,
            "comment-body": _whole(text),
        }


def _author_number(process: Process, name: str) -> int:
    """The same number for the same printed name in a process: as much as the name says, no more."""
    return int(hashlib.sha256(f"{process.slug}\n{name}".encode()).hexdigest()[:7], 16) if name else 0


def _polis_summary(process: Process, consultation: Consultation) -> Iterator[Row]:
    texts = _published(process, Kind.PROPOSAL).filter(consultation=consultation)
    voters = str(consultation.voters) if consultation.voters >= SMALLEST_CELL else ""
    authors = texts.exclude(author_name="").order_by().values("author_name").distinct().count()
    lines = {
        "topic": consultation.title,
        "url": absolute(consultation_address(process.slug, consultation.slug)),
        "views": "",
        "voters": voters,
        "voters-in-conv": voters,
        "commenters": str(authors),
        "comments": str(texts.count()),
        "groups": "",
        "conversation-description": consultation.presentation,
    }
    for topic, value in lines.items():
        yield {"topic": topic, "value": value}
