from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_keep_conversations")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="order_proven",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
