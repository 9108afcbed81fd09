"""Row-level security: rows of the organization in scope, and no others."""

from django.db import migrations

from core.postgresql.operations import USER, TenantPolicy


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        TenantPolicy("accounts_membership", or_sql=USER),
        TenantPolicy("accounts_apitoken"),
    ]
