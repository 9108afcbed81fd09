"""Row-level security: rows of the organization in scope, and no others."""

from django.db import migrations

from core.postgresql.operations import AppendOnly, TenantPolicy


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        TenantPolicy("events_event"),
        TenantPolicy("events_followercursor"),
        TenantPolicy("events_job"),
        AppendOnly("events_event"),
    ]
