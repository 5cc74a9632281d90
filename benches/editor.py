#!/usr/bin/env python3
"""How long an editor waits for `klogmod lsp`: a protocol client that opens files of a checkout and edits them at random.

    python3 benches/editor.py KLOGMOD CHECKOUT [EDITS [SEED [CACHE]]]

Prints the time from the start to the first answer (cold: with an empty cache, then warm), percentiles of the time from an edit to the
diagnostics of the edited version and of the processor time that it took, by kind of edit as well, and the most memory that the server held. Nothing is written to the checkout.
"""
import json, os, pathlib, random, re, subprocess, sys, tempfile, time


class Server:
    def __init__(self, program, root, cache):
        self.process = subprocess.Popen(
            [program, "lsp", "--cache-dir", cache, "--decisions", os.path.join(cache, "decisions.toml")],
            cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr)
        self.number = 0

    def send(self, method, params, number=None):
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self):
        length = 0
        while (line := self.process.stdout.readline().strip()):
            name, value = line.split(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))

    def ask(self, method, params):
        self.number += 1
        self.send(method, params, self.number)
        while True:
            message = self.read()
            if message.get("id") == self.number and "method" not in message:
                return message.get("result")

    def start(self, root):
        folder = {"uri": pathlib.Path(root).as_uri(), "name": "tree"}
        self.ask("initialize", {"processId": None, "rootUri": folder["uri"], "workspaceFolders": [folder],
                                "capabilities": {"general": {"positionEncodings": ["utf-8"]}}})
        self.send("initialized", {})

    def open(self, path, text):
        uri = pathlib.Path(path).as_uri()
        self.send("textDocument/didOpen",
                  {"textDocument": {"uri": uri, "languageId": "go", "version": 1, "text": text}})
        return uri

    def diagnostics(self, uri, version):
        while True:
            message = self.read()
            params = message.get("params") or {}
            if message.get("method") == "textDocument/publishDiagnostics" and params["uri"] == uri:
                if (params.get("version") or 0) >= version:
                    return params["diagnostics"]

    def used(self):
        """Processor time of all its threads, in seconds."""
        tasks = f"/proc/{self.process.pid}/task"
        return sum(int(open(f"{tasks}/{task}/schedstat").read().split()[0]) for task in os.listdir(tasks)) / 1e9

    def settle(self):
        """Waits until it has nothing to do."""
        before = -1.0
        while self.used() > before:
            before = self.used()
            time.sleep(0.2)

    def memory(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        return 0

    def stop(self):
        self.ask("shutdown", None)
        self.send("exit", None)
        return self.process.wait()


KINDS = ["a log call", "a comment", "another call", "half a call", "a line less", "a new function"]


def edit(text, random):
    """A random edit as a person makes it: its range, its text, and the file afterwards."""
    lines = text.split("\n")
    bodies = [n for n, line in enumerate(lines) if line.startswith("\t") and line.rstrip().endswith(("{", ")"))]
    at = random.choice(bodies or [len(lines) - 1])
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip("\t"))] + ("\t" if lines[at].rstrip().endswith("{") else "")
    kind = random.randrange(len(KINDS))
    if kind == 0:
        new = f'{indent}klog.Infof("Looking at step %d", {random.randrange(9)})\n'
    elif kind == 1:
        new = f"{indent}// Step {random.randrange(99)}.\n"
    elif kind == 2:
        new = f"{indent}fmt.Println({random.randrange(9)})\n"
    elif kind == 3:
        new = f"{indent}klog.Infof(\"half a call %d\",\n"
    elif kind == 4:
        start = {"line": at, "character": 0}
        return kind, start, {"line": at + 1, "character": 0}, "", "\n".join(lines[:at] + lines[at + 1:])
    else:
        at, new = len(lines) - 1, f"\nfunc step{random.randrange(9999)}(n int) {{\n\tklog.Infof(\"Step %d\", n)\n}}\n"
    place = {"line": min(at + 1, len(lines) - 1), "character": 0}
    whole = lines[: place["line"]]
    return kind, place, place, new, "\n".join(whole + [new + "\n".join(lines[place["line"]:])])


def files(root):
    """Files that log, without tests and what others wrote."""
    for directory, below, names in os.walk(root):
        below[:] = [name for name in below if name not in ("vendor", "third_party", "testdata", "_output") and not name.startswith(".")]
        for name in names:
            path = os.path.join(directory, name)
            if name.endswith(".go") and not name.endswith("_test.go") and not os.path.islink(path):
                if re.search(r"klog\.(Info|Warning|Error|V\()", open(path, errors="replace").read()):
                    yield path


def main():
    program, root = os.path.abspath(sys.argv[1]), os.path.realpath(sys.argv[2])
    edits = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    choice = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    cache = sys.argv[5] if len(sys.argv) > 5 else tempfile.mkdtemp()
    found = sorted(files(root))
    for name in ["cold", "warm"]:
        began = time.monotonic()
        server = Server(program, root, cache)
        server.start(root)
        path = os.path.join(root, found[len(found) // 2])
        uri = server.open(path, open(path).read())
        server.diagnostics(uri, 1)
        print(f"first answer, {name}: {time.monotonic() - began:.2f} s")
        if name == "cold":
            server.settle()
            print(f"memory then, at most: {server.memory():.0f} MiB")
            server.stop()
    times, used, kinds = [], [], {}
    for _ in range(edits // 10):
        path = os.path.join(root, choice.choice(found))
        text, version = open(path).read(), 1
        uri = server.open(path, text)
        server.diagnostics(uri, 1)
        server.settle()
        for _ in range(10):
            kind, start, end, new, after = edit(text, choice)
            version += 1
            began, before = time.monotonic(), server.used()
            server.send("textDocument/didChange", {"textDocument": {"uri": uri, "version": version},
                        "contentChanges": [{"range": {"start": start, "end": end}, "text": new}]})
            server.diagnostics(uri, version)
            times.append(time.monotonic() - began)
            used.append(server.used() - before)
            kinds.setdefault(KINDS[kind], []).append(used[-1])
            # Every other edit is taken back, so that files do not fall apart.
            if "half a call" in new or not new:
                version += 1
                server.send("textDocument/didChange", {"textDocument": {"uri": uri, "version": version},
                                                       "contentChanges": [{"text": text}]})
                server.diagnostics(uri, version)
            else:
                text = after
        if choice.random() < 0.2:
            # Looks at the whole tree again.
            server.send("textDocument/didSave", {"textDocument": {"uri": uri}})
            server.diagnostics(uri, version)
        server.send("textDocument/didClose", {"textDocument": {"uri": uri}})
    for name, took in [("time", times), ("processor", used)]:
        took = sorted(took)
        at = lambda part: took[min(len(took) - 1, int(len(took) * part))] * 1000
        print(f"{len(took)} edits, {name}: p50 {at(.5):.1f} ms, p95 {at(.95):.1f} ms, most {took[-1] * 1000:.1f} ms")
    for kind, took in sorted(kinds.items()):
        print(f"  {kind}: {len(took)}, median {sorted(took)[len(took) // 2] * 1000:.1f} ms, most {max(took) * 1000:.1f} ms")
    print(f"memory, at most: {server.memory():.0f} MiB")
    print(f"status: {server.stop()}")


main()
