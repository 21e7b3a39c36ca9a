"""What is the least that Django does for a page? The reference of `bench pages`."""

from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"hello")


urlpatterns = [path("", hello)]


def application() -> WSGIHandler:
    """A Django with one page and no middleware, in a process of its own."""
    wanted: dict[str, Any] = {"ROOT_URLCONF": __name__, "ALLOWED_HOSTS": ["*"], "SECRET_KEY": "hello", "DATABASES": {}}
    settings.configure(**wanted)
    return get_wsgi_application()
