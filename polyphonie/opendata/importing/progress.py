"""How does one follow a long import? Whoever started it is told each stage, and how far it has come."""


class Progress:
    """Says nothing; the command line shows it as a bar."""

    def stage(self, words: str, total: int | None = None) -> None:
        """A new stage begins; `total` is how many rows it has, when known."""

    def reached(self, count: int) -> None:
        """So many rows of the stage are done."""
