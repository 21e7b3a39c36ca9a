"""Which addresses does this package answer?"""

from django.urls import path

from polyphonie.annotations.models import Document
from polyphonie.moderation.views import appeals, cases, charter, desk, flagging, mine, register

app_name = "moderation"
urlpatterns = [
    path("mon-espace/moderation/", mine.my_cases, name="my_cases"),
    path("mon-espace/moderation/<int:case>/", mine.my_case, name="my_case"),
    path("<slug:process>/contributions/<int:number>/signaler/", flagging.flag_text, name="flag"),
    path(
        "<slug:process>/syntheses/<slug:slug>/discussions/<int:number>/signaler/",
        flagging.flag_annotation,
        {"kind": Document.Kind.SYNTHESIS.value},
        name="flag_annotation",
    ),
    path("<slug:process>/signaler/suivi/", flagging.follow, name="follow"),
    path("<slug:process>/registre/moderation/", register.moderation_register, name="register"),
    path("<slug:process>/organisation/motifs/", charter.charter, name="charter"),
    path("<slug:process>/moderation/", desk.desk, name="desk"),
    path("<slug:process>/moderation/indices/", desk.clues, name="clues"),
    path("<slug:process>/moderation/prendre/", desk.take, name="take"),
    path("<slug:process>/moderation/relire/", desk.read, name="read"),
    path("<slug:process>/moderation/recours/", appeals.appeals, name="appeals"),
    path("<slug:process>/moderation/recours/<int:appeal>/", appeals.appeal, name="appeal"),
    path("<slug:process>/moderation/dossiers/<int:dossier>/", cases.case, name="case"),
    path("<slug:process>/moderation/<int:number>/", desk.text, name="text"),
    path("<slug:process>/moderation/<int:number>/volume/", cases.flood, name="flood"),
    path("<slug:process>/moderation/syntheses/<slug:slug>/<int:number>/", desk.text, name="annotation"),
    path("<slug:process>/moderation/syntheses/<slug:slug>/<int:number>/volume/", cases.flood, name="flood_annotation"),
]
