"""How does what is decided reach the text? Through the verbs of its own stage; a new kind of text adds its line here."""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.accounts.actions import restricting as people
from polyphonie.accounts.models import Account, Organisation
from polyphonie.annotations import actions as annotating
from polyphonie.annotations.models import Annotation
from polyphonie.consultation.actions import moderating
from polyphonie.contributions import actions as voices
from polyphonie.contributions.masking import mask_words, taken, text_of
from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import assert_writing
from polyphonie.ledger.actions import append
from polyphonie.ledger.canonical import b64
from polyphonie.moderation.models import Act, Case, Decision, Ground, SealedText
from polyphonie.moderation.queries import is_shown
from polyphonie.moderation.reasons import REASONS
from polyphonie.moderation.unmasking import returnable
from polyphonie.processes.models import Consultation


@dataclass(frozen=True)
class Measure:
    """What is done to a text: an act, with the passage it masks or the consultation it moves to."""

    act: Act
    ground: str = ""
    passage: str = ""
    destination: Consultation | None = None


def restrict(case: Case, measure: Measure, *, actor: str, now: datetime) -> None:
    """Do to the text what was decided; one that was hidden urgently is masked or moved, then shown again. Raises Refused."""
    assert_writing()
    text = case.contribution
    if measure.act == Act.MASKED and case.text is not None:
        _mask(case, measure, actor=actor, now=now)
        VERBS[case.kind].show(case.text, actor=actor, now=now)
    elif text is None:
        _hide_again(case, ground=measure.ground, actor=actor, now=now)
    elif measure.act == Act.REFUSED:
        moderating.refuse_submitted(text, ground=measure.ground, actor=actor, now=now)
    elif measure.act == Act.MOVED and measure.destination is not None:
        _show_if_hidden(text, actor=actor, now=now)
        moderating.move(text, to=measure.destination, actor=actor, now=now)
        text.refresh_from_db()
    else:
        _hide_again(case, ground=measure.ground, actor=actor, now=now)


def _mask(case: Case, measure: Measure, *, actor: str, now: datetime) -> None:
    reason = _in_the_language_of_the_site(measure.ground)
    if case.annotation is not None:
        what = {"ground": measure.ground, "actor": actor, "reason": reason}
        annotating.mask_passage(case.annotation, measure.passage, now=now, **what)
    elif case.contribution is not None:
        what = {"ground": measure.ground, "actor": actor, "reason": reason}
        moderating.mask_passage(case.contribution, passages=[measure.passage], now=now, **what)
        case.contribution.refresh_from_db()


def _hide_again(case: Case, *, ground: str, actor: str, now: datetime) -> None:
    """Hide it; one that is hidden already on this ground stays so, and the register says that it was confirmed."""
    verbs = VERBS[case.kind]
    if verbs.hidden_on(case.subject) == ground:
        leave_leaf("mod", case, "confirmed", actor=actor, ground=ground)
        return
    if not is_shown(case):
        verbs.show(case.subject, actor=actor, now=now)
    verbs.hide(case.subject, ground=ground, actor=actor, now=now)


def hide(case: Case, *, ground: Ground, actor: str, now: datetime) -> None:
    """Hide a text, or a name."""
    restrict(case, Measure(Act.HIDDEN, ground), actor=actor, now=now)


def show(case: Case, *, actor: str, now: datetime) -> None:
    """Show the text, or the name, again; one that waits for its review is published."""
    assert_writing()
    VERBS[case.kind].show(case.subject, actor=actor, now=now)


@dataclass(frozen=True)
class Undoing:
    """What was done to undo a decision; `refusal` says why the text could not be put back as it was."""

    act: Act
    refusal: str = ""


def undo(restriction: Decision, *, actor: str, now: datetime) -> Undoing:
    """Undo a restriction: what was hidden is shown, a masked passage given back with its votes, a moved text moved back."""
    assert_writing()
    sealed = SealedText.objects.select_related("consultation").filter(decision=restriction).first()
    try:
        if restriction.act == Act.MASKED:
            return _unmask(restriction, sealed, actor, now)
        if restriction.act == Act.MOVED:
            return _move_back(restriction, sealed, actor, now)
    except Refused as refused:  # before anything was written
        return Undoing(Act.NOT_UNDONE, refused.reason)
    if not is_shown(restriction.case):
        show(restriction.case, actor=actor, now=now)
    return Undoing(Act.RESTORED)


