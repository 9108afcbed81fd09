"""Imports: runs, their files and rows, and the mappings that are remembered."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("events", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("portfolio", "Portfolios"),
                            ("product_line", "Product lines"),
                            ("program", "Programs"),
                            ("product", "Products"),
                            ("project", "Projects"),
                            ("activity", "Activities"),
                            ("risk", "Risks"),
                            ("measure", "Performance measures"),
                        ],
                        max_length=20,
                    ),
                ),
                ("size_bytes", models.PositiveBigIntegerField(default=0)),
                ("content", models.BinaryField(help_text="Kept until the import begins.", null=True)),
                ("encoding", models.CharField(default="utf-8-sig", max_length=20)),
                ("is_encoding_certain", models.BooleanField(default=True)),
                ("delimiter", models.CharField(default=",", max_length=1)),
                ("header", models.JSONField(default=list)),
                ("header_digest", models.CharField(editable=False, max_length=64)),
                (
                    "renamed",
                    models.JSONField(default=list, help_text="Columns whose name stood in the header more than once."),
                ),
                (
                    "columns",
                    models.JSONField(default=list, help_text="What each column holds, from a look at the first rows."),
                ),
                ("mapping", models.JSONField(default=dict)),
                (
                    "is_remembered",
                    models.BooleanField(default=False, help_text="The mapping is that of an earlier import."),
                ),
                ("is_read", models.BooleanField(default=False, help_text="Its rows are in the table of rows.")),
                ("row_count", models.PositiveIntegerField(default=0)),
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
            name="ImportRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("title", models.CharField(max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Not checked yet"),
                            ("checking", "Being checked"),
                            ("checked", "Waits for you"),
                            ("importing", "Being imported"),
                            ("stopped", "Stopped"),
                            ("done", "Done"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("row_count", models.PositiveIntegerField(default=0)),
                (
                    "refusals",
                    models.JSONField(default=list, help_text="Sentences about files that were uploaded and not taken."),
                ),
                ("findings", models.JSONField(default=list, help_text="What the check found, grouped by problem.")),
                ("totals", models.JSONField(default=dict, help_text="Rows by kind and outcome, as last counted.")),
                ("checked_at", models.DateTimeField(editable=False, null=True)),
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
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-id"], name="import_run_newest_first"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["draft", "checking", "checked", "importing", "stopped", "done", "undoing", "undone"],
                            )
                        ),
                        name="import_run_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("portfolio", "Portfolios"),
                            ("product_line", "Product lines"),
                            ("program", "Programs"),
                            ("product", "Products"),
                            ("project", "Projects"),
                            ("activity", "Activities"),
                            ("risk", "Risks"),
                            ("measure", "Performance measures"),
                        ],
                        max_length=20,
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="As a spreadsheet counts: the header is row 1.")),
                (
                    "place",
                    models.PositiveIntegerField(
                        default=0, help_text="Its turn in the import: what holds it comes before it."
                    ),
                ),
                ("cells", models.JSONField(default=list)),
                ("faults", models.JSONField(default=list, help_text="What was wrong with it in the file.")),
                ("key", models.CharField(blank=True, max_length=200)),
                ("label", models.CharField(blank=True, max_length=300)),
                (
                    "plan",
                    models.CharField(
                        choices=[
                            ("create", "New"),
                            ("update", "Changes"),
                            ("restore", "Comes back"),
                            ("unchanged", "As it is"),
                            ("error", "Not imported"),
                            ("skip", "Left out"),
                        ],
                        default="error",
                        max_length=10,
                    ),
                ),
                ("is_left_out", models.BooleanField(default=False, help_text="A person decided not to import it.")),
                ("is_parked", models.BooleanField(default=False)),
                ("messages", models.JSONField(default=list)),
                (
                    "changes",
                    models.JSONField(
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        help_text="Field -> [before, after].",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting"),
                            ("created", "Created"),
                            ("updated", "Changed"),
                            ("restored", "Brought back"),
                            ("unchanged", "Unchanged"),
                            ("failed", "Not imported"),
                            ("skipped", "Left out"),
                            ("undone", "Undone"),
                            ("kept", "Kept at undo"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("object_id", models.BigIntegerField(null=True)),
                (
                    "after_version",
                    models.PositiveIntegerField(help_text="The version that the import left behind.", null=True),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="integrations.importfile"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="integrations.importrun"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "run", "place", "id"], name="import_row_in_turn"),
                    models.Index(
                        condition=models.Q(("status", "pending")),
                        fields=["organization", "run", "place"],
                        name="import_row_pending",
                    ),
                    models.Index(
                        condition=models.Q(("object_id__isnull", False)),
                        fields=["organization", "kind", "object_id", "-id"],
                        name="import_row_by_object",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("file", "number"), name="import_row_number_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("plan__in", ["create", "update", "restore", "unchanged", "error", "skip"])),
                        name="import_row_plan_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "pending",
                                    "created",
                                    "updated",
                                    "restored",
                                    "unchanged",
                                    "failed",
                                    "skipped",
                                    "undone",
                                    "kept",
                                ],
                            )
                        ),
                        name="import_row_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "portfolio",
                                    "product_line",
                                    "program",
                                    "product",
                                    "project",
                                    "activity",
                                    "risk",
                                    "measure",
                                ],
                            )
                        ),
                        name="import_row_kind_known",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="importfile",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="files", to="integrations.importrun"
            ),
        ),
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("header_digest", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("portfolio", "Portfolios"),
                            ("product_line", "Product lines"),
                            ("program", "Programs"),
                            ("product", "Products"),
                            ("project", "Projects"),
                            ("activity", "Activities"),
                            ("risk", "Risks"),
                            ("measure", "Performance measures"),
                        ],
                        max_length=20,
                    ),
                ),
                ("mapping", models.JSONField(default=dict)),
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
                    models.UniqueConstraint(
                        fields=("organization", "header_digest", "kind"), name="saved_mapping_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "portfolio",
                                    "product_line",
                                    "program",
                                    "product",
                                    "project",
                                    "activity",
                                    "risk",
                                    "measure",
                                ],
                            )
                        ),
                        name="saved_mapping_kind_known",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="importfile",
            index=models.Index(fields=["organization", "run", "position"], name="import_file_by_run"),
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=models.UniqueConstraint(fields=("run", "position"), name="import_file_position_unique"),
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["portfolio", "product_line", "program", "product", "project", "activity", "risk", "measure"],
                    )
                ),
                name="import_file_kind_known",
            ),
        ),
    ]
