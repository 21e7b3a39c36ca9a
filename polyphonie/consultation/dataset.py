"""What is published of votes? The openings of published batches without any name, the tallies, the list orders."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import F, Q

from polyphonie.consultation.ballots import nonce_hash
from polyphonie.consultation.listing import ORDERS, Order
from polyphonie.consultation.models import ImportedVote, Opening, OpinionAnalysis
from polyphonie.consultation.queries.lists import listed
from polyphonie.consultation.queries.opinions import finished_imports
from polyphonie.contributions.dataset import WITHIN_A_TEXT
from polyphonie.contributions.models import Contribution, Kind, Revision, Status
from polyphonie.core.printing import to_the_minute
from polyphonie.core.tables import CSV, JSON_LINES, Column, Part, Placed, Row, Table, UnknownPlace, chosen, in_turn
from polyphonie.ledger.canonical import b64
from polyphonie.processes.models import Consultation, Process

AT_ONCE = 2_000
LARGEST_KEY = 1 << 63
_NAMED = "key_{}"
_FROM_THE_FIRST: tuple[int, ...] = ()
WEB, COPY, IMPORT = "web", "copy", "import"
VOTABLE = (Kind.PROPOSAL, Kind.COMPLETION)
OF_A_TEXT = {"number": "contribution__number"}

_OPENED = """
    SELECT e.position, c.number, v.published_leaf_revision, v.published_position, v.published_salt, v.published_nonce
    FROM {first} CROSS JOIN {second} CROSS JOIN {third}
    WHERE e.log_id = %s AND c.process_id = %s AND v.published_position IS NOT NULL
      AND e.leaf_hash = v.published_leaf_hash AND c.id = v.contribution_id
