"""What was erased or hidden since a backup was made? It is erased and hidden again before the restored database is served."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from polyphonie.accounts import closings, sessions
from polyphonie.contributions import actions as voices
from polyphonie.contributions.models import Contribution, Status
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import writing
from polyphonie.ledger import folder as log_folder
from polyphonie.portal.actions import close_account_of
from polyphonie.processes.models import Process

logger = logging.getLogger(__name__)


@dataclass
class Replayed:
    """What was done again, and what could not be: each of these in a sentence."""

    closed: int = 0
    withdrawn: int = 0
    hidden: int = 0
    refused: list[str] = field(default_factory=list)
    masked: set[int] = field(default_factory=set)


def replay(noted: list[closings.Closing], gaps: list[log_folder.Gap]) -> Replayed:
    """Close again the accounts that the journal says closed, then do again what the lost leaves say of texts.

    Every session goes first: one that was signed out of since, or that holds the words of someone who left, would live again.
    """
    done = Replayed()
    with writing():
        sessions.destroy_all()
    for account, closing in closings.to_close_again(noted):
        try:
            with writing() as now:
                close_account_of(account, removes_texts=closing.removes_texts, withdraws_votes=closing.withdraws_votes, now=now)
            done.closed += 1
        except Refused as refused:
            done.refused.append(f"compte {account.pk}: {refused.reason}")
    for gap in gaps:
        process = Process.objects.filter(log=log_folder.log_of(gap.standing)).first()
        if process is not None:
            _replay_texts(process, gap, done)
    return done


def _replay_texts(process: Process, gap: log_folder.Gap, done: Replayed) -> None:
    for leaf, text in _touched(process, gap):
        try:
            with writing() as now:
                _do_again(leaf, text, done, now)
        except Refused as refused:
            logger.info("%s: %s", text, refused.reason)  # already withdrawn, hidden or shown: another leaf said so


def _do_again(leaf: dict[str, str], text: Contribution, done: Replayed, now: datetime) -> None:
    """What one lost leaf says of a text. A masked passage is lost with its mask: the whole text is hidden instead, for good
    until a moderator looks at it."""
    act = leaf.get("act", "") if leaf["kind"] == "mod" else "erased by its author" if leaf["ground"] == "author" else ""
    said: dict[str, Any] = {"ground": leaf.get("ground", ""), "actor": leaf.get("actor", ""), "now": now}
    if act == "erased by its author" and text.author is not None:
        voices.withdraw(text, author=text.author, now=now)
        done.withdrawn += 1
    elif act in ("hidden", "masked"):
        if act == "masked":
            done.masked.add(text.pk)
        voices.hide(text, **said)
        done.hidden += 1
    elif act == "removed":
        if text.status == Status.PUBLISHED:
            voices.hide(text, **said)
        voices.remove(text, **said)
        done.withdrawn += 1
    elif act == "refused":
        voices.refuse_submitted(text, **said)
        done.hidden += 1
    elif act == "name_hidden":
        voices.hide_author_name(text, ground=leaf.get("ground", ""), actor=leaf["actor"])
        done.hidden += 1
    elif act == "restored" and text.pk not in done.masked:
        voices.restore(text, actor=leaf["actor"], now=now)


def _touched(process: Process, gap: log_folder.Gap) -> Iterator[tuple[dict[str, str], Contribution]]:
    """The lost leaves that erase or hide a text of this database, in order, each with its text read afresh."""
    for line in log_folder.kept_leaves(gap.standing, gap.common):
        leaf = json.loads(line)
        _kind, _slash, number = str(leaf.get("object", "")).partition("/")
        if leaf["kind"] not in ("erase", "mod") or not number.isdecimal():
            continue
        texts = Contribution.objects.filter(process=process, number=int(number)).select_related("process__log", "author", "about")
        text = texts.first()
        if text is not None:
            yield leaf, text
