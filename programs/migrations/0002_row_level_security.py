"""Row-level security: rows of the organization in scope, and no others."""

from django.db import migrations

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial")]

    operations = [
        TenantPolicy("programs_program"),
        TenantPolicy("programs_measure"),
    ]
