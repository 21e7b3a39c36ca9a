"""The index behind `SearchText`: an FTS5 mirror kept by triggers on SQLite, generated tsvector columns on PostgreSQL."""

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE contributions_search USING fts5(title, text, content='contributions_searchtext', "
    "content_rowid='contribution_id', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER contributions_search_added AFTER INSERT ON contributions_searchtext BEGIN "
    "INSERT INTO contributions_search(rowid, title, text) VALUES (new.contribution_id, new.title, new.text); END",
    "CREATE TRIGGER contributions_search_gone AFTER DELETE ON contributions_searchtext BEGIN "
    "INSERT INTO contributions_search(contributions_search, rowid, title, text) "
    "VALUES ('delete', old.contribution_id, old.title, old.text); END",
    "CREATE TRIGGER contributions_search_changed AFTER UPDATE ON contributions_searchtext BEGIN "
    "INSERT INTO contributions_search(contributions_search, rowid, title, text) "
    "VALUES ('delete', old.contribution_id, old.title, old.text); "
    "INSERT INTO contributions_search(rowid, title, text) VALUES (new.contribution_id, new.title, new.text); END",
]
SECURE_DELETE = (3, 42, 0)
POSTGRESQL = [
    "ALTER TABLE contributions_searchtext "
    "ADD COLUMN title_document tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, title)) STORED, "
    "ADD COLUMN text_document tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, text)) STORED",
    "CREATE INDEX contributions_search_title ON contributions_searchtext USING gin (title_document)",
    "CREATE INDEX contributions_search_text ON contributions_searchtext USING gin (text_document)",
]


def create(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)
    if schema_editor.connection.vendor == "sqlite" and schema_editor.connection.Database.sqlite_version_info >= SECURE_DELETE:
        # what is erased leaves the index at once, not at its next merge
        schema_editor.execute("INSERT INTO contributions_search(contributions_search, rank) VALUES ('secure-delete', 1)")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("added", "gone", "changed"):
            schema_editor.execute(f"DROP TRIGGER contributions_search_{name}")
        schema_editor.execute("DROP TABLE contributions_search")
    else:
        schema_editor.execute(
            "ALTER TABLE contributions_searchtext DROP COLUMN title_document, DROP COLUMN text_document"
        )


class Migration(migrations.Migration):
    dependencies = [("contributions", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
