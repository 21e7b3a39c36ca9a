"""What does every page of this installation show in its frame? The entries that need several packages."""

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """Context that `core/base.html` draws: nothing that needs a query unless a page shows it."""
    return {}
