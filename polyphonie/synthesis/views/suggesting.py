"""What may the sentence being written cite? Proposed where one types `#`, or by a button; chosen by the person, never put in."""

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from polyphonie.core.serving.asked import whole_number
from polyphonie.core.serving.fragments import wants_fragment
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.checks.resolving import MOST_CHARACTERS, numbers_in
from polyphonie.synthesis.queries import desk as queries
from polyphonie.synthesis.queries.suggesting import Suggested, numbered, suggestions, told_before
from polyphonie.synthesis.views.desk import desk_page, form_for
from polyphonie.synthesis.views.frame import rapporteur, the_desk

_FINAL = re.compile(r"\s*([.…!?]*)\s*\Z")


@dataclass(frozen=True)
class Proposed:
    """What the page without a script proposes: for which words, and the number that was just put into the text."""

    found: list[Suggested]
    told: str
    chosen: int | None


@never_cache
def suggest(request: HttpRequest, process: str, consultation: str) -> HttpResponse:
    """Contributions for the sentence at `place`, or those whose number or words `asked` begins; `cite` puts one into the form."""
    held = the_desk(process, consultation)
    rapporteur(request, held.process)
    text = request.POST.get("text", "")[: MOST_CHARACTERS * 2]
    if wants_fragment(request):
        place = whole_number(request.POST.get("place", ""))
        asked = request.POST.get("asked", "").strip()[:60]
        told = asked or told_before(text, len(text) if place is None else place)
        found = numbered(held, asked) if asked.isdigit() else _fresh(held, told, text)
        return render(request, "synthesis/desk/suggested.html", {"found": found, "asked": asked, "told": told.strip()})
    chosen = whole_number(request.POST.get("cite", ""))
    if chosen is not None:
        text = with_citation(text, chosen)
    form = form_for(held, queries.synthesis_now(held), data={**request.POST.dict(), "text": text})
    told = told_before(text, len(text))
    proposed = Proposed(_fresh(held, told, text), told.strip(), chosen)
    topic = str(form.data.get("topic", ""))
    return desk_page(request, held, queries.synthesis_now(held), form=form, topic_key=topic, more={"proposed": proposed})


def with_citation(text: str, number: int) -> str:
    """The text with one more citation at its end, before its final stop."""
    end = _FINAL.search(text)
    assert end is not None
    return f"{text[: end.start()]} #{number}{end[1]}".lstrip()


def _fresh(consultation: Consultation, told: str, text: str) -> list[Suggested]:
    """The likeliest contributions that the text does not cite yet."""
    cited = set(numbers_in(text))
    return [one for one in suggestions(consultation, told) if one.contribution.number not in cited]
