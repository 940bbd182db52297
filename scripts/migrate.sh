#!/usr/bin/env bash
# Brings the database of BPC_DB_* up to date; ./bpc migrate by another name.
set -eu
exec "$(dirname "${BASH_SOURCE[0]}")/../bpc" migrate "$@"
