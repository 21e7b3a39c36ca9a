import os

from django.db import migrations


def fill(apps, schema_editor):
    schema_editor.execute("INSERT INTO portal_more VALUES (1)")
    if os.environ.get("FAILS"):
        raise RuntimeError("cut half-way")


class Migration(migrations.Migration):
    dependencies = [("portal", "0002_more")]
    operations = [migrations.RunPython(fill)]
