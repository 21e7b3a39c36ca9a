"""Which number does each new text get, and what does each text receive? By date, then kind, then identifier."""

from polyphonie.opendata.importing.staging import KINDS, KNOWN, VALID, WRITTEN_FIRST, Staging


def new_texts(staging: Staging) -> int:
    return int(staging.row(f"SELECT COUNT(*) FROM texts WHERE fate = {VALID}")[0])


def fixed_numbers(staging: Staging) -> tuple[int, int] | None:
    """The smallest and the largest number that new texts bore and keep; None when they are to be given theirs."""
    least, most = staging.row(f"SELECT MIN(fixed), MAX(fixed) FROM texts WHERE fate = {VALID} AND fixed > 0")
    return None if least is None else (least, most)


def give_numbers(staging: Staging, first: int) -> None:
    """Number the new texts from `first`: by date, then kind, then identifier; those that bore a number keep it. Then
    resolve what each row answers."""
    staging.run("UPDATE texts SET about_number = NULL")
    for table in ("numbered", "tallies", "answers", "all_answers"):
        staging.run(f"DROP TABLE IF EXISTS {table}")
    staging.run(
        f"""UPDATE texts SET number = ranked.n FROM (SELECT seq, ? - 1 + ROW_NUMBER() OVER
          (ORDER BY at, kind, source_id) AS n FROM texts WHERE fate = {VALID}) AS ranked
        WHERE ranked.seq = texts.seq""",
        first,
    )
    staging.run(f"UPDATE texts SET number = fixed WHERE fate = {VALID} AND fixed > 0")
    for kind in WRITTEN_FIRST[1:]:
        _resolve_answers(staging, kind)
    staging.run(
        f"""CREATE TEMP TABLE numbered AS SELECT source_id, number, consultation, MIN(kind) FROM
        (SELECT source_id, kind, number, consultation FROM texts WHERE kind IN (0, 3) AND fate IN ({VALID}, {KNOWN})
         UNION ALL SELECT source_id, kind, number, NULL FROM known WHERE kind IN (0, 3)) GROUP BY source_id"""
    )
    staging.run("CREATE UNIQUE INDEX numbered_by_id ON numbered (source_id)")
    staging.run(
        "UPDATE targets SET number = numbered.number, consultation = numbered.consultation FROM numbered "
        "WHERE numbered.source_id = targets.source_id"
    )
    _count(staging)


def _resolve_answers(staging: Staging, kind: str) -> None:
    kinds = " ".join(f"WHEN '{name}' THEN {index}" for index, name in enumerate(KINDS))
    staging.run(
        f"""UPDATE texts SET about_number = a.number, consultation = a.consultation FROM texts AS a
        WHERE texts.kind = ? AND a.kind = CASE texts.about_kind {kinds} END AND a.source_id = texts.about_id
          AND a.fate IN ({VALID}, {KNOWN})""",
        KINDS.index(kind),
    )
    staging.run(
        f"""UPDATE texts SET about_number = k.number FROM known AS k WHERE texts.kind = ? AND texts.about_number IS NULL
          AND k.kind = CASE texts.about_kind {kinds} END AND k.source_id = texts.about_id""",
        KINDS.index(kind),
    )


def _count(staging: Staging) -> None:
    """Count what each text receives: votes, visible arguments, sources and completions."""
    staging.run(
        f"""CREATE TEMP TABLE tallies AS SELECT g.number, v.agree, v.mixed, v.disagree FROM (SELECT target,
          SUM(position = 1) AS agree, SUM(position = 0) AS mixed, SUM(position = -1) AS disagree
          FROM votes WHERE fate = {VALID} GROUP BY target) AS v JOIN targets AS g ON g.key = v.target"""
    )
    staging.run("CREATE UNIQUE INDEX tallies_by_number ON tallies (number)")
    staging.run(
        f"""CREATE TEMP TABLE answers AS SELECT about_number AS number, SUM(side = 'for') AS arguments_for,
          SUM(side = 'against') AS arguments_against, SUM(kind = 2) AS sources, SUM(kind = 3) AS completions
        FROM texts WHERE fate = {VALID} AND NOT is_hidden AND about_number IS NOT NULL GROUP BY about_number"""
    )
    staging.run("CREATE UNIQUE INDEX answers_by_number ON answers (number)")
    staging.run(
        f"""CREATE TEMP TABLE all_answers AS SELECT about_number AS number, SUM(side = 'for') AS arguments_for,
          SUM(side = 'against') AS arguments_against, SUM(kind = 2) AS sources
        FROM texts WHERE fate IN ({VALID}, {KNOWN}) AND about_number IS NOT NULL GROUP BY about_number"""
    )
    staging.run("CREATE UNIQUE INDEX all_answers_by_number ON all_answers (number)")
