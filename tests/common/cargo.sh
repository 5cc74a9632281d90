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
    # Whether it installs is asked, not whether it is fast: without optimisation it takes a third of the time. In a directory of
    # its own, or the slow binary would take the place of the one under test.
    "$REAL_CARGO" install --debug --locked --path "$REPOSITORY" --root "$where" --no-track \
        --target-dir "$REPOSITORY/target/install" \
        --config 'profile.dev.opt-level=0' --config 'profile.dev.package."*".opt-level=0' --config 'profile.dev.debug=false'
    "$where/bin/klogmod" --version
    rm -r "$where"
    ;;
*)
    exit 1
    ;;
esac
