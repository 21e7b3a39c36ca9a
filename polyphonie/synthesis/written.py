"""How is a synthesis written as plain Markdown, to be read, changed elsewhere, and taken up again (`parsed`)?

Topics (`##`), columns (`###`), positions (`####`), one sentence a paragraph, then what is not cited. What a reader need not see
stands in comments alone on their line: the key of a topic, the kind of a column, the key of a sentence and whether it is a
linking one. Whoever writes by hand may leave all of them out.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from polyphonie.contributions.fates import fate_in_words
from polyphonie.synthesis.queries.published import Column, Drawn, Reading, Sentence, withdrawn
from polyphonie.synthesis.quoting import QUOTATION, Part
from polyphonie.synthesis.wording import quotable

_BEGINS_A_BLOCK = re.compile(r"#{1,6}(?:\s|$)|[-*+>](?:\s|$)|[`<\\]")
_A_COMMENT = re.compile(r"^(\\*)(?=<!--)", re.MULTILINE)


def as_markdown(reading: Reading, *, address: str, checkpoint: str) -> str:
    """The whole version; a quotation that is not shown any more is replaced."""
    title = _("Synthesis: %(title)s") % {"title": reading.consultation.title}
    head = [f"# {title}", _("Version %(number)s") % {"number": reading.version.number}, f"<{address}>"]
    seal = ["```\n" + checkpoint.rstrip() + "\n```"] if checkpoint else []
    return _joined([*head, *_blocks(reading), *seal])


def draft_as_markdown(drawn: Drawn) -> str:
    """The draft as it stands now."""
    title = _("Synthesis: %(title)s") % {"title": drawn.content["title"]}
    return _joined([f"# {title}", _("Draft"), *_blocks(drawn)])


def _joined(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks) + "\n"


def _blocks(drawn: Drawn) -> Iterator[str]:
    content = drawn.content
    yield f"<!-- colonnes {_columns(content)} -->"
    yield "<!-- introduction -->\n" + _A_COMMENT.sub(r"\\\1", content["introduction"]) + "\n<!-- fin de l'introduction -->"
    columns = {row.key: row.columns for row in drawn.rows}
    yield from _under(columns.get("", []))
    for topic in content["topics"]:
        yield f"## {topic['label']}\n<!-- sujet {topic['key']} -->"
        yield from _under(columns.get(topic["key"], []))
    if content["uncited"]:
        yield "## " + _("What is not cited, and why") + "\n<!-- non citées -->"
        yield "\n".join(map(_reason, content["uncited"]))


def _columns(content: Mapping[str, Any]) -> str:
    """The columns in order with the names given here; an empty one is that of its kind."""
    return json.dumps(content["columns"], ensure_ascii=False).replace(">", "\\u003e")


def _under(columns: Iterable[Column]) -> Iterator[str]:
    for column in columns:
        yield f"### {column.label}\n<!-- colonne {column.kind} -->"
        yield from map(_paragraph, column.sentences)
        for side, sentences in column.sides:
            yield "#### " + (_("Position A") if side == "a" else _("Position B"))
            yield from map(_paragraph, sentences)


def _paragraph(sentence: Sentence) -> str:
    mark = f"<!-- phrase {sentence.key}{' liaison' if sentence.is_linking else ''} -->"
    return mark + "\n" + _on_its_own("".join(map(_words, sentence.parts)))


def _words(part: Part) -> str:
    return quotable(part.text) or withdrawn() if part.kind == QUOTATION else part.text


def _on_its_own(text: str) -> str:
    """The text as one paragraph: what would begin something else is escaped."""
    line = re.sub(r"[ \t\r\n]+", " ", text).strip()
    return f"\\{line}" if _BEGINS_A_BLOCK.match(line) else line


def _reason(row: Mapping[str, Any]) -> str:
    reason = re.sub(r"\s*\n\s*", " ", row["reason"])
    return f"- #{row['number']} ({fate_in_words(row['fate'])}) {reason} <!-- {row['fate']} -->"
