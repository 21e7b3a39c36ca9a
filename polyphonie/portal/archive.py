"""What does this site hold of me? One zip, written while it leaves, never on disk; `docs/reference/archive.md` describes it.

Nobody else's data are in it: of a text that mine answers, its number alone.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account, Membership, VerificationRequest
from polyphonie.accounts.queries import accesses_to, consents_of, recovery_codes_left
from polyphonie.annotations.models import Annotation
from polyphonie.annotations.places import places_of
from polyphonie.consultation.queries.positions import my_votes
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.core.addresses import absolute, contribution_address
from polyphonie.moderation.models import Appeal, Case
from polyphonie.moderation.queries import authored_by, hearing_of
from polyphonie.notifications.models import Event
from polyphonie.notifications.queries import refused_topics, subjects_followed
from polyphonie.outbox.queries import waiting
from polyphonie.portal.models import TakenText
from polyphonie.processes.models import RoleAssignment

FORMAT = "polyphonie/archive/1"
AT_ONCE = 200
Row = dict[str, Any]


def archive_of(account: Account, *, at: datetime) -> Iterator[bytes]:
    """The archive, piece by piece."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:  # type: ignore[call-overload]  # zipfile only writes to it
        for name, lines in _files(account, at):
            with packed.open(name, "w") as file:
                for line in lines:
                    file.write(line.encode())
                    yield sink.taken()
            yield sink.taken()
    yield sink.taken()


