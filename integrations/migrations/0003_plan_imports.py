"""Microsoft Project files on their way to becoming projects."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_organization_row_level_security"),
        ("events", "0003_event_occurred_at_given"),
        ("integrations", "0002_row_level_security"),
        ("portfolio", "0004_rollup_of_organization"),
        ("programs", "0002_row_level_security"),
        ("projects", "0009_root_summaries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("file_name", models.CharField(max_length=200)),
                ("size_bytes", models.PositiveBigIntegerField(default=0)),
                ("content", models.BinaryField(help_text="Kept until it is imported or discarded.", null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("reading", "Being read"),
                            ("refused", "Cannot be imported"),
                            ("checked", "Waits for you"),
                            ("importing", "Being imported"),
                            ("done", "Done"),
                            ("undone", "Undone"),
                        ],
                        default="reading",
                        max_length=10,
                    ),
                ),
                ("refusal", models.TextField(blank=True, help_text="Why it cannot be imported.")),
                (
                    "report",
                    models.JSONField(
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        help_text="What would be created.",
                    ),
                ),
                ("project_name", models.CharField(blank=True, max_length=200)),
                (
                    "calendar_ids",
                    models.JSONField(default=list, editable=False, help_text="Calendars that it created."),
                ),
                ("imported_at", models.DateTimeField(editable=False, null=True)),
                ("undone_at", models.DateTimeField(editable=False, null=True)),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="events.job"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "portfolio",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolio.portfolio",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.program",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "-id"], name="plan_import_newest_first")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["reading", "refused", "checked", "importing", "done", "undone"])
                        ),
                        name="plan_import_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("program", None), ("portfolio", None), _connector="OR"),
                        name="plan_import_one_home",
                    ),
                ],
            },
        ),
    ]
