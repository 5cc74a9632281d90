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
    where=$(mktemp -d)
    "$REAL_CARGO" install --debug --locked --path "$REPOSITORY" --root "$where" --no-track
    "$where/bin/klogmod" --version
    rm -r "$where"
    ;;
*)
    exit 1
    ;;
esac
