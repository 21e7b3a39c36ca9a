"""What does one vote read and write? One row read once its locks are held, then two rows written, by hand.

By hand because this is the busiest write of the site: the ORM's form (`read_by_orm`, which a test holds equal to this one) takes
four times as long. Neither of the rows written names an account.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.db import connection
from django.db.models import F, Model
from django.utils.translation import gettext as _

from polyphonie.accounts.models import Account
from polyphonie.accounts.voter_secret import voter_secret
from polyphonie.consultation.ballots import vote_commitment, vote_content, withdraw_content
from polyphonie.consultation.models import Vote
from polyphonie.contributions.models import Contribution, Revision
from polyphonie.core.refusal import Refused
from polyphonie.core.writing import hold
from polyphonie.ledger.actions import await_written, written_leaf
from polyphonie.ledger.keys import KeyMissing
from polyphonie.ledger.pseudonyms import nullifier, voter_pseudonym
from polyphonie.processes.models import Consultation, Process

SALT_BYTES = 32
DUE_AFTER_CLOSE = timedelta(hours=1)

READ: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "revision": (Revision, ("id", "number", "leaf_hash")),
    "text": (Contribution, ("id", "number", "kind", "status", "revision")),
    "consultation": (Consultation, ("id", "slug", "state", "opens_at", "closes_at", "is_imported")),
    "process": (Process, ("id", "slug", "log", "asks_consent")),
    "account": (Account, ("id", "email", "confirmed_on", "suspended_on", "closed_on", "wrapped_secret")),
}


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
    """What one act reads inside its transaction: the text with its current revision, the account, its two pseudonyms."""

    revision: Revision
    account: Account
    voter: bytes
    mark: bytes

    @property
    def text(self) -> Contribution:
        return self.revision.contribution

    def current_vote(self) -> Vote | None:
        """The voter's row, held until the end of the transaction (SQLite has one writer anyway)."""
        if not self.voter:
            return None
        return Vote.objects.select_for_update().filter(voter=self.voter, contribution_id=self.text.pk).first()

    def written(self, *, seq: int, position: int | None, nonce: bytes) -> tuple[Vote, str]:
        """The row that this act would leave, and its leaf."""
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
        await_written(consultation.process.log_id, consultation.slug, kind_of(vote), leaf, bytes(vote.leaf_hash))
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


def enter(contribution: Contribution, account: Account) -> Booth:
    """Read what decides, after the locks: the page's own objects may be older than they are. Raises Refused without the key."""
    hold(account, shared=True)
    revision, fresh = read_by_hand(contribution.pk, account.pk)
    consultation = revision.contribution.consultation
    if consultation.pk != contribution.consultation_id:
        raise Refused(
            _("This text has just moved to another consultation: look at it again, and answer there."), status=HTTPStatus.CONFLICT
        )
    if fresh.wrapped_secret is None:
        return Booth(revision=revision, account=fresh, voter=b"", mark=b"")
    try:
        secret = voter_secret(fresh)
    except KeyMissing as missing:
        raise Refused(
            _("Voting is stopped: the key that keeps votes apart from accounts is missing. The site’s operator must restore it."),
            status=HTTPStatus.SERVICE_UNAVAILABLE,
        ) from missing
    return Booth(
        revision=revision,
        account=fresh,
        voter=voter_pseudonym(secret, consultation.process.slug, consultation.slug),
        mark=nullifier(secret, consultation.process.slug, revision.contribution.number),
    )


def read_by_hand(contribution: int, account: int) -> tuple[Revision, Account]:
    """The current revision of a text with its text, consultation and process, and the account, in one statement."""
    statement, converted = _reading(connection.alias)
    with connection.cursor() as cursor:
        cursor.execute(statement, [account, contribution])
        row = cursor.fetchone()
    if row is None:
        raise Contribution.DoesNotExist
    values = [converter(value) for converter, value in zip(converted, row, strict=True)]
    found: dict[str, Any] = {}
    start = 0
    for name, (model, _names) in READ.items():
        columns = [field.attname for field in _fields(name)]
        found[name] = model.from_db(connection.alias, columns, values[start : start + len(columns)])
        start += len(columns)
    found["revision"].contribution = found["text"]
    found["text"].consultation = found["consultation"]
    found["consultation"].process = found["process"]
    return found["revision"], found["account"]


def read_by_orm(contribution: int, account: int) -> tuple[Revision, Account]:
    """What `read_by_hand` must equal."""
    revision = Revision.objects.select_related("contribution__consultation__process").get(
        contribution_id=contribution, number=F("contribution__revision")
    )
    return revision, Account.objects.get(pk=account)


def insert_first(vote: Vote) -> bool:
    """Insert a voter's first row on a text; False when one stands already, be it written by a transaction of this very instant.

    By hand too because the ORM's `bulk_create(ignore_conflicts=True)` does not say whether it wrote.
    """
    with connection.cursor() as cursor:
        cursor.execute(_insertion(), [getattr(vote, field.attname) for field in Vote._meta.concrete_fields])
        return bool(cursor.rowcount == 1)


def replace(current: Vote, vote: Vote) -> bool:
    """Put the new act in the voter's row if it is still as it was read; what the last batch published stays until the next."""
    replaced = Vote.objects.filter(pk=current.pk, seq=current.seq).update(
        seq=vote.seq,
        position=vote.position,
        revision=vote.revision,
        leaf_revision=vote.leaf_revision,
        salt=vote.salt,
        nonce=vote.nonce,
        leaf_hash=vote.leaf_hash,
        is_waiting=True,
    )
    return replaced == 1


def kind_of(vote: Vote) -> str:
    return "withdraw" if vote.position is None else "vote"


@lru_cache(maxsize=1)
def _insertion() -> str:
    fields = Vote._meta.concrete_fields
    named, marks = ", ".join(str(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {Vote._meta.db_table} ({named}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608  (names of our own tables and columns; values are bound)


@lru_cache(maxsize=4)
def _reading(alias: str) -> tuple[str, list[Callable[[Any], Any]]]:
    """The statement of `read_by_hand`, and how each of its columns becomes a value of Python on this database."""
    columns = [f"{name}.{field.column}" for name in READ for field in _fields(name)]
    converted = [_converter(name, field) for name in READ for field in _fields(name)]
    statement = (
        f"SELECT {', '.join(columns)} FROM {Contribution._meta.db_table} text "  # noqa: S608  (names of our own tables and columns; values are bound)
        f"JOIN {Revision._meta.db_table} revision ON revision.contribution_id = text.id AND revision.number = text.revision "
        f"JOIN {Consultation._meta.db_table} consultation ON consultation.id = text.consultation_id "
        f"JOIN {Process._meta.db_table} process ON process.id = consultation.process_id "
        f"JOIN {Account._meta.db_table} account ON account.id = %s WHERE text.id = %s"
    )
    return statement, converted


@lru_cache(maxsize=len(READ))
def _fields(name: str) -> list[Any]:
    """The fields read of one of the five records, in the model's own order, as `from_db` takes them."""
    model, names = READ[name]
    return [field for field in model._meta.concrete_fields if field.name in names]


def _converter(alias: str, field: Any) -> Callable[[Any], Any]:
    expression = field.get_col(alias)
    converters = [*connection.ops.get_db_converters(expression), *field.get_db_converters(connection)]

    def convert(value: Any) -> Any:
        for converter in converters:
            value = converter(value, expression, connection)
        return value

    return convert
