"""Which addresses does this package answer?"""

from django.urls import URLPattern, path

from polyphonie.portal.views import my_space, participants, processes, search, voices

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("<slug:process>/recherche/", search.search_page, name="search"),
    path("mon-espace/", my_space.my_contributions, name="my_contributions"),
    path("mon-espace/avis/", my_space.votes, name="my_votes"),
    path("mon-espace/messages/", my_space.my_messages, name="my_messages"),
    path("", processes.home, name="home"),
    path("<slug:process>/", processes.process, name="process"),
    path("<slug:process>/<int:number>", voices.short_address, name="short_address"),
    path("<slug:process>/<int:number>/", voices.short_address, name="short_address_slash"),
    path("<slug:process>/contributions/<int:number>/", voices.contribution, name="contribution"),
    path("<slug:process>/contributions/<int:number>/revisions/", voices.revisions, name="revisions"),
    path("<slug:process>/suivi/", processes.progress, name="progress"),
    path("<slug:process>/chronologie/", processes.process_timeline, name="timeline"),
    path("<slug:process>/participants/", participants.participants, name="participants"),
    path("<slug:process>/participants/<slug:slug>/", participants.profile, name="profile"),
]
