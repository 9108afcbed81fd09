"""Channels: mailboxes that are read, hooks that are sent to, and replies."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_membership_sees_amounts"),
        ("events", "0004_outgoing_mail"),
        ("feedback", "0002_themes_and_vectors"),
        ("portfolio", "0006_percent_in_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Mailbox",
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
                ("name", models.CharField(help_text="What you call it, such as Support.", max_length=100)),
                (
                    "host",
                    models.CharField(
                        help_text="The IMAP server, such as imap.example.org.",
                        max_length=253,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[\\w.:-]+\\Z", "Give the name of a server, such as imap.example.org."
                            )
                        ],
                    ),
                ),
                (
                    "port",
                    models.PositiveIntegerField(
                        default=993,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(65535),
                        ],
                    ),
                ),
                (
                    "security",
                    models.CharField(
                        choices=[
                            ("tls", "TLS (port 993)"),
                            ("starttls", "STARTTLS (port 143)"),
                            ("none", "None: the password travels in clear text"),
                        ],
                        default="tls",
                        max_length=8,
                    ),
                ),
                ("user", models.CharField(help_text="Often the address itself.", max_length=254)),
                ("password_sealed", models.TextField(blank=True, editable=False)),
                ("folder", models.CharField(default="INBOX", max_length=200)),
                (
                    "is_active",
                    models.BooleanField(default=True, help_text="Looked into every minute.", verbose_name="active"),
                ),
                (
                    "reads_existing",
                    models.BooleanField(
                        default=False,
                        help_text="Read the messages as well that came before it was added here.",
                        verbose_name="older messages too",
                    ),
                ),
                ("uid_validity", models.BigIntegerField(editable=False, null=True)),
                ("last_uid", models.BigIntegerField(default=0, editable=False)),
                ("last_polled_at", models.DateTimeField(editable=False, null=True)),
                ("next_poll_at", models.DateTimeField(auto_now_add=True)),
                ("claim", models.UUIDField(editable=False, null=True)),
                ("claimed_until", models.DateTimeField(editable=False, null=True)),
                ("received_count", models.PositiveIntegerField(default=0, editable=False)),
                ("skipped_count", models.PositiveIntegerField(default=0, editable=False)),
                ("failure", models.CharField(blank=True, editable=False, max_length=500)),
                ("failed_polls", models.PositiveIntegerField(default=0, editable=False)),
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
                    "product",
                    models.ForeignKey(
                        blank=True,
                        help_text="What its messages are about; empty: the analyser suggests one for each.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolio.product",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MailboxFailure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("uid_validity", models.BigIntegerField()),
                ("uid", models.BigIntegerField()),
                ("sender", models.CharField(blank=True, max_length=320)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("arrived_at", models.DateTimeField(null=True)),
                ("size_bytes", models.PositiveBigIntegerField(default=0)),
                ("reason", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Not read"),
                            ("retrying", "Tried again soon"),
                            ("solved", "Read"),
                            ("dismissed", "Dismissed"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                (
                    "mailbox",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="failures",
                        to="feedback.mailbox",
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
            name="FeedbackReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("text", models.TextField(max_length=20000)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="feedback.feedbackitem",
                    ),
                ),
                (
                    "mail",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="events.outgoingmail"
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
                    models.Index(fields=["organization", "id"], name="feedback_reply_by_org"),
                    models.Index(fields=["item", "id"], name="feedback_reply_by_item"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IntakeHook",
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
                ("name", models.CharField(help_text="Who sends, such as Survey tool.", max_length=100)),
                ("public_id", models.CharField(editable=False, max_length=60, unique=True)),
                ("secret_sealed", models.TextField(editable=False)),
                ("secret_hint", models.CharField(editable=False, max_length=8)),
                ("secret_made_at", models.DateTimeField(editable=False)),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="A paused one refuses what is sent.", verbose_name="active"
                    ),
                ),
                ("received_count", models.PositiveIntegerField(default=0, editable=False)),
                ("refused_count", models.PositiveIntegerField(default=0, editable=False)),
                ("last_received_at", models.DateTimeField(editable=False, null=True)),
                ("last_refused_at", models.DateTimeField(editable=False, null=True)),
                ("last_refusal", models.CharField(blank=True, editable=False, max_length=300)),
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
                    "product",
                    models.ForeignKey(
                        blank=True,
                        help_text="What its feedback is about where the sender does not say; empty: the analyser suggests one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolio.product",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "id"], name="intake_hook_by_org")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("archived_at", None)),
                        name="intake_hook_name_unique",
                        violation_error_message="Another hook has this name.",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="mailbox",
            index=models.Index(fields=["organization", "id"], name="mailbox_by_org"),
        ),
        migrations.AddIndex(
            model_name="mailbox",
            index=models.Index(
                condition=models.Q(("archived_at", None), ("is_active", True)),
                fields=["organization", "next_poll_at"],
                name="mailbox_to_poll",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailbox",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("archived_at", None)),
                name="mailbox_name_unique",
                violation_error_message="Another mailbox has this name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailbox",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_key", ""), _negated=True),
                fields=("organization", "external_key"),
                name="mailbox_external_key_unique",
                violation_error_message="Another mailbox has this external key.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailbox",
            constraint=models.CheckConstraint(
                condition=models.Q(("port__range", (1, 65535))),
                name="mailbox_port_range",
                violation_error_message="A port is from 1 to 65535.",
            ),
        ),
        migrations.AddIndex(
            model_name="mailboxfailure",
            index=models.Index(fields=["organization", "-id"], name="mailbox_failure_newest_first"),
        ),
        migrations.AddIndex(
            model_name="mailboxfailure",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "retrying"])),
                fields=["mailbox", "id"],
                name="mailbox_failure_unsolved",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailboxfailure",
            constraint=models.UniqueConstraint(fields=("mailbox", "uid_validity", "uid"), name="mailbox_failure_once"),
        ),
        migrations.AddConstraint(
            model_name="mailboxfailure",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "retrying", "solved", "dismissed"])),
                name="mailbox_failure_state_known",
            ),
        ),
        TenantPolicy("feedback_mailbox"),
        TenantPolicy("feedback_mailboxfailure"),
        TenantPolicy("feedback_intakehook"),
        TenantPolicy("feedback_feedbackreply"),
    ]
