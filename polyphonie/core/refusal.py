"""How does a rule say no? With a sentence; `ensure` turns the sentence into the exception that becomes a page."""

from http import HTTPStatus


class Refused(Exception):
    """An act the rules do not allow; `reason` is a full sentence in the reader's language."""

    def __init__(self, reason: str, *, status: int = HTTPStatus.FORBIDDEN) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def ensure(refusal: str | None, *, status: int = HTTPStatus.FORBIDDEN) -> None:
    """Raise `Refused` when a rule gave a reason; do nothing when it gave none."""
    if refusal is not None:
        raise Refused(refusal, status=status)
