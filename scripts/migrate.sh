#!/usr/bin/env bash
# Brings the database of BPC_DB_* up to date, or docker-compose.yml's where BPC_DB_HOST is not set.
# (./bpc migrate by itself would then migrate the private PostgreSQL under .bpc/.)
set -eu
if [ -z "${BPC_DB_HOST:-}" ] && [ "${BPC_ENV:-dev}" != prod ]; then
  export BPC_DB_HOST=localhost BPC_DB_PORT=${BPC_DB_PORT:-5432} BPC_DB_NAME=${BPC_DB_NAME:-bpc}
  export BPC_DB_USER=${BPC_DB_USER:-bpc} BPC_DB_PASSWORD=${BPC_DB_PASSWORD:-bpc}
  echo "BPC_DB_HOST is not set: migrating $BPC_DB_NAME at localhost:$BPC_DB_PORT, as docker compose runs it" >&2
fi
exec "$(dirname "${BASH_SOURCE[0]}")/../bpc" migrate "$@"
