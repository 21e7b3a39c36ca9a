"""Which SQLite do we run on? The one place that chooses it.

SQLite below 3.51.3 (but for the repaired 3.50.7 and 3.44.6) can lose a transaction when its write-ahead log is reset while
another process reads it. `pysqlite3` carries a sound one for Linux x86-64; elsewhere the system's library is kept and, where
it is older, the journal falls back to TRUNCATE (`journal_mode`), which `doctor` says.
"""

import sqlite3
import sys

SOUND_FROM = (3, 51, 3)
SOUND_BRANCHES = {(3, 50): 7, (3, 44): 6}


def install() -> None:
    """Make every later `import sqlite3` (Django's included) get pysqlite3 where it is installed."""
    try:
        import pysqlite3
        import pysqlite3.dbapi2
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def is_sound(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite version is free of the write-ahead-log reset race."""
    if version >= SOUND_FROM:
        return True
    repaired = SOUND_BRANCHES.get(version[:2])
    return repaired is not None and version[2] >= repaired


def journal_mode(version: tuple[int, int, int] | None = None) -> str:
    """WAL where it is safe, else TRUNCATE."""
    return "WAL" if is_sound(version or current_version()) else "TRUNCATE"


def current_version() -> tuple[int, int, int]:
    driver = sys.modules.get("sqlite3", sqlite3)
    major, minor, patch = (int(part) for part in driver.sqlite_version.split("."))
    return major, minor, patch
