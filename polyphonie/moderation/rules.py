"""Who may do what of a case, and when? The state machine of due process: each step says why it is not open yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.moderation.models import (
    AFTER_HEARING,
    RESTRICTIONS,
    STILL_OPEN,
    Act,
    Appeal,
    Case,
    Claim,
    Decision,
    Ground,
    Hearing,
    State,
)
from polyphonie.processes.models import Role

REASON_LENGTH = 2_000
WORDS_LENGTH = 2_000
SENTENCE_LENGTH = 400
REPLY_LENGTH = 5_000
HEARING_TIME = timedelta(hours=48)
CONFIRMATION_TIME = timedelta(hours=72)
CONTEST_TIME = timedelta(days=184)
"""Six months whatever the months (Digital Services Act, article 20)."""
JUDGE_TIME = timedelta(days=30)
"""After which an appeal that nobody judged is late, for all to see."""
CLAIM_TIME = timedelta(minutes=10)
FILES_KEPT = timedelta(days=365)
FLOOD_TEXTS = 5
URGENT_GROUNDS = (
    Ground.UNLAWFUL_THREAT,
    Ground.UNLAWFUL_HATRED,
    Ground.UNLAWFUL_INSULT,
    Ground.UNLAWFUL_DATA,
    Ground.CHARTER_ABUSE,
)
"""Personal data of others, threats, manifest unlawfulness, insults: what cannot wait for its author's reply."""
ACTS_ON = {"contribution": AFTER_HEARING, "annotation": (Act.MASKED, Act.HIDDEN, Act.REMOVED)}
"""What can be decided of each kind of text once its author was heard; a kind that is not here is hidden, or is not."""
SEVERITIES = {
    Ground.UNLAWFUL_THREAT: 3,
    Ground.UNLAWFUL_DATA: 3,
    Ground.UNLAWFUL_HATRED: 2,
    Ground.UNLAWFUL_INSULT: 2,
    Ground.CHARTER_ABUSE: 2,
}


@dataclass(frozen=True)
class Standing:
    """What a rule looks at beside the case: is its text shown, is or was it hidden urgently, was its author heard?"""

    is_shown: bool
    urgent: Decision | None = None
    """The urgent hiding in force."""
    was_urgent: bool = False
    is_submitted: bool = False
    """It waits for its review before it is published for the first time."""
    hearing: Hearing | None = None
    acts: tuple[Act, ...] = AFTER_HEARING
    """What can be decided of this kind of text once its author was heard."""
    authors: frozenset[int] = frozenset()
    """Who wrote it, or bears the name."""
    overturned: frozenset[int] = frozenset()
    """Whose decision on this case an appeal overturned."""


def severity(ground: str) -> int:
    """How much the desk puts a suggested ground forward, from 1 to 3; the number of flags has no part in it."""
    return SEVERITIES.get(Ground(ground), 1) if ground in Ground.values else 1


def reason_refusal(reason: str) -> str | None:
    """Whether the moderator gave the facts that the author will read."""
    if not reason.strip():
        return _("Write the facts in a sentence: the author will read them.")
    if len(reason) > REASON_LENGTH:
        return _("The reason is too long: at most %(most)s characters.") % {"most": REASON_LENGTH}
    return None


def flag_refusal(*, is_shown: bool, words: str) -> str | None:
    """Whether one may flag this text: anyone may, of a text that is shown."""
    if not is_shown:
        return _("This text is not shown any more: there is nothing left to flag.")
    if len(words) > WORDS_LENGTH:
        return _("At most %(most)s characters, please.") % {"most": WORDS_LENGTH}
    return None


def claim_refusal(claim: Claim | None, *, moderator: int, now: datetime) -> str | None:
    """Whether this moderator (by the key of their role) may take an item: nobody else is looking at it."""
    if claim is None or claim.moderator_id == moderator or claim.expires_at <= now:
        return None
    return _("Moderator no. %(number)s is looking at it: take another one.") % {"number": claim.moderator.number}


def is_heard(hearing: Hearing | None, now: datetime) -> bool:
    """Whether the author was heard: they replied, or their 48 hours have passed."""
    return hearing is not None and (hearing.replied_at is not None or now >= hearing.due_at)


def own_refusal(authors: Collection[int | None], by: int) -> str | None:
    """Whether a text, or a name, is this person's own: nobody moderates theirs, be it in their favour."""
    if by in authors:
        return _("It is yours: another moderator looks at it.")
    return None


def notice_refusal(case: Case, standing: Standing, *, by: int) -> str | None:
    """Whether the author can be told what is held against the text: once, before any decision."""
    if case.state not in STILL_OPEN:
        return _("This case is already decided.")
    if standing.hearing is not None:
        return _("Its author was already told.")
    if not standing.is_shown:
        return _("This text is not shown any more.")
    return own_refusal(standing.authors, by)


def reply_refusal(case: Case, hearing: Hearing | None, *, is_author: bool, words: str) -> str | None:
    """Whether the author may reply: once, for as long as nothing is decided, even late."""
    if not is_author:
        return _("Only its author can reply.")
    if hearing is None or case.state not in STILL_OPEN:
        return _("This case is already decided: you can contest the decision.")
    if hearing.replied_at is not None:
        return _("You have already replied.")
    if not words.strip():
        return _("Write your reply first.")
    return None


def urgent_refusal(case: Case, standing: Standing, *, ground: str, by: int) -> str | None:
    """Whether a text can be hidden before its author is heard: on few grounds, and once."""
    if case.state not in STILL_OPEN:
        return _("This case is already decided.")
    if ground not in URGENT_GROUNDS:
        return _("Nothing is hidden urgently on this ground: tell its author first.")
    if standing.was_urgent:
        return _("This text was already hidden urgently once: its author has to be heard now.")
    if not standing.is_shown:
        return _("This text is not shown any more.")
    return own_refusal(standing.authors, by)


