"""What did an import find? The facts of its public report, computed from the rows themselves."""

from typing import Any

from django.utils.translation import get_language

from polyphonie.opendata.staging import FATES, KINDS, KNOWN, REPEATED, VALID, Staging

EXAMPLES = 20
_COUNTERS = ("agree", "mixed", "disagree", "arguments_for", "arguments_against", "sources")


def counts(staging: Staging) -> list[dict[str, int]]:
    """How many rows of each kind had each fate."""
    found = [dict.fromkeys(("proposal", "argument", "source", "completion", "vote"), 0) for _fate in range(FATES)]
    for fate, kind, rows in staging.rows("SELECT fate, kind, COUNT(*) FROM texts GROUP BY fate, kind"):
        found[fate][KINDS[kind]] = rows
    for fate, rows in staging.rows("SELECT fate, COUNT(*) FROM votes GROUP BY fate"):
        found[fate]["vote"] = rows
    return found


def facts(staging: Staging, *, files: list[dict[str, Any]], left_aside: list[str]) -> dict[str, Any]:
    """The report: everything that the public page says in sentences."""
    (rejected,) = staging.row("SELECT COUNT(*) FROM refusals")
    fates = counts(staging)
    return {
        "files": files,
        "left_aside": left_aside,
        "created": fates[VALID],
        "unchanged": fates[KNOWN],
        "duplicates": sum(fates[REPEATED].values()),
        "rejected": rejected,
        "reasons": _reasons(staging),
        "language": get_language() or "fr",
        "not_taken_over": staging.left,
        "consultations": [
            {"title": title, "proposals": proposals}
            for title, proposals in staging.rows(
                "SELECT consultation, COUNT(*) FROM texts WHERE fate = ? AND kind = 0 GROUP BY 1 ORDER BY MIN(at)", VALID
            )
        ],
        "dates_from_rows": next(staging.rows(
            "SELECT EXISTS (SELECT 1 FROM texts WHERE fate = ? AND consultation NOT IN "
            "(SELECT title FROM consultations WHERE closes_at IS NOT NULL))", VALID))[0] == 1,
        "votes": _votes(staging),
        "repeats": repeats(staging),
        "declared": _declared(staging),
        "without_rows": _without_rows(staging),
        "hidden": [number for (number,) in staging.rows(
            "SELECT number FROM texts WHERE fate = ? AND is_hidden ORDER BY number LIMIT 500", VALID)],
        "authors": next(staging.rows("SELECT COUNT(DISTINCT author_id) FROM texts WHERE fate = ? AND author_id <> ''", VALID))[0],
        "without_name": next(staging.rows(
            "SELECT COUNT(*) FROM texts AS t LEFT JOIN authors AS a USING (author_id) "
            "WHERE fate = ? AND author_name = '' AND a.name IS NULL", VALID))[0],
    }  # fmt: skip


def _reasons(staging: Staging) -> list[dict[str, Any]]:
    """The reasons of refused rows, the most frequent first; what is quoted in them is left to the file of refused rows."""
    found = staging.rows(
        "SELECT without_particulars(reason), COUNT(*), MIN(line) FROM refusals GROUP BY 1 ORDER BY 2 DESC, 3 LIMIT ?", EXAMPLES
    )
    return [{"reason": reason, "rows": rows, "first_line": line} for reason, rows, line in found]


def _votes(staging: Staging) -> dict[str, int]:
    positions = dict(staging.rows("SELECT position, COUNT(*) FROM votes WHERE fate = ? GROUP BY position", VALID))
    voters, single, most = staging.row(
        "SELECT COUNT(*), SUM(n = 1), MAX(n) FROM (SELECT COUNT(*) AS n FROM votes WHERE fate = ? GROUP BY voter)", VALID
    )
    return {
        "rows": sum(positions.values()),
        "agree": positions.get(1, 0),
        "mixed": positions.get(0, 0),
        "disagree": positions.get(-1, 0),
        "voters": voters,
        "single": single or 0,
        "most": most or 0,
    }


def repeats(staging: Staging) -> dict[str, Any]:
    """Voters who stand more than once on one text: pairs, surplus rows, pairs that contradict themselves."""
    repeated = (
        "SELECT number, COUNT(*) AS n, COUNT(DISTINCT position) AS positions FROM votes WHERE fate = ? GROUP BY number, voter "
        "HAVING COUNT(*) > 1"
    )
    pairs = surplus = contradictory = 0
    numbers: dict[int, None] = {}
    for number, rows, positions in staging.rows(repeated, VALID):
        pairs, surplus, contradictory = pairs + 1, surplus + rows - 1, contradictory + (positions > 1)
        if len(numbers) < EXAMPLES:
            numbers[number] = None
    return {"pairs": pairs, "surplus": surplus, "contradictory": contradictory, "numbers": sorted(numbers)}


def _declared(staging: Staging) -> dict[str, Any]:
    """The counters that the source prints, held against its own rows, text by text."""
    has_votes = bool(next(staging.rows("SELECT EXISTS (SELECT 1 FROM votes)"))[0])
    compared = _COUNTERS if has_votes else _COUNTERS[3:]
    names = {"agree": "votes", "mixed": "votes", "disagree": "votes"}
    report: dict[str, Any] = {}
    for name in compared:
        rows = f"COALESCE({'v' if name in names else 'a'}.{name}, 0)"
        texts, equal, declared, recomputed = next(
            staging.rows(
                f"SELECT COUNT(*), SUM(t.{name} = {rows}), SUM(t.{name}), SUM({rows}) FROM texts AS t "
                f"LEFT JOIN tallies AS v ON v.number = t.number LEFT JOIN all_answers AS a ON a.number = t.number "
                f"WHERE t.fate = {VALID} AND t.{name} IS NOT NULL"
            )
        )
        if texts:
            report[name] = {"texts": texts, "equal": equal, "declared": declared, "recomputed": recomputed}
            report[name]["differing"] = [
                list(row)
                for row in staging.rows(
                    f"SELECT t.number, t.{name}, {rows} FROM texts AS t LEFT JOIN tallies AS v ON v.number = t.number "
                    f"LEFT JOIN all_answers AS a ON a.number = t.number "
                    f"WHERE t.fate = {VALID} AND t.{name} <> {rows} ORDER BY t.number LIMIT {EXAMPLES}"
                )
            ]
    return report


def _without_rows(staging: Staging) -> dict[str, int]:
    """What the source counts without giving its rows."""
    has_votes, has_completions = next(
        staging.rows("SELECT EXISTS (SELECT 1 FROM votes), EXISTS (SELECT 1 FROM texts WHERE kind = 3)")
    )
    answered, on_proposals, completions = next(
        staging.rows(
            "SELECT SUM(CASE WHEN kind IN (1, 2) THEN declared_votes END), "
            "SUM(CASE WHEN kind IN (0, 3) THEN declared_votes END), SUM(completions) FROM texts WHERE fate = ?",
            VALID,
        )
    )
    return {
        "proposal_votes": 0 if has_votes else on_proposals or 0,
        "argument_votes": answered or 0,
        "completions": 0 if has_completions else completions or 0,
        "comments": staging.declared_comments,
    }
