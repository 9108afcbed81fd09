"""Row-level security: rows of the organization in scope, and no others."""

from django.db import migrations

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [("projects", "0006_schedule_facts")]

    operations = [
        TenantPolicy("projects_dependency"),
        TenantPolicy("projects_baseline"),
        TenantPolicy("projects_baselineactivity"),
        TenantPolicy("projects_forecast"),
    ]
