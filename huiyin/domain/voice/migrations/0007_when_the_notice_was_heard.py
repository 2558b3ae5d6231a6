from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("voice", "0006_transcripts"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="notified_at",
            field=models.DateTimeField(null=True),
        ),
    ]
