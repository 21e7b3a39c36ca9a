"""How are counters set beside texts and revisions? Recounted from the published votes, with the keys of the list orders."""

from polyphonie.consultation.listing import ORDER_FIELDS, set_order_keys
from polyphonie.consultation.queries.recount import NO_VOTES, published_counts
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.core.storage.columns import write_columns
from polyphonie.core.writing import assert_writing
from polyphonie.processes.models import Consultation

TEXTS_AT_ONCE = 500
COUNTERS = ["agree", "mixed", "disagree"]


def refresh_counters(consultation: Consultation, contributions: list[int]) -> None:
    """Recount these texts (keys) and set their counters, those of their revisions, and the keys of their list orders."""
    assert_writing()
    for start in range(0, len(contributions), TEXTS_AT_ONCE):
        some = contributions[start : start + TEXTS_AT_ONCE]
        counts = published_counts(some)
        texts = list(Contribution.objects.filter(pk__in=some).order_by("pk"))
        for text in texts:
            text.agree, text.mixed, text.disagree = counts.get((text.pk, text.revision), NO_VOTES)
            set_order_keys(text, is_imported=consultation.is_imported)
        write_columns(Contribution, [*COUNTERS, *ORDER_FIELDS], texts)
        revisions = list(Revision.objects.filter(contribution__in=some).order_by("pk"))
        for revision in revisions:
            key = (revision.contribution_id, revision.number)
            revision.agree, revision.mixed, revision.disagree = counts.get(key, NO_VOTES)
        write_columns(Revision, COUNTERS, revisions)


def rank_lists(consultation: Consultation) -> int:
    """Recompute every order key of a consultation from its counters (after an import); how many texts."""
    assert_writing()
    texts = list(Contribution.objects.filter(consultation=consultation).order_by("pk"))
    for text in texts:
        set_order_keys(text, is_imported=consultation.is_imported)
    write_columns(Contribution, ORDER_FIELDS, texts)
    return len(texts)
