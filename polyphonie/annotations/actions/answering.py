"""What becomes of a discussion? It is integrated, noted or declined with a reason, until the text is final."""

from datetime import datetime

from polyphonie.annotations.messages import tell_answer
from polyphonie.annotations.models import Annotation
from polyphonie.annotations.rules import answer_refusal
from polyphonie.contributions.commitments import minute
from polyphonie.core.plaintext import cleaned
from polyphonie.core.refusal import ensure
from polyphonie.core.serving.generation import let_go
from polyphonie.core.writing import assert_writing
from polyphonie.processes.actions import record_act
from polyphonie.processes.models import ActKind, Consultation


def answer_discussion(
    discussion: Annotation,
    answer: str,
    *,
    reason: str = "",
    actor: str,
    now: datetime,
    consultation: Consultation | None = None,
) -> Annotation:
    """Answer a discussion, or change its answer; the same answer again changes nothing. Raises Refused.

    `consultation` is the one that the text is about, for the public journal. The next version published says that it answers.
    """
    assert_writing()
    reason = cleaned(reason)
    ensure(answer_refusal(discussion, answer=answer, reason=reason))
    if (discussion.answer, discussion.answer_reason) == (answer, reason):
        return discussion
    if discussion.answer != answer:
        discussion.answered_in = None
    discussion.answer, discussion.answer_reason = answer, reason
    discussion.answered_by, discussion.answered_at = actor, now
    discussion.save(update_fields=["answer", "answer_reason", "answered_by", "answered_at", "answered_in"])
    facts = {
        "answer": answer,
        "answered_at": minute(now),
        "discussion": discussion.number,
        "document": discussion.document.slug,
        "reason": reason,
    }
    record_act(discussion.document.process, ActKind.ANSWERED, actor=actor, now=now, consultation=consultation, facts=facts)
    tell_answer(discussion, now=now)
    let_go()
    return discussion
