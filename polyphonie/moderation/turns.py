"""Alone with what is a case examined? With the consultation of its text, or the text it comments on, then with its own lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from polyphonie.annotations.models import Document
from polyphonie.core.writing import hold, writing
from polyphonie.moderation.models import Case
from polyphonie.processes.models import Consultation


@contextmanager
def examining(pk: int, *, to: Consultation | None = None) -> Iterator[tuple[Case, datetime]]:
    """Open the writing of an act on a case, and yield the case as it stands once nobody else can change it; `to` is where its
    text may move. Consultations come first, in the order of their keys, as everywhere; then the text that is commented on."""
    kept = Case.objects.values_list("contribution__consultation", "annotation__document")
    stands_in, document = kept.get(pk=pk)
    with writing() as now:
        moves_to = None if to is None else to.pk
        for consultation in sorted({key for key in (stands_in, moves_to) if key is not None}):
            hold(Consultation(pk=consultation))
        if document is not None:
            hold(Document(pk=document))
        hold(f"moderation.Case/{pk}")
        yield _as_it_stands(pk), now


def _as_it_stands(pk: int) -> Case:
    read = Case.objects.select_related(
        "process__log", "account", "organisation", "contribution__consultation__process", "contribution__process__log",
        "contribution__about", "contribution__author", "annotation__document__process__log", "annotation__author",
        "annotation__discussion",
    )  # fmt: skip
    return read.get(pk=pk)
