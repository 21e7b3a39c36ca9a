"""Is what a synthesis says near what comparing its texts gives? `verify.py` does without: it takes the product, and SciPy.

The proposals that a version counts, as revisions.jsonl gives them, are compared again in a process of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from polyphonie.opendata import verify
from polyphonie.opinion.apart import NEARNESS, computed
from polyphonie.synthesis.queries.remembered import Pairs


class Verdict(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    NEVER = "never"
    CHANGED = "changed"


@dataclass(frozen=True)
class Again:
    """What comparing again the texts of a version of a synthesis says of what it gives."""

    consultation: str
    version: int
    verdict: Verdict
    families: int = 0

    def in_words(self) -> str:
        named = {"name": self.consultation, "version": self.version, "families": self.families}
        if self.verdict is Verdict.SAME:
            return (
                _("synthesis of “%(name)s” (version %(version)s): comparing its texts again gives the same near texts.") % named
            )
        if self.verdict is Verdict.NEVER:
            return _("synthesis of “%(name)s” (version %(version)s): it says no texts near one another.") % named
        if self.verdict is Verdict.CHANGED:
            return _("synthesis of “%(name)s” (version %(version)s): a text compared then has changed since, or is gone.") % named
        return (
            _(
                "synthesis of “%(name)s” (version %(version)s): comparing its texts again does NOT give the same near texts "
                "(%(families)s families)."
            )
            % named
        )


def compared_again(directory: str) -> Iterator[Again]:
    """Each version of each synthesis of this export, which is known to verify."""
    folder = verify.Folder(directory)
    entries = [verify.json.loads(line) for line in folder.lines("syntheses.jsonl")]
    counted = {number for entry in entries for number in entry["coverage"]["voices"]}
    texts: dict[int, dict[str, Any] | None] = {}
    for line in folder.lines("revisions.jsonl"):  # of each text the last version stays
        row = verify.json.loads(line)
        if row["contribution"] in counted:
            texts[row["contribution"]] = row["document"]
    return (_again(entry, texts) for entry in entries)


def _again(entry: dict[str, Any], texts: dict[int, dict[str, Any] | None]) -> Again:
    name, version, near = entry["consultation"], entry["version"], entry["coverage"]["near"]
    if near["computed_at"] is None or not near["formula"]:
        return Again(name, version, Verdict.NEVER)
    told = {number: texts[number] for number in entry["coverage"]["voices"]}
    compared_at = datetime.fromisoformat(near["computed_at"])
    if any(text is None or datetime.fromisoformat(text["published_at"]) > compared_at for text in told.values()):
        return Again(name, version, Verdict.CHANGED)
    words = {number: (text["title"], text["body"]) for number, text in told.items() if text and text["kind"] == "proposal"}
    found = computed(NEARNESS, words, (), settings={"texts": {str(number): said for number, said in words.items()}})
    cited = {number for _label, _kind, numbers in verify.claims_of(entry["content"]) for number in numbers}
    nearest = [list(row) for row in Pairs(found["pairs"]).nearest(told, cited & told.keys())]
    is_same = (found["formula"], found["families"], nearest) == (near["formula"], near["families"], near["nearest"])
    return Again(name, version, Verdict.SAME if is_same else Verdict.DIFFERENT, len(found["families"]))
