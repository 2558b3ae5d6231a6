import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_case_next_step")]

    operations = [
        migrations.AddField(
            "case",
            "about_agents",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=8), db_default=[], default=list, size=None
            ),
        ),
    ]
