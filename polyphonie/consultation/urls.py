"""Which addresses does this package answer?"""

from django.urls import path

from polyphonie.consultation.views import (
    agreeing,
    following,
    opinions,
    proving,
    publishing,
    reading,
    reviewing,
    seeding,
    voting,
    week,
    writing,
)

app_name = "consultation"
_CONSULTATION = "<slug:process>/consultations/<slug:slug>/"
_CONTRIBUTION = "<slug:process>/contributions/<int:number>/"

urlpatterns = [
    path("<slug:process>/voter/", voting.vote, name="vote"),
    path(_CONSULTATION, reading.consultation, name="consultation"),
    path("<slug:process>/organisation/consultations/<slug:slug>/debat-public/", seeding.seed, name="seed"),
    path("<slug:process>/organisation/consultations/<slug:slug>/relecture/", reviewing.review, name="review"),
    path("<slug:process>/organisation/points/semaine/", week.week, name="week"),
    path(f"{_CONSULTATION}suivre/", following.choose, name="follow"),
    path(f"{_CONSULTATION}ordres/", reading.orders, name="orders"),
    path(f"{_CONSULTATION}sections/", reading.sections, name="sections"),
    path(f"{_CONSULTATION}opinions/", opinions.opinions, name="opinions"),
    path(f"{_CONSULTATION}avis/", voting.one_at_a_time, name="one_at_a_time"),
    path(f"{_CONTRIBUTION}avis/", voting.vote_on, name="vote_on"),
    path(f"{_CONTRIBUTION}recu/", proving.receipt, name="receipt"),
    path("<slug:process>/accord/", agreeing.agreement, name="agreement"),
    path(f"{_CONSULTATION}proposer/", writing.propose, name="proposal"),
    path(f"{_CONSULTATION}proposer/proches/", writing.near_ones, name="near_ones"),
    path(f"{_CONTRIBUTION}argument/", writing.argue, name="argument"),
    path(f"{_CONTRIBUTION}source/", writing.add_source, name="source"),
    path(f"{_CONTRIBUTION}complement/", writing.complete, name="completion"),
    path(f"{_CONTRIBUTION}modifier/", writing.revise, name="revise"),
    path(f"{_CONTRIBUTION}retirer/", writing.withdraw, name="withdraw"),
    path(f"{_CONTRIBUTION}accepter/", writing.accept, name="accept"),
    path("<slug:process>/publier/", publishing.publish, name="publish"),
    path(f"{_CONTRIBUTION}typographie/", reviewing.typographic, name="typographic"),
    path(f"{_CONTRIBUTION}publiee/", publishing.published, name="published"),
]
