"""What does the page of a text need to show its discussions? One object: where they stand, how to draw, where to write."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from polyphonie.annotations.drawing import Run, drawn_block
from polyphonie.annotations.models import DocumentVersion
from polyphonie.annotations.places import Places, places_of
from polyphonie.annotations.queries import BY_DATE, BY_PLACE, Panel, current_version, panel_of
from polyphonie.annotations.rules import comments_refusal, version_refusal


@dataclass(frozen=True)
class Beside:
    """The discussions of a version, the addresses of its text, and why nobody comments on it now (or None)."""

    panel: Panel
    places: Places
    closed: str | None

    def drawn(self, block: str, runs: Iterable[tuple[str, Markup | None]]) -> Markup:
        """The inside of the `data-block` element of this block; `runs` are the parts of its text, each with what is drawn whole
        in its place, or None for plain words."""
        return drawn_block([Run(text, html) for text, html in runs], self.panel.marks(block))


def beside(version: DocumentVersion, *, order: str, now: datetime) -> Beside:
    """`order` is what the page was asked with: « date », else by place. Five queries."""
    document = version.document
    last = current_version(document)
    closed = comments_refusal(document, now=now) or version_refusal(is_last=last is not None and last.pk == version.pk)
    return Beside(panel_of(version, BY_DATE if order == "date" else BY_PLACE), places_of(document), closed)
