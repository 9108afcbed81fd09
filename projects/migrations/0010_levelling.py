"""Levelling proposals."""

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_membership_sees_amounts"),
        ("events", "0003_event_occurred_at_given"),
        ("portfolio", "0004_rollup_of_organization"),
        ("programs", "0002_row_level_security"),
        ("projects", "0009_root_summaries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LevellingProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "group",
                    models.CharField(
                        choices=[("role", "Role"), ("team", "Team")],
                        default="role",
                        help_text="What is levelled.",
                        max_length=10,
                        verbose_name="capacity of",
                    ),
                ),
                (
                    "most_months",
                    models.PositiveSmallIntegerField(
                        default=6,
                        help_text="No project is put off by more, whatever its float.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(24),
                        ],
                        verbose_name="months at most",
                    ),
                ),
                (
                    "seed",
                    models.PositiveIntegerField(default=1, help_text="The same seed and plan give the same answer."),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("accepted", "Accepted"), ("discarded", "Discarded")],
                        default="open",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("as_of", models.DateTimeField(editable=False, help_text="When the plan was read.", null=True)),
                (
                    "result",
                    models.JSONField(editable=False, encoder=django.core.serializers.json.DjangoJSONEncoder, null=True),
                ),
                ("accepted", models.JSONField(editable=False, help_text="The projects that were put off.", null=True)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="events.job",
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
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="levellings",
                        to="portfolio.portfolio",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="levellings",
                        to="programs.program",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "program", "-id"], name="levelling_of_program"),
                    models.Index(fields=["organization", "portfolio", "-id"], name="levelling_of_portfolio"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("portfolio__isnull", False), ("program", None)),
                            models.Q(("portfolio", None), ("program__isnull", False)),
                            _connector="OR",
                        ),
                        name="levelling_of_one",
                        violation_error_message="A levelling is of a program or of a portfolio.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most_months__range", (1, 24))),
                        name="levelling_months_in_range",
                        violation_error_message="Work is put off by 1 to 24 months at most.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("group__in", ["role", "team"])), name="levelling_group_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "accepted", "discarded"])),
                        name="levelling_status_known",
                    ),
                ],
            },
        ),
        TenantPolicy("projects_levellingproposal"),
    ]
