"""Which addresses does this package answer?"""

from django.urls import URLPattern, path

from polyphonie.portal.views import my_space, search

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("<slug:process>/recherche/", search.search_page, name="search"),
    path("mon-espace/", my_space.my_contributions, name="my_contributions"),
    path("mon-espace/avis/", my_space.votes, name="my_votes"),
    path("mon-espace/messages/", my_space.my_messages, name="my_messages"),
]
