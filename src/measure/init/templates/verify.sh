#!/usr/bin/env bash

{{licence}}# This script checks that klog calls got no worse than klogmod.baseline.toml
# allows. Run `hack/update-klogmod.sh` to mend what a program can mend.
#
# Usage: `hack/verify-klogmod.sh`.

set -o errexit
set -o nounset
set -o pipefail

KUBE_ROOT=$(dirname "${BASH_SOURCE[0]}")/..
cd "${KUBE_ROOT}"

if ! command -v klogmod >/dev/null; then
  echo "klogmod is not on PATH: {{missing}}" >&2
  exit 2
fi

reports=(--output text)
REPORT_DIR="${KUBE_JUNIT_REPORT_DIR:-${ARTIFACTS:-}}"
if [[ -n "${REPORT_DIR}" ]]; then
  mkdir -p "${REPORT_DIR}"
  reports+=(--output "junit=${REPORT_DIR}/junit_klogmod.xml")
fi

status=0
klogmod check "${reports[@]}" "$@" || status=$?
if [[ "${status}" -ne 0 ]]; then
  echo >&2
  if [[ "${status}" -eq 3 ]]; then
    echo "Some files could not be analysed; mend them first" >&2
  else
    echo "Run ./hack/update-klogmod.sh" >&2
  fi
fi
exit "${status}"
