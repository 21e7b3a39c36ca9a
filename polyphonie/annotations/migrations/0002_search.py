"""The index behind `SearchText`: an FTS5 mirror kept by triggers on SQLite, a generated tsvector column on PostgreSQL."""

from django.db import migrations

GONE = "INSERT INTO annotations_search(annotations_search, rowid, stems) VALUES ('delete', old.id, old.stems)"
ADDED = "INSERT INTO annotations_search(rowid, stems) VALUES (new.id, new.stems)"
SQLITE = [
    "CREATE VIRTUAL TABLE annotations_search USING fts5(stems, content='annotations_searchtext', "
    "content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
    f"CREATE TRIGGER annotations_search_added AFTER INSERT ON annotations_searchtext BEGIN {ADDED}; END",
    f"CREATE TRIGGER annotations_search_gone AFTER DELETE ON annotations_searchtext BEGIN {GONE}; END",
    f"CREATE TRIGGER annotations_search_changed AFTER UPDATE ON annotations_searchtext BEGIN {GONE}; {ADDED}; END",
]
SECURE_DELETE = (3, 42, 0)
POSTGRESQL = [
    "ALTER TABLE annotations_searchtext "
    "ADD COLUMN stems_document tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, stems)) STORED",
    "CREATE INDEX annotations_search_stems ON annotations_searchtext USING gin (stems_document)",
]


def create(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)
    if schema_editor.connection.vendor == "sqlite" and schema_editor.connection.Database.sqlite_version_info >= SECURE_DELETE:
        # what is taken back leaves the index at once, not at its next merge
        schema_editor.execute("INSERT INTO annotations_search(annotations_search, rank) VALUES ('secure-delete', 1)")
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("INSERT INTO annotations_search(annotations_search) VALUES ('rebuild')")  # of what is there already


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("added", "gone", "changed"):
            schema_editor.execute(f"DROP TRIGGER annotations_search_{name}")
        schema_editor.execute("DROP TABLE annotations_search")
    else:
        schema_editor.execute("ALTER TABLE annotations_searchtext DROP COLUMN stems_document")


class Migration(migrations.Migration):
    dependencies = [("annotations", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
