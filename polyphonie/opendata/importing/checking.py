"""Is a source sound? Each row is held against the others and against what is here, and gets its fate with a reason."""

from django.utils.translation import gettext as _

from polyphonie.opendata.importing.staging import ANSWERABLE, KINDS, KNOWN, REFUSED, REPEATED, VALID, WRITTEN_FIRST, Staging


def validate(staging: Staging) -> None:
    """Give each row its fate: valid, refused with a reason, repeated, or known from an earlier import."""
    staging.run("CREATE INDEX texts_by_id ON texts (kind, source_id, seq)")
    _validate_texts(staging)
    for kind in WRITTEN_FIRST[1:]:
        _validate_answers(staging, kind)
    _tell_like_votes_apart(staging)
    _validate_votes(staging)


def _validate_texts(staging: Staging) -> None:
    staging.run(
        "CREATE TEMP TABLE firsts AS SELECT kind, source_id, MIN(seq) AS seq FROM texts GROUP BY kind, source_id "
        "HAVING COUNT(*) > 1"
    )
    staging.run("CREATE UNIQUE INDEX firsts_by_id ON firsts (kind, source_id)")
    staging.run(
        f"""UPDATE texts SET fate = {REPEATED} FROM firsts JOIN texts AS first ON first.seq = firsts.seq
        WHERE firsts.kind = texts.kind AND firsts.source_id = texts.source_id AND texts.seq > firsts.seq
          AND first.digest = texts.digest"""
    )
    _refuse_texts(
        staging,
        _("the same identifier already stands on line %(line)s with another content."),
        "EXISTS (SELECT 1 FROM firsts AS f WHERE f.kind = t.kind AND f.source_id = t.source_id AND f.seq < t.seq)",
        "(SELECT x.line FROM firsts AS f JOIN texts AS x ON x.seq = f.seq WHERE f.kind = t.kind AND f.source_id = t.source_id)",
    )
    staging.run(
        f"""UPDATE texts SET fate = {KNOWN}, number = known.number FROM known
        WHERE texts.fate = {VALID} AND known.kind = texts.kind AND known.source_id = texts.source_id
          AND known.digest = texts.digest"""
    )
    _refuse_texts(
        staging,
        _("it was imported before with another content, as number %(line)s: that one stays."),
        "EXISTS (SELECT 1 FROM known AS k WHERE k.kind = t.kind AND k.source_id = t.source_id)",
        "(SELECT k.number FROM known AS k WHERE k.kind = t.kind AND k.source_id = t.source_id)",
    )


def _validate_answers(staging: Staging, kind: str) -> None:
    """What an argument, a source or a completion answers exists, in the file or from an earlier import."""
    numbered = KINDS.index(kind)
    for answered in ANSWERABLE[kind]:
        staging.run(
            f"""UPDATE texts SET about_kind = ? WHERE kind = ? AND fate = {VALID} AND about_kind = ''
            AND (EXISTS (SELECT 1 FROM texts AS a WHERE a.kind = ? AND a.source_id = texts.about_id
                         AND a.fate IN ({VALID}, {KNOWN}))
              OR EXISTS (SELECT 1 FROM known AS k WHERE k.kind = ? AND k.source_id = texts.about_id))""",
            answered,
            numbered,
            KINDS.index(answered),
            KINDS.index(answered),
        )
    kinds = " ".join(f"WHEN '{name}' THEN {KINDS.index(name)}" for name in ANSWERABLE[kind])
    answered_kind = f"CASE t.about_kind {kinds} END"
    _refuse_texts(
        staging,
        _("the text it answers, “%(line)s”, is neither in the file nor here, or was refused."),
        f"""t.kind = {numbered} AND NOT EXISTS (SELECT 1 FROM texts AS a WHERE a.kind = {answered_kind}
              AND a.source_id = t.about_id AND a.fate IN ({VALID}, {KNOWN}))
            AND NOT EXISTS (SELECT 1 FROM known AS k WHERE k.kind = {answered_kind} AND k.source_id = t.about_id)""",
        "substr(t.about_id, 1, 60)",
    )


def _refuse_texts(staging: Staging, reason: str, condition: str, word: str) -> None:
    _refuse(staging, "texts", reason, condition, word)


def _refuse(staging: Staging, table: str, reason: str, condition: str, word: str) -> None:
    """Refuse the valid rows of `table` that meet `condition`; `word` (SQL) fills `%(line)s` in the reason."""
    before, after = reason.split("%(line)s")
    staging.run(
        f"INSERT INTO refusals SELECT t.file, t.line, ? || {word} || ? FROM {table} AS t WHERE t.fate = {VALID} AND {condition}",
        before,
        after,
    )
    staging.run(f"UPDATE {table} AS t SET fate = {REFUSED} WHERE t.fate = {VALID} AND {condition}")


def _tell_like_votes_apart(staging: Staging) -> None:
    """Votes without an identifier are known by text and voter; the second of a pair is another row, with its own key."""
    if not staging.row("SELECT EXISTS (SELECT 1 FROM votes WHERE has_id = 0)")[0]:
        return
    staging.run(
        """UPDATE votes SET key = (votes.key + again.nth) & 9223372036854775807 FROM
        (SELECT seq, ROW_NUMBER() OVER (PARTITION BY key ORDER BY seq) - 1 AS nth FROM votes WHERE has_id = 0) AS again
        WHERE again.seq = votes.seq AND again.nth > 0"""
    )


def _validate_votes(staging: Staging) -> None:
    staging.run("CREATE TEMP TABLE shared AS SELECT key, MIN(seq) AS seq FROM votes GROUP BY key HAVING COUNT(*) > 1")
    if staging.row("SELECT EXISTS (SELECT 1 FROM shared)")[0]:
        _validate_shared_identifiers(staging)
    if staging.row("SELECT EXISTS (SELECT 1 FROM known_votes)")[0]:
        staging.run(f"UPDATE votes SET fate = {KNOWN} WHERE fate = {VALID} AND key IN (SELECT key FROM known_votes)")
    staging.run(
        f"""CREATE TEMP TABLE votable AS
        SELECT source_id, kind, NULL AS number FROM texts WHERE kind IN (0, 3) AND fate IN ({VALID}, {KNOWN})
        UNION SELECT source_id, kind, number FROM known WHERE kind IN (0, 3)"""
    )
    staging.run("CREATE INDEX votable_by_id ON votable (source_id)")
    _refuse(
        staging,
        "votes",
        _("the text it is for, “%(line)s”, is neither in the file nor here, or was refused."),
        "t.target IN (SELECT key FROM targets WHERE source_id NOT IN (SELECT source_id FROM votable))",
        "(SELECT substr(g.source_id, 1, 60) FROM targets AS g WHERE g.key = t.target)",
    )


def _validate_shared_identifiers(staging: Staging) -> None:
    """Of votes under one identifier, the first stands; the same again is a repeat, another is refused."""
    staging.run("CREATE UNIQUE INDEX shared_by_key ON shared (key)")
    staging.run(
        f"""UPDATE votes SET fate = {REPEATED} FROM shared JOIN votes AS first ON first.seq = shared.seq
        WHERE shared.key = votes.key AND votes.seq > shared.seq AND votes.target = first.target
          AND votes.voter = first.voter AND votes.position = first.position"""
    )
    _refuse(
        staging,
        "votes",
        _("the same identifier already stands on line %(line)s with another content."),
        "EXISTS (SELECT 1 FROM shared AS s WHERE s.key = t.key AND s.seq < t.seq)",
        "(SELECT f.line FROM shared AS s JOIN votes AS f ON f.seq = s.seq WHERE s.key = t.key)",
    )
