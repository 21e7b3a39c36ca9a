"""What does one read about a contribution? Its answers (keys first, then rows), what it cites, its revisions, who cites it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from polyphonie.consultation.listing import DRAWN_FIELDS
from polyphonie.contributions.models import Contribution, Kind, Revision, Side, Status
from polyphonie.contributions.queries import known_addresses
from polyphonie.core.plaintext import cited_numbers
from polyphonie.core.storage.prepared import Prepared
from polyphonie.processes.models import Process, ProgressUpdate

ARGUMENTS_AT_FIRST = 5
ARGUMENTS_ALONE = 3
PER_PAGE = 20
"""How many arguments of a side are shown: as many of each first; alone when the other side has none; all, page by page."""

KEYS_AT_ONCE = 8
SOURCES, COMPLETIONS = "sources", "completions"


def _voice(process: str, number: int) -> QuerySet[Contribution]:
    read = Contribution.objects.select_related("process__referral", "consultation__theme", "author", "speaks_for", "about")
    imported = Q(status=Status.SUBMITTED, consultation__is_imported=True)
    return read.filter(process__slug=process, number=number).exclude(imported).order_by("pk")


_read_voice = Prepared(_voice)


def voice(process_slug: str, number: int) -> Contribution | None:
    """The contribution of this number with what its page prints, in one query; None if there is none to be seen."""
    found = _read_voice(process=process_slug, number=number)
    if not found:
        return None
    found[0].consultation.process = found[0].process
    return found[0]


@dataclass
class SideOfArguments:
    """The arguments of one side: those shown, and how many there are."""

    side: str
    total: int
    shown: list[Contribution] = field(default_factory=list)
    page: int = 1

    @property
    def others(self) -> int:
        return self.total - len(self.shown)

    @property
    def pages(self) -> int:
        return -(-self.total // PER_PAGE)


@dataclass
class Others:
    """The sources or the completions shown, and how many there are; the rest is read page by page."""

    total: int = 0
    shown: list[Contribution] = field(default_factory=list)
    page: int = 1

    @property
    def pages(self) -> int:
        return -(-self.total // PER_PAGE)


@dataclass
class Answers:
    """What answers a contribution."""

    sides: list[SideOfArguments] = field(default_factory=list)
    sources: Others = field(default_factory=Others)
    completions: Others = field(default_factory=Others)
    numbers: list[int] = field(default_factory=list)
    """The numbers of all the answers that can be read, shown here or not."""
    not_shown: list[int] = field(default_factory=list)
    """The numbers of answers that were hidden or withdrawn: their addresses keep a notice."""

    def everything(self) -> Iterable[Contribution]:
        for side in self.sides:
            yield from side.shown
        yield from self.sources.shown
        yield from self.completions.shown


@dataclass(frozen=True)
class _Key:
    pk: int
    number: int
    kind: str
    side: str
    status: str


def answers_to(contribution: Contribution, *, only: str = "", page: int = 1) -> Answers:
    """The answers shown on its page: two queries whatever their number. Arguments come in the public draw of the day: neither
    votes, age nor author place them. `only` lists one side of them, the sources or the completions, page by page."""
    keys = [_Key(*row) for row in _read_keys(about=contribution.pk)]
    visible = [key for key in keys if key.status == Status.PUBLISHED]
    chosen = {side: _keys_of_side(visible, side) for side in (Side.FOR, Side.AGAINST)}
    sides = [SideOfArguments(side=side, total=len(chosen[side])) for side in chosen if not only or side == only]
    at_first = _how_many_of_each(len(chosen[Side.FOR]), len(chosen[Side.AGAINST]))
    wanted: dict[str, list[int]] = {}
    for side in sides:
        if only:
            side.page = _page_within(page, side.pages)
            wanted[side.side] = _of_page(chosen[Side(side.side)], side.page)
        else:
            wanted[side.side] = chosen[Side(side.side)][:at_first]
    others = {}
    for name, kind in ((SOURCES, Kind.SOURCE), (COMPLETIONS, Kind.COMPLETION)):
        keys_of_it = _keys_of_kind(visible, kind)
        others[name] = Others(total=len(keys_of_it))
        others[name].page = _page_within(page if only == name else 1, others[name].pages)
        wanted[name] = _of_page(keys_of_it, others[name].page) if only in ("", name) else []
    pks = [pk for part in wanted.values() for pk in part]
    rows = _rows(pks)
    for side in sides:
        side.shown = [rows[pk] for pk in wanted[side.side]]
    for name, part in others.items():
        part.shown = [rows[pk] for pk in wanted[name]]
    return Answers(
        sides=sides,
        sources=others[SOURCES],
        completions=others[COMPLETIONS],
        numbers=sorted(key.number for key in visible),
        not_shown=sorted(key.number for key in keys if key.status not in (Status.PUBLISHED, Status.SUBMITTED)),
    )


_read_keys = Prepared(
    lambda about: (
        Contribution.objects.filter(about=about).order_by(*DRAWN_FIELDS).values_list("pk", "number", "kind", "side", "status")
    )
)
_read_rows = Prepared(lambda keys: Contribution.objects.select_related("author", "speaks_for").filter(pk__in=keys).order_by("pk"))


def _rows(keys: list[int]) -> dict[int, Contribution]:
    """These texts by key; the read is written for eight, sixteen… keys: the last one is asked for again to make up."""
    if not keys:
        return {}
    return {text.pk: text for text in _read_rows(keys=keys + keys[-1:] * (-len(keys) % KEYS_AT_ONCE))}


def _page_within(page: int, pages: int) -> int:
    return min(max(1, page), max(1, pages))


def _of_page(keys: list[int], page: int) -> list[int]:
    return keys[(page - 1) * PER_PAGE : page * PER_PAGE]


def _how_many_of_each(total_for: int, total_against: int) -> int:
    if total_for and total_against:
        return min(total_for, total_against, ARGUMENTS_AT_FIRST)
    return ARGUMENTS_ALONE


def _keys_of_side(keys: list[_Key], side: Side) -> list[int]:
    return [key.pk for key in keys if key.kind == Kind.ARGUMENT and key.side == side]


def _keys_of_kind(keys: list[_Key], kind: Kind) -> list[int]:
    return [key.pk for key in sorted(keys, key=lambda key: key.number) if key.kind == kind]


def cited_addresses(process_slug: str, texts: Iterable[str]) -> dict[int, str]:
    """The addresses of the known numbers that these texts mention, in one query (none when they mention none)."""
    numbers = {number for text in texts for number in cited_numbers(text)}
    return known_addresses(process_slug, sorted(numbers))


def mentions_of(contribution: Contribution) -> list[ProgressUpdate]:
    """The progress points that cite this contribution, the oldest first."""
    candidates = _read_mentions(process=contribution.process_id, written=str(contribution.number))
    return [update for update in candidates if contribution.number in cited_numbers(update.body)]


_read_mentions = Prepared(
    lambda process, written: ProgressUpdate.objects.filter(process=process, body__contains=written).order_by("published_at", "pk")
)


def revisions_of(contribution: Contribution) -> list[Revision]:
    """Its public revisions, the newest first."""
    return list(contribution.revisions.order_by("-number"))


def latest_voices(process: Process, count: int) -> list[Contribution]:
    """The latest texts of a process, the newest first: for its feed."""
    keys = Contribution.objects.filter(process=process, status=Status.PUBLISHED).order_by("-number").values_list("pk", flat=True)
    return _in_order(list(keys[:count]))


def latest_voices_of_consultation(consultation_pk: int, count: int) -> list[Contribution]:
    """The latest texts of a consultation, the newest first: for its feed."""
    voices = Contribution.objects.filter(consultation=consultation_pk, status=Status.PUBLISHED)
    return _in_order(list(voices.order_by("-number").values_list("pk", flat=True)[:count]))


def _in_order(keys: list[int]) -> list[Contribution]:
    rows = Contribution.objects.select_related("author", "speaks_for", "about").order_by("pk").in_bulk(keys)
    return [rows[key] for key in keys]
