#!/usr/bin/env bash
# Mutation score of core's Rules and Passports. Usage: bench/mutation/run.sh [GLOB…]   e.g. '**/Passports/**/*.cs'
# Each survivor stands in the report's folder (mutation-report.html); texts of messages are not mutated.
set -euo pipefail
cd "$(dirname "$0")"
dotnet tool restore
[ $# -gt 0 ] || set -- '**/Rules/**/*.cs' '**/Passports/**/*.cs'
mutate=(); for glob in "$@"; do mutate+=(--mutate "$glob"); done
exec dotnet stryker "${mutate[@]}" --output "${MUTATION_OUTPUT:-StrykerOutput}"
