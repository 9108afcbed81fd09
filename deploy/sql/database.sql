-- What one database needs before the first migration. Run by psql as superuser in that database; may be run again.
-- In template1 too where databases are made for tests: a new database is a copy of it, rights included.
\set ON_ERROR_STOP on
SET client_min_messages = warning;

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS vector;

ALTER SCHEMA public OWNER TO portolan_owner;
GRANT USAGE ON SCHEMA public TO portolan_app;
-- On what the owner creates from now on; a table that the application may only add to takes rights back in its migration.
ALTER DEFAULT PRIVILEGES FOR ROLE portolan_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portolan_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portolan_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO portolan_app;
