"""What does everyone read? The syntheses of a concertation, one of them, its versions and what changed, what it does not cite."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from polyphonie.annotations.beside import beside
from polyphonie.core.serving.asked import whole_number
from polyphonie.core.serving.fragments import wants_fragment
from polyphonie.core.serving.freshness import shared_page
from polyphonie.ledger.canonical import b64
from polyphonie.processes.models import Consultation, Process
from polyphonie.processes.queries.journal import actor_in_words
from polyphonie.processes.queries.standing import stave
from polyphonie.synthesis import shelf
from polyphonie.synthesis.queries import published
from polyphonie.synthesis.queries.covered import covered, found_at
from polyphonie.synthesis.queries.published import Reading
from polyphonie.synthesis.rules import CHECKLIST


@shared_page
def syntheses(request: HttpRequest, process: str) -> HttpResponse:
    """The published syntheses of a concertation."""
    found = Process.objects.select_related("referral").filter(slug=process, is_listed=True).first()
    if found is None:
        raise Http404
    listed = published.published_syntheses(found)
    return render(request, "synthesis/list.html", {"process": found, "stave": stave(found), "listed": listed})


@shared_page
def synthesis(request: HttpRequest, process: str, slug: str, number: int | None = None) -> HttpResponse:
    """A synthesis, in its last version or another: its sentences with their citations, how well the voices are covered."""
    reading = reading_of(process, slug, number or _version_asked(request))
    review = reading.review
    return render(
        request,
        "synthesis/synthesis.html",
        {
            **frame_of(reading),
            "beside": beside(reading.version.document_version, asked=request.GET, now=timezone.now()),
            "coverage": reading.version.coverage,
            "has_pdf": shelf.volume(shelf.Place(process, shelf.VERSION, slug, reading.version.number), 1) is not None,
            "review": review,
            "reader_in_words": published.reader_in_words,
            "actor_words": actor_in_words,
            "checklist": [] if review is None else [(CHECKLIST[key], review.checklist[key]) for key in CHECKLIST],
            "content_hash": b64(bytes(reading.version.content_hash)),
        },
    )


@shared_page
def coverage(request: HttpRequest, process: str, slug: str, number: int | None = None) -> HttpResponse:
    """What a version takes up: every figure with how it is computed, and what voters find of theirs."""
    reading = reading_of(process, slug, number)
    version = reading.version
    told = covered(reading.process, version.content, version.coverage, version.representation, found_at=found_at(version))
    return render(request, "synthesis/coverage.html", {**frame_of(reading), "covered": told})


@shared_page
def changes(request: HttpRequest, process: str, slug: str, number: int) -> HttpResponse:
    """What a version changed, sentence by sentence and word by word, and because of which discussions."""
    reading = reading_of(process, slug, number)
    shown = {"told": published.told_changes(reading), "document_slug": reading.consultation.slug}
    return render(request, "synthesis/changes.html", {**frame_of(reading), **shown})


@shared_page
def uncited(request: HttpRequest, process: str, slug: str) -> HttpResponse:
    """The contributions that the last version, or the one that `?version=` asks for, does not cite, each with the reason."""
    reading = reading_of(process, slug, _version_asked(request))
    return render(request, "synthesis/uncited.html", {**frame_of(reading), "uncited": published.uncited_of(reading)})


@shared_page
def sentence(request: HttpRequest, process: str, slug: str, key: str) -> HttpResponse:
    """One sentence of the last version, or of the one that `?version=` asks for, with the words of what it cites."""
    reading = reading_of(process, slug, _version_asked(request))
    statement = next((one for one in reading.content["statements"] if one["key"] == key), None)
    if statement is None:
        raise Http404
    template = "synthesis/parts/cited_words.html" if wants_fragment(request) else "synthesis/sentence.html"
    shown = {"sentence": reading.sentence(statement), "cited": published.cited_words(reading, statement)}
    return render(request, template, {**frame_of(reading), **shown})


def _version_asked(request: HttpRequest) -> int | None:
    return whole_number(request.GET.get("version", ""))


def reading_of(process: str, slug: str, number: int | None = None) -> Reading:
    """The version that is asked for; raises Http404 where nothing was published."""
    version = published.version_of(process, slug, number)
    if version is None or version.synthesis.consultation.state == Consultation.State.DRAFT:
        raise Http404
    return Reading(version)


def frame_of(reading: Reading) -> dict[str, object]:
    now = timezone.now()
    closes_at = reading.synthesis.comments_close_at
    return {
        "process": reading.process,
        "stave": stave(reading.process, now=now),
        "consultation": reading.consultation,
        "synthesis": reading.synthesis,
        "version": reading.version,
        "reading": reading,
        "closes_at": closes_at,
        "is_commentable": closes_at is not None and now < closes_at,
        "is_last": reading.version.number == reading.numbers[-1],
    }
