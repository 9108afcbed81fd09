#!/bin/sh
# Valkey with its password from a file: on a command line it would be there for all to read. `check` asks whether it is well.
set -eu

password=$(cat "${PORTOLAN_SECRETS:-/run/secrets}/redis_password")
if [ "${1:-}" = check ]; then
  export REDISCLI_AUTH="$password" VALKEYCLI_AUTH="$password"
  [ "$(valkey-cli ping)" = PONG ]
  exit
fi
umask 077
cat > /tmp/valkey.conf <<EOF
requirepass $password
dir ${PORTOLAN_DATA:-/data}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
EOF
exec valkey-server /tmp/valkey.conf