def _unmask(restriction: Decision, sealed: SealedText | None, actor: str, now: datetime) -> Undoing:
    """Each passage goes back where its mask still stands; what finds no place stays sealed, for its author to put back."""
    if sealed is None or restriction.text is None:
        return Undoing(Act.NOT_UNDONE, _("The masked words are not kept any more: its author may write the passage again."))
    passages = returnable(restriction, sealed)
    if restriction.annotation is not None:
        lost = annotating.unmask(restriction.annotation, passages, actor=actor)
    elif restriction.contribution is not None:
        lost = moderating.unmask(restriction.contribution, passages, actor=actor, now=now)
    sealed.taken = [asdict(one) for one in lost]
    sealed.save(update_fields=["taken"])
    if not lost:
        return Undoing(Act.UNMASKED)
    return Undoing(Act.UNMASKED, _("A part of it has no place any more in the text, which changed: its author may put it back."))


def _move_back(restriction: Decision, sealed: SealedText | None, actor: str, now: datetime) -> Undoing:
    text = restriction.contribution
    if text is None or sealed is None or sealed.consultation is None:
        return Undoing(Act.NOT_UNDONE, _("Where it stood is not known any more."))
    moderating.move(text, to=sealed.consultation, actor=actor, now=now)
    return Undoing(Act.MOVED_BACK)


def before(case: Case, measure: Measure) -> SealedText | None:
    """What a mask or a move will change of a text, to undo it if an appeal says so."""
    if case.text is None or measure.act not in (Act.MASKED, Act.MOVED):
        return None
    stood_in = None if case.contribution is None else case.contribution.consultation_id
    if measure.act == Act.MOVED:
        return SealedText(consultation_id=stood_in)
    text = text_of(case.text)
    mask = mask_words(_in_the_language_of_the_site(measure.ground))
    passages = [asdict(one) for one in taken(text, measure.passage, words=mask)]
    return SealedText(consultation_id=stood_in, taken=passages, **asdict(text))


def seal(decision: Decision, kept: SealedText | None) -> None:
    """Keep it with the decision."""
    assert_writing()
    if kept is not None:
        kept.decision = decision
        kept.save()


def destroy(restriction: Decision, *, now: datetime) -> None:
    """Destroy a text that was removed, once nobody can contest it any more."""
    assert_writing()
    text = restriction.contribution
    if text is not None and text.status == Status.HIDDEN:
        voices.remove(text, ground=restriction.ground, actor=restriction.actor, now=now)
    annotation = restriction.annotation
    if annotation is not None and annotation.status == Annotation.Status.HIDDEN:
        annotating.remove(annotation, ground=restriction.ground, actor=restriction.actor, now=now)


def leave_leaf(kind: str, case: Case, act: str, *, actor: str, ground: str = "") -> None:
    """Tell the register what the stage's own verb does not: a text kept, an urgent hiding confirmed, an appeal and its end."""
    assert_writing()
    content: dict[str, object] = {"act": act, "actor": actor, "nonce": b64(os.urandom(9)), "object": case.object_name}
    append(case.process.log, kind, {**content, "ground": ground} if ground else content)


def _show_if_hidden(text: Contribution, *, actor: str, now: datetime) -> None:
    if text.status == Status.HIDDEN:
        voices.restore(text, actor=actor, now=now)


def _show_text(text: Contribution, *, actor: str, now: datetime) -> None:
    if text.status == Status.SUBMITTED:
        moderating.publish_submitted(text, actor=actor, now=now)
        text.refresh_from_db()
    else:
        _show_if_hidden(text, actor=actor, now=now)


def _hide_text(text: Contribution, *, ground: str, actor: str, now: datetime) -> None:
    voices.hide(text, ground=ground, actor=actor, now=now)


