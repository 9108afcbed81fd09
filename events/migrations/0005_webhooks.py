"""Endpoints outside that are told of events, and what was told to each."""

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_membership_sees_amounts"),
        ("events", "0004_outgoing_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "external_key",
                    models.CharField(
                        blank=True,
                        help_text="The key of this row in the system it came from; imports match on it.",
                        max_length=200,
                    ),
                ),
                ("name", models.CharField(help_text="What receives it, for example “Data warehouse”.", max_length=100)),
                ("url", models.CharField(max_length=2000, verbose_name="URL")),
                ("has_all_types", models.BooleanField(default=False, verbose_name="Every event")),
                (
                    "types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), blank=True, default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("disabled", "Disabled")],
                        default="active",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("state_reason", models.CharField(blank=True, editable=False, max_length=300)),
                ("secret", models.TextField(editable=False)),
                ("secret_hint", models.CharField(editable=False, max_length=8)),
                ("previous_secret", models.TextField(blank=True, editable=False)),
                ("previous_secret_until", models.DateTimeField(editable=False, null=True)),
                ("active_since", models.DateTimeField(editable=False, help_text="What happened earlier is not told.")),
                ("failing_since", models.DateTimeField(editable=False, null=True)),
                ("failure_count", models.PositiveIntegerField(default=0, editable=False)),
                ("resting_until", models.DateTimeField(editable=False, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("message_id", models.CharField(max_length=64)),
                ("type", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("delivered", "Delivered"), ("failed", "Failed")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("claim", models.UUIDField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("last_attempt_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("request_headers", models.JSONField(default=dict)),
                ("request_body", models.TextField(blank=True)),
                ("response_status", models.PositiveSmallIntegerField(null=True)),
                ("response_body", models.TextField(blank=True)),
                ("failure", models.CharField(blank=True, max_length=300)),
                ("duration_ms", models.PositiveIntegerField(null=True, verbose_name="duration")),
                ("attempts", models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        help_text="None: a test.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="events.event",
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
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="events.webhookendpoint",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="webhookendpoint",
            index=models.Index(fields=["organization", "id"], name="webhook_endpoint_by_org"),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archived_at", None)),
                fields=("organization", "name"),
                name="webhook_endpoint_name_unique",
                violation_error_message="Another endpoint has this name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("has_all_types", True), ("types__len__gt", 0), _connector="OR"),
                name="webhook_endpoint_has_types",
                violation_error_message="Choose at least one event, or every event.",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["active", "paused", "disabled"])), name="webhook_endpoint_state_known"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["organization", "id"], name="webhook_delivery_by_org"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["endpoint", "-id"], name="webhook_delivery_newest"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["endpoint", "next_attempt_at", "id"],
                name="webhook_delivery_due",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("claim__isnull", False)), fields=["endpoint"], name="webhook_delivery_in_hands"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["endpoint", "last_attempt_at"], name="webhook_delivery_lately"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "failed")),
                fields=["endpoint", "created_at"],
                name="webhook_delivery_failed",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(fields=("endpoint", "message_id"), name="webhook_delivery_once"),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "delivered", "failed"])),
                name="webhook_delivery_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "waiting"), _negated=True), ("next_attempt_at__isnull", False), _connector="OR"
                ),
                name="webhook_delivery_waits_for",
            ),
        ),
        TenantPolicy("events_webhookendpoint"),
        TenantPolicy("events_webhookdelivery"),
    ]
