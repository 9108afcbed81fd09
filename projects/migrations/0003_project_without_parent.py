"""Find parked projects without a parent, whatever the number of the others: the organization's totals add them."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_row_level_security")]

    operations = [
        migrations.AddIndex(
            "project",
            models.Index(
                condition=Q(portfolio=None, program=None), fields=["organization", "id"], name="project_without_parent"
            ),
        ),
    ]
