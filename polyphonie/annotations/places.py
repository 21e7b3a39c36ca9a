"""Under which addresses is a text of each kind read, commented on and answered, and by whom? One line a kind."""

from collections.abc import Callable
from dataclasses import dataclass

from polyphonie.annotations.models import Document
from polyphonie.core import addresses
from polyphonie.processes.models import Role


@dataclass(frozen=True)
class Places:
    """The addresses of one text: its own, where it is written, and those under it; and the role that answers its discussions."""

    text: str
    desk: str
    answers: Role

    @property
    def annotate(self) -> str:
        return f"{self.text}annoter/"

    @property
    def feed(self) -> str:
        return f"{self.text}discussions/flux.atom"

    def version(self, number: int) -> str:
        """One of its versions, for ever."""
        return f"{self.text}versions/{number}/"

    def changes(self, number: int) -> str:
        """What this version changed, and because of which discussions."""
        return f"{self.version(number)}changements/"

    def passage(self, block: str, start: int = 0, end: int = 0, *, version: int) -> str:
        """Where one comments on this passage of this version; a later one is searched for it."""
        return f"{self.annotate}?version={version}&bloc={block}" + (f"&de={start}&a={end}" if end else "")

    def discussion(self, number: int) -> str:
        return f"{self.text}discussions/{number}/"

    def reply_in(self, discussion: int, number: int, *, page: int) -> str:
        """Where a reply is read."""
        return self.discussion(discussion) + (f"?page={page}" if page > 1 else "") + f"#commentaire-{number}"

    def reply(self, number: int) -> str:
        return f"{self.text}discussions/{number}/repondre/"

    def withdraw(self, number: int) -> str:
        return f"{self.text}discussions/{number}/retirer/"

    def flag(self, number: int) -> str:
        return f"{self.text}discussions/{number}/signaler/"


def places_of(document: Document) -> Places:
    return PLACES[document.kind](document.process.slug, document.slug)


def _of_a_synthesis(process: str, slug: str) -> Places:
    return Places(
        text=addresses.synthesis_address(process, slug),
        desk=addresses.writing_address(process, slug),
        answers=Role.RAPPORTEUR,
    )


PLACES: dict[str, Callable[[str, str], Places]] = {Document.Kind.SYNTHESIS: _of_a_synthesis}