def _text_hidden_on(text: Contribution) -> str:
    return text.status_ground if text.status == Status.HIDDEN else ""


def _hide_name(account: Account, *, ground: str, actor: str, now: datetime) -> None:
    people.hide_name(account, ground=ground, now=now)
    by: By = {"author": account, "speaks_for": None}
    _hide_signature(by, ground=ground, actor=actor)


def _show_name(account: Account, *, actor: str, now: datetime) -> None:
    people.restore_name(account, now=now)
    by: By = {"author": account, "speaks_for": None}
    _show_signature(by, actor=actor)


def _name_hidden_on(bearer: Account | Organisation) -> str:
    return bearer.name_ground if bearer.has_hidden_name else ""


def _hide_organisation(organisation: Organisation, *, ground: str, actor: str, now: datetime) -> None:
    people.hide_organisation_name(organisation, ground=ground, now=now)
    _hide_signature({"speaks_for": organisation}, ground=ground, actor=actor)


def _show_organisation(organisation: Organisation, *, actor: str, now: datetime) -> None:
    people.restore_organisation_name(organisation, now=now)
    _show_signature({"speaks_for": organisation}, actor=actor)


By = dict[str, Account | Organisation | None]
"""Whose signature: a person in their own name, or an organisation."""


def _hide_signature(by: By, *, ground: str, actor: str) -> None:
    for text in _signed(**by):
        voices.hide_author_name(text, ground=ground, actor=actor)
    for annotation in _commented(**by):
        annotating.hide_author_name(annotation, ground=ground, actor=actor)


def _show_signature(by: By, *, actor: str) -> None:
    for text in _signed(**by):
        voices.restore_author_name(text, actor=actor)
    for annotation in _commented(**by):
        annotating.restore_author_name(annotation, actor=actor)


def _hide_annotation(annotation: Annotation, *, ground: str, actor: str, now: datetime) -> None:
    annotating.hide(annotation, ground=ground, actor=actor, now=now)


def _show_annotation(annotation: Annotation, *, actor: str, now: datetime) -> None:
    if annotation.status == Annotation.Status.HIDDEN:
        annotating.restore(annotation, actor=actor, now=now)


def _annotation_hidden_on(annotation: Annotation) -> str:
    return annotation.status_ground if annotation.status == Annotation.Status.HIDDEN else ""


def _signed(**by: Account | Organisation | None) -> list[Contribution]:
    texts = Contribution.objects.filter(**by).exclude(status=Status.SUBMITTED)
    return list(texts.select_related("process__log", "consultation").order_by("pk"))


def _commented(**by: Account | Organisation | None) -> list[Annotation]:
    return list(Annotation.objects.filter(**by).select_related("document__process__log", "discussion").order_by("pk"))


def _in_the_language_of_the_site(ground: str) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return str(REASONS[ground].mask)


def nothing_to_forget(text: object) -> None:
    """A name goes with its account."""


@dataclass(frozen=True)
class Verbs:
    """What the stage of one kind of text lends moderation: to hide it, to show it again, and on which ground it is hidden now."""

    hide: Callable[..., None]
    """`hide(text, *, ground, actor, now)`"""
    show: Callable[..., None]
    """`show(text, *, actor, now)`, of one that is hidden, or waits for its review"""
    hidden_on: Callable[..., str]
    """`hidden_on(text)`: the coded ground, empty while it is shown"""
    forget: Callable[..., object] = nothing_to_forget
    """`forget(text)`: destroy the words of a hidden text that nobody can ask to see again"""


VERBS = {
    "contribution": Verbs(_hide_text, _show_text, _text_hidden_on, voices.forget_words),
    "annotation": Verbs(_hide_annotation, _show_annotation, _annotation_hidden_on, annotating.forget_words),
    "account": Verbs(_hide_name, _show_name, _name_hidden_on),
    "organisation": Verbs(_hide_organisation, _show_organisation, _name_hidden_on),
}
"""The verbs of each kind of text; only contributions are also masked, moved, refused before publication."""
