"""The page « La concertation en chiffres »."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from polyphonie.core.serving.freshness import shared_page
from polyphonie.figures import definitions, queries
from polyphonie.processes.models import Process


@shared_page
def figures(request: HttpRequest, process: str) -> HttpResponse:
    """Each number with what it counts; with or without the proposals seeded from the public debate."""
    shown = get_object_or_404(Process, slug=process, is_listed=True)
    if shown.is_archive:
        return render(request, "figures/stated.html", {"process": shown, "figures": queries.stated_figures(shown)})
    with_seeded = request.GET.get("sans") != "debat-public"
    rows, people = queries.by_consultation(shown), queries.people_of(shown)
    headline = queries.headline(shown, rows=rows, people=people, with_seeded=with_seeded)
    return render(
        request,
        "figures/figures.html",
        {
            "process": shown,
            "figures": _worth_showing(headline),
            "with_seeded": with_seeded,
            "has_seeded": not with_seeded or any(figure.definition.key == "seeded_proposals" for figure in headline),
            "by_day": queries.texts_by_day(shown, with_seeded=with_seeded),
            "batches": queries.batches_by_day(shown),
            "rows": rows,
            "categories": queries.authors_by_category(people),
            "territories": queries.authors_by_territory(people),
        },
    )


def _worth_showing(headline: list[queries.Figure]) -> list[queries.Figure]:
    """Where every vote was taken over from elsewhere, what would count votes given here says nothing."""
    values = {figure.definition: figure.value for figure in headline}
    if values.get(definitions.VOTES) or not values.get(definitions.IMPORTED_VOTES):
        return headline
    of_votes_here = {definitions.VOTES, definitions.TEXTS_AND_VOTES, definitions.VOTERS, definitions.ACCOUNTS}
    return [figure for figure in headline if figure.definition not in of_votes_here]
