"""What do the checks see of a statement: its words, where it stands, and each text that it cites, with its votes?"""

from dataclasses import dataclass

from polyphonie.synthesis.checks.figures import UNCOUNTED, Counted


@dataclass(frozen=True, slots=True)
class Cites:
    """A citation as the checks see it: what kind of text it is, its votes, how far it bears the sentence out (hundredths)."""

    number: int
    kind: str
    side: str = ""
    counted: Counted = UNCOUNTED
    qualifier: str = "plain"
    support: int = 100
    is_quotation: bool = False
    is_repaired: bool = False
    is_shown: bool = True
    has_changed: bool = False
    about: int = 0
    about_counted: Counted = UNCOUNTED
    """The text an argument is about, and its votes."""

    @property
    def voted(self) -> tuple[int, Counted]:
        """The text whose votes tell what people think of it: itself, or what it is about."""
        return (self.about, self.about_counted) if self.about and not self.counted.votes else (self.number, self.counted)


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as the checks see it; `text` is its stored form, `unsaid` the figures that no cited text says."""

    key: str
    text: str
    column: str
    topic: str = ""
    position: str = ""
    is_linking: bool = False
    unsaid: tuple[str, ...] = ()
    cites: tuple[Cites, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(sorted({one.number for one in self.cites}))
