#!/bin/sh
# word.sh CHECKOUT COUNT COMMAND...: has a command word the calls of a checkout that klogmod is least sure of.
#
# The command gets one call as a line of JSON on standard input, and prints one answer as a line of JSON:
#   {"fingerprint":"…","message":"…","keys":{"v1":"…"}}
# A call that the command fails on is left out. What does not hold to klogmod's rules is refused, with its reason.
set -eu
checkout=$1 count=$2
shift 2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
klogmod wordings export "$checkout" --limit "$count" --output "$dir/calls.jsonl"
: >"$dir/answers.jsonl"
while IFS= read -r call; do
    if answer=$(printf '%s\n' "$call" | "$@"); then
        printf '%s\n' "$answer" | tr '\n' ' ' >>"$dir/answers.jsonl"
        echo >>"$dir/answers.jsonl"
    fi
done <"$dir/calls.jsonl"
klogmod wordings import "$dir/answers.jsonl" "$checkout"
