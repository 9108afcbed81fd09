"""Row-level security: rows of the organization in scope, and no others."""

from django.db import migrations

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [("integrations", "0003_plan_imports")]

    operations = [TenantPolicy("integrations_planimport")]
