"""From which words are topics and their phrases looked for? Those of the proposals that are shown, in a process of its own."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from polyphonie.contributions.models import Contribution, Kind, Status
from polyphonie.opinion.apart import PHRASES, TOPICS, computed
from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import Synthesis
from polyphonie.synthesis.queries.remembered import topics_by_number

LEAST_TEXTS = 10
"""Below, nothing is suggested: a person reads them sooner than they sort suggestions."""


def find_topics(consultation: Consultation) -> dict[str, Any]:
    """Topics of the proposals that are shown, found in a process of its own; numbers and places alone. Raises Failed."""
    rows = proposals_of(consultation).values_list(
        "number",
        "revision",
        "title",
        "body",
        "agree",
        "mixed",
        "disagree",
        "imported_agree",
        "imported_mixed",
        "imported_disagree",
    )
    texts, votes, revisions = {}, {}, {}
    for number, revision, title, body, *counts in rows:
        texts[str(number)], votes[str(number)] = (title, body), sum(counts)
        if revision > 1:
            revisions[str(number)] = revision
    if len(texts) < LEAST_TEXTS:
        return {"formula": "", "topics": [], "texts": len(texts)}
    found = computed(TOPICS, [int(number) for number in texts], (), settings={"texts": texts, "votes": votes})
    return {**found, "revisions": revisions}


def of_the_topics(synthesis: Synthesis) -> dict[str, list[int]]:
    """The numbers of what the rapporteurs sorted under each of their topics, by its key."""
    found: dict[str, list[int]] = {}
    for number, key in sorted(topics_by_number(synthesis).items()):
        found.setdefault(key, []).append(number)
    return found


def find_phrases(consultation: Consultation, topics: Mapping[str, list[int]]) -> dict[str, Any]:
    """Phrases proper to each of these topics, found in a process of its own; numbers and places alone. Raises Failed."""
    rows = list(proposals_of(consultation).values_list("number", "revision", "title", "body"))
    texts = {str(number): (title, body) for number, _revision, title, body in rows}
    if not topics or len(texts) < LEAST_TEXTS:
        return {"formula": "", "topics": {}}
    found = computed(PHRASES, [int(number) for number in texts], (), settings={"texts": texts, "topics": dict(topics)})
    return {**found, "revisions": {str(number): revision for number, revision, _title, _body in rows if revision > 1}}


def proposals_of(consultation: Consultation) -> QuerySet[Contribution]:
    shown = Contribution.objects.filter(consultation=consultation, kind=Kind.PROPOSAL, status=Status.PUBLISHED)
    return shown.order_by("number")
