"""What is said of one kind of data: its nature, why it is kept, until when, in an archive or not, how it goes."""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise

from polyphonie.portal.retention import figures


class Nature(Enum):
    PUBLIC = "public"
    PERSONAL = "personal"
    SECRET = "secret"  # noqa: S105  (a word, not a password)


@dataclass(frozen=True)
class Kept:
    """One kind of data: its fields (`app.Model: field field…`), and what becomes of it. `what` is empty when it is nobody's."""

    nature: Nature
    fields: tuple[str, ...]
    what: str | Promise = ""
    why: str | Promise = ""
    until: str | Promise = ""
    erased: str | Promise = ""
    in_archive: bool = False
    terms: tuple[str, ...] = ()
    """What ends it by itself: names of `retention.TERMS`."""

    def until_in_words(self) -> str:
        """Until when, with the periods that the jobs read."""
        return str(self.until) % figures() if self.terms else str(self.until)

    def names(self) -> list[str]:
        """Each field as `app.Model.field`."""
        pairs = [line.partition(": ") for line in self.fields]
        return [f"{model}.{field}" for model, _colon, fields in pairs for field in fields.split()]
