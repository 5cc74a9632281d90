#!/usr/bin/env bash
# Compares on one machine, in one run: reading the Go files of a tree, parsing them, `ast-grep scan` with five klog patterns
# if it is installed, and klogmod's scan, plan, patch and coverage: cold, warm, and after ten files were touched; and check --new-from
# of ten files, without and with a new call in each.
#
#     benches/tree.sh TREE [RUNS [COMMAND-PATTERN]]
#     benches/tree.sh --growth TREE [RUNS]        ten copies of the tree as ten modules, against one
#
# Every round runs every command once; ratios are taken within a round, to R: walking the tree, reading all Go files and
# parsing those that mention klog, on two threads (benches/probe.rs). The median of RUNS (5) rounds counts, after one that
# warms the file cache. The binary is target/release/klogmod, which is built first, or the one that KLOGMOD names, with the
# probe that PROBE names. The tree is not written to; a copy of it is.
set -euo pipefail
growth=0
if [ "${1:-}" = --growth ]; then
    growth=1
    shift
fi
if [ $# -lt 1 ] || [ ! -d "$1" ]; then
    echo "usage: benches/tree.sh [--growth] TREE [RUNS [COMMAND-PATTERN]]" >&2
    exit 2
fi
tree=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
if [ -z "${KLOGMOD:-}" ]; then
    cargo build --release --quiet --bin klogmod --example probe
    KLOGMOD=$PWD/target/release/klogmod
    PROBE=$PWD/target/release/examples/probe
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/rules"
# A pattern such as `klog.Infof($$$A)` alone matches nothing: by itself it parses as a conversion. Hence context and selector.
for pattern in 'klog.Infof($$$A)' 'klog.Errorf($$$A)' 'klog.Warningf($$$A)' 'klog.V($L).Infof($$$A)' 'klog.Fatalf($$$A)'; do
    name=$(echo "$pattern" | tr -c 'a-zA-Z\n' '-')
    cat >"$work/rules/$name.yml" <<RULE
id: "$name"
language: go
severity: info
message: klog call
rule:
  pattern:
    context: 'package p; func f() { $pattern }'
    selector: call_expression
RULE
done
echo 'ruleDirs: [rules]' >"$work/sgconfig.yml"
exec python3 benches/tree.py "$growth" "$tree" "$KLOGMOD" "${PROBE:?names the probe, target/*/examples/probe}" "$work" "${2:-5}" "${3:-}"
