from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("demo", "0001_keep_a_shop")]

    operations = [
        migrations.AddField(model_name="order", name="points", field=models.IntegerField(null=True)),
    ]
