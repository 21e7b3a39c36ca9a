"""What does each ground say to an author? A sentence written beforehand, its article, its codes in the public register."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from polyphonie.moderation.models import Act, Ground


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
