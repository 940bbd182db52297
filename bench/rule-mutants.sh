#!/usr/bin/env bash
# Makes every small mistake in the packages of rules/eu-2023-1542, one at a time (a field or check left out, a
# comparison flipped, a day moved, a condition forgotten), and counts how many the packages' own tests notice.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build tests -c Release -v q -nologo
RULE_MUTANTS=all tests/bin/Release/net10.0/Bpc.Tests --filter-class "*EuMutationTests" --show-live-output on
