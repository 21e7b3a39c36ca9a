"""How is a synthesis written as plain Markdown? Topics, columns, positions, one sentence a paragraph, then what is not cited."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from polyphonie.contributions.fates import fate_in_words
from polyphonie.synthesis.queries.published import Reading, Sentence, withdrawn


def as_markdown(reading: Reading, *, address: str, checkpoint: str) -> str:
    """The whole version; a quotation that is not shown any more is replaced."""
    title = _("Synthesis: %(title)s") % {"title": reading.consultation.title}
    lines = [f"# {title}", _("Version %(number)s") % {"number": reading.version.number}, f"<{address}>"]
    if reading.content["introduction"]:
        lines.append(reading.content["introduction"])
    for row in reading.rows:
        if row.label:
            lines.append(f"## {row.label}")
        for column in row.columns:
            lines.append(f"### {column.label}")
            lines += _sentences(column.sentences)
            for side, sentences in column.sides:
                lines.append("#### " + (_("Position A") if side == "a" else _("Position B")))
                lines += _sentences(sentences)
    lines += _uncited(reading)
    if checkpoint:
        lines.append("```\n" + checkpoint.rstrip() + "\n```")
    return "\n\n".join(lines) + "\n"


def _sentences(sentences: Iterable[Sentence]) -> Iterator[str]:
    for sentence in sentences:
        yield "".join(part.text or withdrawn() for part in sentence.parts)


def _uncited(reading: Reading) -> Iterator[str]:
    rows = reading.content["uncited"]
    if rows:
        yield "## " + _("What is not cited, and why")
        yield "\n".join(f"- #{row['number']} ({fate_in_words(row['fate'])}) {row['reason']}" for row in rows)
