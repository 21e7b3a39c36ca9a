"""Do the counters shown equal a recount of the rows? The counts of published votes, and every difference found."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, When

from polyphonie.consultation.listing import Counts, counts_of
from polyphonie.consultation.models import AGREE, DISAGREE, MIXED, Vote
from polyphonie.consultation.rules import VOTERS_PER_TEXT
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


def waiting_votes(consultation: Consultation) -> QuerySet[Vote]:
    """Every row that waits to be published, the last batch's own included."""
    return Vote.objects.filter(Q(is_waiting=True) | Q(waits_for_close=True), consultation=consultation)


def ready_texts(consultation: Consultation) -> list[int]:
    """The texts (keys) whose votes may leave before the close: enough voters wait on each. A voter has one row on a text."""
    waiting = Vote.objects.filter(is_waiting=True, consultation=consultation).order_by()
    counted = waiting.values("contribution").annotate(voters=Count("pk"))
    return list(counted.filter(voters__gte=VOTERS_PER_TEXT).values_list("contribution", flat=True))


def leaving_votes(consultation: Consultation, texts: list[int] | None) -> QuerySet[Vote]:
    """The rows that the next batch publishes: those that wait on these texts or, at the close (None), all of them."""
    if texts is None:
        return waiting_votes(consultation)
    return Vote.objects.filter(is_waiting=True, consultation=consultation, contribution__in=texts)


def leaving_voters(consultation: Consultation, texts: list[int] | None) -> int:
    """How many voters the next batch would hold."""
    return leaving_votes(consultation, texts).aggregate(voters=Count("voter", distinct=True))["voters"] or 0


def totals_change(consultation: Consultation, texts: list[int] | None) -> tuple[int, int]:
    """By how much publishing these changes the totals: votes, voters. Reads only the rows of those who acted."""
    is_due = Q(is_waiting=True) if texts is None else Q(is_waiting=True, contribution__in=texts)
    was = Case(When(published_position__isnull=False, then=1), default=0, output_field=IntegerField())
    leaves = [When(waits_for_close=True, then=0)] if texts is None else []
    will = Case(
        *leaves,
        When(is_due & Q(position__isnull=False), then=1),
        When(is_due, then=0),
        When(published_position__isnull=False, then=1),
        default=0,
        output_field=IntegerField(),
    )
    acted = leaving_votes(consultation, texts).order_by().values("voter")
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
