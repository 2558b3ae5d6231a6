from django.db import migrations, models

OPEN = ~models.Q(state="closed")


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_what_is_owed")]

    operations = [
        migrations.AddIndex(
            "case", models.Index(fields=["owner", "owed_at", "id"], condition=OPEN, name="case_owed_by_owner")
        ),
        migrations.AddIndex("case", models.Index(fields=["owed_at", "id"], condition=OPEN, name="case_owed")),
    ]
