"""What does a Markdown file of a synthesis say, line by line? Topics, columns, sentences, reasons; or what is wrong, and where.

The form that `written` gives, which is also one that people write by hand: `##` a topic, `###` a column by its name, `####`
Position A or B, one sentence a paragraph or a dash. Comments alone on their line say what no reader needs; all may be absent.
Nothing is looked for in the database here: numbers and quotations are held against the texts afterwards (`queries.taking_over`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.translation import gettext as _

from polyphonie.synthesis.checks.resolving import MOST_CHARACTERS
from polyphonie.synthesis.models import ColumnKind

MOST_BYTES = 1_000_000
MOST_LABEL, MOST_COLUMN_LABEL, MOST_INTRODUCTION = 200, 60, 10_000
MOST_TOPICS, MOST_STATEMENTS = 60, 2_000
MOST_TROUBLES = 30
LANGUAGES = ("fr", "en")

_PHRASE = re.compile(r"(?:phrase (?P<key>[a-z0-9-]{1,12}))? ?(?P<linking>liaison)?")
_TOPIC = re.compile(r"sujet (?P<key>[a-z0-9-]{1,12})")
_COLUMN = re.compile(r"colonne (?P<kind>[a-z_]{1,16})")
_POSITION = re.compile(r"position ([ab])")
_ELEMENT = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s|/?>|$)|<[!?](?!--)")
_REASON = re.compile(r"- ?#(?P<number>\d{1,9})(?: ?\((?P<said>[^()]{1,60})\))?(?P<reason>.*)")
_ESCAPED_COMMENT = re.compile(r"^\\(?=\\*<!--)", re.MULTILINE)


@dataclass(frozen=True)
class Trouble:
    """What refuses a file, and on which line (from 1; 0: the whole file)."""

    line: int
    sentence: str


@dataclass
class ParsedTopic:
    line: int
    label: str
    key: str = ""


@dataclass(frozen=True)
class ParsedStatement:
    """A sentence as it is typed; `topic` is its place among the topics of the file, None without one; no key when new."""

    line: int
    text: str
    topic: int | None
    column: str
    position: str
    key: str = ""
    is_linking: bool = False


@dataclass(frozen=True)
class ParsedReason:
    line: int
    number: int
    fate: str
    reason: str


@dataclass
class Parsed:
    """A whole file. `introduction` and `columns` are None when it says nothing of them; `labels`: names of columns."""

    introduction: str | None = None
    columns: list[dict[str, str]] | None = None
    labels: dict[str, str] = field(default_factory=dict)
    topics: list[ParsedTopic] = field(default_factory=list)
    statements: list[ParsedStatement] = field(default_factory=list)
    reasons: list[ParsedReason] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.topics or self.statements or self.reasons or self.introduction)


def text_refusal(content: bytes) -> str | None:
    """Why these bytes cannot be a synthesis, before anything is read of them; None when they can."""
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        return _("This file is too large: at most %(most)s MB. A synthesis of 300 statements holds in a tenth of it.") % {
            "most": most
        }
    if b"\0" in content:
        return _("This file is not text: it holds null characters. Choose the .md file, not a document of a word processor.")
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _("This file is not text in UTF-8.")
    return None


def parsed(text: str, columns: Mapping[str, str]) -> Parsed:
    """What `text` says; `columns`: the names that columns have here, by kind."""
    reader = _Reader(columns)
    for line, words in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        reader.read(line, words)
        if len(reader.found.troubles) >= MOST_TROUBLES:
            break
    return reader.ended()


def _comment(words: str) -> str | None:
    """What a comment alone on its line says, on one space; None when the line is something else."""
    is_one = words.startswith("<!--") and words.endswith("-->") and len(words) >= 7
    return " ".join(words[4:-3].split()) if is_one else None


def _heading(words: str) -> tuple[int, str]:
    """How deep a heading is, and its label; 0 for another line."""
    label = words.lstrip("#")
    level = len(words) - len(label)
    return (level, label.strip()) if 1 <= level <= 6 and (not label or label[0].isspace()) else (0, "")


def folded_name(name: str) -> str:
    """A name as it is recognised, whatever apostrophes, spaces and capitals it was typed with."""
    return " ".join(name.replace("’", "'").casefold().split())


def names_in_every_language(kind: ColumnKind) -> list[str]:
    """What a column of this kind is called where nobody named it otherwise."""
    return [kind.value, *_in_every_language(kind)]


def _in_every_language(kind: ColumnKind) -> list[str]:
    said = []
    for language in LANGUAGES:
        with translation.override(language):
            said.append(str(kind.label))
    return said


def _uncited_headings() -> set[str]:
    said = set()
    for language in LANGUAGES:
        with translation.override(language):
            said.add(folded_name(_("What is not cited, and why")))
    return said


class _Reader:
    """Reads line after line, and knows where it is."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.found = Parsed()
        self._kinds = {folded_name(name): kind.value for kind in ColumnKind for name in names_in_every_language(kind)}
        self._kinds |= {folded_name(label): kind for kind, label in columns.items()}
        self._uncited = _uncited_headings()
        self._introduction: list[str] | None = None
        self._before: list[str] = []
        self._is_before = True
        self._is_fenced = self._is_uncited = False
        self._fence = 0
        self._topic: int | None = None
        self._column = self._position = self._heading = ""
        self._heading_line = 0
        self._paragraph: list[str] = []
        self._paragraph_line = 0
        self._mark: tuple[str, bool, int] = ("", False, 0)
        self._keys: dict[str, int] = {}

    def read(self, line: int, words: str) -> None:
        if self._introduction is not None and self.found.introduction is None:
            self._in_introduction(words)
        elif words.lstrip().startswith("```"):
            self._end_paragraph()
            self._is_fenced, self._fence = not self._is_fenced, line
        elif not self._is_fenced:
            self._in_text(line, words.strip())

    def ended(self) -> Parsed:
        self._end_paragraph()
        found = self.found
        if self._is_fenced:
            self._refuse(self._fence, _("This block of code opens and never ends."))
        if self._introduction is not None and found.introduction is None:
            self._refuse(0, _("The introduction opens and never ends: its closing comment is missing."))
        if self._introduction is None and self._before:
            found.introduction = "\n".join(self._before).strip()
        if len(found.introduction or "") > MOST_INTRODUCTION:
            self._refuse(0, _("The introduction is too long: at most %(most)s characters.") % {"most": MOST_INTRODUCTION})
        if found.is_empty and not found.troubles:
            self._refuse(0, _("Nothing in this file is a synthesis: no topic (##), no column (###), no sentence."))
        return found

    def _refuse(self, line: int, sentence: str) -> None:
        self.found.troubles.append(Trouble(line, sentence))

    def _in_introduction(self, words: str) -> None:
        assert self._introduction is not None
        if (_comment(words.strip()) or "").startswith("fin"):
            self.found.introduction = _ESCAPED_COMMENT.sub("", "\n".join(self._introduction)).strip()
        else:
            self._introduction.append(words)

    def _in_text(self, line: int, words: str) -> None:
        mark, (level, label) = _comment(words), _heading(words)
        if not words:
            self._end_paragraph()
        elif mark is not None:
            self._end_paragraph()
            self._marked(line, mark)
        elif level == 1:
            self._end_paragraph()
        elif level:
            self._end_paragraph()
            self._is_before = False
            self._headed(line, level, label)
        elif _ELEMENT.match(words):
            self._refuse(line, _("This is HTML. A synthesis is plain Markdown: text, headings, #numbers."))
        elif self._is_uncited:
            self._reason(line, words)
        elif self._is_before:
            self._before.append(words)
        else:
            self._told(line, words)

    def _told(self, line: int, words: str) -> None:
        if words[:2] in ("- ", "* "):
            self._end_paragraph()
            words = words[2:].strip()
        if not self._paragraph:
            self._paragraph_line = line
            words = words[1:] if words.startswith("\\") else words
        self._paragraph.append(words)

    def _end_paragraph(self) -> None:
        if not self._paragraph:
            if self._is_before and self._before:
                self._before.append("")
            return
        text, line = " ".join(self._paragraph), self._paragraph_line
        self._paragraph = []
        (key, is_linking, _marked), self._mark = self._mark, ("", False, 0)
        if not self._column:
            self._refuse(line, _("This sentence stands in no column: put it under a heading such as « ### %(column)s ».") % {
                "column": ColumnKind.AGREEMENT.label})  # fmt: skip
        elif len(text) > MOST_CHARACTERS:
            self._refuse(line, _("A statement has at most %(most)s characters: say it in two.") % {"most": MOST_CHARACTERS})
        elif key and key in self._keys:
            words = {"line": self._keys[key]}
            self._refuse(
                line,
                _("This sentence bears the same key as that of line %(line)s: take out the comment above one of them.") % words,
            )
        elif len(self.found.statements) >= MOST_STATEMENTS:
            self._refuse(line, _("This file holds more than %(most)s sentences.") % {"most": MOST_STATEMENTS})
        else:
            self._keys[key] = line
            place = (self._topic, self._column, self._position)
            self.found.statements.append(ParsedStatement(line, text, *place, key, is_linking))

    def _marked(self, line: int, said: str) -> None:
        topic, column, phrase = _TOPIC.fullmatch(said), _COLUMN.fullmatch(said), _PHRASE.fullmatch(said)
        if said == "introduction":
            self._introduction, self._before, self._is_before = [], [], False
        elif said.startswith("colonnes "):
            self._before = []
            self._columns(line, said.removeprefix("colonnes "))
        elif said.startswith("non cit") and self._heading_line == line - 1:
            self._uncited_begins()
        elif topic and self._heading_line == line - 1 and self._topic is not None:
            self._key_of_topic(line, topic["key"])
        elif column and self._heading_line == line - 1:
            self._kind_of_column(line, column["kind"])
        elif phrase and said:
            self._mark = (phrase["key"] or "", bool(phrase["linking"]), line)

    def _uncited_begins(self) -> None:
        if self._topic is not None and self.found.topics and self.found.topics[-1].line == self._heading_line:
            self.found.topics.pop()
        self._is_uncited = True

    def _key_of_topic(self, line: int, key: str) -> None:
        same = next((one for one in self.found.topics if one.key == key), None)
        if same is not None:
            self._refuse(line, _("This topic bears the same key as that of line %(line)s.") % {"line": same.line})
        self.found.topics[-1].key = key

    def _kind_of_column(self, line: int, kind: str) -> None:
        if kind not in ColumnKind.values:
            self._refuse(line, _("« %(kind)s » is no kind of column.") % {"kind": kind})
            return
        self.found.troubles = [one for one in self.found.troubles if one.line != self._heading_line]
        self._column = kind
        self.found.labels[kind] = self._heading[:MOST_COLUMN_LABEL]

    def _columns(self, line: int, said: str) -> None:
        try:
            read = json.loads(said)
            columns = [{"kind": str(one["kind"]), "label": str(one["label"]).strip()[:MOST_COLUMN_LABEL]} for one in read]
        except (ValueError, TypeError, KeyError, RecursionError):
            self._refuse(line, _("The comment that lists the columns cannot be read."))
            return
        kinds = [one["kind"] for one in columns]
        if not kinds or len(set(kinds)) != len(kinds) or not set(kinds) <= set(ColumnKind.values):
            self._refuse(line, _("The comment that lists the columns cannot be read."))
            return
        self.found.columns = columns

    def _headed(self, line: int, level: int, label: str) -> None:
        self._heading, self._heading_line, self._position = label, line, ""
        if level == 2:
            self._column, self._is_uncited = "", folded_name(label) in self._uncited
            if not self._is_uncited:
                self._topic_begins(line, label)
        elif level == 3:
            self._is_uncited = False
            self._column = self._kinds.get(folded_name(label), "")
            if not self._column:
                known = ", ".join(str(kind.label) for kind in ColumnKind)
                self._refuse(line, _("« %(label)s » is not a column: %(known)s.") % {"label": label[:MOST_LABEL], "known": known})
                self._column = ColumnKind.AGREEMENT.value  # so that each of its sentences is not refused again
        elif level == 4:
            self._position_begins(line, label)
        else:
            self._refuse(line, _("This heading is too deep: ## a topic, ### a column, #### a position."))

    def _topic_begins(self, line: int, label: str) -> None:
        if not label:
            self._refuse(line, _("Name the topic."))
        elif len(label) > MOST_LABEL:
            self._refuse(line, _("The name of this topic is too long: at most %(most)s characters.") % {"most": MOST_LABEL})
        elif any(one.label == label for one in self.found.topics):
            self._refuse(line, _("This topic is in the file twice: « %(label)s ».") % {"label": label})
        elif len(self.found.topics) >= MOST_TOPICS:
            self._refuse(line, _("A synthesis has at most %(most)s topics: merge some first.") % {"most": MOST_TOPICS})
        self.found.topics.append(ParsedTopic(line, label))
        self._topic = len(self.found.topics) - 1

    def _position_begins(self, line: int, label: str) -> None:
        told = _POSITION.fullmatch(folded_name(label))
        if self._column != ColumnKind.CONTROVERSY or told is None:
            self._refuse(line, _("Only a controversy has a position A and a position B."))
        else:
            self._position = told[1]

    def _reason(self, line: int, words: str) -> None:
        words, opening, comment = words.rpartition("<!--") if words.endswith("-->") else (words, "", "")
        told = _REASON.fullmatch(words)
        if told is None:
            self._refuse(line, _("A line of what is not cited reads: « - #12 (fate) reason »."))
        else:
            fate = comment.removesuffix("-->").strip() if opening else told["said"] or ""
            self.found.reasons.append(ParsedReason(line, int(told["number"]), fate, told["reason"].strip()))
