"""How does a concertation word its own reasons? Each ground of the charter is tied to one of its articles, with its sentence."""

from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.moderation.models import CharterReason, Ground
from polyphonie.moderation.reasons import articles_of
from polyphonie.moderation.rules import tie_refusal
from polyphonie.processes.models import Process


def tie_reason(process: Process, ground: Ground, *, article: int | None, sentence: str) -> CharterReason:
    """Tie a ground to an article of the charter, and word what authors read. What was already decided keeps its words."""
    assert_writing()
    sentence = " ".join(cleaned(sentence).split())
    ensure(tie_refusal(ground, article=article, articles=articles_of(process.charter), sentence=sentence))
    tie, _created = CharterReason.objects.update_or_create(
        process=process, ground=ground, defaults={"article": article, "sentence": sentence}
    )
    return tie
