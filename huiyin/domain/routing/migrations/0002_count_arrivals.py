from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('routing', '0001_who_takes_what'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='item',
            index=models.Index(condition=models.Q(('kind__in', ['chat', 'call'])), fields=['arrived_at'], name='item_arrived'),
        ),
    ]
