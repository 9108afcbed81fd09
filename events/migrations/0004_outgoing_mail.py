"""Mail that goes out: its rows are the queue."""

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_membership_sees_amounts"),
        ("events", "0003_event_occurred_at_given"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("to", models.EmailField(max_length=254)),
                ("reply_to", models.EmailField(blank=True, max_length=254)),
                (
                    "subject",
                    models.CharField(
                        max_length=300,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[^\\x00-\\x1f\\x7f]*\\Z", "It holds a line break or another control character."
                            )
                        ],
                    ),
                ),
                ("text", models.TextField()),
                (
                    "headers",
                    models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "key",
                    models.CharField(
                        blank=True, help_text="A second message with the same key is not queued.", max_length=200
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("failure", models.CharField(blank=True, max_length=500)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("subject_type", models.CharField(blank=True, max_length=80)),
                ("subject_id", models.CharField(blank=True, max_length=40)),
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
                    models.Index(fields=["organization", "-id"], name="outgoing_mail_newest_first"),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["organization", "next_try_at"],
                        name="outgoing_mail_waiting",
                    ),
                    models.Index(
                        fields=["organization", "subject_type", "subject_id"], name="outgoing_mail_by_subject"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("organization", "key"),
                        name="outgoing_mail_key_unique",
                        violation_error_message="This message has been queued already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "sent", "failed"])),
                        name="outgoing_mail_state_known",
                    ),
                ],
            },
        ),
        TenantPolicy("events_outgoingmail"),
    ]
