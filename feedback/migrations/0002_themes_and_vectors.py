import django.db.models.deletion
import pgvector.django.halfvec
import pgvector.django.indexes
import pgvector.django.vector
from django.conf import settings
from django.db import migrations, models
from pgvector.django import VectorExtension

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_membership_sees_amounts"),
        ("feedback", "0001_feedback"),
        ("portfolio", "0006_percent_in_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Made by a superuser beforehand (deploy/sql/database.sql); this finds it, or says that it is missing.
        VectorExtension(),
        migrations.CreateModel(
            name="Theme",
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
                ("name", models.CharField(max_length=120)),
                ("is_named_by_person", models.BooleanField(default=False, editable=False)),
                (
                    "is_pinned",
                    models.BooleanField(
                        default=False,
                        help_text="Kept as it is: clustering anew neither ends nor renames it.",
                        verbose_name="pinned",
                    ),
                ),
                (
                    "words",
                    models.JSONField(
                        default=list, editable=False, help_text="What sets its items apart, the strongest first."
                    ),
                ),
                ("center", pgvector.django.vector.VectorField(dimensions=256, editable=False, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="analysis",
            name="vector",
            field=pgvector.django.halfvec.HalfVectorField(
                dimensions=256,
                editable=False,
                help_text="What it means: items about the same lie close together.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="analysis",
            index=pgvector.django.indexes.HnswIndex(
                ef_construction=64,
                fields=["vector"],
                m=16,
                name="feedback_analysis_by_meaning",
                opclasses=["halfvec_cosine_ops"],
            ),
        ),
        migrations.AddField(
            model_name="theme",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="feedback.theme",
            ),
        ),
        migrations.AddField(
            model_name="theme",
            name="organization",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="feedbackitem",
            name="theme",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="feedback.theme",
            ),
        ),
        migrations.AddIndex(
            model_name="feedbackitem",
            index=models.Index(fields=["theme", "-said_at", "-id"], name="feedback_item_by_theme"),
        ),
        migrations.AddIndex(
            model_name="theme",
            index=models.Index(fields=["organization", "id"], name="feedback_theme_by_org"),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_key", ""), _negated=True),
                fields=("organization", "external_key"),
                name="theme_external_key_unique",
                violation_error_message="Another theme has this external key.",
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into", None), models.Q(("merged_into", models.F("id")), _negated=True), _connector="OR"
                ),
                name="theme_not_into_itself",
                violation_error_message="A theme cannot be merged into itself.",
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", None), ("archived_at__isnull", False), _connector="OR"),
                name="theme_merged_is_archived",
                violation_error_message="A theme that was merged is archived.",
            ),
        ),
        TenantPolicy("feedback_theme"),
    ]
