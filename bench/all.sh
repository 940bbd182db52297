#!/usr/bin/env bash
# Everything docs/performance.md shows, in one session on one PostgreSQL: bench/all.sh [directory for the results]
# The server is that of PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE, else one of its own with durable defaults, which is
# gone at the end. About 25 minutes; ROUNDS=1 PEERS="bpc graphile" is quicker.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/results}
rounds=${ROUNDS:-3}
mkdir -p "$out"

# PostgreSQL does not run as root.
as_server() { if [ "$(id -u)" = 0 ]; then su postgres -c "$*"; else bash -c "$*"; fi; }

if [ -z "${PGHOST:-}" ]; then
  programs=$(dirname "$(command -v postgres || ls -d /usr/lib/postgresql/*/bin/postgres | tail -1)")
  data=$(mktemp -d)
  chmod 777 "$data"
  as_server "$programs/initdb -D $data/db -U postgres -A trust" > "$data/log"
  export PGHOST=127.0.0.1 PGPORT=${PGPORT:-54329} PGUSER=postgres PGPASSWORD=postgres PGDATABASE=postgres
  trap 'as_server "$programs/pg_ctl -D $data/db -m fast -s stop"; rm -rf "$data"' EXIT
  as_server "$programs/pg_ctl -D $data/db -l $data/db/log -w -s \
    -o '-p $PGPORT -k $data -c listen_addresses=127.0.0.1 -c max_connections=300' start"
fi
export BPC_DB_HOST=$PGHOST BPC_DB_PORT=$PGPORT BPC_DB_USER=$PGUSER BPC_DB_PASSWORD=$PGPASSWORD BPC_DB_NAME=$PGDATABASE
bpc=$here/../bpc

# shellcheck disable=SC2086 # the peers are words
ROUNDS=$rounds "$here/peers/run-peers.sh" "$out/peers.jsonl" ${PEERS:-} 2> >(tee "$out/peers.md" >&2)
{
  "$bpc" bench jobs --rounds "$rounds" --only cost history held_snapshot writes memory
  "$bpc" bench jobs --rounds "$rounds" --silos 3 --only drain
  "$bpc" bench pipeline --rounds "$rounds"
} | tee "$out/bpc.txt"
