"""What did an import find? The facts of its public report, computed from the rows themselves."""

from typing import Any

from django.utils.translation import get_language

from polyphonie.opendata.importing.staging import FATES, KINDS, KNOWN, REPEATED, VALID, Staging

EXAMPLES = 20
_COUNTERS = ("agree", "mixed", "disagree", "arguments_for", "arguments_against", "sources")


def counts(staging: Staging) -> list[dict[str, int]]:
    """How many rows of each kind had each fate."""
    found = [dict.fromkeys(("proposal", "argument", "source", "completion", "vote"), 0) for _fate in range(FATES)]
    for fate, kind, rows in staging.rows("SELECT fate, kind, COUNT(*) FROM texts GROUP BY fate, kind"):
        found[fate][KINDS[kind]] = rows
    for fate, rows in staging.rows("SELECT fate, COUNT(*) FROM votes WHERE fate <> ? GROUP BY fate", VALID):
        found[fate]["vote"] = rows
    (found[VALID]["vote"],) = staging.row("SELECT COUNT(*) FROM votes WHERE fate = ?", VALID)
    return found


def facts(staging: Staging, *, files: list[dict[str, Any]], left_aside: list[str]) -> dict[str, Any]:
    """The report: everything that the public page says in sentences."""
    staging.run(f"CREATE INDEX IF NOT EXISTS votes_by_voter ON votes (voter, target, position) WHERE fate = {VALID}")
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
    agree, mixed, disagree = staging.row("SELECT TOTAL(agree), TOTAL(mixed), TOTAL(disagree) FROM tallies")
    voters, single, most = staging.row(
        f"SELECT COUNT(*), SUM(n = 1), MAX(n) FROM (SELECT COUNT(*) AS n FROM votes WHERE fate = {VALID} GROUP BY voter)"
    )
    return {
        "rows": int(agree + mixed + disagree),
        "agree": int(agree),
        "mixed": int(mixed),
        "disagree": int(disagree),
        "voters": voters,
        "single": single or 0,
        "most": most or 0,
    }


def repeats(staging: Staging) -> dict[str, Any]:
    """Voters who stand more than once on one text: pairs, surplus rows, pairs that contradict themselves."""
    staging.run("DROP TABLE IF EXISTS repeated")
    staging.run(
        "CREATE TEMP TABLE repeated AS SELECT target, COUNT(*) AS n, MIN(position) <> MAX(position) AS differ FROM votes "
        f"WHERE fate = {VALID} GROUP BY voter, target HAVING n > 1"
    )
    pairs, surplus, contradictory = staging.row("SELECT COUNT(*), TOTAL(n - 1), TOTAL(differ) FROM repeated")
    numbers = staging.rows(
        "SELECT DISTINCT g.number FROM repeated AS r JOIN targets AS g ON g.key = r.target ORDER BY g.number LIMIT ?", EXAMPLES
    )
    return {
        "pairs": pairs,
        "surplus": int(surplus),
        "contradictory": int(contradictory),
        "numbers": [number for (number,) in numbers],
    }


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
