"""Which amber marks of a draft has nobody settled yet?"""

from typing import Any

from polyphonie.synthesis.models import Synthesis


def unsettled(synthesis: Synthesis) -> list[Any]:
    """The marks that publication waits for."""
    return []
