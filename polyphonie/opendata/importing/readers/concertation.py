"""What do the public documents of a concertation say? Its letter, themes, consultations and dates, and the few texts they quote.

Texts keep the numbers they bore. What the file's keys ending in `_guess`, `_basis` or `_note` say is its maker's, not the
source's: it is never read, and a text that only a guess would place is refused.
"""

from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from polyphonie.opendata.importing.readers import cells
from polyphonie.opendata.importing.readers.rows import LeftRow, RefusedRow, Row, SourceConsultation, SourceProcess, SourceText
from polyphonie.opendata.importing.reading import SourceRefused, document, opened
from polyphonie.processes.rules.calendar import closing_instant, opening_instant

NAME = "concertation"
READ = ("themes", "consultations", "referral", "quoted_contributions", "contributions_cited_by_number")
LATER = (
    "contributive_days", "timeline", "working_groups", "members", "volets", "recommendations", "cross_views", "figures", "quotes",
    "tweets", "partners",
)  # fmt: skip
"""What later stages of the product will hold: counted, and left."""
SIDES = frozenset({"for", "against"})


def chosen(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """The one JSON document of a folder, and what is left aside."""
    if len(paths) == 1:
        return paths, []
    documents = [path for path in paths if ".json" in path.suffixes]
    if not documents:
        raise SourceRefused(_("This folder holds no JSON document."))
    if len(documents) > 1:
        raise SourceRefused(_("This folder holds %(count)d JSON documents: name the one to import.") % {"count": len(documents)})
    return documents, [path for path in paths if path not in documents]


def records(path: Path) -> Iterator[tuple[int, Any]]:
    """Each object that can be refused, by its place among them: for the file of refused rows."""
    yield from enumerate(_objects(_read(path)), start=1)


def _objects(found: dict[str, Any]) -> list[Any]:
    return [*_list(found, "consultations"), *_list(found, "quoted_contributions"), *_list(found, "contributions_cited_by_number")]


def read(path: Path) -> Iterator[Row]:
    """The rows of the document; raises SourceRefused when it is no such document."""
    found = _read(path)
    yield _process(found)
    themes = {str(theme["id"]): theme for theme in _list(found, "themes") if isinstance(theme, dict) and "id" in theme}
    titles: dict[str, str] = {}
    closing = {item.get("id"): item.get("closed_on") for item in _list(found, "consultations") if isinstance(item, dict)}
    place = count(start=1)
    for consultation in _list(found, "consultations"):
        yield _attempt(next(place), _consultation, consultation, themes, titles)
    for quoted in _list(found, "quoted_contributions"):
        yield _attempt(next(place), _quoted, quoted, titles)
    for cited in _list(found, "contributions_cited_by_number"):
        yield _attempt(next(place), _cited, cited, titles, closing)
    for name in LATER:
        for _one in _list(found, name):
            yield LeftRow(0, name)


def _read(path: Path) -> dict[str, Any]:
    with opened(path) as text:
        found = document(text, path.name)
    if not isinstance(found, dict) or not all(isinstance(found.get(name), list) for name in ("themes", "consultations")):
        raise SourceRefused(
            _("%(name)s is not the description of a concertation: it has no themes and consultations.") % {"name": path.name}
        )
    return found


def _list(found: dict[str, Any], name: str) -> list[Any]:
    listed = found.get(name)
    return listed if isinstance(listed, list) else []


def _attempt(line: int, build: Any, *arguments: Any) -> Row:
    try:
        row: Row = build(line, *arguments)
    except cells.CellRefused as error:
        return RefusedRow(line, str(error))
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        return RefusedRow(line, _("it is not of the expected form."))
    return row


def _process(found: dict[str, Any]) -> SourceProcess:
    letter = found.get("referral") if isinstance(found.get("referral"), dict) else {}
    meta = found.get("meta") if isinstance(found.get("meta"), dict) else {}
    institution = found.get("institution") if isinstance(found.get("institution"), dict) else {}
    assert isinstance(letter, dict)
    assert isinstance(meta, dict)
    assert isinstance(institution, dict)
    tags = _list(found, "hashtags_process")
    return SourceProcess(
        line=0,
        title=_text(meta, "title").split(":")[0].strip()[:200],
        organiser=_text(institution, "name")[:200],
        hashtag=str(tags[0])[:60] if tags else "",
        referral=tuple(_letter(letter).items()) if letter else (),
    )


def _letter(letter: dict[str, Any]) -> dict[str, str]:
    """The fields of the letter, as texts."""
    paragraphs = [str(one) for one in _list(letter, "paragraphs")]
    return {
        "number": _text(letter, "number")[:40],
        "issuer": _person(letter.get("from"))[:200],
        "addressee": _person(letter.get("to"))[:200],
        "received_on": _text(letter, "date"),
        "deadline_on": _text(letter, "schedule_end"),
        "text": "\n\n".join(paragraphs),
        "questions": "\n".join(str(one) for one in _list(letter, "questions")),
    }


def _person(found: Any) -> str:
    if not isinstance(found, dict):
        return ""
    return ", ".join(part for part in (_text(found, "name"), _text(found, "role")) if part)


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    return cells.body(value) if isinstance(value, str) else ""


def _consultation(line: int, found: dict[str, Any], themes: dict[str, Any], titles: dict[str, str]) -> Row:
    title = cells.present(
        cells.within(cells.title(found["title"]), 250, gettext_noop("the title")), gettext_noop("the title is missing.")
    )
    theme = themes.get(str(found.get("theme")), {})
    opened_on, closed_on = _day(found.get("opened_on")), _day(found.get("closed_on"))
    if opened_on and closed_on and opened_on > closed_on:
        raise cells.CellRefused(_("it closes before it opens."))
    titles[str(found["id"])] = title
    return SourceConsultation(
        line=line,
        title=title,
        opens_at=int(opening_instant(opened_on).timestamp()) if opened_on else None,
        closes_at=int(closing_instant(closed_on).timestamp()) if closed_on else None,
        theme=cells.within(cells.title(str(theme.get("name", ""))), 200, gettext_noop("the title")),
        theme_number=int(theme.get("number", 0)) % 30000,
    )


def _quoted(line: int, found: dict[str, Any], titles: dict[str, str]) -> Row:
    stated = found.get("consultation_stated")
    if stated is None or stated not in titles:
        raise cells.CellRefused(_("the source does not say which consultation it belongs to."))
    if found["kind"] != "proposal":
        raise cells.CellRefused(_("the source does not say which text it answers."))
    author = found.get("author") or {}
    return SourceText(
        line=line,
        kind="proposal",
        source_id=str(_number(found)),
        number=_number(found),
        at=cells.instant(found["created_at"]),
        title=cells.present(cells.title(found["title"] or ""), gettext_noop("the title is missing.")),
        body=cells.body(found["body"]),
        consultation=titles[stated],
        author_name=cells.name(str(author.get("display_name", ""))),
    )


def _cited(line: int, found: dict[str, Any], titles: dict[str, str], closing: dict[Any, Any]) -> Row:
    """A number known because a synthesis cites it: its text and its date are not in the source, its place is kept."""
    words = str(found["cited_in"]).split()
    stated = words[-1] if words[:1] == ["synthesis"] else ""
    closed_on = _day(closing.get(stated))
    if stated not in titles or closed_on is None:
        raise cells.CellRefused(_("the source does not say which consultation it belongs to."))
    return SourceText(
        line=line,
        kind="proposal",
        source_id=str(_number(found)),
        number=_number(found),
        at=int(closing_instant(closed_on).timestamp()) - 60,
        consultation=titles[stated],
        is_unavailable=True,
        origin_note=_("Known because a synthesis cites it: neither its text nor its date is in the source."),
    )


def _number(found: dict[str, Any]) -> int:
    number = found["number"]
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < cells.LARGEST_COUNT:
        raise cells.CellRefused(_("“%(text)s” is not a number.") % {"text": str(number)[:40]})
    return number


def _day(found: Any) -> date | None:
    return None if found is None else date.fromisoformat(str(found))
