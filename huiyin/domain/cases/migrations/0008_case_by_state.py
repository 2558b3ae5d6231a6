from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_case_owed_indexes")]

    operations = [migrations.AddIndex("case", models.Index(fields=["state", "-filed_at", "-id"], name="case_by_state"))]
