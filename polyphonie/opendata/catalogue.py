"""What is published, all of it? The tables of every package, in the order of the files."""

from polyphonie.annotations.dataset import ANNOTATIONS, DOCUMENTS, ERASURES
from polyphonie.consultation.dataset import LISTINGS, OPINIONS, TALLIES, VOTES
from polyphonie.contributions.dataset import CONTRIBUTIONS, FATES, PARTICIPANTS, REVISIONS
from polyphonie.core.tables import Table
from polyphonie.figures.dataset import FIGURES
from polyphonie.ledger.dataset import CHECKPOINTS, LEAVES
from polyphonie.moderation.dataset import MODERATION
from polyphonie.synthesis.dataset import CITATIONS, SYNTHESES

TABLES: tuple[Table, ...] = (
    CONTRIBUTIONS,
    REVISIONS,
    VOTES,
    TALLIES,
    LISTINGS,
    OPINIONS,
    FIGURES,
    PARTICIPANTS,
    ERASURES,
    MODERATION,
    DOCUMENTS,
    ANNOTATIONS,
    SYNTHESES,
    CITATIONS,
    FATES,
    CHECKPOINTS,
)
"""Each is a file of an export and a collection of the API."""

COLLECTIONS: tuple[Table, ...] = (*TABLES, LEAVES)
"""What the API gives: the files, and the leaves one by one, whose file holds them bare."""
