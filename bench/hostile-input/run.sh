#!/usr/bin/env bash
# A gateway of its own under 100,000 bad requests: one line of figures. Needs node.
# Knobs: REQUESTS, SEED, PORT, BPC (the program to run, where it is built elsewhere).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bpc=${BPC:-$here/../../bpc}
home=$(mktemp -d)
export BPC_HOME=$home BPC_HTTP_PORT=${PORT:-18080} BPC_LOG_FILE=$home/up.log
"$bpc" up > "$home/out" 2>&1 &
up=$!
trap 'kill "$up" 2> /dev/null; wait "$up" 2> /dev/null || true; rm -rf "$home"' EXIT
for _ in $(seq 120); do curl -sf "http://127.0.0.1:$BPC_HTTP_PORT/v1/health/ready" > /dev/null && break; sleep 1; done
key=$("$bpc" tenant create hostile --json | sed 's/.*"api_key":"\([^"]*\)".*/\1/')
node "$here/send.mjs" --url "http://127.0.0.1:$BPC_HTTP_PORT" --key "$key" --pid "$up" \
  --requests "${REQUESTS:-100000}" --seed "${SEED:-1}"
