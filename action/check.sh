#!/usr/bin/env bash
# Annotates what the published pages and the code disagree about. In: DIRECTORY, CONFIG. Out: drift.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

code=0
run_archdoc check --format github --summary || code=$?
case $code in
    0) output drift false ;;
    1) output drift true ;;
    *) exit "$code" ;;
esac
