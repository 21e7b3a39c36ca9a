"""When are the lists drawn anew? Once a day, and at once for the texts that no draw has seen."""

from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from polyphonie.consultation.listing import ORDER_FIELDS, draw, set_order_keys
from polyphonie.contributions.models import UNDRAWN, Contribution
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
    return _draw(consultation, list(texts.order_by("pk").values_list("pk", "number")), today)


def enter_draw(contribution: Contribution) -> Contribution:
    """Give a text that was just published its place in the draw that the lists show; none before the first draw."""
    assert_writing()
    leaf, day = Consultation.objects.values_list("config_leaf", "drawn_on").get(pk=contribution.consultation_id)
    if day is not None:
        place = draw(bytes(leaf or b""), day, contribution.number)
        Contribution.objects.filter(pk=contribution.pk).update(order_draw=place)
        contribution.order_draw = place
    return contribution


def rank_lists(consultation: Consultation) -> int:
    """Recompute every order key of a consultation from its counters (after an import); how many texts."""
    assert_writing()
    texts = list(Contribution.objects.filter(consultation=consultation).order_by("pk"))
    for text in texts:
        set_order_keys(text, is_imported=consultation.is_imported)
    Contribution.objects.bulk_update(texts, ORDER_FIELDS, batch_size=200)
    return len(texts)


def _is_over(consultation: Consultation) -> bool:
    return consultation.is_imported or consultation.state == Consultation.State.CLOSED


def _draw(consultation: Consultation, numbered: list[tuple[int, int]], day: date) -> int:
    """Written by hand: the ORM's bulk_update takes 14 times as long, and this holds every writer's turn."""
    leaf = bytes(consultation.config_leaf or b"")
    places = [(draw(leaf, day, number), pk) for pk, number in numbered]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {Contribution._meta.db_table} SET order_draw = %s WHERE id = %s", places)  # noqa: S608
    return len(places)
