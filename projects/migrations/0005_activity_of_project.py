import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # an index that is built beside the writes of the version that still serves

    dependencies = [("projects", "0004_risk_by_exposure")]

    operations = [
        AddIndexConcurrently(
            model_name="activity",
            index=models.Index(fields=["project", "position", "id"], name="activity_of_project"),
        ),
        migrations.AlterField(
            model_name="activity",
            name="project",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="activities",
                to="projects.project",
            ),
        ),
    ]
