#!/usr/bin/env bash
# Mutation score of core's Rules and Passports. Usage: bench/mutation/run.sh [GLOB…]   e.g. '**/Passports/**/*.cs'
# The report of each survivor is in MUTATION_OUTPUT (JSON and HTML); score.sh adds up the JSON of several runs.
# Texts of messages are not mutated. Runs side by side want a copy of the repository and a TMPDIR each.
set -euo pipefail
cd "$(dirname "$0")"
dotnet tool restore
[ $# -gt 0 ] || set -- '**/Rules/**/*.cs' '**/Passports/**/*.cs'
mutate=(); for glob in "$@"; do mutate+=(--mutate "$glob"); done
exec nice -n 15 dotnet stryker "${mutate[@]}" --concurrency "${MUTATION_CONCURRENCY:-1}" \
  --output "${MUTATION_OUTPUT:-StrykerOutput}"
