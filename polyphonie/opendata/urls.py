"""Which addresses does this package answer?"""

from django.urls import path

from polyphonie.opendata import views

app_name = "opendata"
urlpatterns = [
    path("<slug:process>/donnees/archive.zip", views.archive, name="archive"),
    path("<slug:process>/donnees/fichiers/<path:name>", views.file, name="file"),
    path("<slug:process>/donnees/", views.data, name="data"),
    path("<slug:process>/donnees/imports/<int:number>/", views.report, name="report"),
]
