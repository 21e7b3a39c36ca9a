from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]
    operations = [migrations.RunSQL("CREATE TABLE portal_more (id integer PRIMARY KEY)", "DROP TABLE portal_more")]
