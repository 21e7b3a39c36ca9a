"""Do the counters shown equal a recount of the rows? The counts of published votes, and every difference found."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, When

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


def waiting(*, at_close: bool = False) -> Q:
    """Which rows the next batch publishes; the last one also publishes what waits for the close."""
    return Q(is_waiting=True) | Q(waits_for_close=True) if at_close else Q(is_waiting=True)


def waiting_votes(consultation: Consultation, *, at_close: bool = False) -> QuerySet[Vote]:
    return Vote.objects.filter(waiting(at_close=at_close), consultation=consultation)


def waiting_voters(consultation: Consultation, *, at_close: bool = False) -> int:
    """How many voters have acted since the last batch."""
    return waiting_votes(consultation, at_close=at_close).aggregate(voters=Count("voter", distinct=True))["voters"] or 0


def totals_change(consultation: Consultation, *, at_close: bool) -> tuple[int, int]:
    """By how much publishing what waits changes the totals: votes, voters. Reads only the rows of those who acted."""
    is_due = Q(is_waiting=True)
    was = Case(When(published_position__isnull=False, then=1), default=0, output_field=IntegerField())
    leaves = [When(waits_for_close=True, then=0)] if at_close else []
    will = Case(
        *leaves,
        When(is_due & Q(position__isnull=False), then=1),
        When(is_due, then=0),
        When(published_position__isnull=False, then=1),
        default=0,
        output_field=IntegerField(),
    )
    acted = waiting_votes(consultation, at_close=at_close).order_by().values("voter")
    by_voter = Vote.objects.filter(voter__in=acted).values("voter").order_by()
    found = by_voter.annotate(had=Sum(was), will_have=Sum(will)).values_list("had", "will_have")
    votes, voters = 0, 0
    for had, will_have in found:
        votes += will_have - had
        voters += (will_have > 0) - (had > 0)
    return votes, voters


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
    published = Vote.objects.filter(contribution__consultation=consultation, published_position__isnull=False)
    totals = published.aggregate(votes=Count("pk"), voters=Count("voter", distinct=True))
    shown_totals = Consultation.objects.values("votes", "voters").get(pk=consultation.pk)
    if not consultation.is_imported and shown_totals != totals:
        found.append(f"{consultation.slug} shows {shown_totals}, its votes give {totals}")
    return found
