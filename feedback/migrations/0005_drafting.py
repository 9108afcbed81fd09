from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_membership_sees_amounts"),
        ("events", "0003_event_occurred_at_given"),
        ("feedback", "0004_portal"),
    ]

    operations = [
        migrations.AddField(
            model_name="userstory",
            name="claims",
            field=models.JSONField(
                default=list,
                editable=False,
                help_text="What the draft claimed: [part, text, places of the quotes behind it].",
            ),
        ),
        migrations.AddField(
            model_name="userstory",
            name="drafting_note",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="Why the rules wrote it although a model is set up.",
                max_length=300,
            ),
        ),
        migrations.AddField(
            model_name="userstory",
            name="job",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="events.job",
            ),
        ),
        migrations.AddField(
            model_name="userstory",
            name="model",
            field=models.CharField(blank=True, editable=False, help_text="The one that wrote it.", max_length=200),
        ),
        migrations.AddField(
            model_name="userstory",
            name="prompt_version",
            field=models.CharField(blank=True, editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name="userstory",
            name="sent_to",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="The host that text was sent to; none left where empty.",
                max_length=300,
            ),
        ),
        migrations.AlterField(
            model_name="userstory",
            name="origin",
            field=models.CharField(
                choices=[("rules", "Extraction rules"), ("endpoint", "A language model"), ("person", "A person")],
                default="person",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="userstory",
            name="status",
            field=models.CharField(
                choices=[("draft", "Draft"), ("saved", "Saved"), ("accepted", "Accepted"), ("discarded", "Discarded")],
                default="draft",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="DraftingCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("model", models.CharField(max_length=200)),
                ("prompt_version", models.CharField(max_length=20)),
                (
                    "sent_to",
                    models.CharField(blank=True, help_text="Host, where text left this server.", max_length=300),
                ),
                (
                    "asked",
                    models.CharField(blank=True, help_text="Hash of model, instructions and texts.", max_length=64),
                ),
                ("answer", models.TextField(blank=True)),
                ("request_count", models.PositiveSmallIntegerField(default=0)),
                ("input_token_count", models.PositiveIntegerField(default=0)),
                ("output_token_count", models.PositiveIntegerField(default=0)),
                (
                    "is_estimated",
                    models.BooleanField(default=False, help_text="The endpoint did not count its tokens."),
                ),
                ("cost_amount", models.DecimalField(decimal_places=6, default=Decimal("0"), max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("duration_ms", models.PositiveIntegerField(null=True)),
                ("is_trial", models.BooleanField(default=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("under_way", "Under way"),
                            ("answered", "Answered"),
                            ("kept", "Kept answer used"),
                            ("unusable", "Answer not usable"),
                            ("failed", "Failed"),
                            ("lost", "Worker lost"),
                            ("stopped", "Stopped"),
                        ],
                        default="under_way",
                        max_length=10,
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=300)),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="events.job"
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "created_at"], name="drafting_call_by_month"),
                    models.Index(fields=["organization", "asked", "-id"], name="drafting_call_by_text"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cost_amount__gte", 0)), name="drafting_cost_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["under_way", "answered", "kept", "unusable", "failed", "lost", "stopped"])
                        ),
                        name="drafting_outcome_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DraftingEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "is_active",
                    models.BooleanField(
                        default=False,
                        help_text="Off: drafts come from the extraction rules.",
                        verbose_name="let the model write drafts",
                    ),
                ),
                (
                    "base_url",
                    models.CharField(
                        blank=True,
                        help_text="Up to and with /v1, such as https://api.example.com/v1.",
                        max_length=500,
                        verbose_name="address",
                    ),
                ),
                ("model", models.CharField(blank=True, help_text="As the endpoint calls it.", max_length=200)),
                ("sealed_key", models.TextField(blank=True, editable=False)),
                ("currency", models.CharField(default="USD", help_text="Of the prices and the cap.", max_length=3)),
                (
                    "input_price_amount",
                    models.DecimalField(
                        decimal_places=4,
                        default=Decimal("0"),
                        max_digits=12,
                        verbose_name="price of a million tokens sent",
                    ),
                ),
                (
                    "output_price_amount",
                    models.DecimalField(
                        decimal_places=4,
                        default=Decimal("0"),
                        max_digits=12,
                        verbose_name="price of a million tokens received",
                    ),
                ),
                (
                    "cap_amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        help_text="Nothing is sent that might cost more. With prices of 0, a cap of 0 is no hindrance.",
                        max_digits=12,
                        verbose_name="most to spend in a month",
                    ),
                ),
                (
                    "timeout_seconds",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(300),
                        ],
                        verbose_name="seconds to wait for an answer",
                    ),
                ),
                (
                    "answer_format",
                    models.CharField(
                        choices=[("json_schema", "By a schema"), ("json_object", "As an object")],
                        default="json_schema",
                        editable=False,
                        max_length=12,
                    ),
                ),
                ("failure_count", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("last_failure", models.CharField(blank=True, editable=False, max_length=300)),
                ("broken_until", models.DateTimeField(editable=False, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization",), name="drafting_endpoint_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_active", False),
                            models.Q(models.Q(("base_url", ""), _negated=True), models.Q(("model", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="drafting_endpoint_complete",
                        violation_error_message="Say the address and the model before it is let to write.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("input_price_amount__range", (Decimal("0"), Decimal("100000"))),
                            ("output_price_amount__range", (Decimal("0"), Decimal("100000"))),
                        ),
                        name="drafting_prices_in_range",
                        violation_error_message="A price is from 0 to 100,000.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cap_amount__gte", 0)),
                        name="drafting_cap_not_negative",
                        violation_error_message="The most to spend is zero or more.",
                    ),
                ],
            },
        ),
        TenantPolicy("feedback_draftingendpoint"),
        TenantPolicy("feedback_draftingcall"),
    ]
