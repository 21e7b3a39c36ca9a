"""Which addresses does the product answer, and with which sample of each? Read from the resolver, never from a list by hand."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from polyphonie.portal.documents import terms_versions
from tests.people import Town

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def routes() -> dict[str, str]:
    """View name → its route, for every address of the product."""
    return dict(_walk(get_resolver()))


def _walk(resolver: URLResolver, namespace: str = "", before: str = "") -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, inner, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", before + str(pattern.pattern)


def samples(name: str, route: str, town: Town) -> dict[str, str]:
    """Addresses of this view by the state of what they show: « proposal », « hidden », « open », « closed »…"""
    fixed = {
        "process": town.process.slug,
        "case": str(town.case.pk),
        "dossier": str(town.case.number),
        "appeal": str(town.appeal.pk),
        "token": "inconnu",
        "account": str(town.accounts["citizen"].pk),
        "code": "fr",
        "name": "une-question",
        "key": "trottoirs",
        "source": town.process.slug,
        "consultation": town.consultation.slug,
        "day": terms_versions()[0].since.isoformat(),
    }
    wanted = _PARAMETER.findall(route)
    if "number" in wanted and ("contributions" in route or "lecture" in route):
        states = {state: {"number": str(number)} for state, number in town.numbers().items()}
    elif "discussions/<int:number>" in route:
        states = {state: {"slug": town.closed.slug, "number": str(number)} for state, number in town.discussions.items()}
    elif "slug" in wanted:
        states = {state: {"slug": slug} for state, slug in _slugs(route, town).items()}
    else:
        states = {"": {}}
    return {state: _filled(route, fixed | values) for state, values in states.items()}


def _filled(route: str, values: dict[str, str]) -> str:
    return "/" + _PARAMETER.sub(lambda found: values.get(found[1], "1"), route)


def _slugs(route: str, town: Town) -> dict[str, str]:
    if "consultations/" in route:
        return {"open": town.consultation.slug, "closed": town.closed.slug}
    if "syntheses/" in route or "redaction/" in route:
        return {"published": town.closed.slug}
    if "organisations/" in route:
        return {"organisation": town.organisation.slug}
    if "participants/" in route:
        return {"person": town.accounts["author"].slug, "organisation": town.organisation.slug}
    return {"process": town.process.slug}