"""
_LEAF, _VOTE, _TEXT = "ledger_entry e", "consultation_vote v", "contributions_contribution c"
_ALONG_THE_REGISTER = _OPENED.format(first=_LEAF, second=_VOTE, third=_TEXT)
_OF_ONE_TEXT = _OPENED.format(first=_TEXT, second=_VOTE, third=_LEAF)
"""The order of a CROSS JOIN is the one in which SQLite reads; PostgreSQL chooses its own."""


def _votes(process: Process, part: Part) -> Iterator[Placed]:
    return in_turn(process, part, {WEB: _cast_votes, COPY: _copied_votes, IMPORT: _imported_votes})


def _cast_votes(process: Process, part: Part) -> Iterator[Placed]:
    """Votes cast here, in the order of their leaves."""
    words = _ALONG_THE_REGISTER
    values: list[str | int] = [process.log_id, process.pk]
    if "number" in part.where:
        words, values = _OF_ONE_TEXT + " AND c.number = %s", [*values, part.where["number"]]
    match part.after:
        case ():
            pass
        case (int(leaf),):
            words, values = words + " AND e.position > %s", [*values, leaf]
        case _:
            raise UnknownPlace
    words += " ORDER BY e.position"
    if part.most is not None:
        words, values = words + " LIMIT %s", [*values, part.most]
    with connection.chunked_cursor() as cursor:
        cursor.execute(words, values)
        while rows := cursor.fetchmany(AT_ONCE):
            for leaf, number, revision, position, salt, nonce in rows:
                yield (leaf,), _opening(leaf, number, revision, position, b64(bytes(salt)), b64(nonce_hash(bytes(nonce))), WEB)


def _copied_votes(process: Process, part: Part) -> Iterator[Placed]:
    """The openings of a process rebuilt from its published files, as they were published."""
    votes = Opening.objects.filter(contribution__process=process).values_list(
        "leaf_position", "contribution__number", "revision", "position", "salt", "nonce_hash"
    )
    read = chosen(votes, part, order={"leaf_position": int}, by=OF_A_TEXT)
    for leaf, number, revision, position, salt, nonce in read.iterator(chunk_size=AT_ONCE):
        yield (leaf,), _opening(leaf, number, revision, position, b64(bytes(salt)), b64(bytes(nonce)), WEB)


def _imported_votes(process: Process, part: Part) -> Iterator[Placed]:
    """Votes taken over, in the order of their file: their leaf is the `import` leaf."""
    leaves = finished_imports(process)
    votes = ImportedVote.objects.filter(contribution__process=process, import_number__in=list(leaves)).values_list(
        "import_number", "line", "contribution__number", "revision", "position"
    )
    read = chosen(votes, part, order={"import_number": int, "line": int}, by=OF_A_TEXT)
    for imported, line, number, revision, position in read.iterator(chunk_size=AT_ONCE):
        yield (imported, line), _opening(leaves.get(imported), number, revision, position, "", "", IMPORT)


def _opening(leaf: int | None, number: int, revision: int, position: int, salt: str, nonce: str, origin: str) -> Row:
    return {
        "leaf": leaf,
        "number": number,
        "revision": revision,
        "position": position,
        "salt": salt,
        "nonce_hash": nonce,
        "origin": origin,
    }


VOTES = Table(
    "votes",
    CSV,
    "The votes of published batches, opened, without any name",
    (
        Column(
            "leaf",
            "integer",
            "The position of its leaf in ledger/leaves.jsonl (of the import, for a vote taken over).",
            is_nullable=True,
        ),
        Column("number", "integer", "The number of the text voted on."),
        Column("revision", "integer", "The revision that its leaf names."),
        Column("position", "integer", "1 agree, 0 mixed, -1 disagree."),
        Column("salt", "string", "The salt of its commitment, base64url; empty for a vote taken over.", is_computed=True),
        Column(
            "nonce_hash", "string", "The hash of the voter's nonce, base64url; empty for a vote taken over.", is_computed=True
        ),
        Column("origin", "string", "web, or import for votes taken over from another site.", choices=(WEB, IMPORT)),
    ),
    placed=_votes,
    filters=("number",),
)


def _tallies(process: Process, part: Part) -> Iterator[Placed]:
    return in_turn(process, part, {WEB: _cast_tallies, IMPORT: _imported_tallies})


def _cast_tallies(process: Process, part: Part) -> Iterator[Placed]:
    """The totals of votes cast here: of each current revision, and of those before it that have some."""
    revisions = (
        Revision.objects.filter(contribution__process=process, contribution__kind__in=VOTABLE)
        .filter(Q(number=F("contribution__revision")) | Q(agree__gt=0) | Q(mixed__gt=0) | Q(disagree__gt=0))
        .exclude(contribution__status=Status.SUBMITTED)
        .filter(contribution__consultation__is_imported=False)
        .values_list("contribution__number", "number", "agree", "mixed", "disagree")
    )
    read = chosen(revisions, part, order=WITHIN_A_TEXT, by=OF_A_TEXT)
    for number, revision, agree, mixed, disagree in read.iterator(chunk_size=AT_ONCE):
        yield (number, revision), _tally(number, revision, WEB, agree, mixed, disagree)


def _imported_tallies(process: Process, part: Part) -> Iterator[Placed]:
    """The totals of votes taken over."""
    texts = (
        Contribution.objects.filter(process=process, kind__in=VOTABLE, consultation__is_imported=True)
        .exclude(status=Status.SUBMITTED)
        .values_list("number", "revision", "imported_agree", "imported_mixed", "imported_disagree")
    )
    read = chosen(texts, part, order={"number": int}, by={"number": "number"})
    for number, revision, agree, mixed, disagree in read.iterator(chunk_size=AT_ONCE):
        yield (number,), _tally(number, revision, IMPORT, agree, mixed, disagree)


def _tally(number: int, revision: int, origin: str, agree: int, mixed: int, disagree: int) -> Row:
    raw = agree + mixed + disagree
    return {
        "number": number,
        "revision": revision,
        "origin": origin,
        "agree": agree,
        "mixed": mixed,
        "disagree": disagree,
        "raw": raw,
        "excluded": 0,
        "final": raw,
    }


TALLIES = Table(
    "tallies",
    CSV,
    "The totals of each text and revision",
    (
        Column("number", "integer", "The number of the text."),
        Column("revision", "integer", "The revision that these votes count for."),
        Column("origin", "string", "web, or import: never added.", choices=(WEB, IMPORT)),
        Column("agree", "integer", "How many agree."),
        Column("mixed", "integer", "How many are mixed."),
        Column("disagree", "integer", "How many disagree."),
        Column("raw", "integer", "Their sum."),
        Column("excluded", "integer", "Votes excluded: always 0 in this version."),
        Column("final", "integer", "What remains: equal to raw."),
    ),
    placed=_tallies,
    filters=("number",),
)


def _listings(process: Process, part: Part) -> Iterator[Placed]:
    """Each order of each list, from its first text; a place says the keys of its text, beyond which the next part begins."""
    after, left = part.after, part.most
    for consultation, order in _lists(process, part):
        rank, keys = 0, _FROM_THE_FIRST
        match after:
            case ():
                pass
            case (str(slug), str(name), int(last), *found):
                if (slug, name) != (consultation.slug, order.slug):
                    continue
                rank, keys, after = last, _keys_in(found, order), ()
            case _:
                raise UnknownPlace
        for found_keys, row in _ranks(consultation, order, rank, keys, left):
            yield (consultation.slug, order.slug, row["rank"], *found_keys), row
            left = None if left is None else left - 1
        if left == 0:
            return
    if after:
        raise UnknownPlace


def _lists(process: Process, part: Part) -> Iterator[tuple[Consultation, Order]]:
    shown = Consultation.objects.filter(process=process).exclude(state=Consultation.State.DRAFT).order_by("pk")
    if "consultation" in part.where:
        shown = shown.filter(slug=part.where["consultation"])
    for consultation in shown:
        for order in ORDERS.values():
            if part.where.get("order", order.slug) == order.slug:
                yield consultation, order


def _keys_in(found: list[str | int], order: Order) -> tuple[int, ...]:
    """The whole numbers of a place; raises UnknownPlace."""
    try:
        keys = tuple(int(piece) for piece in found)
    except ValueError as error:
        raise UnknownPlace from error
    if len(keys) != len(order.fields) or any(abs(key) >= LARGEST_KEY for key in keys):
        raise UnknownPlace
    return keys


def _ranks(
    consultation: Consultation, order: Order, rank: int, keys: tuple[int, ...], most: int | None
) -> Iterator[tuple[tuple[int, ...], Row]]:
    """The texts of a list beyond these keys, each with its own: one walk along the index of its order."""
    texts = listed(consultation).annotate(**{_NAMED.format(at): expression for at, (expression, _) in enumerate(order.walk)})
    shown = texts.filter(_beyond(order, keys)).order_by(*order.fields)[:most]
    for place, text in enumerate(shown.iterator(chunk_size=AT_ONCE), start=rank + 1):
        yield (
            tuple(getattr(text, _NAMED.format(at)) for at in range(len(order.fields))),
            {
                "consultation": consultation.slug,
                "order": order.slug,
                "as_of": None if consultation.drawn_on is None else consultation.drawn_on.isoformat(),
                "rank": place,
                "number": text.number,
                "key": " ".join(str(part) for part in order.key_of(text, consultation)),
            },
        )


def _beyond(order: Order, keys: tuple[int, ...]) -> Q:
    """What comes after these keys in this order: the first key that differs decides."""
    condition, equal = Q(), Q()
    for at, (key, (_expression, is_descending)) in enumerate(zip(keys, order.walk, strict=False)):
        name = _NAMED.format(at)
        further = Q(**{f"{name}__{'lt' if is_descending else 'gt'}": key})
        condition |= equal & further
        equal &= Q(**{name: key})
    if keys:  # said first and alone, so that the walk begins there along the index
        condition &= Q(**{f"{_NAMED.format(0)}__{'lte' if order.walk[0][1] else 'gte'}": keys[0]})
    return condition


LISTINGS = Table(
    "listings",
    CSV,
    "The order of each list, with the keys that give it",
    (
        Column("consultation", "string", "The word of the consultation in addresses."),
        Column("order", "string", "discover, recent, supported, divisive or argued.", choices=tuple(ORDERS)),
        Column("as_of", "date", "The day of the draw.", is_nullable=True),
        Column("rank", "integer", "The place in the list, from 1."),
        Column("number", "integer", "The number of the text."),
        Column("key", "string", "The whole numbers that order it, ascending, separated by spaces."),
    ),
    placed=_listings,
    filters=("consultation", "order"),
)


def _opinions(process: Process) -> Iterator[Row]:
    """The analyses that were published, by consultation."""
    analysed = OpinionAnalysis.objects.filter(consultation__process=process).exclude(result={}).select_related("consultation")
    for analysis in analysed.order_by("consultation__slug"):
        yield {
            "consultation": analysis.consultation.slug,
            "computed_at": to_the_minute(analysis.computed_at),
            "analysis": analysis.result,
        }


OPINIONS = Table(
    "opinions",
    JSON_LINES,
    "What the votes of a closed consultation say taken together: computed by the operator, not verifiable",
    (
        Column("consultation", "string", "The slug of the consultation."),
        Column("computed_at", "datetime", "When it was computed, once, after the close."),
        Column(
            "analysis",
            "object",
            "Groups or their absence, densities, what is shared and what divides; never fewer than ten people.",
        ),
    ),
    rows=_opinions,
)
