from datetime import UTC, datetime

from django.db import migrations, models

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_case_about_agents")]

    operations = [migrations.AddField("case", "owed_at", models.DateTimeField(default=NEVER, db_default=NEVER))]
