import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_membership_sees_amounts"),
        ("feedback", "0005_drafting"),
        ("portfolio", "0006_percent_in_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RegroupedItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("was_by_person", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Regrouping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("clustered", "Themes found anew"),
                            ("merged", "Merged"),
                            ("split", "Split"),
                            ("moved", "Moved"),
                            ("dissolved", "Dissolved"),
                        ],
                        max_length=10,
                    ),
                ),
                ("item_count", models.PositiveIntegerField(default=0)),
                (
                    "parts",
                    models.JSONField(default=list, help_text="Items that stand for each part: a few of each, not all."),
                ),
                ("themes_before", models.JSONField(default=dict, help_text="What themes were before, by their ids.")),
                ("made", models.JSONField(default=list, help_text="Ids of themes that the act made.")),
                ("undone_at", models.DateTimeField(null=True)),
                ("is_kept", models.BooleanField(default=True, help_text="Where each item was before is still known.")),
            ],
        ),
        migrations.CreateModel(
            name="ThemeAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="ThemeWeek",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("week", models.DateField()),
                ("item_count", models.PositiveIntegerField()),
                ("untriaged_count", models.PositiveIntegerField(default=0)),
                ("negative_count", models.PositiveIntegerField(default=0)),
                ("scored_count", models.PositiveIntegerField(default=0)),
                ("score_sum", models.FloatField(default=0)),
                ("score_square_sum", models.FloatField(default=0)),
                ("first_said_at", models.DateTimeField()),
                ("last_said_at", models.DateTimeField()),
                (
                    "products",
                    models.JSONField(default=dict, help_text="How many items are about each product, by its id."),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="feedbackitem",
            index=models.Index(
                condition=models.Q(("account__isnull", False), ("theme__isnull", False)),
                fields=["theme", "account"],
                name="feedback_item_theme_account",
            ),
        ),
        migrations.AddField(
            model_name="regroupeditem",
            name="from_theme",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="feedback.theme",
            ),
        ),
        migrations.AddField(
            model_name="regroupeditem",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="feedback.feedbackitem"
            ),
        ),
        migrations.AddField(
            model_name="regroupeditem",
            name="organization",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="regroupeditem",
            name="to_theme",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="feedback.theme",
            ),
        ),
        migrations.AddField(
            model_name="regrouping",
            name="actor",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="regrouping",
            name="ended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="ends", to="feedback.regrouping"
            ),
        ),
        migrations.AddField(
            model_name="regrouping",
            name="organization",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="regrouping",
            name="theme",
            field=models.ForeignKey(
                help_text="Into which was merged; that was split.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="regroupings",
                to="feedback.theme",
            ),
        ),
        migrations.AddField(
            model_name="regrouping",
            name="undone_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="regroupeditem",
            name="regrouping",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="feedback.regrouping",
            ),
        ),
        migrations.AddField(
            model_name="themeaccount",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="feedback.customeraccount",
            ),
        ),
        migrations.AddField(
            model_name="themeaccount",
            name="organization",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="themeaccount",
            name="theme",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="accounts",
                to="feedback.theme",
            ),
        ),
        migrations.AddField(
            model_name="themeweek",
            name="organization",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="themeweek",
            name="theme",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="weeks", to="feedback.theme"
            ),
        ),
        migrations.AddIndex(
            model_name="regrouping",
            index=models.Index(fields=["organization", "-id"], name="feedback_regrouping_newest"),
        ),
        migrations.AddConstraint(
            model_name="regrouping",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["clustered", "merged", "split", "moved", "dissolved"])),
                name="regrouping_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="regroupeditem",
            index=models.Index(fields=["organization", "id"], name="feedback_regrouped_by_org"),
        ),
        migrations.AddConstraint(
            model_name="regroupeditem",
            constraint=models.UniqueConstraint(fields=("regrouping", "item"), name="feedback_regrouped_item_once"),
        ),
        migrations.AddIndex(
            model_name="themeaccount",
            index=models.Index(fields=["organization", "theme"], name="feedback_theme_account_by_org"),
        ),
        migrations.AddIndex(
            model_name="themeaccount",
            index=models.Index(fields=["account"], name="feedback_theme_account"),
        ),
        migrations.AddConstraint(
            model_name="themeaccount",
            constraint=models.UniqueConstraint(fields=("theme", "account"), name="feedback_theme_account_once"),
        ),
        migrations.AddIndex(
            model_name="themeweek",
            index=models.Index(fields=["organization", "week"], name="feedback_theme_week_by_org"),
        ),
        migrations.AddConstraint(
            model_name="themeweek",
            constraint=models.UniqueConstraint(fields=("theme", "week"), name="feedback_theme_week_once"),
        ),
        TenantPolicy("feedback_themeweek"),
        TenantPolicy("feedback_themeaccount"),
        TenantPolicy("feedback_regrouping"),
        TenantPolicy("feedback_regroupeditem"),
    ]
