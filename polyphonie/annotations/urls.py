"""Which addresses does this package answer? Each kind of text has its own."""

from django.urls import path

from polyphonie.annotations.models import Document
from polyphonie.annotations.views import answering, commenting, reading

app_name = "annotations"
_SYNTHESIS = "<slug:process>/syntheses/<slug:slug>/"
_KIND = {"kind": Document.Kind.SYNTHESIS.value}

urlpatterns = [
    path(f"{_SYNTHESIS}annoter/", commenting.annotate_passage, _KIND, name="annotate"),
    path(f"{_SYNTHESIS}discussions/flux.atom", reading.feed, _KIND, name="feed"),
    path(f"{_SYNTHESIS}discussions/<int:number>/", reading.discussion, _KIND, name="discussion"),
    path(f"{_SYNTHESIS}discussions/<int:number>/repondre/", commenting.reply_in, _KIND, name="reply"),
    path(f"{_SYNTHESIS}discussions/<int:number>/retirer/", commenting.withdraw, _KIND, name="withdraw"),
    path("<slug:process>/redaction/<slug:slug>/discussions/", answering.answers, _KIND, name="answers"),
]
