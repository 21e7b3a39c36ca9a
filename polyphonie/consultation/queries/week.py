"""Which texts does the point of the week name? The most argued, the most voted at the last batch, the new ones: all public."""

import re
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.contributions.models import Contribution, Kind, Status
from polyphonie.core.printing import number
from polyphonie.processes.models import Process

MOST_ARGUED = MOST_VOTED = 5
MOST_NEW = 12
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


def texts_of_the_week(process: Process, *, since: datetime) -> str:
    """A part in Markdown, each text by its number and title; empty when nothing was proposed. Counts are those that pages
    show: votes of the last batch, never one that is not published yet."""
    proposals = Contribution.objects.filter(process=process, kind=Kind.PROPOSAL, status=Status.PUBLISHED)
    proposals = proposals.exclude(consultation__state="draft")
    answered = proposals.alias(answers=F("arguments_for") + F("arguments_against")).filter(answers__gt=0)
    voted = proposals.alias(counted=F("agree") + F("mixed") + F("disagree")).filter(counted__gt=0)
    lists = [
        (_("### The most argued"), [_argued(text) for text in answered.order_by("-answers", "number")[:MOST_ARGUED]]),
        (
            _("### The most voted on, at the last batch"),
            [_voted(text) for text in voted.order_by("-counted", "number")[:MOST_VOTED]],
        ),
        (_("### New proposals"), _new(proposals.filter(published_at__gt=since).order_by("number"))),
    ]
    written = [f"{title}\n\n" + "\n".join(f"- {line}" for line in lines) for title, lines in lists if lines]
    return "\n\n".join([_("## The texts"), *written]) if written else ""


def _named(text: Contribution) -> str:
    title = _MARKDOWN.sub(r"\\\1", text.title)
    return _("#%(number)s “%(title)s”") % {"number": text.number, "title": title}


def _argued(text: Contribution) -> str:
    both = [
        (ngettext("%(count)s argument for", "%(count)s arguments for", text.arguments_for), text.arguments_for),
        (ngettext("%(count)s argument against", "%(count)s arguments against", text.arguments_against), text.arguments_against),
    ]
    return _line(text, ", ".join(words % {"count": number(count)} for words, count in both))


def _voted(text: Contribution) -> str:
    words = ngettext("%(count)s vote", "%(count)s votes", text.votes) % {"count": number(text.votes)}
    counts = {name: number(getattr(text, name)) for name in ("agree", "mixed", "disagree")}
    positions = _("%(agree)s agree, %(mixed)s mixed, %(disagree)s disagree") % counts
    return _line(text, f"{words} ({positions})")


def _line(text: Contribution, counts: str) -> str:
    return _("%(text)s: %(counts)s") % {"text": _named(text), "counts": counts}


def _new(texts: QuerySet[Contribution]) -> list[str]:
    lines = [_named(text) for text in texts[:MOST_NEW]]
    others = texts.count() - len(lines)
    if others > 0:
        words = ngettext("and %(count)s other, later", "and %(count)s others, later", others)
        lines.append(words % {"count": number(others)})
    return lines
