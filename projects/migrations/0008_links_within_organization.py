"""Both ends of a dependency, and what a baseline tells about, lie in the row's own organization: the tables see to it."""

from django.db import migrations, models

UNIQUE = """
CREATE UNIQUE INDEX CONCURRENTLY activity_of_organization ON projects_activity (organization_id, id);
"""
USE = (
    "ALTER TABLE projects_activity ADD CONSTRAINT activity_of_organization UNIQUE USING INDEX activity_of_organization"
)
KEY = (
    "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (organization_id, {column}) "
    "REFERENCES projects_activity (organization_id, id) DEFERRABLE INITIALLY DEFERRED"
)
KEYS = [
    ("projects_dependency", "predecessor_id", "dependency_predecessor_same_organization"),
    ("projects_dependency", "successor_id", "dependency_successor_same_organization"),
    ("projects_baselineactivity", "activity_id", "baseline_activity_same_organization"),
]


class Migration(migrations.Migration):
    atomic = False  # an index that is built beside the writes of the version that still serves

    dependencies = [("projects", "0007_schedule_row_level_security")]

    operations = [
        migrations.RunSQL(UNIQUE, "DROP INDEX CONCURRENTLY IF EXISTS activity_of_organization"),
        migrations.RunSQL(
            USE,
            "ALTER TABLE projects_activity DROP CONSTRAINT IF EXISTS activity_of_organization",
            state_operations=[
                migrations.AddConstraint(
                    model_name="activity",
                    constraint=models.UniqueConstraint(fields=["organization", "id"], name="activity_of_organization"),
                ),
            ],
        ),
        *(
            migrations.RunSQL(
                KEY.format(table=table, column=column, name=name),
                f"ALTER TABLE {table} DROP CONSTRAINT {name}",
            )
            for table, column, name in KEYS
        ),
        migrations.RemoveIndex(model_name="activity", name="activity_by_organization"),
    ]
