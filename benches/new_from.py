"""Compares two ways to answer `check --new-from` on real commits: reading in full only what differs, and planning the whole tree.

    benches/new_from.py REPOSITORY [COMMITS [KLOGMOD [OLDER]]]

REPOSITORY is a git directory with history; it is cloned, sharing its objects, and removed afterwards. The newest COMMITS (200) of its
main line that change Go code outside of vendor directories are checked out one by one and compared with the commit before: standard
output, standard error and exit code have to be equal. KLOGMOD is target/debug/klogmod if none is named. Where another program is
named as OLDER, its exit code and what it finds are compared as well. Nothing of the user's is read or kept: no cache, no settings.

EVERY=N in the environment takes each Nth such commit, CONFIG=FILE goes by a klogmod.toml of one's own.
"""

import os
import re
import resource
import subprocess
import sys
import tempfile

repository = os.path.abspath(sys.argv[1])
count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
klogmod = sys.argv[3] if len(sys.argv) > 3 else os.path.join(here, "target/debug/klogmod")
older = sys.argv[4] if len(sys.argv) > 4 else None
every = int(os.environ.get("EVERY", "1"))
config = ["--config", os.path.abspath(os.environ["CONFIG"])] if "CONFIG" in os.environ else []
environment = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}


def git(where, *args):
    return subprocess.run(["git", "-C", where, *args], env=environment, check=True, capture_output=True, text=True).stdout


def check(program, tree, *more):
    """Exit code, output, messages, and CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [program, "check", "--new-from", "HEAD^", "--no-cache", *config, *more]
    run = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (run.returncode, run.stdout, run.stderr), cpu


def findings(answer):
    """The exit code and what was found, without the summary."""
    code, out, _ = answer
    return code, [line for line in out.splitlines() if re.search(r": error: .*\[", line)]


def main():
    work = tempfile.mkdtemp(prefix="new-from-")
    tree = os.path.join(work, "tree")
    try:
        subprocess.run(["git", "clone", "-q", "--shared", "--no-checkout", repository, tree], check=True, env=environment)
        commits = git(tree, "log", "--first-parent", "--format=%H", "HEAD").split()
        done = equal = shut = noted = same_as_older = absent = 0
        quick_cpu = whole_cpu = 0.0
        taken = 0
        for commit in commits:
            if done == count:
                break
            try:
                changed = git(tree, "diff", "--name-only", f"{commit}^", commit).split("\n")
            except subprocess.CalledProcessError:
                continue
            if not any(p.endswith(".go") and "vendor/" not in p and not p.endswith("_test.go") for p in changed):
                continue
            taken += 1
            if (taken - 1) % every:
                continue
            try:
                git(tree, "checkout", "-q", "-f", commit)
            except subprocess.CalledProcessError:
                # A snapshot may lack its largest files.
                absent += 1
                continue
            quick, cpu = check(klogmod, tree)
            quick_cpu += cpu
            whole, cpu = check(klogmod, tree, "-o", "text", "-o", f"json={work}/all.json")
            whole_cpu += cpu
            done += 1
            equal += quick == whole
            shut += quick[0] == 1
            noted += "note: " in quick[2]
            if quick != whole:
                print(f"{commit}: differs\n--- quick {quick}\n--- whole {whole}")
            if older:
                old, _ = check(older, tree)
                if findings(old) == findings(quick):
                    same_as_older += 1
                else:
                    print(f"{commit}: the older program says otherwise\n--- now {findings(quick)}\n--- older {findings(old)}")
        print(f"{absent} commits could not be checked out")
        print(f"{equal} of {done} commits have equal answers; {shut} shut the gate, {noted} are noted; CPU s {quick_cpu:.1f} against {whole_cpu:.1f}")
        if older:
            print(f"{same_as_older} of {done} have the exit code and findings of {older}")
        return 0 if equal == done else 1
    finally:
        subprocess.run(["rm", "-rf", work], check=False)


sys.exit(main())
