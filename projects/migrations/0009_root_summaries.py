"""Each project gets the root summary that stands for the whole of it."""

from django.db import migrations

ROOTS = """
INSERT INTO projects_activity (
    organization_id, project_id, created_at, updated_at, version, archived_at, external_key, position, outline_level,
    name, description, kind, status, currency, progress_ratio
)
SELECT p.organization_id, p.id, now(), now(), 1, NULL, '', 0, 0, p.name, '', 'summary', 'not_started', p.currency, 0
FROM projects_project p
WHERE NOT EXISTS (SELECT 1 FROM projects_activity a WHERE a.project_id = p.id AND a.outline_level = 0)
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0008_links_within_organization")]

    operations = [
        migrations.RunSQL(ROOTS, "DELETE FROM projects_activity WHERE outline_level = 0"),
    ]
