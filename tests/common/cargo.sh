#!/bin/bash
# Stands for cargo where the documentation's commands run.
set -euo pipefail
export HOME='{home}'
command=$1
shift
case $command in
run)
    while [ "$1" != -- ]; do shift; done
    shift
    exec "$KLOGMOD" "$@"
    ;;
test)
    [ $# -eq 0 ]
    exec "$REAL_CARGO" test --quiet --manifest-path "$REPOSITORY/Cargo.toml" -- --list
    ;;
install)
    [ "$*" = "--path ." ]
    # The program is built already, as the tests want it; building it once more as `install` does takes minutes.
    "$REAL_CARGO" test --quiet --locked --no-run --bin klogmod --manifest-path "$REPOSITORY/Cargo.toml"
    "$KLOGMOD" --version
    ;;
*)
    exit 1
    ;;
esac
