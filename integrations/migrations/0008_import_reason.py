from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0007_import_sheets")]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="reason",
            field=models.CharField(
                blank=True,
                default="",
                db_default="",
                max_length=500,
                help_text="Why budgets that are approved change, where a row does not say it.",
            ),
        ),
    ]
