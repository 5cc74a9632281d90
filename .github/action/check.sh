#!/usr/bin/env bash
# The step of action.yml that looks at the checkout: the gate, with a report for each reader. Its status is that of `klogmod check`.
#
# In the environment: KLOGMOD_ARGUMENTS, KLOGMOD_NEW_FROM (both may be empty), RUNNER_TEMP, GITHUB_STEP_SUMMARY.
set -euo pipefail
args=(--output github --output "markdown=$RUNNER_TEMP/klogmod.md" --output "sarif=$RUNNER_TEMP/klogmod.sarif")
if [ -n "${KLOGMOD_NEW_FROM:-}" ]; then
    args+=(--new-from "$KLOGMOD_NEW_FROM")
fi
# Words as a shell would part them; nothing in them is run.
read -r -a more <<<"${KLOGMOD_ARGUMENTS:-}"
status=0
klogmod check "${args[@]}" ${more[@]+"${more[@]}"} || status=$?
if [ -f "$RUNNER_TEMP/klogmod.md" ]; then
    cat "$RUNNER_TEMP/klogmod.md" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$status"
