#!/usr/bin/env bash
# One comment on the pull request, which is written anew by each run. Needs `gh`, GH_TOKEN, GITHUB_REPOSITORY and PULL_REQUEST.
set -euo pipefail
mark='<!-- klogmod -->'
[ -f "$RUNNER_TEMP/klogmod.md" ] || exit 0
# GitHub takes 65,536 characters.
{
    echo "$mark"
    if [ "$(wc -c <"$RUNNER_TEMP/klogmod.md")" -le 60000 ]; then
        cat "$RUNNER_TEMP/klogmod.md"
    else
        # Whole lines: neither a row nor a character is cut through.
        head -c 60000 "$RUNNER_TEMP/klogmod.md" | sed '$d'
        printf '\nThe rest is in the summary of the job.\n'
    fi
} >"$RUNNER_TEMP/klogmod-comment.md"
comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
old=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$mark\")) | .id" | head -n 1)
if [ -n "$old" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$old" -F "body=@$RUNNER_TEMP/klogmod-comment.md" >/dev/null
else
    gh api "$comments" -F "body=@$RUNNER_TEMP/klogmod-comment.md" >/dev/null
fi
