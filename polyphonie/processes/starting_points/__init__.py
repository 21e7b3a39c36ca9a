"""From what does a concertation start? Starting points: files that one writes, exports, exchanges and reads with care."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import Refused
from polyphonie.processes.models import Consultation, Process, Theme
from polyphonie.processes.rules.calendar import closing_instant, opening_instant
from polyphonie.processes.rules.method import last_day, open_days

FORMAT = "polyphonie/starting-point/1"
FOLDER = Path(__file__).parent
SHIPPED = ("une-question", "par-themes", "plan-d-actions")
TRANSLATED = ("en",)
MOST_BYTES = 256 * 1024
MOST_THEMES, MOST_CONSULTATIONS, MOST_DAYS = 50, 300, 3650
PROCESS_TEXTS = (
    "tagline",
    "introduction",
    "hashtag",
    "initiative",
    "licence",
    "charter",
    "who_decides",
    "what_becomes",
    "legal_basis",
    "synthesis_planned",
)
"""What a starting point says of a process: never who organises it, who judges appeals, nor any person."""
LONG_TEXT = 20_000


@dataclass(frozen=True)
class ThemePoint:
    title: str
    presentation: str = ""


@dataclass(frozen=True)
class ConsultationPoint:
    """A consultation to be; its days count from the first opening of the concertation."""

    title: str
    presentation: str = ""
    questions: str = ""
    has_diagnoses: bool = False
    is_under_crpa: bool = False
    theme: int | None = None
    opens_after_days: int | None = None
    open_days: int | None = None


@dataclass(frozen=True)
class StartingPoint:
    """What a concertation starts from: its texts, themes and consultations, and its calendar in days."""

    title: str
    summary: str = ""
    process: Mapping[str, str] = field(default_factory=dict)
    feedback_days: int | None = None
    themes: tuple[ThemePoint, ...] = ()
    consultations: tuple[ConsultationPoint, ...] = ()

    @property
    def is_one_question(self) -> bool:
        return len(self.consultations) == 1 and not self.themes

    def document(self) -> dict[str, Any]:
        """The file's content."""
        return {
            "format": FORMAT,
            "title": self.title,
            "summary": self.summary,
            "process": dict(self.process),
            "feedback_days": self.feedback_days,
            "themes": [vars(theme) for theme in self.themes],
            "consultations": [vars(item) for item in self.consultations],
        }


def shipped(name: str, language: str = "fr") -> StartingPoint | None:
    """One of the starting points that come with the product, in this language or else in French; None when there is none of
    this name."""
    if name not in SHIPPED:
        return None
    suffix = f".{language[:2]}" if language[:2] in TRANSLATED else ""
    return read((FOLDER / f"{name}{suffix}.json").read_text(encoding="utf-8"))


def written(point: StartingPoint) -> str:
    """The text of the file of a starting point."""
    return json.dumps(point.document(), ensure_ascii=False, indent=2) + "\n"


def starting_point_of(process: Process) -> StartingPoint:
    """What another concertation could start from: this one's texts and calendar, without its people and its answers."""
    consultations = [item for item in process.consultations.select_related("theme").all() if not item.is_imported]
    themes = list(process.themes.all())
    ranks = {theme.pk: rank for rank, theme in enumerate(themes, start=1)}
    openings = [item.opens_at for item in consultations if item.opens_at]
    closings = [item.closes_at for item in consultations if item.closes_at]
    first = timezone.localdate(min(openings)) if openings else None
    feedback_days = None
    if process.feedback_due_on and closings:
        feedback_days = max(0, (process.feedback_due_on - last_day(max(closings))).days)
    return StartingPoint(
        title=process.title,
        summary=process.tagline,
        process={name: value for name in PROCESS_TEXTS if (value := getattr(process, name))},
        feedback_days=feedback_days,
        themes=tuple(ThemePoint(theme.title, theme.presentation) for theme in themes),
        consultations=tuple(_point_of(item, ranks, first) for item in consultations),
    )


def _point_of(item: Consultation, ranks: Mapping[int, int], first: date | None) -> ConsultationPoint:
    opens_after = (timezone.localdate(item.opens_at) - first).days if item.opens_at and first else None
    length = open_days(item.opens_at, item.closes_at) if item.opens_at and item.closes_at else None
    return ConsultationPoint(
        title=item.title,
        presentation=item.presentation,
        questions=item.questions,
        has_diagnoses=item.has_diagnoses,
        is_under_crpa=item.is_under_crpa,
        theme=ranks.get(item.theme_id or 0),
        opens_after_days=opens_after,
        open_days=length,
    )


def calendar_of(item: ConsultationPoint, opens_on: date | None) -> dict[str, Any]:
    """The two instants of a consultation when the concertation first opens on this day; none when it has no days."""
    if opens_on is None or item.opens_after_days is None or item.open_days is None:
        return {}
    opening = opens_on + timedelta(days=item.opens_after_days)
    return {
        "opens_at": opening_instant(opening),
        "closes_at": closing_instant(opening + timedelta(days=item.open_days - 1)),
    }


def feedback_day(point: StartingPoint, opens_on: date | None) -> date | None:
    """The day by which an answer is promised, counted from the last closing."""
    closings = [end for item in point.consultations if (end := calendar_of(item, opens_on).get("closes_at"))]
    if point.feedback_days is None or not closings:
        return None
    return last_day(max(closings)) + timedelta(days=point.feedback_days)


