#!/usr/bin/env bash
# Roles, database and extensions. The image runs it when the cluster is new; run it again by hand after an upgrade.
set -euo pipefail

secrets=${PORTOLAN_SECRETS:-/run/secrets}
sql=${PORTOLAN_SQL:-/usr/local/share/portolan/sql}
PGPASSWORD=$(<"$secrets/postgres_password")
PORTOLAN_OWNER_PASSWORD=$(<"$secrets/owner_password")
PORTOLAN_APP_PASSWORD=$(<"$secrets/app_password")
export PGPASSWORD PORTOLAN_OWNER_PASSWORD PORTOLAN_APP_PASSWORD

run() { psql --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" "$@"; }
run --dbname postgres --file "$sql/roles.sql"
run --dbname portolan --file "$sql/database.sql"
