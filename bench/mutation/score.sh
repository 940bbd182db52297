#!/usr/bin/env bash
# Adds up Stryker's JSON reports, a line for each folder. Usage: bench/mutation/score.sh [--survivors] REPORT.json…
set -euo pipefail
mutants='.files | to_entries[] | .key as $file | .value.mutants[]
  | . + {file: ($file | sub(".*/(?=(Rules|Passports)/)"; ""))}
  | select(.file | test("^(Rules|Passports)/"))
  | select(.status != "Ignored" and .status != "CompileError")'
if [ "$1" = --survivors ]; then
  shift
  exec jq -r "$mutants"' | select(.status == "Survived" or .status == "NoCoverage")
    | [
        "\(.file):\(.location.start.line)", .status + (if .static then " (static)" else "" end), .mutatorName,
        (.replacement // "" | gsub("\\s+"; " ") | .[:120])
      ] | @tsv' "$@"
fi
jq -r "$mutants"' | [(.file | sub("/[^/]*$"; "")), (.file | sub("/.*"; " in all")), .status] | @tsv' "$@" | awk -F'\t' '
  { n[$1, $3]++; seen[$1]; n[$2, $3]++; seen[$2] }
  END {
    print "| folder | killed | timeout | survived | no coverage | runtime error | score |"
    print "|---|---|---|---|---|---|---|"
    fflush()
    for (f in seen) {
      found = n[f, "Killed"] + n[f, "Timeout"]
      all = found + n[f, "Survived"] + n[f, "NoCoverage"]
      printf "| %s | %d | %d | %d | %d | %d | %.1f %% |\n", f, n[f, "Killed"], n[f, "Timeout"],
        n[f, "Survived"], n[f, "NoCoverage"], n[f, "RuntimeError"], all ? 100 * found / all : 100 | "sort"
    }
  }'
