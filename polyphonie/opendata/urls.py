"""Which addresses does this package answer?"""

from django.urls import path

from polyphonie.opendata import views
from polyphonie.opendata.api import views as api
from polyphonie.opendata.api.operations import OPERATIONS

app_name = "opendata"
urlpatterns = [
    path("api/", api.short_address, name="api_short"),
    path("api/v1/", api.documentation, name="api"),
    path("api/v1/openapi.json", api.openapi, name="api_openapi"),
    *(
        path(
            f"api/v1/{operation.route}",
            api.VIEWS.get(operation.name, api.collection),
            {"operation": operation},
            name=f"api_{operation.name}",
        )
        for operation in OPERATIONS
    ),
    path("api/v1/<path:rest>", api.nothing, name="api_nothing"),
    path("<slug:process>/donnees/archive.zip", views.archive, name="archive"),
    path("<slug:process>/donnees/fichiers/<path:name>", views.file, name="file"),
    path("<slug:process>/donnees/", views.data, name="data"),
    path("<slug:process>/donnees/imports/<int:number>/", views.report, name="report"),
]
