#!/usr/bin/env bash
# Real silo processes on a PostgreSQL of their own, and everything that goes wrong: a silo killed, one stopped for longer
# than its lease, PostgreSQL restarted, a silo told to stop, operators resetting rows that run. Then the checker of
# tests/Jobs/Invariants judges the log of every change. Ends with one line of figures; exit status 1 where anything broke.
#   bench/faults/run.sh [seconds of load, 120]     needs the .NET SDK, PostgreSQL 15 to 18, and a minute for each minute
#   KILLS=3                                        how often a silo is killed; the figure of interrupted jobs is theirs
set -euo pipefail
seconds=${1:-120}
kills=${KILLS:-3}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
chmod 711 "$work"
bin=$( { compgen -G '/usr/lib/postgresql/1[5-8]/bin' || compgen -G '/opt/homebrew/opt/postgresql@1[5-8]/bin'; } | tail -1)
as=()
[ "$(id -u)" != 0 ] || as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
declare -A silo=()

say() { printf '%4d s  %s\n' $((SECONDS - began)) "$*" >&2; }
ask() { psql -qXAt -v ON_ERROR_STOP=1 -c "$1"; }
pg() { (cd / && "${as[@]}" "$bin/pg_ctl" -s -w -D "$work/data" -l "$work/data/log" "$@" 9>&-); }
start() { # number
  BPC_WORKER_ID=worker-$1 dotnet "$worker" > "$work/worker-$1.log" 2>&1 &
  silo[$1]=$!
}
signal() { kill "-$1" "${silo[$2]}"; say "$1 to worker-$2"; }
until_true() { # seconds query
  local end=$((SECONDS + $1))
  until [ "$(ask "$2" 2> /dev/null || true)" = t ]; do
    [ $SECONDS -lt $end ] || { say "not within $1 s: $2"; return 1; }
    sleep 0.1
  done
}
finish() {
  for pid in "${silo[@]}"; do kill -KILL "$pid" 2> /dev/null || true; done
  pg stop -m immediate || true
  rm -rf "$work"
}
trap finish EXIT
began=$SECONDS

dotnet build "$here/worker" -c Release -nologo -v quiet -clp:NoSummary >&2
worker=$here/worker/bin/Release/net10.0/bpc-fault-worker.dll
if [ ${#as[@]} -gt 0 ]; then install -d -o postgres -m 700 "$work/data"; else mkdir -m 700 "$work/data"; fi
(cd / && "${as[@]}" "$bin/initdb" -D "$work/data" -U bpc --auth=trust --encoding=UTF8 --no-locale > /dev/null)
port=$((20000 + RANDOM % 20000))
printf '%s\n' "port = $port" "listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" max_connections=300 |
  "${as[@]}" tee -a "$work/data/postgresql.conf" > /dev/null
pg start
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=bpc PGDATABASE=bpc
export BPC_DB_HOST=127.0.0.1 BPC_DB_PORT=$port BPC_DB_USER=bpc BPC_DB_PASSWORD=none BPC_DB_NAME=bpc
export BPC_CLUSTER_ID=faults BPC_JOBS_LEASE_SECONDS=20 BPC_JOBS_LEASE_RENEW_SECONDS=5 BPC_JOBS_CONCURRENCY=20
export BPC_JOBS_BACKOFF_BASE_SECONDS=1 BPC_JOBS_BACKOFF_MAX_SECONDS=2 BPC_SILO_HTTP_PORT=
"$root/bpc" migrate >&2
psql -qX -v ON_ERROR_STOP=1 -f "$root/tests/Jobs/Invariants/invariants.sql"
tenant=$(ask "INSERT INTO tenants (tenant_id, slug) VALUES (bpc_uuid7(), 'faults') RETURNING tenant_id")

for number in 1 2 3; do start $number; done
until_true 60 "SELECT count(*) = 3 FROM orleans_members WHERE status = 3"
say "three silos are up"

# Load: a hundred jobs a second, half of them with a successor, some that fail once in a while.
(
  end=$((SECONDS + seconds))
  while [ $SECONDS -lt $end ]; do
    ask "INSERT INTO jobs (tenant_id, type, payload) SELECT '$tenant', 'FAULT_WORK', jsonb_build_object(
         'effect', true, 'ms', 400, 'fails', 2, 'next', n % 2 = 0, 'deaf', n % 5 = 0) FROM generate_series(1, 20) n" \
      2> /dev/null || true
    sleep 0.2
  done
) & load=$!
# Operators: the quickstart's resets, on rows that run and rows that ended; not on those a kill is to interrupt, which
# are to run again because they are rescued.
(
  end=$((SECONDS + seconds))
  while [ $SECONDS -lt $end ]; do
    ask "UPDATE jobs SET status = 'QUEUED', attempts = 0, scheduled_at = now() WHERE job_id IN (
           SELECT job_id FROM jobs WHERE status = 'RUNNING' AND payload->'left' IS DISTINCT FROM 'true'
            ORDER BY random() LIMIT 2);
         UPDATE jobs SET status = 'QUEUED', attempts = 0, scheduled_at = now(), lease_owner = NULL,
                lease_expires_at = NULL, last_error = NULL
          WHERE job_id IN (SELECT job_id FROM jobs WHERE status IN ('SUCCEEDED', 'DEAD_LETTER') LIMIT 2)" \
      2> /dev/null || true
    sleep 0.05
  done
) & operators=$!

