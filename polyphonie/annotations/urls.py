"""Which addresses does this package answer? Each kind of text has its own, and they are alike."""

from django.urls import URLPattern, path

from polyphonie.annotations.models import Document
from polyphonie.annotations.views import answering, commenting, reading

app_name = "annotations"


def of_kind(kind: str, text: str, answering_at: str) -> list[URLPattern]:
    """Under the address of a text of this kind, and where those who wrote it answer; as `places` gives them."""
    said = {"kind": kind}
    return [
        path(f"{text}annoter/", commenting.annotate_passage, said, name="annotate"),
        path(f"{text}discussions/flux.atom", reading.feed, said, name="feed"),
        path(f"{text}discussions/<int:number>/", reading.discussion, said, name="discussion"),
        path(f"{text}discussions/<int:number>/repondre/", commenting.reply_in, said, name="reply"),
        path(f"{text}discussions/<int:number>/retirer/", commenting.withdraw, said, name="withdraw"),
        path(answering_at, answering.answers, said, name="answers"),
    ]


urlpatterns = of_kind(
    Document.Kind.SYNTHESIS.value, "<slug:process>/syntheses/<slug:slug>/", "<slug:process>/redaction/<slug:slug>/discussions/"
)
