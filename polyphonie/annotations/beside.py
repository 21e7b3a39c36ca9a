"""What does the page of a text need to show its discussions? One object: where they stand, how to draw, where to write."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from polyphonie.annotations.drawing import Mark, Run, drawn_block
from polyphonie.annotations.models import DocumentVersion
from polyphonie.annotations.places import Places, places_of
from polyphonie.annotations.queries import BY_DATE, BY_PLACE, Panel, current_version, panel_of
from polyphonie.annotations.rules import comments_refusal, version_refusal
from polyphonie.core.serving.asked import whole_number


@dataclass(frozen=True)
class Beside:
    """The discussions of a version, the addresses of its text, where the version is read, and why nobody comments on it now (or
    None)."""

    panel: Panel
    places: Places
    here: str
    closed: str | None

    def drawn(self, block: str, runs: Iterable[tuple[str, Markup | None]]) -> Markup:
        """The inside of the `data-block` element of this block; `runs` are the parts of its text, each with what is drawn whole
        in its place, or None for plain words."""
        here = {one.number for one in self.panel.discussions}
        marks = [
            Mark(one.number, one.start, one.end, "" if one.number in here else self.places.discussion(one.number))
            for one in self.panel.standing_in(block)
        ]
        return drawn_block([Run(text, html) for text, html in runs], marks)


def beside(version: DocumentVersion, *, asked: Mapping[str, str], now: datetime) -> Beside:
    """`asked` is what the page was asked with: `ordre` (« date », else by place) and `page`. Five queries."""
    document = version.document
    last = current_version(document)
    is_last = last is not None and last.pk == version.pk
    closed = comments_refusal(document, now=now) or version_refusal(is_last=is_last)
    places = places_of(document)
    order = BY_DATE if asked.get("ordre") == "date" else BY_PLACE
    panel = panel_of(version, order, page=page_asked(asked))
    return Beside(panel, places, places.text if is_last else places.version(version.number), closed)


def page_asked(asked: Mapping[str, str]) -> int:
    """`?page=2`, else the first."""
    return max(1, whole_number(asked.get("page", "")) or 1)
