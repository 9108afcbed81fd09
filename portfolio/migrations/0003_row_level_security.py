"""Row-level security: rows of the organization in scope, and no others."""

from django.db import migrations

from core.postgresql.operations import TenantPolicy


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0002_initial")]

    operations = [
        TenantPolicy("portfolio_portfolio"),
        TenantPolicy("portfolio_productline"),
        TenantPolicy("portfolio_product"),
        TenantPolicy("portfolio_productshare"),
        TenantPolicy("portfolio_stancedecision"),
        TenantPolicy("portfolio_rollup"),
    ]
