from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_case_text_salt")]

    operations = [
        migrations.AddField("case", "next_step", models.CharField(db_default="", default="", max_length=12)),
    ]
