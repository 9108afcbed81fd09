from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0008_import_reason"),
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
                    ("team", "Teams"),
                    ("resource_role", "Roles"),
                    ("person", "People"),
                    ("capacity", "Capacities"),
                    ("allocation", "Allocations"),
                    ("customer_account", "Customer accounts"),
                    ("feedback_item", "Feedback items"),
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
                    ("team", "Teams"),
                    ("resource_role", "Roles"),
                    ("person", "People"),
                    ("capacity", "Capacities"),
                    ("allocation", "Allocations"),
                    ("customer_account", "Customer accounts"),
                    ("feedback_item", "Feedback items"),
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
                    ("team", "Teams"),
                    ("resource_role", "Roles"),
                    ("person", "People"),
                    ("capacity", "Capacities"),
                    ("allocation", "Allocations"),
                    ("customer_account", "Customer accounts"),
                    ("feedback_item", "Feedback items"),
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
                            "team",
                            "resource_role",
                            "person",
                            "capacity",
                            "allocation",
                            "customer_account",
                            "feedback_item",
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
                            "team",
                            "resource_role",
                            "person",
                            "capacity",
                            "allocation",
                            "customer_account",
                            "feedback_item",
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
                            "team",
                            "resource_role",
                            "person",
                            "capacity",
                            "allocation",
                            "customer_account",
                            "feedback_item",
                        ],
                    )
                ),
                name="saved_mapping_kind_known",
            ),
        ),
    ]
