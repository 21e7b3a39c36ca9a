"""What does one vote read and write? One row read once its locks are held, then two rows written, by hand.

By hand because this is the busiest write of the site: the ORM's forms (`read_by_orm`, which a test holds equal to this one) take
four times as long. Neither of the rows written names an account.

On SQLite one writer writes at a time, so what is done inside the lock bounds the votes of the whole site. Who votes on a page
therefore `approach`es first: the same row is read, and the act written out, before its turn. Inside, `enter` reads the row again
and compares; only a row that has changed meanwhile is thought over again.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Model
from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account, Consent
from polyphonie.accounts.voter_secret import mail_mark, voter_secret
from polyphonie.accounts.wordings import opinions_subject
from polyphonie.consultation.ballots import vote_commitment, vote_content, withdraw_content
from polyphonie.consultation.models import Departure, Vote, series_on
from polyphonie.consultation.queries.agreements import has_agreed
from polyphonie.consultation.queries.departures import departure_mark
from polyphonie.contributions.models import Contribution, Revision, Status
from polyphonie.core.refusal import Refused
from polyphonie.core.storage.prepared import Prepared
from polyphonie.core.writing import hold
from polyphonie.ledger.actions import await_written, written_leaf
from polyphonie.ledger.keys import KeyMissing
from polyphonie.ledger.pseudonyms import nullifier, voter_pseudonym
from polyphonie.processes.models import Consultation, Process

SALT_BYTES = 32
DUE_AFTER_CLOSE = timedelta(hours=1)

CHANGED = ("seq", "position", "revision", "leaf_revision", "salt", "nonce", "leaf_hash")
"""What a vote that follows another puts in its row; it then waits for the next batch."""

READ: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "revision": (Revision, ("id", "number", "leaf_hash")),
    "text": (Contribution, ("id", "number", "kind", "status", "revision")),
    "consultation": (Consultation, ("id", "slug", "state", "opens_at", "closes_at", "is_imported")),
    "process": (Process, ("id", "slug", "log", "asks_consent")),
    "account": (Account, ("id", "email", "confirmed_on", "suspended_on", "closed_on", "wrapped_secret")),
}

_BY_KEY = "text.id = %s"
_BY_NUMBER = "process.slug = %s AND text.process_id = process.id AND text.status <> %s AND text.number = %s"

_current = Prepared(lambda voter, text: Vote.objects.select_for_update().filter(voter=voter, contribution_id=text).order_by("pk"))


class Standing(NamedTuple):
    """A text's current revision (with its text, consultation and process), an account, and whether this person agreed there;
    `row`: as the database said it."""

    row: tuple[Any, ...]
    revision: Revision
    account: Account
    has_agreed: bool


@dataclass(frozen=True)
class Cast:
    """A voter's position after the act, with what its receipt says. `position` and `salt` are empty once withdrawn."""

    number: int
    position: int | None
    seq: int
    revision: int
    leaf: str
    leaf_hash: bytes
    salt: bytes
    nonce: bytes
    due: datetime
    is_repeat: bool


@dataclass(frozen=True)
class Booth:
    """What decides of one act, the text with its current revision, the account, and by which names this person votes there.

    `voter`, `mark` and `departed` (the mark that an account with this address would have left) are empty without a voting secret.
    """

    standing: Standing
    voter: bytes
    mark: bytes
    departed: bytes
    drafts: dict[tuple[int, int | None, bytes], tuple[Vote, str]] = field(default_factory=dict)

    @property
    def revision(self) -> Revision:
        return self.standing.revision

    @property
    def text(self) -> Contribution:
        return self.standing.revision.contribution

    @property
    def account(self) -> Account:
        return self.standing.account

    def current_vote(self) -> Vote | None:
        """The voter's row, held until the end of the transaction (SQLite has one writer anyway)."""
        found = _current(voter=self.voter, text=self.text.pk) if self.voter else []
        return found[0] if found else None

    def written(self, *, seq: int, position: int | None, nonce: bytes) -> tuple[Vote, str]:
        """The row that this act would leave, and its leaf; asked again, the same."""
        act = (seq, position, nonce)
        if act not in self.drafts:
            self.drafts[act] = self._drafted(*act)
        return self.drafts[act]

    def _drafted(self, seq: int, position: int | None, nonce: bytes) -> tuple[Vote, str]:
        vote = Vote(
            consultation_id=self.text.consultation.pk,
            contribution_id=self.text.pk,
            voter=self.voter,
            seq=seq,
            position=position,
            revision=self.revision.number,
            leaf_revision=self.revision.number,
            salt=b"" if position is None else os.urandom(SALT_BYTES),
            nonce=nonce,
        )
        leaf, vote.leaf_hash = self.leaf(vote)
        return vote, leaf

    def kept(self, vote: Vote, leaf: str) -> Cast:
        """Leave the leaf to wait for its batch."""
        consultation = self.text.consultation
        series = series_on(consultation, self.text.number)
        await_written(consultation.process.log_id, series, kind_of(vote), leaf, bytes(vote.leaf_hash))
        return self._cast(vote, leaf, is_repeat=False)

    def repeated(self, current: Vote | None, *, position: int | None, nonce: bytes) -> Cast | None:
        """The same act posted again: its result recomputed."""
        if current is None or bytes(current.nonce) != nonce or current.position != position:
            return None
        leaf, _hashed = self.leaf(current)
        return self._cast(current, leaf, is_repeat=True)

    def leaf(self, vote: Vote) -> tuple[str, bytes]:
        """The leaf of a row of this voter on this text, and its hash."""
        number = self.text.number
        if vote.position is None:
            return written_leaf("withdraw", withdraw_content(number=number, mark=self.mark, seq=vote.seq))
        named = self.revision
        if vote.leaf_revision != named.number:
            named = Revision.objects.get(contribution_id=self.text.pk, number=vote.leaf_revision)
        commitment = vote_commitment(vote.position, bytes(vote.salt), bytes(vote.nonce))
        rev = bytes(named.leaf_hash)
        return written_leaf("vote", vote_content(number=number, rev=rev, mark=self.mark, seq=vote.seq, commitment=commitment))

    def _cast(self, vote: Vote, leaf: str, *, is_repeat: bool) -> Cast:
        closes_at = self.text.consultation.closes_at
        assert closes_at is not None
        return Cast(
            number=self.text.number,
            position=vote.position,
            seq=vote.seq,
            revision=vote.leaf_revision,
            leaf=leaf,
            leaf_hash=bytes(vote.leaf_hash),
            salt=bytes(vote.salt),
            nonce=bytes(vote.nonce),
            due=closes_at + DUE_AFTER_CLOSE,
            is_repeat=is_repeat,
        )


