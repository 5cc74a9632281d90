"""The measuring part of tree.sh."""

import os
import random
import re
import shutil
import statistics
import subprocess
import sys

growth, tree, klogmod, probe, work, runs, only = sys.argv[1:]
runs = int(runs)
LEFT_OUT = (".git", "vendor", "third_party", "_output")

MEASURE = """
import os, resource, subprocess, sys, time
start = time.monotonic()
with open(os.devnull, 'wb') as null, open(sys.argv[1], 'wb') as out:
    code = subprocess.call(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=out, stderr=null)
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, wall, used.ru_maxrss, code)
"""


def measure(command):
    """CPU seconds, wall seconds and peak MiB of one run, by a parent of its own: its children's peak is this command's."""
    out = os.path.join(work, "out")
    text = subprocess.check_output([sys.executable, "-c", MEASURE, out, *command], text=True)
    cpu, wall, peak, code = text.split()
    if code not in ("0", "3") and "--new-from" not in command:
        print(f"    {' '.join(command)}: exit code {code}")
    if os.path.getsize(out) == 0:
        print(f"    {' '.join(command)} printed nothing: its figures mean nothing")
    return float(cpu), float(wall), int(peak) / 1024


def link(source, to):
    """What is only read needs no room of its own."""
    try:
        os.link(source, to)
    except OSError:
        shutil.copy2(source, to)


def copy(to, how=shutil.copy2):
    """Without its history: a repository of its own, so that it is a root."""
    shutil.copytree(tree, to, symlinks=True, ignore=shutil.ignore_patterns(".git"), copy_function=how)
    os.mkdir(os.path.join(to, ".git"))
    return to


def repository(root):
    """The copy with a first commit."""
    os.rmdir(os.path.join(root, ".git"))
    git(root, "init", "-q")
    commit(root)
    return root


def git(root, *args):
    subprocess.run(["git", "-C", root, "-c", "gc.auto=0", *args], check=True, stdout=subprocess.DEVNULL)


def commit(root):
    git(root, "add", "-A", "-f")
    git(root, "-c", "user.name=Bench", "-c", "user.email=bench@example.com", "commit", "-q", "--allow-empty", "-m", "Next")


def touch(root, seed, statement='klog.Infof("Touched %d of %q", {}, "files")'):
    """Ten files with klog calls get one more line, as it is a call."""
    found = []
    for top, dirs, files in os.walk(root):
        dirs[:] = sorted(d for d in dirs if d not in LEFT_OUT)
        for name in sorted(files):
            path = os.path.join(top, name)
            if name.endswith(".go") and not name.endswith("_test.go") and not os.path.islink(path):
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                if re.search(r"\n\t+klog\.", text):
                    found.append((path, text))
    chosen = random.Random(seed)
    for path, text in chosen.sample(found, min(10, len(found))):
        call = chosen.choice(list(re.finditer(r"\n(\t+)klog\.", text)))
        line = f"\n{call.group(1)}{statement.format(seed)}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text[: call.start()] + line + text[call.start() :])


def fresh(name):
    cache = os.path.join(work, name)
    shutil.rmtree(cache, ignore_errors=True)
    return ["--cache-dir", cache]


def report(rows, base):
    """Medians, and the median of the rounds' ratios to the base."""
    width = max(len(name) for name in rows) + 2
    print(f"{'median of ' + str(runs):<{width}}{'CPU s':>8}{'wall s':>8}{'MiB':>7}   x {base}: CPU, wall")
    for name, samples in rows.items():
        cpu, wall, peak = (statistics.median(column) for column in zip(*samples))
        ratio = [statistics.median(s[k] / b[k] for s, b in zip(samples, rows[base])) for k in (0, 1)]
        print(f"{name:<{width}}{cpu:>8.2f}{wall:>8.2f}{peak:>7.0f}   {ratio[0]:8.2f}{ratio[1]:8.2f}")


def compare():
    rows = {}

    def add(name, command, when=True):
        if not only or re.search(only, name) or name == "R":
            sample = measure(command)
            if when:
                rows.setdefault(name, []).append(sample)
            return sample
        return None

    astgrep = shutil.which("ast-grep")
    if not astgrep:
        print("ast-grep is not on PATH: it is not compared (it is ast-grep-cli on PyPI and crates.io)")
    globs = [part for name in LEFT_OUT[1:] for part in ("--globs", f"!**/{name}/**")] + ["--globs", "!**/*_test.go"]
    commands = ["scan", "plan", "patch"]
    if subprocess.run([klogmod, "coverage", "--help"], capture_output=True).returncode == 0:
        commands.append("coverage")
    kubelet = os.path.join(tree, "pkg", "kubelet")
    touched = copy(os.path.join(work, "touched"))
    newer = repository(copy(os.path.join(work, "newer"))) if not only or re.search(only, "check --new-from") else None
    measure([probe, "klog", tree])
    for command in commands:
        measure([klogmod, command, touched, "--cache-dir", os.path.join(work, f"touched-{command}")])
    for number in range(runs):
        add("read all Go files", [probe, "read", tree])
        add("R", [probe, "klog", tree])
        add("parse all Go files", [probe, "all", tree])
        if astgrep:
            config = ["--config", os.path.join(work, "sgconfig.yml")]
            add("ast-grep scan, five rules", [astgrep, "scan", *config, "--json=stream", *globs, tree])
        touch(touched, number)
        for command in commands:
            cache = fresh("cache")
            add(f"{command} cold", [klogmod, command, tree, *cache])
            add(f"{command} warm", [klogmod, command, tree, *cache])
            add(f"{command} touched", [klogmod, command, touched, "--cache-dir", os.path.join(work, f"touched-{command}")])
        for name, text in (("ten files", "_ = {}"), ("ten new calls", None)) if newer else ():
            commit(newer)
            touch(newer, number, text) if text else touch(newer, number)
            add(f"check --new-from, {name}", [klogmod, "check", newer, "--new-from", "HEAD", "--no-cache"])
        if os.path.isdir(kubelet):
            add("plan pkg/kubelet cold", [klogmod, "plan", tree, kubelet, *fresh("cache")])
    for state in ("cold", "warm", "touched"):
        both = [rows.get(f"{command} {state}") for command in ("plan", "patch")]
        if all(both):
            rows[f"plan + patch {state}"] = [
                (a[0] + b[0], a[1] + b[1], max(a[2], b[2])) for a, b in zip(*both)
            ]
    report(rows, "R")


def grow():
    """Ten modules beside each other, each a copy."""
    ten = os.path.join(work, "ten")
    os.makedirs(os.path.join(ten, ".git"))
    for number in range(10):
        copy(os.path.join(ten, f"copy{number}"), link)
        os.rmdir(os.path.join(ten, f"copy{number}", ".git"))
    rows = {}
    for number in range(runs + 1):
        for name, root in (("one", tree), ("ten copies", ten)):
            sample = measure([klogmod, "patch", root, "--no-cache"])
            if number:
                rows.setdefault(name, []).append(sample)
    report(rows, "one")
    peak = [statistics.median(s[2] for s in rows[name]) for name in ("one", "ten copies")]
    print(f"peak memory x {peak[1] / peak[0]:.2f}")


grow() if growth == "1" else compare()
