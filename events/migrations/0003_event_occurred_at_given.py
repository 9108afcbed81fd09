"""When an event happened is no longer always the moment it is written: a history may be told afterwards."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0002_row_level_security")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="occurred_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
    ]
