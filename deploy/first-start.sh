#!/bin/sh
# Run by the image of PostgreSQL when its data folder is empty.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d postgres -v owner_password="$OWNER_PASSWORD" \
  -v backup_password="$BACKUP_PASSWORD" -f /roles.sql
# The image lets everybody with a password into a database from the network, but nobody replicate.
echo "host replication qz_backup samenet scram-sha-256" >> "$PGDATA/pg_hba.conf"
