import django.contrib.postgres.fields
from django.db import migrations, models

# Each matter's messages are counted from 1 in the order in which they were written.
NUMBER = """
UPDATE conversations_message AS message SET seq = placed.place
FROM (SELECT id, row_number() OVER (PARTITION BY matter_id ORDER BY id) AS place FROM conversations_message) AS placed
WHERE placed.id = message.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0001_initial'),
    ]

    operations = [
        migrations.AddField('message', 'seq', models.IntegerField(default=0), preserve_default=False),
        migrations.AddField('message', 'client_id', models.CharField(blank=True, db_default='', default='', max_length=64)),
        migrations.AddField('message', 'kind', models.CharField(db_default='text', default='text', max_length=8)),
        migrations.AddField('message', 'sha256', models.CharField(blank=True, db_default='', default='', max_length=64)),
        migrations.AddField('message', 'mime', models.CharField(blank=True, db_default='', default='', max_length=40)),
        migrations.AddField('message', 'size', models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField('message', 'name', models.CharField(blank=True, db_default='', default='', max_length=120)),
        migrations.AddField('message', 'evasions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), db_default=[], default=list, size=None)),
        migrations.RunSQL(NUMBER, migrations.RunSQL.noop),
    ]
