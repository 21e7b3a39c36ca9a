"""Which voices speak of this? French search, alike on both databases, and the candidates for « déjà dit ».

Results come in one order that anyone can recompute: first the texts whose *title* answers the query, then the others; within
each, the latest number first. No relevance score, nothing personal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from polyphonie.contributions.models import Contribution, Kind, SearchText, Status
from polyphonie.core.storage.prepared import Prepared
from polyphonie.core.writing import assert_writing
from polyphonie.opinion.texts.french import Query, index_text, is_stop_word, parse_query, stems, words
from polyphonie.processes.models import Consultation, Process

MOST_COUNTED = 1000
"""Nobody turns fifty pages of results; to count the texts that hold a common word would cost more than to find its first."""
_FTS5 = "SELECT rowid FROM contributions_search WHERE contributions_search MATCH %s"
MOST_CANDIDATES = 200
MOST_CANDIDATE_STEMS = 40
MOST_HOLDERS = 2_000
"""A stem that more texts hold tells hardly anything: they are counted no further."""


@dataclass(frozen=True)
class Found:
    """One page of results: contributions in order, and how many there are in all, `MOST_COUNTED` at most: `is_more` says
    that there are more still."""

    contributions: list[Contribution]
    total: int
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class Stem:
    """A stem as the index holds it, or the letters with which stems begin; plain lower-case letters and digits."""

    letters: str
    is_beginning: bool = False


def index(contribution: Contribution) -> None:
    """Bring the index in line with a voice: its stems while it is shown, nothing once it is not."""
    assert_writing()
    if contribution.status != Status.PUBLISHED:
        SearchText.objects.filter(pk=contribution.pk).delete()
        return
    title, text = stems_of(contribution.title, contribution.body)
    SearchText.objects.update_or_create(pk=contribution.pk, defaults={"title": title, "text": text})


def index_new(contributions: Iterable[Contribution]) -> None:
    """Index voices that are not in the index yet, in bulk (an import)."""
    assert_writing()
    rows = []
    for contribution in contributions:
        title, text = stems_of(contribution.title, contribution.body)
        rows.append(SearchText(contribution_id=contribution.pk, title=title, text=text))
    SearchText.objects.bulk_create(rows, batch_size=500)


def rebuild(process: Process) -> int:
    """Write the whole index of a process anew (after an upgrade of the stemmer); how many voices."""
    assert_writing()
    SearchText.objects.filter(contribution__process=process).delete()
    visible = Contribution.objects.filter(process=process, status=Status.PUBLISHED).order_by("pk")
    index_new(visible.iterator(chunk_size=500))
    return visible.count()


def stems_of(title: str, body: str) -> tuple[str, str]:
    """The two index texts of a voice: of its title, and of its title and text together."""
    return index_text(title), index_text(f"{title}\n{body}")


def search(
    process: Process,
    asked: str,
    *,
    kind: str = "",
    consultation: Consultation | None = None,
    theme: int | None = None,
    offset: int = 0,
    limit: int = 20,
) -> Found:
    """The visible voices of a process that answer what was asked, one page of them. An empty question finds nothing."""
    query = parse_query(asked)
    if not query:
        return Found([], 0)
    visible = Contribution.objects.filter(process=process, status=Status.PUBLISHED)
    if kind:
        visible = visible.filter(kind=kind)
    if consultation is not None:
        visible = visible.filter(consultation=consultation)
    if theme is not None:
        visible = visible.filter(consultation__theme__number=theme)
    read = max(MOST_COUNTED + 1, offset + limit)
    titled, latest = (
        list(answering.order_by("-number").values_list("pk", flat=True)[:read])
        for answering in (_by_title(visible, query), _by_text(visible, query))
    )
    first = set(titled)
    order = titled + [pk for pk in latest if pk not in first]
    return Found(_in_order(order[offset : offset + limit]), min(len(order), MOST_COUNTED), len(order) > MOST_COUNTED)


def candidates(consultation: Consultation, title: str, body: str) -> list[Contribution]:
    """Up to 200 proposals that share words with a new text, the likeliest first: `opinion.texts.similarity` compares them."""
    asked = _telling_stems(title, body)
    if not asked:
        return []
    ids = _likeliest(asked, consultation)
    return _in_order(ids)


def holders_of(consultation: Consultation, asked: Iterable[Stem]) -> dict[Stem, int]:
    """How many visible voices of the consultation hold each of these stems, `MOST_HOLDERS` at most: one query."""
    wanted = list(dict.fromkeys(asked))
    if not wanted:
        return {}
    parts: list[str] = []
    values: list[str | int] = []
    for rank, stem in enumerate(wanted):
        rows, parameters = _holding(consultation, [stem])
        parts.append(f"SELECT {rank}, count(*) FROM (SELECT 1 {rows} LIMIT {MOST_HOLDERS}) h{rank}")
        values += parameters
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return {wanted[rank]: count for rank, count in cursor.fetchall()}


def texts_holding(consultation: Consultation, asked: Sequence[Stem], *, most: int) -> dict[int, str]:
    """By key the index text of up to `most` visible voices of the consultation that hold one of these stems, the oldest first."""
    if not asked:
        return {}
    rows, parameters = _holding(consultation, asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.id {rows} ORDER BY c.id LIMIT %s", [*parameters, most])
        found = [row[0] for row in cursor.fetchall()]
    return dict(SearchText.objects.filter(pk__in=found).order_by("pk").values_list("pk", "text"))


def _holding(consultation: Consultation, asked: Sequence[Stem]) -> tuple[str, list[str | int]]:
    """From which rows, with which parameters, the voices that hold one of these stems are read."""
    if connection.vendor == "sqlite":
        source = "contributions_search s JOIN contributions_contribution c ON c.id = s.rowid"
        asks = "contributions_search MATCH %s"
        match = "text : (" + " OR ".join(f'"{stem.letters}"' + (" *" if stem.is_beginning else "") for stem in asked) + ")"
    else:
        source = "contributions_searchtext s JOIN contributions_contribution c ON c.id = s.contribution_id"
        asks = "s.text_document @@ CAST(%s AS tsquery)"
        match = " | ".join(f"'{stem.letters}'" + (":*" if stem.is_beginning else "") for stem in asked)
    parameters: list[str | int] = [match, consultation.pk, Status.PUBLISHED.value]
    return f"FROM {source} WHERE {asks} AND c.consultation_id = %s AND c.status = %s", parameters


def _in_order(ids: list[int]) -> list[Contribution]:
    by_id = {found.pk: found for found in _of_keys(keys=ids)} if ids else {}
    return [by_id[pk] for pk in ids]


_of_keys = Prepared(
    lambda keys: (
        Contribution.objects.filter(pk__in=keys).select_related("consultation", "speaks_for", "author", "about").order_by("pk")
    )
)


def _by_text(visible: QuerySet[Contribution], query: Query) -> QuerySet[Contribution]:
    """Those that answer the query by their title or text."""
    if connection.vendor == "sqlite":
        return visible.filter(pk__in=RawSQL(_FTS5, [f"text : ({query.as_fts5()})"]))
    holding = "SELECT contribution_id FROM contributions_searchtext WHERE text_document @@ %s::tsquery"
    if query.phrases:  # PostgreSQL takes a phrase to be as common as its words, and would look for it in text after text
        return _found_apart(visible, holding, [query.as_tsquery()])
    return visible.filter(pk__in=RawSQL(holding, [query.as_tsquery()]))


def _by_title(visible: QuerySet[Contribution], query: Query) -> QuerySet[Contribution]:
    """Those that answer the query by their title already (its exclusions hold for the whole text)."""
    if connection.vendor == "sqlite":
        asked = query.as_fts5()
        return visible.filter(pk__in=RawSQL(_FTS5, [f"(title : ({asked})) AND (text : ({asked}))"]))
    asked = query.as_tsquery()
    holding = "SELECT contribution_id FROM contributions_searchtext WHERE title_document @@ %s::tsquery"
    if not (query.phrases or query.excluded or query.excluded_phrases):  # a title’s words are its text’s too: not read
        return _found_apart(visible, holding, [asked])
    return _found_apart(visible, f"{holding} AND text_document @@ %s::tsquery", [asked, asked])


def _found_apart(visible: QuerySet[Contribution], holding: str, parameters: list[str]) -> QuerySet[Contribution]:
    """Those whose keys are found by `holding`, first and whole: few answer, and PostgreSQL would else walk every text by number
    until enough of them do."""
    asks = f'"contributions_contribution"."id" = ANY(ARRAY({holding}))'
    return visible.filter(RawSQL(asks, parameters, output_field=BooleanField()))


def _telling_stems(title: str, body: str) -> list[str]:
    """The stems that say what a text is about: those of its title, then of its text, without stop words, 40 at most."""
    telling: dict[str, None] = {}
    for word in words(f"{title}\n{body}"):
        if not is_stop_word(word):
            telling.setdefault(stems(word)[0] if stems(word) else word)
        if len(telling) >= MOST_CANDIDATE_STEMS:
            break
    return list(telling)


def _likeliest(asked: list[str], consultation: Consultation) -> list[int]:
    if connection.vendor == "sqlite":
        match = "text : (" + " OR ".join(f'"{stem}"' for stem in asked) + ")"
        sql = (
            "SELECT c.id FROM contributions_search s JOIN contributions_contribution c ON c.id = s.rowid "
            "WHERE contributions_search MATCH %s AND c.consultation_id = %s AND c.kind = %s AND c.status = %s "
            "ORDER BY s.rank, c.number LIMIT %s"
        )
    else:
        match = " | ".join(f"'{stem}'" for stem in asked)
        sql = (
            "SELECT c.id FROM contributions_searchtext s JOIN contributions_contribution c ON c.id = s.contribution_id, "
            "CAST(%s AS tsquery) q WHERE s.text_document @@ q AND c.consultation_id = %s AND c.kind = %s AND c.status = %s "
            "ORDER BY ts_rank(s.text_document, q, 1) DESC, c.number LIMIT %s"
        )
    with connection.cursor() as cursor:
        cursor.execute(sql, [match, consultation.pk, Kind.PROPOSAL, Status.PUBLISHED, MOST_CANDIDATES])
        return [row[0] for row in cursor.fetchall()]
