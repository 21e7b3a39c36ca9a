"""What did a statement say before? Its former states, each as it reads now: what was hidden since is empty there too."""

from collections.abc import Sequence

from polyphonie.processes.models import Consultation
from polyphonie.synthesis.models import PastStatement
from polyphonie.synthesis.queries.quoting import retired
from polyphonie.synthesis.quoting import cited_by, in_words


def past_statements(consultation: Consultation, kept: Sequence[PastStatement]) -> list[tuple[PastStatement, str]]:
    """Each with its words: two queries."""
    said = [{"text": one.text, "citations": one.citations} for one in kept]
    cited = cited_by(consultation.process, said)
    return [(one, in_words(words, cited, retired())) for one, words in zip(kept, said, strict=True)]
