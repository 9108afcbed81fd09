"""The organization's own totals, parked rows, exact sums of progress, days late, and the day they are judged for.

Nothing has stored a rollup before this, so the table is empty and the new columns need no default.
"""

from decimal import Decimal

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0003_row_level_security")]

    operations = [
        migrations.RemoveConstraint("rollup", "rollup_of_one_node"),
        migrations.AddField("rollup", "parked_count", models.PositiveIntegerField(default=0)),
        migrations.AddField("rollup", "computed_health", models.CharField(default="unreported", max_length=10)),
        migrations.AddField(
            "rollup", "progress_earned", models.DecimalField(decimal_places=4, default=Decimal(0), max_digits=20)
        ),
        migrations.AddField("rollup", "late_days", models.PositiveIntegerField(default=0)),
        migrations.AddField("rollup", "judged_date", models.DateField()),
        migrations.AddConstraint(
            "rollup",
            models.CheckConstraint(
                condition=(
                    Q(project__isnull=False, program=None, portfolio=None, product=None)
                    | Q(project=None, program__isnull=False, portfolio=None, product=None)
                    | Q(project=None, program=None, portfolio__isnull=False, product=None)
                    | Q(project=None, program=None, portfolio=None, product__isnull=False)
                    | Q(project=None, program=None, portfolio=None, product=None)
                ),
                name="rollup_of_at_most_one_node",
            ),
        ),
        migrations.AddConstraint(
            "rollup",
            models.UniqueConstraint(
                condition=Q(project=None, program=None, portfolio=None, product=None),
                fields=["organization"],
                name="rollup_of_organization_unique",
            ),
        ),
        migrations.AddIndex(
            "rollup",
            models.Index(
                condition=Q(late_days__gt=0, project__isnull=False),
                fields=["organization", "-late_days", "-id"],
                name="rollup_of_late_project",
            ),
        ),
    ]