def approach(process: str, number: int, account: Account) -> Booth | None:
    """The same as `enter`, before one's turn, for the text of this number in the process of this slug; None when there is none.

    Nothing is held: it decides nothing. Raises Refused without the key.
    """
    row = _row(_BY_NUMBER, process, Status.SUBMITTED, number, account=account.pk)
    return None if row is None else _booth(_standing(row))


def enter(contribution: Contribution, account: Account, *, seen: Booth | None = None) -> Booth:
    """Read what decides, after the locks: the page's own objects may be older than they are, and what was `seen` on approaching
    holds only if nothing has changed. Raises Refused without the key."""
    hold(account, shared=True)
    row = _row(_BY_KEY, contribution.pk, account=account.pk)
    if row is None:
        raise Contribution.DoesNotExist
    booth = seen if seen is not None and seen.standing.row == row else _booth(_standing(row))
    if booth.text.consultation.pk != contribution.consultation_id:
        raise Refused(
            _("This text has just moved to another consultation: look at it again, and answer there."), status=HTTPStatus.CONFLICT
        )
    return booth


def _booth(standing: Standing) -> Booth:
    if standing.account.wrapped_secret is None:
        return Booth(standing, voter=b"", mark=b"", departed=b"")
    try:
        return booth_of(standing)
    except KeyMissing as missing:
        raise Refused(
            _("Voting is stopped: the key that keeps votes apart from accounts is missing. The site’s operator must restore it."),
            status=HTTPStatus.SERVICE_UNAVAILABLE,
        ) from missing


def booth_of(standing: Standing) -> Booth:
    """By which names this account votes on this text. Raises ledger.keys.KeyMissing."""
    text, consultation = standing.revision.contribution, standing.revision.contribution.consultation
    secret = voter_secret(standing.account)
    return Booth(
        standing,
        voter=voter_pseudonym(secret, consultation.process.slug, consultation.slug),
        mark=nullifier(secret, consultation.process.slug, text.number),
        departed=departure_mark(mail_mark(standing.account), consultation),
    )


def read_by_hand(contribution: int, account: int) -> Standing:
    """The current revision of a text with its text, consultation and process, the account, and whether it agreed, in one
    statement."""
    row = _row(_BY_KEY, contribution, account=account)
    if row is None:
        raise Contribution.DoesNotExist
    return _standing(row)


def _row(where: str, *values: int | str, account: int) -> tuple[Any, ...] | None:
    statement, _converters, _records = _reading(connection.alias)
    with connection.cursor() as cursor:
        cursor.execute(statement + where, [opinions_subject(""), account, *values])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _standing(row: tuple[Any, ...]) -> Standing:
    _statement, converters, records = _reading(connection.alias)
    values = list(row)
    for place, converter in converters:
        values[place] = converter(values[place])
    found: list[Any] = [model.from_db(connection.alias, columns, values[start:end]) for model, columns, start, end in records]
    revision, text, consultation, process, person = found
    revision.contribution, text.consultation, consultation.process = text, consultation, process
    return Standing(row, revision, person, not process.asks_consent or bool(values[-1]))


