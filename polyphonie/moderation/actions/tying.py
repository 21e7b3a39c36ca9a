"""How does a concertation word its own reasons? Each ground of the charter is tied to one of its articles, with its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import ensure
from polyphonie.core.writing import assert_writing
from polyphonie.moderation.models import CharterReason, Ground
from polyphonie.moderation.reasons import articles_of, tied
from polyphonie.moderation.rules import tie_refusal
from polyphonie.processes.actions import record_act
from polyphonie.processes.models import ActKind, Process


@dataclass(frozen=True)
class Tie:
    """What is asked for a ground: the number of an article, none for the general words, and the sentence that authors read."""

    article: int | None
    sentence: str = ""

    def cleaned(self) -> "Tie":
        return Tie(self.article, " ".join(cleaned(self.sentence).split()))

    def in_words(self) -> str:
        """As the public journal says it; empty when nothing is tied."""
        article = _("article %(number)s") % {"number": self.article} if self.article is not None else ""
        return ". ".join(words for words in (article, self.sentence) if words)


def tie_reasons(process: Process, asked: Mapping[Ground, Tie], *, actor: str, now: datetime) -> list[Ground]:
    """Tie grounds to articles of the charter, and word what authors read; which of them changed. Raises Refused.

    A change is an act of the organisers: its `state` leaf commits to what each reason said and says. What was already decided
    keeps its words.
    """
    assert_writing()
    ties = {ground: tie.cleaned() for ground, tie in asked.items()}
    articles, standing = articles_of(process.charter), tied(process)
    for ground, tie in ties.items():
        ensure(tie_refusal(ground, article=tie.article, articles=articles, sentence=tie.sentence))
    facts = {}
    for ground, tie in ties.items():
        stood = standing.get(ground)
        before = Tie(None) if stood is None else Tie(stood.article, stood.sentence)
        if before != tie:
            facts[ground] = _before_and_after(before, tie)
        CharterReason.objects.update_or_create(
            process=process, ground=ground, defaults={"article": tie.article, "sentence": tie.sentence}
        )
    if facts:
        record_act(process, ActKind.REASONS, actor=actor, now=now, facts={ground.value: said for ground, said in facts.items()})
    return list(facts)


def _before_and_after(before: Tie, after: Tie) -> list[str]:
    with translation.override(settings.LANGUAGE_CODE):
        return [before.in_words(), after.in_words()]
