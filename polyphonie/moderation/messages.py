"""What do people read of moderation? The notice, the reasons, the end of an appeal; and what staff has to look at."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account
from polyphonie.core.addresses import absolute, appeals_address, moderation_address, my_case_address, organisation_address
from polyphonie.core.printing import day, last_minute
from polyphonie.core.templating import typographic
from polyphonie.moderation.models import Act, Appeal, Case, Decision, Hearing
from polyphonie.moderation.reasons import Reason, as_stated, reasons_of
from polyphonie.outbox.actions import queue_mail
from polyphonie.processes.models import Process, Role
from polyphonie.processes.queries.people import standing_roles


def text_in_words(item: Case | Decision) -> str:
    """« Your text #12 », or « The name you show »."""
    return IN_WORDS[item.kind](item.subject)


IN_WORDS: dict[str, Callable[[Any], str]] = {
    "contribution": lambda text: _("Your text #%(number)s") % {"number": text.number},
    "annotation": lambda annotation: (
        _("Your comment no. %(number)s on « %(text)s »") % {"number": annotation.number, "text": annotation.document.title}
    ),
    "account": lambda account: _("The name you show"),
    "organisation": lambda organisation: _("The name of your organisation"),
}
"""For each kind of text, how its author reads what a mail is about."""


def tell_notice(hearing: Hearing, *, now: datetime) -> None:
    """To the author, before anything is decided: what is held against the text, and until when they may reply."""
    case = hearing.case

    def words() -> tuple[str, str]:
        subject = _("%(text)s: what do you answer?") % {"text": text_in_words(case)}
        body = _(
            "Hello,\n\n%(text)s is examined by moderation. Nothing is decided, and it stays where it is.\n\n"
            "What is held against it: %(ground)s.\n%(sentence)s\nFacts: %(facts)s\n\n"
            "You have 48 hours, until %(until)s, to reply. Your reply is read before anything is decided:\n%(address)s\n\n"
            "Without a reply, moderators decide with what they have."
        ) % {
            "text": text_in_words(case),
            **_reason(reasons_of(case.process)[hearing.ground], hearing.facts, hearing.get_ground_display()),
            "until": last_minute(hearing.due_at),
            "address": absolute(my_case_address(case.pk)),
        }
        return subject, body

    _write_to_authors(case, f"hearing/{hearing.pk}", words, now)


def tell_decision(decision: Decision, *, now: datetime) -> None:
    """To the author: the statement of reasons of a restriction, or that the text is kept, or shown again."""
    if decision.act == Act.KEPT and not hasattr(decision.case, "hearing"):
        return
    _write_to_authors(decision, f"decision/{decision.pk}", lambda: _decision_mail(decision), now)


def _decision_mail(decision: Decision) -> tuple[str, str]:
    text, address = text_in_words(decision), absolute(my_case_address(decision.case_id))
    if decision.statement is None:
        subject = _("%(text)s: %(act)s") % {"text": text, "act": decision.get_act_display()}
        body = _("Hello,\n\n%(text)s: %(act)s. %(words)s\n\nThe whole file:\n%(address)s") % {
            "text": text,
            "act": decision.get_act_display(),
            "words": decision.words,
            "address": address,
        }
        return subject, body
    subject = _("%(text)s: %(act)s") % {"text": text, "act": decision.get_act_display()}
    body = _(
        "Hello,\n\n%(text)s: %(act)s.\n\nGround: %(ground)s.\n%(sentence)s\nIt rests on: %(article)s.\nFacts: %(facts)s\n\n"
        "Decided by a person (%(actor)s): nothing is automated here.\n\n%(redress)s\n%(address)s"
    ) % {
        "text": text,
        "act": decision.get_act_display(),
        **_reason(as_stated(decision.statement), decision.statement.facts, decision.get_ground_display()),
        "article": as_stated(decision.statement).article,
        "actor": in_words(decision.actor),
        "redress": redress(decision),
        "address": address,
    }
    return subject, body


def redress(decision: Decision) -> str:
    """What the author of a restricted text can do."""
    assert decision.statement is not None
    if Appeal.objects.filter(decision=decision, outcome="").exists():
        return _("Your appeal goes on: it is now about this decision, and whoever judges it had no part in it.")
    if decision.act == Act.HIDDEN_URGENTLY:
        words = _(
            "It was hidden at once because it could not wait. You may contest it now: someone else looks at it, and can show the "
            "text again at once. You may also reply, within 48 hours: then a second person decides, and you may contest that too."
        )
    else:
        words = _("You may contest this decision until %(day)s: someone else decides again.") % {
            "day": day(decision.statement.contest_until)
        }
    body = decision.case.process.appeal_body.rstrip(".")
    return f"{words} {_('Appeal body: %(name)s.') % {'name': body}}" if body else words


