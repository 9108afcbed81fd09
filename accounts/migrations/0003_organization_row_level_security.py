"""An organization's own row: read and founded by anybody, changed from within alone, removed by the owner of the tables.

And what was migrated is for the role that migrates to write down; the application reads it at /readyz.
"""

from django.db import migrations

OWN = "id = (SELECT NULLIF(current_setting('portolan.organization', true), '')::bigint)"
READ_ONLY = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'portolan_app') AND current_user <> 'portolan_app' THEN
        {what} INSERT, UPDATE, DELETE ON django_migrations {whom} portolan_app;
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_row_level_security")]

    operations = [
        migrations.RunSQL(
            [
                "ALTER TABLE accounts_organization ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY readable ON accounts_organization FOR SELECT USING (true)",
                "CREATE POLICY founded ON accounts_organization FOR INSERT WITH CHECK (true)",
                f"CREATE POLICY own ON accounts_organization FOR UPDATE USING ({OWN})",
            ],
            [
                "DROP POLICY own ON accounts_organization",
                "DROP POLICY founded ON accounts_organization",
                "DROP POLICY readable ON accounts_organization",
                "ALTER TABLE accounts_organization DISABLE ROW LEVEL SECURITY",
            ],
        ),
        migrations.RunSQL(
            READ_ONLY.format(what="REVOKE", whom="FROM"),
            READ_ONLY.format(what="GRANT", whom="TO"),
        ),
    ]
