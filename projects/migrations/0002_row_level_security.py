"""Row-level security: rows of the organization in scope, and no others."""

from django.db import migrations

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]

    operations = [
        TenantPolicy("projects_project"),
        TenantPolicy("projects_activity"),
        TenantPolicy("projects_risk"),
    ]
