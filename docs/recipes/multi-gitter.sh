#!/usr/bin/env bash
# For multi-gitter run: in every repository, rewrite what is safe. Exit 0 with a change becomes a pull request; a
# repository that could not be analysed fails, and is not half done.
set -o errexit
set -o nounset
set -o pipefail

klogmod check --allow-slack --output "json=${KLOGMOD_REPORT:-/dev/null}" >/dev/null || [[ $? -eq 1 ]]
klogmod apply --all --edits s --safe
