-- The two roles of Portolan and its database. Run by psql as superuser, again at every start: it changes only what differs.
-- Environment: PORTOLAN_OWNER_PASSWORD, PORTOLAN_APP_PASSWORD.
\set ON_ERROR_STOP on
\getenv owner_password PORTOLAN_OWNER_PASSWORD
\getenv app_password PORTOLAN_APP_PASSWORD
-- pg_stat_statements would keep the passwords below in its list of statements.
SET pg_stat_statements.track_utility = off;
SET log_min_error_statement = panic;
SET client_min_messages = warning;

SELECT 'CREATE ROLE portolan_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portolan_owner') \gexec
SELECT 'CREATE ROLE portolan_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portolan_app') \gexec

-- Owns every table and migrates; never used to serve a request.
ALTER ROLE portolan_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
-- What the application connects as: row-level security holds for it because it owns nothing and may not bypass it.
ALTER ROLE portolan_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';

SELECT 'CREATE DATABASE portolan OWNER portolan_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portolan') \gexec
REVOKE ALL ON DATABASE portolan FROM PUBLIC;
GRANT CONNECT ON DATABASE portolan TO portolan_app;
