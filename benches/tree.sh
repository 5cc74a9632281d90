#!/usr/bin/env bash
# Compares on one machine, in one run: reading all Go files of a tree, `ast-grep scan` with five klog patterns, and klogmod's
# scan, plan and patch. Prints CPU time, wall time and peak memory, and each as a ratio to ast-grep's.
#
#     benches/tree.sh TREE [RUNS]
#
# The median of RUNS (3) runs counts, after one that warms the file cache. The binary is target/release/klogmod, which is built
# first, or the one that KLOGMOD names.
set -euo pipefail
if [ $# -lt 1 ] || [ ! -d "$1" ]; then
    echo "usage: benches/tree.sh TREE [RUNS]" >&2
    exit 2
fi
tree=$(cd "$1" && pwd)
runs=${2:-3}
cd "$(dirname "$0")/.."
if [ -z "${KLOGMOD:-}" ]; then
    cargo build --release --quiet
    KLOGMOD=$PWD/target/release/klogmod
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

python3 - "$tree" "$KLOGMOD" "$work" "$runs" <<'PYTHON'
import os, resource, shutil, statistics, subprocess, sys, tempfile, time

tree, klogmod, work, runs = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
READ = """
import os, sys
for top, dirs, files in os.walk(sys.argv[1]):
    dirs[:] = [d for d in dirs if d not in ('.git', 'vendor', 'third_party', '_output')]
    for name in files:
        if name.endswith('.go'):
            with open(os.path.join(top, name), 'rb') as file:
                file.read()
"""

def measure(command):
    """CPU seconds, wall seconds and peak memory of one run, by a parent of its own: its children's peak is this command's."""
    probe = """
import os, resource, subprocess, sys, time
start = time.monotonic()
with open(os.devnull, 'wb') as null, open(sys.argv[1], 'wb') as out:
    code = subprocess.call(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=out, stderr=null)
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, wall, used.ru_maxrss, code)
"""
    out = os.path.join(work, "out")
    text = subprocess.check_output([sys.executable, "-c", probe, out, *command], text=True)
    cpu, wall, peak, code = text.split()
    return float(cpu), float(wall), int(peak) / 1024, int(code), os.path.getsize(out)

def median(command):
    measure(command)
    samples = [measure(command) for _ in range(runs)]
    return [statistics.median(column) for column in zip(*samples)]

rows = [("read every Go file (Python)", [sys.executable, "-c", READ, tree])]
astgrep = shutil.which("ast-grep")
if astgrep:
    config = os.path.join(work, "sgconfig.yml")
    globs = [part for name in ("vendor", "third_party", "_output") for part in ("--globs", f"!**/{name}/**")]
    globs += ["--globs", "!**/*_test.go"]
    rows.append(("ast-grep scan, five rules", [astgrep, "scan", "--config", config, "--json=stream", *globs, tree]))
else:
    print("ast-grep is not on PATH: it is not compared (it is ast-grep-cli on PyPI and crates.io)")
for command in ("scan", "plan", "patch"):
    rows.append((f"klogmod {command}", [klogmod, command, tree]))

results = [(name, median(command)) for name, command in rows]
base = next((result for name, result in results if name.startswith("ast-grep")), results[0][1])
against = "ast-grep" if astgrep else "reading"
print(f"{'median of ' + str(runs):<30}{'CPU s':>9}{'wall s':>9}{'peak MiB':>10}   ratio to {against}: CPU, wall, peak")
for name, (cpu, wall, peak, code, size) in results:
    ratios = "".join(f"{value / reference:8.2f}" for value, reference in zip((cpu, wall, peak), base))
    note = "" if code in (0, 3) else f"   (exit code {int(code)})"
    print(f"{name:<30}{cpu:>9.2f}{wall:>9.2f}{peak:>10.0f}   {ratios}{note}")
    if size == 0 and not name.startswith("read"):
        print(f"    {name} printed nothing: its figures mean nothing")
PYTHON
