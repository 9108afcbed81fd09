#!/bin/sh
# The passwords and addresses of docker-compose.yml, random, in deploy/secrets/. What is there already stays.
set -eu

cd "$(dirname "$0")"
umask 077
mkdir -p secrets

secret() {
  [ -s "secrets/$1" ] || head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' > "secrets/$1"
}

for name in postgres_password owner_password app_password redis_password secret_key; do secret "$name"; done
# The mail server's, and former secret keys: nobody can make them up, so they are empty until somebody writes them there.
for name in email_password secret_key_fallbacks; do [ -e "secrets/$name" ] || : > "secrets/$name"; done
rm -f secrets/*_url
printf 'postgresql://portolan_owner:%s@postgres:5432/portolan' "$(cat secrets/owner_password)" > secrets/database_owner_url
printf 'postgresql://portolan_app:%s@postgres:5432/portolan' "$(cat secrets/app_password)" > secrets/database_url
printf 'redis://:%s@redis:6379' "$(cat secrets/redis_password)" > secrets/redis_url

# The containers read them as users of their own; on this machine only the owner of the folder gets to them.
chmod 700 secrets
chmod 444 secrets/*
ls -l secrets
