"""Does the platform keep the principles it was born from? Each held against it, what proves it, and all that it decides alone.

Declared once in `texts/fairness.fr.toml`; the page, the command and the JSON are made from here. What depends on the
installation (`needs`) is looked at on the spot, and only ever lowers a verdict.
"""

import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polyphonie.accounts import limits as sign_in
from polyphonie.accounts.rules import CODE_ATTEMPTS, CODE_MINUTES, LIVE_CODES
from polyphonie.consultation.rules import BATCH_INTERVAL, SILENCE, VOTERS_PER_TEXT
from polyphonie.consultation.views.voting import INVITE_AFTER
from polyphonie.core.serving.haste import SHORTEST_SECONDS
from polyphonie.core.serving.limits import Limit
from polyphonie.moderation import clues
from polyphonie.moderation.views import flagging
from polyphonie.opendata.api import answering
from polyphonie.outbox.actions import REFUSALS_BEFORE_GIVING_UP
from polyphonie.portal import retention
from polyphonie.portal.documents import TEXTS
from polyphonie.portal.rules import MOST_A_DAY
from polyphonie.portal.views import proofs
from polyphonie.processes.actions.people import INVITATION_DAYS

KEPT, PARTLY, NOT = "kept", "partly", "not"
SECONDS_A_MINUTE = 60


@dataclass(frozen=True)
class Principle:
    """One principle: what it asks of the platform, how far it is kept, what proves it, what is missing."""

    id: str
    recommendation: str
    quote: str
    asks: str
    verdict: str
    said: str
    tests: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def verdict_in_words(self) -> str:
        return {KEPT: _("kept"), PARTLY: _("partly kept"), NOT: _("not kept")}[self.verdict]


@dataclass(frozen=True)
class Decision:
    """Something the platform decides alone: by which rule, who may come back on it, where it is written."""

    what: str
    rule: str
    human: str
    file: str


def principles() -> list[Principle]:
    """All of them, each lowered by what this very installation lacks."""
    return [_on_this_installation(one) for one in _declared()[0]]


def decisions() -> list[Decision]:
    """Everything decided without a person, with the figures of the code itself."""
    figures = {**FIGURES, **retention.figures(), "limits": _limits_in_words()}
    return [replace(one, rule=one.rule.format_map(figures)) for one in _declared()[1]]


def tally(found: list[Principle]) -> dict[str, int]:
    """How many are kept, partly, not."""
    return {verdict: sum(one.verdict == verdict for one in found) for verdict in (KEPT, PARTLY, NOT)}


def as_data() -> dict[str, Any]:
    """The same as one object, for programs."""
    found = principles()
    return {
        "tally": tally(found),
        "principles": [asdict(one) for one in found],
        "automated_decisions": [asdict(one) for one in decisions()],
    }


LIMITS: dict[Limit, Callable[[], str]] = {
    sign_in.CODES_TO_AN_ADDRESS: lambda: _("codes sent to one address"),
    sign_in.CODES_FROM_A_CLIENT: lambda: _("codes asked from one connection"),
    sign_in.ATTEMPTS_FROM_A_CLIENT: lambda: _("codes tried from one connection"),
    sign_in.PASSWORDS_OF_AN_ADDRESS: lambda: _("passwords tried for one address"),
    sign_in.SECOND_FACTORS_OF_AN_ACCOUNT: lambda: _("second factors tried for one account"),
    answering.PER_CLIENT: lambda: _("requests to the reading interface from one connection"),
    flagging.FLAGS: lambda: _("reports of texts from one connection"),
    flagging.LOOKS: lambda: _("follow-ups of reports from one connection"),
    proofs.LOOK_UPS: lambda: _("receipts looked up from one connection"),
}
"""Every limit of the product, in words: a test holds this table against the code."""

FIGURES = {
    "burst": clues.BURST,
    "same_domain": clues.SAME_DOMAIN,
    "invite_after": INVITE_AFTER,
    "haste_seconds": SHORTEST_SECONDS,
    "code_minutes": CODE_MINUTES,
    "code_attempts": CODE_ATTEMPTS,
    "live_codes": LIVE_CODES,
    "text_voters": VOTERS_PER_TEXT,
    "batch_minutes": int(BATCH_INTERVAL.total_seconds()) // SECONDS_A_MINUTE,
    "silence_hours": int(SILENCE.total_seconds()) // 3600,
    "mail_refusals": REFUSALS_BEFORE_GIVING_UP,
    "invitation_days": INVITATION_DAYS,
    "problems_a_day": MOST_A_DAY,
}
"""The figures that the declared rules quote, read where they are decided."""

CONDITIONS: dict[str, tuple[Callable[[], bool], Callable[[], str]]] = {
    "https": (lambda: settings.IS_HTTPS, lambda: _("This installation is not served over HTTPS.")),
    "legal": (
        lambda: all(settings.POLYPHONIE_LEGAL.values()),
        lambda: _("This installation has not filled in who answers for the data."),
    ),
    "contact": (
        lambda: bool(settings.POLYPHONIE_CONTACT_MAIL or settings.POLYPHONIE_CONTACT_PHONE),
        lambda: _("This installation gives neither a mail address nor a telephone number."),
    ),
}


def _limits_in_words() -> str:
    words = [
        ngettext("%(times)s %(what)s in a minute", "%(times)s %(what)s in %(minutes)s minutes", limit.seconds // SECONDS_A_MINUTE)
        % {"times": limit.times, "what": what(), "minutes": limit.seconds // SECONDS_A_MINUTE}
        for limit, what in LIMITS.items()
    ]
    return ", ".join(words)


def _on_this_installation(principle: Principle) -> Principle:
    lacks = tuple(words() for holds, words in (CONDITIONS[name] for name in principle.needs) if not holds())
    return replace(principle, verdict=PARTLY if lacks and principle.verdict == KEPT else principle.verdict, lacks=lacks)


@lru_cache(maxsize=1)
def _declared() -> tuple[list[Principle], list[Decision]]:
    read = tomllib.loads((TEXTS / "fairness.fr.toml").read_text(encoding="utf-8"))
    lists = ("tests", "pages", "files", "needs")
    principles_: list[Principle] = []
    for row in read["principle"]:
        fields: dict[str, Any] = {name: tuple(value) if name in lists else value for name, value in row.items()}
        principles_.append(Principle(**fields))
    return principles_, [Decision(**row) for row in read["decision"]]
