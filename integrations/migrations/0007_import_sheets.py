from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0006_import_people_and_allocations")]

    operations = [
        migrations.AddField(
            model_name="importfile",
            name="sheets",
            field=models.JSONField(default=list, db_default=[], help_text="Of a workbook: the names of its sheets."),
        ),
        migrations.AddField(
            model_name="importfile",
            name="sheet",
            field=models.CharField(
                blank=True, default="", db_default="", max_length=200, help_text="The one that is read."
            ),
        ),
    ]
