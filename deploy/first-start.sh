#!/bin/sh
# Run by the image of PostgreSQL when its data folder is empty.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d postgres -v owner_password="$OWNER_PASSWORD" -f /roles.sql
