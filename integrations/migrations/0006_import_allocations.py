from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0005_import_entries"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="importfile",
            name="import_file_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="importrow",
            name="import_row_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="savedmapping",
            name="saved_mapping_kind_known",
        ),
        migrations.AlterField(
            model_name="importfile",
            name="kind",
            field=models.CharField(
                choices=[
                    ("portfolio", "Portfolios"),
                    ("product_line", "Product lines"),
                    ("program", "Programs"),
                    ("product", "Products"),
                    ("project", "Projects"),
                    ("activity", "Activities"),
                    ("risk", "Risks"),
                    ("measure", "Performance measures"),
                    ("entry", "Financial entries"),
                    ("allocation", "Allocations"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="importrow",
            name="kind",
            field=models.CharField(
                choices=[
                    ("portfolio", "Portfolios"),
                    ("product_line", "Product lines"),
                    ("program", "Programs"),
                    ("product", "Products"),
                    ("project", "Projects"),
                    ("activity", "Activities"),
                    ("risk", "Risks"),
                    ("measure", "Performance measures"),
                    ("entry", "Financial entries"),
                    ("allocation", "Allocations"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="savedmapping",
            name="kind",
            field=models.CharField(
                choices=[
                    ("portfolio", "Portfolios"),
                    ("product_line", "Product lines"),
                    ("program", "Programs"),
                    ("product", "Products"),
                    ("project", "Projects"),
                    ("activity", "Activities"),
                    ("risk", "Risks"),
                    ("measure", "Performance measures"),
                    ("entry", "Financial entries"),
                    ("allocation", "Allocations"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=models.CheckConstraint(
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
                            "entry",
                            "allocation",
                        ],
                    )
                ),
                name="import_file_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.CheckConstraint(
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
                            "entry",
                            "allocation",
                        ],
                    )
                ),
                name="import_row_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmapping",
            constraint=models.CheckConstraint(
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
                            "entry",
                            "allocation",
                        ],
                    )
                ),
                name="saved_mapping_kind_known",
            ),
        ),
    ]
