-- Run once by the administrator of a PostgreSQL 16+ cluster, before the first `saas migrate`:
--   psql -d postgres -v ON_ERROR_STOP=1 -v owner_password=… -v backup_password=… -f deploy/roles.sql
-- `saas migrate` itself makes the two roles that web, workers and relay use (qz_app, qz_relay), with passwords derived
-- from SAAS_SECRET_KEY; they own nothing and row security binds them.

-- The owner: used by migrations only. BYPASSRLS, because row security is forced on owners too and a data migration
-- would silently touch nothing; CREATEROLE, for the two roles above.
CREATE ROLE qz_owner LOGIN PASSWORD :'owner_password' NOSUPERUSER CREATEROLE BYPASSRLS;
-- Sandboxes of drills are filled and erased past the guards of their tables, by two functions of the owner's that take
-- firms of this kind only (src/saas/kernel/guards.sql).
GRANT SET ON PARAMETER session_replication_role TO qz_owner;

-- Backups read every firm and change nothing (saas backup, by SAAS_BACKUP_DATABASE_URL; pg_hba.conf must let it
-- replicate, which it does on the same host as it comes).
CREATE ROLE qz_backup LOGIN PASSWORD :'backup_password' NOSUPERUSER REPLICATION BYPASSRLS IN ROLE pg_read_all_data;

CREATE DATABASE qingzhang OWNER qz_owner TEMPLATE template0
  LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8' ENCODING 'UTF8';
