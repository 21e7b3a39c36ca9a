"""What do pages ask of voices? One by its number, which numbers are known, the answers to one."""

from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, Sum

from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.addresses import contribution_address
from polyphonie.core.storage.prepared import Prepared
from polyphonie.processes.models import Consultation


def numbered(process: str, number: int, *, with_submitted: bool = False) -> Contribution:
    """The contribution of this number in the process of this slug; raises Contribution.DoesNotExist.

    One that waits to be read before it appears is there for its author and for those who read it: `with_submitted`.
    """
    found = (_any_numbered if with_submitted else _numbered)(process=process, number=number)
    if not found:
        raise Contribution.DoesNotExist
    return found[0]


def _read(process: str, number: int) -> QuerySet[Contribution]:
    read = Contribution.objects.select_related("consultation__theme", "process", "author", "speaks_for", "about")
    return read.filter(process__slug=process, number=number).order_by("pk")


_any_numbered = Prepared(_read)
_numbered = Prepared(lambda process, number: _read(process, number).exclude(status=Status.SUBMITTED))


def known_addresses(process: str, numbers: Iterable[int]) -> dict[int, str]:
    """The addresses of those of these numbers that exist in the process, in one query."""
    wanted = list(numbers)
    if not wanted:
        return {}
    shown = Contribution.objects.filter(process__slug=process, number__in=wanted).exclude(status=Status.SUBMITTED)
    known = shown.values_list("number", flat=True)
    return {number: contribution_address(process, number) for number in known.order_by("number")}


def imported_votes(consultations: Iterable[Consultation]) -> int:
    """The votes taken over from elsewhere on the texts that are shown: one query, and none where nothing was taken over."""
    taken_over = [consultation.pk for consultation in consultations if consultation.is_imported]
    if not taken_over:
        return 0
    votes = F("imported_agree") + F("imported_mixed") + F("imported_disagree")
    shown = Contribution.objects.filter(consultation__in=taken_over, status=Status.PUBLISHED)
    return int(shown.aggregate(votes=Sum(votes, default=0))["votes"])


class Face(NamedTuple):
    """Everything about a voice that a card may show, but its words, which `pk` and `revision` name."""

    pk: int
    number: int
    revision: int
    status: str
    status_since: datetime | None
    origin: str
    published_at: datetime
    accepted_on: date | None
    author_name: str
    hidden_author_name: str
    author_slug: str | None
    author_is_listed: bool | None
    author_closed_on: date | None
    organisation: str | None
    organisation_verified_on: date | None
    agree: int
    mixed: int
    disagree: int
    imported_agree: int
    imported_mixed: int
    imported_disagree: int
    arguments_for: int
    arguments_against: int
    sources: int
    completions: int


_ELSEWHERE = {
    "author_slug": "author__slug",
    "author_is_listed": "author__is_listed",
    "author_closed_on": "author__closed_on",
    "organisation": "speaks_for__slug",
    "organisation_verified_on": "speaks_for__verified_on",
}
_OWN = tuple(name for name in Face._fields if name not in _ELSEWHERE)
_own_of = attrgetter(*_OWN)


def faces_read(voices: QuerySet[Contribution]) -> QuerySet[Contribution, tuple[Any, ...]]:
    """The rows of which `Face(*row)` makes the faces of these voices, in their order."""
    return voices.values_list(*(_ELSEWHERE.get(name, name) for name in Face._fields))


def faces(voices: QuerySet[Contribution]) -> list[Face]:
    """The faces of these voices, in their order, in one query."""
    return [Face(*row) for row in faces_read(voices)]


def face_of(voice: Contribution) -> Face:
    """The same of a voice that was read with its author and the organisation it speaks for."""
    author, organisation = voice.author, voice.speaks_for
    shown = dict(zip(_OWN, _own_of(voice), strict=True))
    shown |= {
        "author_slug": author and author.slug,
        "author_is_listed": author and author.is_listed,
        "author_closed_on": author and author.closed_on,
        "organisation": organisation and organisation.slug,
        "organisation_verified_on": organisation and organisation.verified_on,
    }
    return Face(**shown)
