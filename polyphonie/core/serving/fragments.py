"""Is a part of a page asked for, or the whole? Our own scripts say so, in a header."""

from django.http import HttpRequest

HEADER = "Polyphonie-Fragment"


def wants_fragment(request: HttpRequest) -> bool:
    return HEADER in request.headers
