"""In what order is a sound source written? Consultations, texts before their answers, votes in the order of the file, then all
is shown."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from polyphonie.contributions.models import Origin, Status
from polyphonie.core.writing import writing
from polyphonie.opendata import actions
from polyphonie.opendata.importing import bulk, text_rows, vote_rows
from polyphonie.opendata.importing.progress import Progress
from polyphonie.opendata.importing.staging import KINDS, VALID, WRITTEN_FIRST, Staging
from polyphonie.opendata.importing.text_rows import NewText, Place
from polyphonie.opendata.models import Import
from polyphonie.opendata.queries import keys_of

TEXTS_AT_ONCE = 1000
"""The bound of one transaction: some tenths of a second during which nobody else writes."""
COUNTERS = {
    "imported_agree": "v.agree",
    "imported_mixed": "v.mixed",
    "imported_disagree": "v.disagree",
    "arguments_for": "a.arguments_for",
    "arguments_against": "a.arguments_against",
    "sources": "a.sources",
    "completions": "a.completions",
}
_FIELDS = (
    "number", "at", "source_id", "consultation", "about_number", "about_kind", "side", "nature", "section", "title", "body",
    "url", "category", "author_id", "author_name", "author_kind", "origin_address", "is_hidden", "is_unavailable",
    "declared_votes", "origin_note",
)  # fmt: skip


def take_over(batch: Import, staging: Staging, found: dict[str, Any], progress: Progress) -> Import:
    """Write everything, by bounded transactions, then show it at once."""
    lock = f"import/{batch.process.slug}"
    with writing(lock=lock) as now:
        by_title = actions.open_consultations(batch, list(consultation_facts(staging, batch.process.title)), now=now)
        actions.drop_votes(batch)
    places: dict[str | int, Place] = {title: Place(consultation) for title, consultation in by_title.items()}
    places |= {each.pk: Place(each) for each in batch.process.consultations.filter(is_imported=True).order_by("pk")}
    staging.learn_keys(keys_of(batch))
    staging.finish_stems()
    progress.stage(_("Writing texts"), sum(found["created"].values()) - found["created"]["vote"])
    done = 0
    for kind in WRITTEN_FIRST:
        texts = _texts(staging, kind, batch, places=places, has_votes=found["votes"]["rows"] > 0)
        while together := list(islice(texts, TEXTS_AT_ONCE)):
            with writing(lock=lock):
                actions.take_texts(batch, together)
            done += len(together)
            progress.reached(done)
        staging.learn_keys(keys_of(batch))
    votes_sha256 = _take_votes(batch, staging, found["created"]["vote"], progress)
    progress.stage(_("Publishing"))
    added_to = list(_added_to_known(staging, batch))
    with writing(lock=lock) as now:
        actions.add_to_known(batch, added_to)
        return actions.finish_import(
            batch,
            votes_sha256=votes_sha256,
            counts=found["created"],
            rejected=found["rejected"],
            report={**found, "added_to": added_to},
            now=now,
        )


def _take_votes(batch: Import, staging: Staging, total: int, progress: Progress) -> str:
    """Write the votes in the order of the file; returns the SHA-256 of their lines as published."""
    progress.stage(_("Writing votes"), total)
    done = 0
    with vote_rows.in_sight(staging) as is_in_sight:
        for run in vote_rows.runs(staging, is_in_sight=is_in_sight):
            with writing(lock=f"import/{batch.process.slug}"):
                actions.take_votes(batch, run)
            done += run.last - run.first + 1
            progress.reached(done)
    return vote_rows.published_sha256(staging)


def _texts(staging: Staging, kind: str, batch: Import, *, places: dict[str | int, Place], has_votes: bool) -> Iterator[NewText]:
    """The texts of a kind that are not written yet; the `places` of their consultations by title and by key."""
    columns = ", ".join(f"t.{name}" for name in _FIELDS)
    counters = ", ".join(f"COALESCE({source}, 0)" for source in COUNTERS.values())
    rows = staging.rows(
        f"SELECT {columns}, n.name, k.pk, k.consultation, s.title, s.text, {counters} FROM texts AS t "
        "LEFT JOIN authors AS n ON n.author_id = t.author_id LEFT JOIN keys AS k ON k.number = t.about_number "
        "LEFT JOIN tallies AS v ON v.number = t.number LEFT JOIN answers AS a ON a.number = t.number "
        "LEFT JOIN stems AS s ON s.seq = t.seq LEFT JOIN keys AS mine ON mine.number = t.number "
        "WHERE t.fate = ? AND t.kind = ? AND mine.number IS NULL ORDER BY t.number",
        VALID,
        KINDS.index(kind),
    )
    process, default, started_at = batch.process_id, batch.process.title, bulk.instant(batch.started_at)
    says_its_votes = kind in ("argument", "source") or not has_votes
    for (
        number, at, source_id, title_of_its_own, about, about_kind, side, nature, section, title, body, url,
        category, author_id, author_name, author_kind, origin_address, is_hidden, is_unavailable, declared_votes,
        origin_note,
        known_name, about_key, consultation_key, title_stems, stems, *counted,
    ) in rows:  # fmt: skip
        place = places[consultation_key if about_key else title_of_its_own or default]
        name = author_name or known_name or author_label(author_id)
        ground = actions.HIDDEN_AT_SOURCE if is_hidden else Status.TEXT_UNAVAILABLE.value if is_unavailable else ""
        published_at = datetime.fromtimestamp(at, UTC)
        row = text_rows.CONTRIBUTIONS.filled(
            (
                process, place.consultation.pk, number, kind, nature, section, about_key, about_kind, side, title, body,
                url, category, name, author_kind, Origin.IMPORT.value, origin_note, origin_address,
                bulk.instant(published_at), Status.SUBMITTED.value, ground, started_at if is_hidden else None,
                *counted[:3], declared_votes if says_its_votes else None, *counted[3:], source_id,
                *text_rows.order_values(place, number, *counted[:3]),
            )
        )  # fmt: skip
        found = None if stems is None else (title_stems, stems)
        yield NewText(
            number, kind, place.consultation, about, side, title, body, url, category, name, published_at, ground, row, found
        )


def _added_to_known(staging: Staging, batch: Import) -> Iterator[tuple[int, dict[str, int]]]:
    """What the source adds to texts that an earlier import brought: (number, {counter: how many})."""
    counters = ", ".join(f"COALESCE({source}, 0)" for source in COUNTERS.values())
    for number, *counted in staging.rows(
        f"SELECT k.number, {counters} FROM keys AS k LEFT JOIN tallies AS v ON v.number = k.number "
        "LEFT JOIN answers AS a ON a.number = k.number "
        "WHERE (v.number IS NOT NULL OR a.number IS NOT NULL) AND k.number NOT BETWEEN ? AND ? ORDER BY k.number",
        batch.first_number,
        batch.last_number,
    ):
        yield number, {name: more for name, more in zip(COUNTERS, counted, strict=True) if more}


def author_label(author_id: str) -> str:
    """How an author whom the source identifies without naming is printed: the same author, the same word."""
    if not author_id:
        return ""
    return f"Auteur {hashlib.sha256(author_id.encode()).hexdigest()[:8]}"


def default_title(staging: Staging, slug: str) -> str:
    """The title of a process made by an import: that of its only consultation, else its address in words."""
    titles = [title for (title,) in staging.rows("SELECT DISTINCT consultation FROM texts WHERE fate = ? LIMIT 2", VALID)]
    if len(titles) == 1 and titles[0]:
        return str(titles[0])[:200]
    return slug.replace("-", " ").capitalize()


def consultation_facts(staging: Staging, default: str) -> Iterator[dict[str, Any]]:
    """Each consultation of the source with its days: those it states, else those of its first and last row."""
    for title, opens_at, closes_at, first, last, theme, theme_number, presentation in staging.rows(
        """SELECT f.title, c.opens_at, c.closes_at, f.first, f.last, c.theme, c.theme_number, c.presentation FROM
        (SELECT title, MIN(first) AS first, MAX(last) AS last, MIN(place) AS place FROM
          (SELECT consultation AS title, MIN(at) AS first, MAX(at) AS last, 1000000 AS place FROM texts WHERE fate = ?
             AND kind IN (0, 1, 2, 3) GROUP BY consultation
           UNION ALL SELECT g.consultation, NULL, MAX(v.at), 1000000 FROM votes AS v JOIN targets AS g ON g.key = v.target
             WHERE v.fate = ? AND v.at > 0 AND g.consultation IS NOT NULL GROUP BY g.consultation
           UNION ALL SELECT title, NULL, NULL, rowid FROM consultations)
         GROUP BY title) AS f LEFT JOIN consultations AS c ON c.title = f.title ORDER BY f.place, f.first, f.title""",
        VALID,
        VALID,
    ):
        yield {
            "title": title or default,
            "opens_at": _instant(opens_at if opens_at is not None else first),
            "closes_at": _instant(closes_at) if closes_at is not None else _midnight_after(last),
            "theme": theme or "",
            "theme_number": theme_number or 0,
            "presentation": presentation or "",
        }


def _instant(stamp: int | None) -> datetime | None:
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)


def _midnight_after(stamp: int | None) -> datetime | None:
    """The first instant of the day after, in the installation's clock."""
    if stamp is None:
        return None
    day = timezone.localtime(datetime.fromtimestamp(stamp, UTC)).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())