def read(text: str) -> StartingPoint:
    """The starting point written in a file; the first thing wrong in it is refused with its place. Raises Refused."""
    if len(text.encode()) > MOST_BYTES:
        raise Refused(_("This file is too large: a starting point holds at most %(most)s kB.") % {"most": MOST_BYTES // 1024})
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise Refused(
            _("This file is not a starting point: it cannot be read as JSON from line %(line)s, column %(column)s.") % place
        ) from None
    except (ValueError, RecursionError):
        raise Refused(_("This file is not a starting point: it cannot be read as JSON.")) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Refused(_("This file is not a starting point: its “format” is not “%(format)s”.") % {"format": FORMAT})
    return _Reader().starting_point(document)


def _no_constant(name: str) -> None:
    raise ValueError(name)


class _Reader:
    """Reads a document key by key, knowing where it is, and refuses what it does not know."""

    def starting_point(self, document: Mapping[str, Any]) -> StartingPoint:
        self._keys(document, "", {"format", "title", "summary", "process", "feedback_days", "themes", "consultations"})
        themes = tuple(
            self._theme(item, f"themes[{rank}]") for rank, item in enumerate(self._list(document, "themes", MOST_THEMES), start=1)
        )
        consultations = tuple(
            self._consultation(item, f"consultations[{rank}]", themes=len(themes))
            for rank, item in enumerate(self._list(document, "consultations", MOST_CONSULTATIONS), start=1)
        )
        return StartingPoint(
            title=self._text(document, "title", "", most=200, needed=True),
            summary=self._text(document, "summary", "", most=1000),
            process=self._process(document.get("process", {})),
            feedback_days=self._days(document, "feedback_days", ""),
            themes=themes,
            consultations=consultations,
        )

    def _process(self, document: Any) -> dict[str, str]:
        self._keys(document, "process", set(PROCESS_TEXTS))
        texts = {name: self._text(document, name, "process", most=_length(Process, name)) for name in PROCESS_TEXTS}
        return {name: text for name, text in texts.items() if text}

    def _theme(self, document: Any, place: str) -> ThemePoint:
        self._keys(document, place, {"title", "presentation"})
        return ThemePoint(
            title=self._text(document, "title", place, most=_length(Theme, "title"), needed=True),
            presentation=self._text(document, "presentation", place, most=LONG_TEXT),
        )

    def _consultation(self, document: Any, place: str, *, themes: int) -> ConsultationPoint:
        self._keys(document, place, set(ConsultationPoint.__dataclass_fields__))
        theme = document.get("theme")
        if theme is not None and (not _is_whole(theme) or not 1 <= theme <= themes):
            self._refuse(f"{place}.theme", _("there is no theme of this rank"))
        length = self._days(document, "open_days", place)
        if length == 0:
            self._refuse(f"{place}.open_days", _("a consultation is open one day at least"))
        return ConsultationPoint(
            title=self._text(document, "title", place, most=_length(Consultation, "title"), needed=True),
            presentation=self._text(document, "presentation", place, most=LONG_TEXT),
            questions=self._text(document, "questions", place, most=LONG_TEXT),
            has_diagnoses=self._yes_or_no(document, "has_diagnoses", place),
            is_under_crpa=self._yes_or_no(document, "is_under_crpa", place),
            theme=theme,
            opens_after_days=self._days(document, "opens_after_days", place),
            open_days=length,
        )

    def _keys(self, document: Any, place: str, known: set[str]) -> None:
        if not isinstance(document, dict):
            self._refuse(place, _("an object between braces is expected"))
        for key in document:
            if key not in known:
                self._refuse(f"{place}.{key}".strip("."), _("this key is not known"))

    def _list(self, document: Mapping[str, Any], key: str, most: int) -> list[Any]:
        value = document.get(key, [])
        if not isinstance(value, list):
            self._refuse(key, _("a list between square brackets is expected"))
        if len(value) > most:
            self._refuse(key, _("%(count)s items, at most %(most)s") % {"count": len(value), "most": most})
        return value

    def _text(self, document: Mapping[str, Any], key: str, place: str, *, most: int, needed: bool = False) -> str:
        value, where = document.get(key, ""), f"{place}.{key}".strip(".")
        if not isinstance(value, str):
            self._refuse(where, _("a text is expected"))
        text = cleaned(value)
        if needed and not text:
            self._refuse(where, _("it is empty"))
        if len(text) > most:
            self._refuse(where, _("%(count)s characters, at most %(most)s") % {"count": len(text), "most": most})
        return text

    def _days(self, document: Mapping[str, Any], key: str, place: str) -> int | None:
        value = document.get(key)
        if value is None:
            return None
        if not _is_whole(value) or not 0 <= value <= MOST_DAYS:
            self._refuse(f"{place}.{key}".strip("."), _("a number of days from 0 to %(most)s is expected") % {"most": MOST_DAYS})
        return int(value)

    def _yes_or_no(self, document: Mapping[str, Any], key: str, place: str) -> bool:
        value = document.get(key, False)
        if not isinstance(value, bool):
            self._refuse(f"{place}.{key}", _("true or false is expected"))
        return bool(value)

    def _refuse(self, place: str, why: str) -> None:
        raise Refused(_("This file is not a sound starting point: %(place)s: %(why)s.") % {"place": place or "…", "why": why})


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _length(model: type[Process] | type[Theme] | type[Consultation], name: str) -> int:
    return getattr(model._meta.get_field(name), "max_length", None) or LONG_TEXT
