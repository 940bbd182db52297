#!/usr/bin/env bash
# Fuzzes the rule language, canonical JSON and the verifiers for ten minutes in all (or for MINUTES), the targets one
# after the other; prints a line for each, or the seed and the input that broke it.
#   bench/fuzz.sh [MINUTES]
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build tests -c Release -v q -nologo
BPC_FUZZ_SECONDS=$((${1:-10} * 60 / 3)) timeout $((${1:-10} * 60 + 300)) \
  tests/bin/Release/net10.0/Bpc.Tests --filter-class "*FuzzTests" --parallel none --output Detailed --show-live-output on
