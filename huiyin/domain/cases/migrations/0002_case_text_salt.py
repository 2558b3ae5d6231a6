from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.AddField("case", "salt", models.CharField(db_default="", default="", max_length=32)),
    ]
