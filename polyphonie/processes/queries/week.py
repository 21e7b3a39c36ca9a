"""What happened since the last progress point? A draft of the point of the week, from the record alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.core.printing import day, number
from polyphonie.processes.models import ActKind, Process
from polyphonie.processes.queries.journal import JournalLine, journal
from polyphonie.processes.queries.standing import milestones

WEEK = timedelta(days=7)
COMING = timedelta(days=14)
TOLD = frozenset(
    {ActKind.ANNOUNCED, ActKind.OPENED, ActKind.EXTENDED, ActKind.CLOSED, ActKind.DEROGATION, ActKind.METHOD, ActKind.SEEDED}
)
"""What a point of the week tells; the kitchen of preparation stays in the journal."""


@dataclass(frozen=True)
class Draft:
    """A title and a text in Markdown, for organisers to complete."""

    title: str
    body: str


def last_told(process: Process, *, now: datetime) -> datetime:
    """Since when the next point tells: the last one, or seven days."""
    last = process.progress_updates.order_by("-published_at", "-pk").first()
    return last.published_at if last is not None else now - WEEK


def draft_of_the_week(process: Process, *, texts: str = "", now: datetime) -> Draft:
    """What the record says since the last point, or of the last seven days: facts and figures, no judgement. `texts` is the
    part that names contributions, written by a stage that knows them."""
    last = process.progress_updates.order_by("-published_at", "-pk").first()
    since = last_told(process, now=now)
    parts = [_figures(process, last_texts=last.texts if last else 0, last_votes=last.votes if last else 0)]
    lines = [line for line in journal(process, since=since) if line.kind in TOLD]
    if lines:
        parts.append(_("## What happened") + "\n\n" + "\n".join(_item(line) for line in reversed(lines)))
    if texts:
        parts.append(texts)
    coming = [item for item in milestones(process, now=now) if item.on <= now + COMING and item.is_public]
    if coming:
        parts.append(_("## What comes") + "\n\n" + "\n".join(f"- {item.words} : {item.when}" for item in coming))
    parts.append(
        _("## What we have learnt") + "\n\n" + _("[to be completed: two or three facts, with their numbers, such as #1]")
    )
    return Draft(title=_("Progress point of %(day)s") % {"day": day(now)}, body="\n\n".join(parts))


def _figures(process: Process, *, last_texts: int, last_votes: int) -> str:
    counted = process.consultations.exclude(state="draft").aggregate(
        texts=Sum("texts", default=0), votes=Sum("votes", default=0), proposals=Sum("proposals", default=0)
    )
    words = [
        ngettext("%(count)s proposal", "%(count)s proposals", counted["proposals"]),
        ngettext("%(count)s text in all", "%(count)s texts in all", counted["texts"]),
        ngettext("%(count)s published vote", "%(count)s published votes", counted["votes"]),
    ]
    counts = [counted["proposals"], counted["texts"], counted["votes"]]
    told = ", ".join(word % {"count": number(count)} for word, count in zip(words, counts, strict=True))
    more_texts, more_votes = counted["texts"] - last_texts, counted["votes"] - last_votes
    more = _("Since the last point: %(texts)s, %(votes)s.") % {
        "texts": ngettext("%(count)s more text", "%(count)s more texts", more_texts) % {"count": number(more_texts)},
        "votes": ngettext("%(count)s more vote", "%(count)s more votes", more_votes) % {"count": number(more_votes)},
    }
    return _("To this day: %(figures)s.") % {"figures": told} + " " + more


def _item(line: JournalLine) -> str:
    about = f" « {line.consultation.title} »" if line.consultation is not None else ""
    detail = f" {line.detail}" if line.detail else ""
    return f"- {day(line.happened_at)} : {line.title.lower()}{about}.{detail}"