def second_person_refusal(standing: Standing, by: int) -> str | None:
    """Whether this person may look again: never at what is theirs, nor after their own urgent hiding, nor once overturned."""
    if standing.urgent is not None and standing.urgent.decider_id == by:
        return _("You hid it urgently: a second person decides now.")
    if by in standing.overturned:
        return _("Your decision was overturned on appeal: another moderator decides again.")
    return own_refusal(standing.authors, by)


def confirm_refusal(case: Case, standing: Standing, *, by: int) -> str | None:
    """Whether this person may confirm an urgent hiding until the author has been heard."""
    if case.state not in STILL_OPEN or standing.urgent is None:
        return _("Nothing is hidden urgently here.")
    if standing.urgent.confirmed_at is not None:
        return _("It is already confirmed.")
    return second_person_refusal(standing, by)


def decide_refusal(case: Case, standing: Standing, *, act: str, ground: str, by: int, now: datetime) -> str | None:
    """Whether this can be decided now, by this person: no restriction before its author was heard."""
    if case.state not in STILL_OPEN:
        return _("This case is already decided.")
    if standing.is_submitted and act not in (Act.KEPT, Act.REFUSED):
        return _("This text is not published yet: publish it, or say why not.")
    if standing.is_submitted:
        return own_refusal(standing.authors, by)
    if act not in (Act.KEPT, *standing.acts):
        return _("This is not a decision on a case.")
    if act in AFTER_HEARING and not ground:
        return _("Say on which ground: nothing is hidden without one.")
    if act in AFTER_HEARING and not is_heard(standing.hearing, now):
        return _("Its author has not been heard yet: wait for the reply, or for the end of the 48 hours.")
    if act in AFTER_HEARING and not standing.is_shown and standing.urgent is None:
        return _("This text is not shown any more.")
    return second_person_refusal(standing, by)


def tie_refusal(ground: Ground, *, article: int | None, articles: Collection[int], sentence: str) -> str | None:
    """Whether a ground can be tied to this article, with this sentence: the charter's grounds alone, to an article it has."""
    if ground.is_unlawful:
        return _("The law gives its own reasons: only those of the charter can be reworded.")
    if article is not None and article not in articles:
        return _("The charter has no article %(number)s.") % {"number": article}
    if len(sentence) > SENTENCE_LENGTH:
        return _("The sentence is too long: at most %(most)s characters.") % {"most": SENTENCE_LENGTH}
    return None


def flood_refusal(*, texts: int, authors: int, wordings: int) -> str | None:
    """Whether texts are volume spam, that one decision may hide: many, of one author or all the same."""
    if texts < FLOOD_TEXTS:
        return ngettext(
            "One decision for several texts takes at least %(count)s text.",
            "One decision for several texts takes at least %(count)s texts.",
            FLOOD_TEXTS,
        ) % {"count": FLOOD_TEXTS}
    if authors > 1 and wordings > 1:
        return _("These texts are neither of one author nor all the same: decide on each.")
    return None


def appeal_refusal(decision: Decision, *, party: str, is_party: bool, has_appeal: bool, words: str, now: datetime) -> str | None:
    """Whether a decision can be contested: by its author when it restricts, an urgent hiding at once and as long as it lasts; by
    who flagged when it keeps; for six months."""
    if not is_party:
        return _("Only the author of the text, or who flagged it, can contest this decision.")
    if has_appeal:
        return _("This decision is already contested.")
    expected = RESTRICTIONS if party == Appeal.Party.AUTHOR else (Act.KEPT,)
    if decision.act not in expected or decision.ended_at is not None:
        return _("There is nothing to contest in this decision.")
    if now >= contest_until(decision):
        return _("The six months to contest this decision are over.")
    if not words.strip():
        return _("Write why you contest it.")
    return None


def is_appeal_late(appeal: Appeal, now: datetime) -> bool:
    """Whether an appeal waited, or waits, longer than a month."""
    return (appeal.judged_at or now) >= appeal.lodged_at + JUDGE_TIME


def contest_until(decision: Decision) -> datetime:
    """The first instant at which a decision can no longer be contested."""
    return decision.decided_at + CONTEST_TIME


def judge_refusal(
    appeal: Appeal, *, role: str, by: int, involved: Collection[int], has_appeal_body: bool, reasons: str
) -> str | None:
    """Whether this person may judge an appeal: nobody who took part in the case, whose text it is neither; moderators only where
    no appeal body stands."""
    if appeal.outcome:
        return _("This appeal is already judged.")
    if by in involved:
        return _("You took part in this case: someone else judges the appeal.")
    if role not in (Role.APPEAL, Role.MODERATOR):
        return _("Appeals are judged by the appeal body.")
    if role == Role.MODERATOR and has_appeal_body:
        return _("Appeals are judged by the appeal body.")
    return reason_refusal(reasons)


def return_refusal(decision: Decision | None, *, has_open_appeal: bool, authors: Collection[int], by: int) -> str | None:
    """Whether a moderator may undo a decision in favour of the author: while it is in force and nobody judges it."""
    if decision is None or decision.act not in RESTRICTIONS or decision.ended_at is not None:
        return _("Nothing restricts this text.")
    if decision.act == Act.HIDDEN_URGENTLY:
        return _("It was hidden urgently: a second person decides, on its case.")
    if has_open_appeal:
        return _("This decision is contested: the appeal body decides.")
    return own_refusal(authors, by)


def is_case_over(case: Case) -> bool:
    return case.state in (State.DECIDED, State.SETTLED)
