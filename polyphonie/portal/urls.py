"""Which addresses does this package answer?"""

from django.urls import URLPattern, path

from polyphonie.portal.views import (
    demonstration,
    feeds,
    house,
    my_space,
    participants,
    problems,
    processes,
    search,
    verifications,
    voices,
)

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("<slug:process>/recherche/", search.search_page, name="search"),
    path("demo/", demonstration.entrance, name="demo"),
    path("demo/entrer/<slug:key>/", demonstration.enter, name="enter"),
    path("demo/courrier/", demonstration.mails, name="demo_mails"),
    path("mon-espace/", my_space.my_contributions, name="my_contributions"),
    path("mon-espace/avis/", my_space.votes, name="my_votes"),
    path("mon-espace/messages/", my_space.my_messages, name="my_messages"),
    path("mon-espace/verifications/", verifications.for_administrators, name="verifications_of_the_site"),
    path("<slug:process>/organisation/verifications/", verifications.for_organisers, name="verifications"),
    path("aide/", house.help_page, name="help"),
    path("accessibilite/", house.accessibility, name="accessibility"),
    path("mentions-legales/", house.legal_notice, name="legal_notice"),
    path("confidentialite/", house.privacy, name="privacy"),
    path("conditions/", house.terms, name="terms"),
    path("conditions/<slug:day>/", house.terms, name="terms_version"),
    path("conditions/<slug:day>/changements/", house.terms_changes, name="terms_changes"),
    path(".well-known/security.txt", house.security_text, name="security_text"),
    path("langue/<slug:code>/", house.language, name="language"),
    path("probleme/", problems.problems, name="problems"),
    path("probleme/<int:number>/repondre/", problems.answer, name="problem_answer"),
    path("", processes.home, name="home"),
    path("<slug:process>/", processes.process, name="process"),
    path("<slug:process>/<int:number>", voices.short_address, name="short_address"),
    path("<slug:process>/<int:number>/", voices.short_address, name="short_address_slash"),
    path("<slug:process>/contributions/<int:number>/", voices.contribution, name="contribution"),
    path("<slug:process>/contributions/<int:number>/revisions/", voices.revisions, name="revisions"),
    path("<slug:process>/flux.atom", feeds.process_feed, name="process_feed"),
    path("<slug:process>/suivi/flux.atom", feeds.progress_feed, name="progress_feed"),
    path("<slug:process>/consultations/<slug:consultation>/flux.atom", feeds.consultation_feed, name="consultation_feed"),
    path("<slug:process>/suivi/", processes.progress, name="progress"),
    path("<slug:process>/chronologie/", processes.process_timeline, name="timeline"),
    path("<slug:process>/participants/", participants.participants, name="participants"),
    path("<slug:process>/participants/<slug:slug>/", participants.profile, name="profile"),
]
