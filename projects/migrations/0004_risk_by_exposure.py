from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, OrderBy, Q


class Migration(migrations.Migration):
    atomic = False  # an index that is built beside the writes of the version that still serves

    dependencies = [("projects", "0003_project_without_parent")]

    operations = [
        AddIndexConcurrently(
            model_name="risk",
            index=models.Index(
                F("organization"),
                OrderBy(F("probability_ratio") * F("impact_amount"), descending=True, nulls_last=True),
                F("id").desc(),
                name="risk_by_exposure",
                condition=Q(archived_at=None),
            ),
        )
    ]