ask "CREATE TABLE interrupted (job_id uuid, lease_epoch bigint, at timestamptz, round int)"
kill_one() { # round number
  local end=$((SECONDS + 60))
  until [ "$(ask "WITH more AS (
         INSERT INTO jobs (tenant_id, type, priority, payload)
         SELECT '$tenant', 'FAULT_WORK', 0, '{\"effect\": true, \"left\": true, \"ms\": 600}' FROM generate_series(1, 40))
       SELECT count(*) > 3 FROM jobs
        WHERE status = 'RUNNING' AND lease_owner = 'worker-$2' AND payload @> '{\"left\": true}'")" = t ]; do
    [ $SECONDS -lt $end ] || { say "worker-$2 holds nothing"; return 1; }
    sleep 0.2
  done
  # Stopped first, so that it is certain what the kill meets; nothing is noticed of that before.
  signal STOP "$2"
  sleep 0.5 # what it had sent to the database by then
  ask "INSERT INTO interrupted SELECT job_id, lease_epoch, clock_timestamp(), $1 FROM jobs
        WHERE status = 'RUNNING' AND lease_owner = 'worker-$2' AND payload @> '{\"left\": true}'"
  signal KILL "$2"
  sleep 12
  start "$2"
  say "worker-$2 is started again"
  until_true 60 "SELECT count(*) = 3 FROM orleans_members WHERE status = 3"
}
sleep $((seconds / 12))
for round in $(seq "$kills"); do kill_one "$round" $((round % 2 + 2)); sleep 3; done
sleep $((seconds / 12))
signal STOP 3
sleep 30 # beyond its lease of 20 s: it is declared dead meanwhile
signal CONT 3
wait "${silo[3]}" && status=0 || status=$?
say "worker-3 ended with $status: $(grep -o 'I have been told I am dead[^!]*' "$work/worker-3.log" | tail -1)"
start 3
until_true 60 "SELECT count(*) = 3 FROM orleans_members WHERE status = 3"
pg restart -m fast
say "PostgreSQL was restarted"
sleep $((seconds / 12))
signal TERM 1
wait "${silo[1]}" && stopped=0 || stopped=$?
say "worker-1 ended with $stopped"
wait $load $operators
until_true 120 "SELECT count(*) = 0 FROM jobs WHERE status IN ('QUEUED', 'RUNNING')"
for number in 2 3; do
  signal TERM $number
  wait "${silo[$number]}" || { stopped=$?; tail -20 "$work/worker-$number.log" >&2; }
done

ask "SELECT * FROM violations('45 s')" > "$work/violations"
head -20 "$work/violations" >&2
ask "CREATE VIEW interrupted_again AS
     SELECT i.round, extract(epoch FROM claim.at - i.at) AS again FROM interrupted i
       JOIN job_steps rescue ON rescue.job_id = i.job_id AND rescue.rescue AND rescue.epoch = i.lease_epoch
       JOIN job_steps claim ON claim.job_id = i.job_id AND claim.claim AND claim.epoch = i.lease_epoch + 1"
ask "SELECT format('jobs %s, claims %s, rescues %s, running rows reset %s, lost %s, twice %s, stale commits %s, '
       'other violations %s; %s of %s interrupted jobs ran again, after %s s (median) to %s s (most); '
       'declared dead: exit %s, told to stop: exit %s',
       (SELECT count(*) FROM jobs), count(*) FILTER (WHERE claim), count(*) FILTER (WHERE rescue),
       count(*) FILTER (WHERE was = 'RUNNING' AND NOT by_silo),
       $(grep -c '^I1' "$work/violations" || true), $(grep -c '^I4' "$work/violations" || true),
       $(grep -c '^I2' "$work/violations" || true), $(grep -vcE '^I[124]' "$work/violations" || true),
       (SELECT count(*) FROM interrupted_again), (SELECT count(*) FROM interrupted),
       (SELECT round(percentile_disc(0.5) WITHIN GROUP (ORDER BY again), 1) FROM interrupted_again),
       (SELECT round(max(again), 1) FROM interrupted_again),
       $status, $stopped) FROM job_steps"
[ ! -s "$work/violations" ] && [ "$status" = 70 ] && [ "$stopped" = 0 ]
