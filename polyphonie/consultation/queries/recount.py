"""Do the counters shown equal a recount of the rows? The counts of published votes, and every difference found."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Subquery, When

from polyphonie.consultation.listing import Counts, counts_of
from polyphonie.consultation.models import AGREE, DISAGREE, MIXED, Vote
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.processes.models import Consultation

NO_VOTES = Counts(0, 0, 0)


def published_counts(contributions: Iterable[int]) -> dict[tuple[int, int], Counts]:
    """The published votes of these contributions (keys), by (contribution, revision they count for), in one index scan."""
    rows = (
        Vote.objects.filter(contribution__in=list(contributions), published_position__isnull=False)
        .values_list("contribution_id", "published_revision", "published_position")
        .annotate(Count("pk"))
        .order_by()
    )
    tallied: dict[tuple[int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for contribution, revision, position, count in rows:
        tallied[contribution, revision][position] = count
    return {key: Counts(of[AGREE], of[MIXED], of[DISAGREE]) for key, of in tallied.items()}


def votes_in(consultation: Consultation) -> QuerySet[Vote]:
    return Vote.objects.filter(contribution__consultation=consultation)


def waiting_votes(consultation: Consultation, *, at_close: bool = False) -> QuerySet[Vote]:
    """The votes that the next batch would publish; the last one also publishes what waits for the close."""
    due = Q(is_waiting=True)
    if at_close:
        due |= Q(waits_for_close=True)
    return votes_in(consultation).filter(due)


def waiting_voters(consultation: Consultation) -> int:
    """How many voters have acted since the last batch."""
    return waiting_votes(consultation).aggregate(voters=Count("voter", distinct=True))["voters"] or 0


def totals_change(waiting: QuerySet[Vote]) -> tuple[int, int]:
    """By how much publishing these votes changes the consultation's totals: votes, voters. Reads only these voters' rows."""
    is_due = Q(pk__in=waiting.order_by().values("pk"))
    was = Case(When(published_position__isnull=False, then=1), default=0, output_field=IntegerField())
    will = Case(
        When(is_due & Q(position__isnull=False), then=1),
        When(is_due, then=0),
        When(published_position__isnull=False, then=1),
        default=0,
        output_field=IntegerField(),
    )
    changed = (
        Vote.objects.filter(voter__in=Subquery(waiting.order_by().values("voter")))
        .values("voter")
        .annotate(was=Max(was), will=Max(will))
        .order_by()
    )
    voters = sum(row["will"] - row["was"] for row in changed)
    before = waiting.filter(published_position__isnull=False).count()
    after = waiting.filter(position__isnull=False).count()
    return after - before, voters


def differences(consultation: Consultation) -> list[str]:
    """Every counter of the consultation that a recount of its rows contradicts, in a sentence each; empty when all agree."""
    found: list[str] = []
    texts = Contribution.objects.filter(consultation=consultation).order_by("number")
    counts = published_counts(texts.values_list("pk", flat=True))
    for text in texts:
        recounted = counts.get((text.pk, text.revision), NO_VOTES)
        if counts_of(text, is_imported=False) != recounted:
            found.append(f"#{text.number} shows {counts_of(text, is_imported=False)}, its votes give {recounted}")
        ordering = counts_of(text, is_imported=consultation.is_imported)
        keys = (text.order_voters, text.order_supported, text.order_divisive)
        if keys != (ordering.voters, ordering.supported, ordering.divisive):
            found.append(f"#{text.number} is ordered by {keys}, its counters give another order")
    for revision in Revision.objects.filter(contribution__consultation=consultation).select_related("contribution"):
        shown = Counts(revision.agree, revision.mixed, revision.disagree)
        recounted = counts.get((revision.contribution_id, revision.number), NO_VOTES)
        if shown != recounted:
            found.append(f"#{revision.contribution.number} revision {revision.number} shows {shown}, its votes give {recounted}")
    published = votes_in(consultation).filter(published_position__isnull=False)
    totals = published.aggregate(votes=Count("pk"), voters=Count("voter", distinct=True))
    shown_totals = Consultation.objects.values("votes", "voters").get(pk=consultation.pk)
    if not consultation.is_imported and shown_totals != totals:
        found.append(f"{consultation.slug} shows {shown_totals}, its votes give {totals}")
    return found
