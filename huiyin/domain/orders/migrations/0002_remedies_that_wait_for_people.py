"""Serve the counts at the desk: remedies that wait for somebody are few among all."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('journal', '0001_initial'),
        ('orders', '0001_initial'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='remedy',
            index=models.Index(condition=models.Q(('state__in', ['requested', 'needs_person'])), fields=['matter', 'state'], name='remedy_waits_for_people'),
        ),
    ]
