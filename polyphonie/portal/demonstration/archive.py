"""What is kept of « Ambition numérique, 2014-2015 »? Public facts only: its letter, its themes, its consultations and dates.

It is an archive, written down on the day it is loaded: it passes by no checklist, holds no text, and nobody can take part in it.
What the public documents do not say stays empty, and pages print « non renseigné ».
"""

from datetime import date, datetime

from polyphonie.core.printing import day
from polyphonie.core.writing import assert_writing
from polyphonie.figures.models import StatedFigure
from polyphonie.portal.demonstration import content
from polyphonie.portal.demonstration.content import Item
from polyphonie.processes.actions import create_process, record_rules
from polyphonie.processes.actions.frame import ACTOR_INSTALLATION, add_consultation, add_theme, record_referral
from polyphonie.processes.models import Consultation, Milestone, Process, Referral
from polyphonie.processes.rules import closing_instant, opening_instant

KEPT = ("slug", "title", "hashtag", "tagline", "introduction", "organiser", "licence", "charter", "who_decides", "what_becomes")


def load_archive(*, now: datetime) -> Process:
    """Write the archive down; the register says today, the concertation keeps its own dates."""
    assert_writing()
    written = content.archive()
    kept = {name: written["process"][name].strip() for name in KEPT}
    kept["introduction"] += f"\n\n{written['referral']['deadline_note']}"
    process = create_process(now=now, is_listed=True, is_archive=True, **kept)
    process.created_on = written["process"]["first_opening"]
    process.save(update_fields=["created_on"])
    _record_letter(process, written["referral"], now)
    themes = {item["number"]: _record_theme(process, item, now) for item in written["themes"]}
    extended = {item["theme"]: item for item in written["extensions"]}
    for item in written["consultations"]:
        _record_consultation(process, item, themes[item["theme"]], extended.get(item["theme"]), now)
    Milestone.objects.bulk_create([_milestone(process, item) for item in written["milestones"]])
    StatedFigure.objects.bulk_create(
        [
            StatedFigure(process=process, rank=rank, **{**item, "source": written["sources"][item["source"]]})
            for rank, item in enumerate(written["figures"], start=1)
        ]
    )
    return process


def _record_letter(process: Process, letter: Item, now: datetime) -> None:
    asked = {
        "kind": Referral.Kind.GOVERNMENT,
        "number": letter["number"],
        "issuer": letter["issuer"],
        "addressee": letter["addressee"],
        "received_on": letter["date"],
        "deadline_on": letter["deadline"],
        "text": letter["letter"],
        "questions": "\n".join(letter["questions"]),
    }
    record_referral(process, asked, version=None, actor=ACTOR_INSTALLATION, now=now)


def _record_theme(process: Process, item: Item, now: datetime) -> int:
    return add_theme(process, {"number": item["number"], "title": item["title"]}, actor=ACTOR_INSTALLATION, now=now).pk


def _record_consultation(process: Process, item: Item, theme: int, extension: Item | None, now: datetime) -> None:
    asked = {
        "slug": item["slug"],
        "theme_id": theme,
        "title": item["title"],
        "presentation": _presentation(extension),
        "opens_at": opening_instant(item["opened_on"]),
        "closes_at": closing_instant(item["closed_on"]),
        "state": Consultation.State.CLOSED,
        "is_imported": True,
    }
    record_rules(add_consultation(process, asked, actor=ACTOR_INSTALLATION, now=now), now=now)


def _milestone(process: Process, item: Item) -> Milestone:
    until = _first_day(item["end"]) if item["end"] else None
    return Milestone(
        process=process,
        from_on=_first_day(item["date"]),
        until_on=until,
        precision=item["precision"],
        title=item["title"],
    )


def _first_day(written: str) -> date:
    """« 2015-02 » is known to the month: it is kept under its first day."""
    return date.fromisoformat(written if len(written) > len("2015-02") else f"{written}-01")


def _presentation(extension: Item | None) -> str:
    """In French, as the archive itself is: it is content, not interface."""
    words = "Archive : cette page garde le titre et les dates de la consultation. Elle ne reprend aucune contribution."
    if extension is not None:
        announced: date = extension["announced_closing"]
        words += (
            f"\n\nLa presse de l'époque annonçait une clôture le {day(announced)} ; elle a eu lieu le "
            f"{day(extension['actual_closing'])}. Date et motif de la décision : non renseignés."
        )
    return words
