"""When are the lists drawn anew? Once a day, and at once for the texts that no draw has seen."""

from datetime import date, datetime

from django.utils import timezone

from polyphonie.consultation.listing import draw
from polyphonie.contributions.models import UNDRAWN, Contribution
from polyphonie.core.storage.columns import write_columns
from polyphonie.core.writing import assert_writing
from polyphonie.processes.models import Consultation


def draw_lists(consultation: Consultation, *, now: datetime) -> int:
    """Give the texts of a consultation their place in the day's draw: all of them on a new day, the new ones otherwise; how many.

    The day is that of the legal time of the site; a consultation that is closed keeps its last draw.
    """
    assert_writing()
    today = timezone.localdate(now)
    texts = Contribution.objects.filter(consultation=consultation)
    if consultation.drawn_on is not None and (consultation.drawn_on == today or _is_over(consultation)):
        texts = texts.filter(order_draw=UNDRAWN)
        today = consultation.drawn_on
    else:
        Consultation.objects.filter(pk=consultation.pk).update(drawn_on=today)
        consultation.drawn_on = today
    return _draw(consultation, list(texts.only("number").order_by("pk")), today)


def enter_draw(contribution: Contribution) -> Contribution:
    """Give a text that was just published its place in the draw that the lists show; none before the first draw."""
    assert_writing()
    leaf, day = Consultation.objects.values_list("config_leaf", "drawn_on").get(pk=contribution.consultation_id)
    if day is not None:
        place = draw(bytes(leaf or b""), day, contribution.number)
        Contribution.objects.filter(pk=contribution.pk).update(order_draw=place)
        contribution.order_draw = place
    return contribution


def _is_over(consultation: Consultation) -> bool:
    return consultation.is_imported or consultation.state == Consultation.State.CLOSED


def _draw(consultation: Consultation, texts: list[Contribution], day: date) -> int:
    leaf = bytes(consultation.config_leaf or b"")
    for text in texts:
        text.order_draw = draw(leaf, day, text.number)
    write_columns(Contribution, ["order_draw"], texts)
    return len(texts)
