"""What does each figure count? Its key, its name, its definition in words, and whether a stranger can recompute it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SMALLEST_CELL = 10
"""A cell that counts people is withheld under this many (trust.md §4)."""


@dataclass(frozen=True)
class Definition:
    """One figure as it is explained beside its value."""

    key: str
    label: Promise
    definition: Promise
    is_recomputable: bool = True


PROPOSALS = Definition("proposals", _("Proposals"), _("Numbered proposals that are shown today, of all consultations."))
SEEDED = Definition(
    "seeded_proposals",
    _("… of which from the public debate"),
    _("Proposals entered by the organiser before the opening because they were already discussed; each gives its source."),
)
ARGUMENTS = Definition("arguments", _("Arguments"), _("Arguments for and against, on proposals and completions, shown today."))
SOURCES = Definition("sources", _("Sources"), _("Sources brought to a proposal, an argument or a completion, shown today."))
COMPLETIONS = Definition("completions", _("Completions"), _("Additions or other wordings of someone's proposal, shown today."))
TEXTS = Definition(
    "texts",
    _("Numbered texts"),
    _("Proposals, arguments, sources and completions together: what this site calls contributions. Votes are not among them."),
)
NOT_SHOWN = Definition(
    "texts_not_shown",
    _("Texts no longer shown"),
    _("Numbers whose text was withdrawn by its author, hidden or removed. The number keeps its address with a notice."),
)
VOTES = Definition(
    "votes",
    _("Votes"),
    _(
        "Current positions (agree, mixed, disagree) of the last published batches, on the current version of each text. "
        "A changed vote counts once, a withdrawn one not at all."
    ),
)
VOTERS = Definition(
    "voters",
    _("Voters, consultation by consultation"),
    _(
        "Accounts with at least one published vote, added over consultations: someone who votes in two counts twice, "
        "because nothing links their votes. One account is not proof of one person."
    ),
    is_recomputable=False,
)
IMPORTED_VOTES = Definition(
    "imported_votes",
    _("Votes taken over from another site"),
    _(
        "Votes cast elsewhere before, taken over from a file, on the texts shown today. They are shown apart and never added "
        "to the others."
    ),
)
CONTRIBUTORS = Definition(
    "contributors",
    _("Contributors"),
    _("Different people and organisations whose texts are shown today. Voters who wrote nothing are not among them."),
)
TEXTS_AND_VOTES = Definition(
    "texts_and_votes",
    _("Texts and votes together"),
    _("The sum of the two figures above, sometimes called “contributions” elsewhere. It adds unlike things: prefer each."),
)
ACCOUNTS = Definition(
    "accounts_confirmed",
    _("Confirmed accounts on this site"),
    _("Accounts whose mail address answered a code and that are not closed, for all the concertations of this site."),
    is_recomputable=False,
)
