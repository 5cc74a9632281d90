#!/usr/bin/env bash

{{licence}}# This script rewrites new klog calls as structured ones, mends structured calls
# that break a rule, and drops what klogmod.baseline.toml no longer needs.
#
# Usage: `hack/update-klogmod.sh`.

set -o errexit
set -o nounset
set -o pipefail

KUBE_ROOT=$(dirname "${BASH_SOURCE[0]}")/..
cd "${KUBE_ROOT}"

if ! command -v klogmod >/dev/null; then
  echo "klogmod is not on PATH: {{missing}}" >&2
  exit 2
fi

status=0
klogmod check --fix --allow-dirty --allow-slack "$@" || status=$?
if [[ "${status}" -le 1 ]]; then
  klogmod baseline prune
fi
exit "${status}"