class _Sink:
    """Where the zip writes: what it has written is taken away and sent."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, some: bytes) -> int:
        self._held += some
        return len(some)

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held


def _files(account: Account, at: datetime) -> Iterator[tuple[str, Iterable[str]]]:
    yield "README.txt", [_readme()]
    yield "account.json", [_json(_account(account, at))]
    yield "organisations.csv", _csv(["name", "kind", "since_on", "verified_on"], _organisations(account))
    yield "verification_requests.csv", _csv(REQUEST, _requests(account))
    yield "roles.csv", _csv(["process", "role", "number", "body", "from_on", "until_on"], _roles(account))
    yield "texts.jsonl", (_json(row, indent=None) for row in _texts(account))
    yield "texts.csv", _csv(TEXT, _texts(account))
    yield "comments.jsonl", (_json(row, indent=None) for row in _comments(account))
    yield "comments.csv", _csv(COMMENT, _comments(account))
    yield "votes.csv", _csv(VOTE, _votes(account))
    yield "subscriptions.csv", _csv(["subject"], ({"subject": one} for one in subjects_followed(account)))
    yield (
        "drafts.csv",
        _csv(DRAFT, ({name: getattr(one, name) for name in DRAFT} for one in TakenText.objects.filter(account=account))),
    )
    yield "consents.csv", _csv(CONSENT, ({name: getattr(one, name) for name in CONSENT} for one in consents_of(account)))
    yield "staff_access.csv", _csv(ACCESS, ({name: getattr(one, name) for name in ACCESS} for one in accesses_to(account)))
    yield "moderation.json", [_json({"cases": list(_moderation(account))})]
    yield "messages.json", [_json(_messages(account))]


REQUEST = ["organisation", "state", "evidence", "reason", "requested_on", "decided_on"]
TEXT = [
    "process", "consultation", "number", "kind", "nature", "about", "side", "title", "body", "url", "category", "author_name",
    "speaks_for", "published_at", "revision", "status", "status_ground", "fate", "fate_reason", "address",
]  # fmt: skip
COMMENT = [
    "process", "document", "number", "discussion", "title", "body", "passage", "author_name", "speaks_for", "published_at",
    "status", "status_ground", "answer", "answer_reason", "address",
]  # fmt: skip
DRAFT = ["kind", "title", "body", "url", "origin", "taken_on"]
CONSENT = ["subject", "wording", "wording_hash", "language", "given_on", "withdrawn_on"]
ACCESS = ["seen_on", "by", "process", "what", "why"]
VOTE = ["process", "consultation", "number", "title", "position", "revision", "is_waiting"]


def _account(account: Account, at: datetime) -> Row:
    return {
        "format": FORMAT,
        "made_at": at.isoformat(timespec="minutes"),
        "account": {
            "email": account.email,
            "joined_on": account.joined_on,
            "confirmed_on": account.confirmed_on,
            "last_seen_on": account.last_seen_on,
            "suspended_on": account.suspended_on,
            "is_administrator": account.is_administrator,
        },
        "settings": {
            "display_name": account.display_name,
            "hidden_name": account.hidden_name,
            "name_hidden_on": account.name_hidden_on,
            "name_ground": account.name_ground,
            "language": account.language,
            "category": account.category,
            "territory": account.territory,
            "off_the_map_on": account.off_the_map_on,
            "refused_messages": sorted(refused_topics(account)),
        },
        "consents": {"is_listed_among_participants": account.is_listed},
        "locks": {
            "has_password": account.has_usable_password(),
            "has_second_factor": account.has_second_factor,
            "printed_codes_left": recovery_codes_left(account),
            "events": [
                {"kind": event.kind, "reason": event.reason, "happened_on": event.happened_on}
                for event in account.security_events.all()
            ],
        },
    }


def _organisations(account: Account) -> Iterator[Row]:
    for one in Membership.objects.filter(account=account).select_related("organisation").order_by("since_on", "pk"):
        of = one.organisation
        yield {"name": of.name, "kind": of.kind, "since_on": one.since_on, "verified_on": of.verified_on}


def _requests(account: Account) -> Iterator[Row]:
    for one in VerificationRequest.objects.filter(requested_by=account).select_related("organisation").order_by("pk"):
        yield {name: one.organisation.name if name == "organisation" else getattr(one, name) for name in REQUEST}


def _roles(account: Account) -> Iterator[Row]:
    for one in RoleAssignment.objects.filter(account=account).select_related("process").order_by("pk"):
        yield {
            "process": one.process.slug,
            "role": one.role,
            "number": one.number,
            "body": one.body,
            "from_on": one.from_on,
            "until_on": one.until_on,
        }


def _texts(account: Account) -> Iterator[Row]:
    texts = Contribution.objects.filter(author=account).select_related("process", "consultation", "about", "speaks_for")
    for text in texts.prefetch_related("revisions").order_by("published_at", "pk").iterator(chunk_size=AT_ONCE):
        yield {
            **{name: getattr(text, name) for name in TEXT if name not in ("address", "process", "consultation")},
            "process": text.process.slug,
            "consultation": text.consultation.slug,
            "about": None if text.about is None else text.about.number,
            "speaks_for": "" if text.speaks_for is None else text.speaks_for.name,
            "address": absolute(contribution_address(text.process.slug, text.number)),
            "revisions": [_revision(revision) for revision in text.revisions.all()],
        }


def _revision(revision: Revision) -> Row:
    return {name: getattr(revision, name) for name in ("number", "reason", "title", "body", "url", "category", "published_at")}


def _comments(account: Account) -> Iterator[Row]:
    """What I said of a synthesis, each with the words it is about, and its answer."""
    said = Annotation.objects.filter(author=account).select_related("document__process", "discussion", "speaks_for")
    for one in said.prefetch_related("anchors").order_by("published_at", "pk").iterator(chunk_size=AT_ONCE):
        yield {
            **{name: getattr(one, name) for name in COMMENT if hasattr(one, name)},
            "process": one.document.process.slug,
            "document": one.document.slug,
            "discussion": one.opening.number,
            "passage": next((anchor.exact for anchor in one.anchors.all()), ""),
            "speaks_for": "" if one.speaks_for is None else one.speaks_for.name,
            "address": absolute(places_of(one.document).discussion(one.number)),
        }


def _votes(account: Account) -> Iterator[Row]:
    """Recomputed on the spot from the secret of the account: nothing holds this list."""
    for consultation, mine in my_votes(account):
        for text, vote in mine:
            yield {
                "process": consultation.process.slug,
                "consultation": consultation.slug,
                "number": text.number,
                "title": text.title if text.is_visible else "",
                "position": vote.position,
                "revision": vote.revision,
                "is_waiting": vote.is_waiting,
            }


def _moderation(account: Account) -> Iterator[Row]:
    """What was held against my texts or my name, what I replied, what was decided and why; never the words of who flagged."""
    for case in Case.objects.filter(authored_by([account])).order_by("pk"):
        hearing = hearing_of(case)
        yield {
            "number": None if case.contribution is None else case.contribution.number,
            "object": case.object_name,
            "state": case.state,
            "hearing": None
            if hearing is None
            else {name: getattr(hearing, name) for name in ("ground", "facts", "notified_at", "reply", "replied_at")},
            "decisions": [
                {
                    **{name: getattr(one, name) for name in ("act", "ground", "actor", "decided_at", "ended_at")},
                    "facts": "" if one.statement is None else one.statement.facts,
                    "before": None
                    if one.sealed_or_none is None
                    else {name: getattr(one.sealed_or_none, name) for name in ("title", "body", "url", "category")},
                }
                for one in case.decisions.select_related("statement", "sealed")
            ],
            "appeals": [
                {name: getattr(one, name) for name in ("words", "lodged_at", "outcome", "reasons", "judged_at")}
                for one in Appeal.objects.filter(decision__case=case).order_by("pk")
            ],
        }


def _messages(account: Account) -> Row:
    """What is still to be told or sent; codes left out, which serve minutes."""
    events = Event.objects.filter(account=account).order_by("pk")
    mails = waiting().filter(to=account.email or "", worthless_after=None).order_by("pk")
    return {
        "to_tell": [
            {name: getattr(event, name) for name in ("topic", "line", "address", "happened_on", "told_on")} for event in events
        ],
        "to_send": [{name: getattr(mail, name) for name in ("subject", "body", "queued_at")} for mail in mails],
    }


def _json(content: Row, indent: int | None = 1) -> str:
    return json.dumps(content, ensure_ascii=False, indent=indent, default=lambda value: value.isoformat()) + "\n"


def _csv(columns: list[str], rows: Iterable[Row]) -> Iterator[str]:
    yield _line(columns)
    for row in rows:
        yield _line([_cell(row[name]) for name in columns])


def _line(cells: list[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet runs as a formula; the exact words are in the JSON files."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return "" if value is None else value


def _readme() -> str:
    return (
        _(
            "This is everything that this site holds of you. Your votes were found again with your account's secret when you "
            "asked: nothing on the site keeps this list. Keep this file where others cannot read it."
        )
        + "\n"
    )
