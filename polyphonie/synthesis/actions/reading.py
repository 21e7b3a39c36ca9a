"""What does a rapporteur do while reading? Sort, say « said already », note for themselves, keep a passage to quote it later."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account
from polyphonie.contributions.models import Contribution
from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import Refused, ensure
from polyphonie.core.writing import assert_writing
from polyphonie.synthesis.checks.quoting import NEAR_ENOUGH, Span, nearest, verbatim
from polyphonie.synthesis.models import DeskVisit, KeptPassage, Presorted, PrivateNote, Reading, Synthesis, Topic
from polyphonie.synthesis.rules import same_refusal

VISIT = timedelta(hours=4)
"""Without an act for so long, the next one begins another visit."""
MOST_NOTE = 5_000


def sort_text(
    synthesis: Synthesis,
    contribution: Contribution,
    *,
    topic: Topic | None,
    actor: str,
    now: datetime,
    same_as: Contribution | None = None,
) -> Reading:
    """A contribution is read, by all rapporteurs, in the revision it has now: under a topic or none, said already or not."""
    assert_writing()
    ensure(same_refusal(contribution, same_as), status=422)
    reading, _is_new = Reading.objects.update_or_create(
        synthesis=synthesis,
        contribution=contribution,
        defaults={
            "revision": contribution.revision,
            "replies": replies_to(contribution),
            "topic": topic,
            "same_as": same_as,
            "read_by": actor,
            "read_at": now,
        },
    )
    Presorted.objects.filter(synthesis=synthesis, contribution=contribution).delete()
    return reading


def replies_to(contribution: Contribution) -> int:
    """How many arguments, sources and completions it has."""
    return contribution.arguments_for + contribution.arguments_against + contribution.sources + contribution.completions


def put_back(synthesis: Synthesis, contribution: Contribution) -> None:
    """A contribution is to be read again."""
    assert_writing()
    Reading.objects.filter(synthesis=synthesis, contribution=contribution).delete()


def note_for_oneself(synthesis: Synthesis, contribution: Contribution, words: str, *, account: Account) -> None:
    """A private note, which nobody else reads; without words it leaves."""
    assert_writing()
    words = cleaned(words)[:MOST_NOTE]
    if words:
        PrivateNote.objects.update_or_create(
            synthesis=synthesis, contribution=contribution, account=account, defaults={"body": words}
        )
    else:
        PrivateNote.objects.filter(synthesis=synthesis, contribution=contribution, account=account).delete()


def keep_passage(synthesis: Synthesis, texts: Sequence[Contribution], words: str, *, actor: str, now: datetime) -> KeptPassage:
    """Keep words of one of these texts (the first that holds them), to quote them later. Raises Refused when none does."""
    assert_writing()
    for source in (_verbatim_in, _nearly_in):
        for text in texts:
            for field in ("body", "title"):
                span = source(words, getattr(text, field))
                if span is not None:
                    kept, _is_new = KeptPassage.objects.get_or_create(
                        synthesis=synthesis,
                        contribution=text,
                        revision=text.revision,
                        field=field,
                        start=span.start,
                        end=span.end,
                        defaults={"kept_by": actor, "kept_at": now},
                    )
                    return kept
    raise Refused(_("These words are not in the text: select them, or copy them as they are."), status=422)


def _verbatim_in(words: str, text: str) -> Span | None:
    return verbatim(words, text)


def _nearly_in(words: str, text: str) -> Span | None:
    found = nearest(words, text)
    return found.span if found is not None and found.likeness >= NEAR_ENOUGH else None


def let_passage_go(synthesis: Synthesis, passage: int) -> None:
    assert_writing()
    KeptPassage.objects.filter(synthesis=synthesis, pk=passage).delete()


def mark_place(synthesis: Synthesis, account: Account, *, at: int | None, now: datetime) -> None:
    """Where this rapporteur is, so that they come back to it, and that another reads something else meanwhile."""
    assert_writing()
    visit, is_new = DeskVisit.objects.get_or_create(
        synthesis=synthesis, account=account, defaults={"seen_at": now, "last_at": now, "at_number": at}
    )
    if is_new:
        return
    if now - visit.last_at > VISIT:
        visit.seen_at = visit.last_at
    visit.last_at, visit.at_number = now, at
    visit.save(update_fields=["seen_at", "last_at", "at_number"])


def unknown_number(typed: str) -> str:
    """What is said of a number that names no text."""
    return _("No contribution has this number: « %(number)s ».") % {"number": typed.strip()[:20]}
