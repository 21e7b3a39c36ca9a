"""Which package answers which address? French, permanent; `config/access.py` says who may."""

from django.urls import include, path

from polyphonie.config import health
from polyphonie.core import addresses

health_patterns = [path("", health.live, name="live"), path("pret/", health.ready, name="ready")]

urlpatterns = [
    path(addresses.HEALTH.removeprefix("/"), include((health_patterns, "health"))),
    path("", include("polyphonie.accounts.urls")),
    path("", include("polyphonie.notifications.urls")),
    path("", include("polyphonie.consultation.urls")),
    path("", include("polyphonie.processes.urls")),
    path("", include("polyphonie.synthesis.urls")),
    path("", include("polyphonie.annotations.urls")),
    path("", include("polyphonie.moderation.urls")),
    path("", include("polyphonie.figures.urls")),
    path("", include("polyphonie.opendata.urls")),
    path("", include("polyphonie.portal.urls")),
]

handler400 = "polyphonie.core.serving.errors.unreadable"
handler403 = "polyphonie.core.serving.errors.forbidden"
handler404 = "polyphonie.core.serving.errors.missing"
handler500 = "polyphonie.core.serving.errors.broken"