def read_by_orm(contribution: int, account: int) -> Standing:
    """What `read_by_hand` must equal."""
    revision = Revision.objects.select_related("contribution__consultation__process").get(
        contribution_id=contribution, number=F("contribution__revision")
    )
    person = Account.objects.get(pk=account)
    return Standing((), revision, person, has_agreed(person, revision.contribution.consultation.process))


def insert_first(vote: Vote, booth: Booth) -> bool:
    """Insert a voter's first row on a text; False when one stands already, be it written by a transaction of this very instant,
    or when someone with this address voted in this consultation and left.

    By hand too because the ORM's `bulk_create(ignore_conflicts=True)` does not say whether it wrote.
    """
    with connection.cursor() as cursor:
        values = [getattr(vote, column.attname) for column in Vote._meta.concrete_fields]
        cursor.execute(_insertion(), [*values, vote.consultation_id, booth.departed])
        return bool(cursor.rowcount == 1)


def replace(vote: Vote, *, after: int) -> bool:
    """Put the new act in the voter's row if it still stands where the page showed it and this is not the same act again, nor a
    vote taken back already; what the last batch published stays until the next."""
    changed = [*(getattr(vote, name) for name in CHANGED), True]
    where: list[Any] = [vote.voter, vote.contribution_id, after, False]
    where += [] if vote.position is None else [vote.nonce, vote.position]
    with connection.cursor() as cursor:
        cursor.execute(_replacement(is_withdrawal=vote.position is None), [*changed, *where])
        return bool(cursor.rowcount == 1)


def kind_of(vote: Vote) -> str:
    return "withdraw" if vote.position is None else "vote"


@lru_cache(maxsize=1)
def _insertion() -> str:
    fields = Vote._meta.concrete_fields
    named, marks = ", ".join(str(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    return (
        f"INSERT INTO {Vote._meta.db_table} ({named}) SELECT {marks} WHERE NOT EXISTS "  # noqa: S608  (names of our own tables and columns; values are bound)
        f"(SELECT 1 FROM {Departure._meta.db_table} WHERE consultation_id = %s AND mark = %s) ON CONFLICT DO NOTHING"
    )


@lru_cache(maxsize=2)
def _replacement(*, is_withdrawal: bool) -> str:
    changed = ", ".join(f"{name} = %s" for name in (*CHANGED, "is_waiting"))
    return (
        f"UPDATE {Vote._meta.db_table} SET {changed} "  # noqa: S608  (names of our own tables and columns; values are bound)
        "WHERE voter = %s AND contribution_id = %s AND seq = %s AND waits_for_close = %s AND "
        + ("position IS NOT NULL" if is_withdrawal else "(nonce <> %s OR position IS NULL OR position <> %s)")
    )


@lru_cache(maxsize=4)
def _reading(alias: str) -> tuple[str, list[tuple[int, Callable[[Any], Any]]], list[tuple[type[Model], list[str], int, int]]]:
    """The statement of `read_by_hand`, which of its columns become another value of Python on this database, and which make
    each of its five records."""
    fields = [(name, field) for name in READ for field in _fields(name)]
    converters = [(place, converter) for place, (name, field) in enumerate(fields) if (converter := _converter(name, field))]
    records, start = [], 0
    for name, (model, _names) in READ.items():
        columns = [field.attname for field in _fields(name)]
        records.append((model, columns, start, start + len(columns)))
        start += len(columns)
    statement = (
        f"SELECT {', '.join(f'{name}.{field.column}' for name, field in fields)}, "  # noqa: S608  (names of our own tables and columns; values are bound)
        f"EXISTS (SELECT 1 FROM {Consent._meta.db_table} consent WHERE consent.account_id = account.id "
        "AND consent.subject = %s || process.slug AND consent.withdrawn_on IS NULL) "
        f"FROM {Contribution._meta.db_table} text "
        f"JOIN {Revision._meta.db_table} revision ON revision.contribution_id = text.id AND revision.number = text.revision "
        f"JOIN {Consultation._meta.db_table} consultation ON consultation.id = text.consultation_id "
        f"JOIN {Process._meta.db_table} process ON process.id = consultation.process_id "
        f"JOIN {Account._meta.db_table} account ON account.id = %s WHERE "
    )
    return statement, converters, records


def _fields(name: str) -> list[Any]:
    """The fields read of one of the five records, in the model's own order, as `from_db` takes them."""
    model, names = READ[name]
    return [field for field in model._meta.concrete_fields if field.name in names]


def _converter(alias: str, field: Any) -> Callable[[Any], Any] | None:
    """How a column of this database becomes a value of Python; None when it is one as it comes."""
    expression = field.get_col(alias)
    converters = [*connection.ops.get_db_converters(expression), *field.get_db_converters(connection)]
    if not converters:
        return None

    def convert(value: Any) -> Any:
        for converter in converters:
            value = converter(value, expression, connection)
        return value

    return convert
