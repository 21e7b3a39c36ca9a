"""What does each ground say to an author? A sentence written beforehand, its article, its codes in the public register."""

import re
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from polyphonie.moderation.models import Act, CharterReason, Ground, StatementOfReasons
from polyphonie.processes.models import Process


@dataclass(frozen=True)
class Reason:
    """One ground: its article, the sentence that the facts complete, and its category in the DSA Transparency Database."""

    article: str | Promise
    sentence: str | Promise
    category: str
    mask: str | Promise = ""
    """What stands in place of a masked passage, in two or three words; « donnée personnelle » without one."""


REASONS: dict[str, Reason] = {
    Ground.UNLAWFUL_THREAT: Reason(
        _("Penal code, articles 222-17 and 433-3; law of 29 July 1881, article 24"),
        _("It threatens someone, or calls for violence against people or property."),
        "STATEMENT_CATEGORY_VIOLENCE",
        _("threat"),
    ),
    Ground.UNLAWFUL_HATRED: Reason(
        _("Law of 29 July 1881, articles 24, 32 and 33"),
        _("It calls for hatred, violence or discrimination against people for what they are."),
        "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
        _("hateful words"),
    ),
    Ground.UNLAWFUL_INSULT: Reason(
        _("Law of 29 July 1881, articles 29, 32 and 33"),
        _("It insults someone, or accuses them of a fact that harms their honour."),
        "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
        _("insult"),
    ),
    Ground.UNLAWFUL_DATA: Reason(
        _("Civil code, article 9; General data protection regulation, article 6"),
        _("It gives personal data of someone who did not make them public: address, telephone, health, private life."),
        "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
    ),
    Ground.CHARTER_ABUSE: Reason(
        _("Charter: ideas are discussed, never people"),
        _("It attacks a person instead of discussing what they propose."),
        "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
        _("personal attack"),
    ),
    Ground.CHARTER_OFF_TOPIC: Reason(
        _("Charter: each text answers the question that is asked"),
        _("It has no relation to any question of this concertation."),
        "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
        _("without relation to the question"),
    ),
    Ground.CHARTER_ADVERTISING: Reason(
        _("Charter: nothing is sold here"),
        _("It advertises a product, a service or a candidate."),
        "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
        _("advertising"),
    ),
    Ground.CHARTER_FLOOD: Reason(
        _("Charter: one says a thing once"),
        _("The same text was posted many times."),
        "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
        _("repeated words"),
    ),
    Ground.CHARTER_PASSING_FOR: Reason(
        _("Charter: one speaks in one’s own name"),
        _("It passes for a person or a body that did not write it."),
        "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
        _("borrowed signature"),
    ),
}

UNLAWFUL, INCOMPATIBLE = "DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT"
VISIBILITY = {
    Act.MASKED: "DECISION_VISIBILITY_OTHER",
    Act.MOVED: "DECISION_VISIBILITY_OTHER",
    Act.HIDDEN: "DECISION_VISIBILITY_CONTENT_DISABLED",
    Act.HIDDEN_URGENTLY: "DECISION_VISIBILITY_CONTENT_DISABLED",
    Act.REMOVED: "DECISION_VISIBILITY_CONTENT_REMOVED",
    Act.REFUSED: "DECISION_VISIBILITY_CONTENT_DISABLED",
}
"""`decision_visibility` of each restriction, in the words of the DSA Transparency Database; other acts restrict nothing."""


def ground_code(ground: str) -> str:
    """`decision_ground` of the DSA Transparency Database: contrary to the law, or to the terms."""
    if not ground:
        return ""
    return UNLAWFUL if Ground(ground).is_unlawful else INCOMPATIBLE


CHARTER_GROUNDS = tuple(ground for ground in Ground if not ground.is_unlawful)
_NUMBERED = re.compile(r"^\s{0,3}(?:article\s+)?(\d{1,2})\s*(?:[.)°:]|[-–—])\s*(\S.*)$", re.IGNORECASE | re.MULTILINE)
_USUAL = {
    Ground.CHARTER_ABUSE: ("on discute les idées", "ideas are discussed"),
    Ground.CHARTER_OFF_TOPIC: ("chaque texte répond à la question", "each text answers the question"),
    Ground.CHARTER_ADVERTISING: ("on ne vend rien ici", "nothing is sold here"),
    Ground.CHARTER_FLOOD: ("on dit une chose une fois", "one says a thing once"),
    Ground.CHARTER_PASSING_FOR: ("on parle en son nom", "one speaks in one"),
}
"""How the articles of the charters that we propose begin: they are tied to their ground without anyone having to say so."""


def articles_of(charter: str) -> dict[int, str]:
    """The numbered lines of a charter (« 3. On ne vend rien ici », « Article 3 : … »), by number; the first of each."""
    articles: dict[int, str] = {}
    for number, words in _NUMBERED.findall(charter):
        articles.setdefault(int(number), words.strip().rstrip(".")[:300])
    return articles


def tied(process: Process) -> dict[str, CharterReason]:
    """To which article each ground of the charter is tied here: as its organisers said, else as usual."""
    articles = articles_of(process.charter)
    ties = {
        str(ground): CharterReason(process=process, ground=ground, article=number)
        for ground, openings in _USUAL.items()
        for number, words in articles.items()
        if words.casefold().replace("'", "’").startswith(openings)
    }
    return ties | {tie.ground: tie for tie in CharterReason.objects.filter(process=process)}


def reasons_of(process: Process) -> dict[str, Reason]:
    """The pre-written reasons of a concertation: those of the law, and those that its own charter gives. One query."""
    articles, reasons = articles_of(process.charter), dict(REASONS)
    for ground, tie in tied(process).items():
        words = articles.get(tie.article or 0)
        article = gettext("Charter, article %(number)s: %(words)s") % {"number": tie.article, "words": words} if words else ""
        general = REASONS[ground]
        reasons[ground] = replace(general, article=article or general.article, sentence=tie.sentence or general.sentence)
    return reasons


def as_stated(statement: StatementOfReasons) -> Reason:
    """The reason that a statement gave, as it was then."""
    general = REASONS[statement.ground]
    return replace(general, article=statement.article or general.article, sentence=statement.sentence or general.sentence)
