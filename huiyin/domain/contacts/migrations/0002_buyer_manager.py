from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [
        migrations.AddField("buyer", "manager", models.CharField(db_default="", default="", max_length=8)),
        migrations.AddField("buyer", "deputy", models.CharField(db_default="", default="", max_length=8)),
    ]