def ask_second_person(urgent: Decision, *, now: datetime) -> None:
    """To the other moderators: an urgent hiding waits for a second person."""
    case = urgent.case

    def words() -> tuple[str, str]:
        subject = _("%(process)s: an urgent hiding waits for you") % {"process": case.process.title}
        body = _(
            "Hello,\n\nA text was hidden urgently by %(actor)s. A second person has to look at it before %(until)s.\n%(after)s"
            "\n\n%(address)s"
        ) % {
            "actor": in_words(urgent.actor),
            "until": last_minute(urgent.confirm_before or now),
            "after": _("After that it stays hidden, and the delay is public.")
            if _is_unlawful(urgent)
            else _("After that it is shown again by itself."),
            "address": absolute(moderation_address(case.process.slug)),
        }
        return subject, body

    _write_to_role(case.process, Role.MODERATOR, f"urgent/{urgent.pk}", words, now, except_for=urgent.decider_id)


def tell_appeal_lodged(appeal: Appeal, *, now: datetime) -> None:
    """To those who judge appeals: one waits for them."""
    process = appeal.decision.case.process

    def words() -> tuple[str, str]:
        subject = _("%(process)s: a decision of moderation is contested") % {"process": process.title}
        body = _(
            "Hello,\n\nA decision of moderation is contested by %(party)s. It waits for you: you read the text, what was held "
            "against it and what each said, and you decide alone.\n\n%(address)s"
        ) % {"party": appeal.get_party_display(), "address": absolute(appeals_address(process.slug))}
        return subject, body

    _write_to_role(process, Role.APPEAL, f"appeal/{appeal.pk}", words, now)


def tell_no_judge(appeal: Appeal, *, now: datetime) -> None:
    """To the organisers: everyone who could judge this appeal took part in the case; they invite someone else."""
    process = appeal.decision.case.process

    def words() -> tuple[str, str]:
        subject = _("%(process)s: nobody can judge an appeal") % {"process": process.title}
        body = _(
            "Hello,\n\nA decision of moderation is contested, and nobody here can judge it: whoever could took part in the case, "
            "or nobody holds this role. Offer the role « appeal body » to someone else; until then this appeal waits, and its "
            "wait is public.\n\n%(address)s"
        ) % {"address": absolute(f"{organisation_address(process.slug)}roles/?role=appeal")}
        return subject, body

    _write_to_role(process, Role.ORGANISER, f"judge/{appeal.pk}", words, now)


def tell_judged(appeal: Appeal, *, now: datetime) -> None:
    """To the author: what the appeal body decided, and why."""
    decision = appeal.decision
    if appeal.party != Appeal.Party.AUTHOR:
        return

    def words() -> tuple[str, str]:
        subject = _("%(text)s, your appeal: %(outcome)s") % {
            "text": text_in_words(decision),
            "outcome": appeal.get_outcome_display(),
        }
        body = _("Hello,\n\n%(text)s: %(outcome)s by %(actor)s.\n\nReasons: %(reasons)s\n\nThe whole file:\n%(address)s") % {
            "text": text_in_words(decision),
            "outcome": appeal.get_outcome_display(),
            "actor": in_words(appeal.actor),
            "reasons": appeal.reasons,
            "address": absolute(my_case_address(decision.case_id)),
        }
        return subject, body

    _write_to_authors(decision, f"judged/{appeal.pk}", words, now)


def in_words(actor: str) -> str:
    """`moderator/2` as people read it."""
    role, _slash, number = actor.partition("/")
    words = {"moderator": _("moderator no. %(number)s"), "appeal": _("appeal body no. %(number)s")}
    return words[role] % {"number": number} if role in words else actor


def _reason(reason: Reason, facts: str, label: str) -> dict[str, str]:
    return {"ground": label, "sentence": str(reason.sentence), "facts": facts}


def _is_unlawful(decision: Decision) -> bool:
    return decision.ground.startswith("unlawful_")


def _write_to_authors(item: Case | Decision, key: str, words: Callable[[], tuple[str, str]], now: datetime) -> None:
    for author in item.authors:
        _write_to(author, key, words, now)


def _write_to(account: Account, key: str, words: Callable[[], tuple[str, str]], now: datetime) -> None:
    """A mail that is due to its reader whatever they chose; nobody is written to who has no address."""
    if not account.email:
        return
    with translation.override(account.language):
        subject, body = words()
    queue_mail(f"moderation/{key}/to/{account.pk}", account.email, typographic(subject), typographic(body), now=now)


def _write_to_role(
    process: Process, role: Role, key: str, words: Callable[[], tuple[str, str]], now: datetime, except_for: int | None = None
) -> None:
    for holder in standing_roles(process).filter(role=role).exclude(account=except_for).select_related("account"):
        _write_to(holder.account, key, words, now)
