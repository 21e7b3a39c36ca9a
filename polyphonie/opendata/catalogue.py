"""What is published, all of it? The tables of every package, in the order of the files."""

from polyphonie.consultation.dataset import LISTINGS, TALLIES, VOTES
from polyphonie.contributions.dataset import CONTRIBUTIONS, ERASURES, REVISIONS
from polyphonie.core.tables import Table
from polyphonie.figures.dataset import FIGURES
from polyphonie.moderation.dataset import MODERATION

TABLES: tuple[Table, ...] = (CONTRIBUTIONS, REVISIONS, VOTES, TALLIES, LISTINGS, FIGURES, ERASURES, MODERATION)
