#!/usr/bin/env python3
"""Runs the queries that klogmod prints in the engines that they are for, on logs that a control plane wrote, and fails where an engine
finds other lines than jq.

    tests/engines/run.py [--klogmod PROGRAM] [--build DIRECTORY] [ENGINE...]

| engine | what runs | what it takes |
|---|---|---|
| opensearch | an OpenSearch on loopback, spoken to over HTTP | mvn and a JDK; a minute, 600 MiB |
| vector | the crate that is Vector's remap language | cargo; two to nine minutes of a processor the first time |
| opentelemetry | the collector's receiver and processor | go; a minute and a half of a processor the first time |
| fluent-bit | its expression, in Onigmo, as Ruby has it | ruby |

An engine is downloaded and built below DIRECTORY, target/engines if absent. Each case is a line of output: what jq and the engine found.
Exit 0: all as jq; 1: some are not; 2: an engine could not be had.
"""

import argparse
import collections
import datetime
import json
import math
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAMPLE = ROOT / "fixtures/trace/plane"
# The operation that the sample shows, and one of its pods.
OPERATION = {
    "text": ("d761fe72ca9b5724b7cdffa9e33bb205", "pod=op-create/web-6fff578967-7q95z"),
    "json": ("a1c222deffd1d101fc1378246fe66504", "pod=op-create/web-6fff578967-q59zq"),
}
HEADER = re.compile(r"([IWEF])(\d{4} [\d:.]+) +\d+ ([^]]+)\] ")


class Missing(Exception):
    """An engine that cannot be had here."""


def run(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    if done.returncode:
        raise Missing(f"{' '.join(map(str, command))[:200]}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def clock(moment):
    """A time as klog's text has it, without a year: the engines make up one."""
    return moment.strftime("%m%d %H:%M:%S.%f")


def of_micros(micros):
    return clock(datetime.datetime.fromtimestamp(micros // 1_000_000, datetime.timezone.utc).replace(microsecond=micros % 1_000_000))


def of_iso(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    return clock(datetime.datetime.fromisoformat(whole).replace(microsecond=int(fraction.ljust(6, "0")[:6] or 0)))


def queries(klogmod):
    """The queries as klogmod prints them for the sample's operations, by tool, purpose and format of the logs."""
    printed = {}
    with tempfile.TemporaryDirectory() as tree:
        pathlib.Path(tree, "go.mod").write_text("module example.com/m\n\ngo 1.24\n")
        pathlib.Path(tree, "m.go").write_text("package m\n")
        for logs, (operation, thing) in OPERATION.items():
            text = run([klogmod, "queries", "--format", "json", "--logs", logs, "--id", operation, "--object", thing, tree])
            for query in map(json.loads, text.splitlines()):
                printed[query["tool"], query["purpose"], logs] = query["text"]
    return printed


def jq(query, logs):
    return run(["bash", "-euo", "pipefail", "-c", query], cwd=SAMPLE / logs).splitlines()


def as_json():
    """The text logs as JSON lines, for the purposes for which there is a jq query of JSON alone."""
    for file in sorted((SAMPLE / "text").glob("*.log")):
        for line in file.read_text().splitlines():
            if header := HEADER.match(line):
                moment = datetime.datetime.strptime("2026" + header[2] + "+0000", "%Y%m%d %H:%M:%S.%f%z")
                found = re.search(r'\srequestID="([^"]*)"', line)
                entry = {"ts": moment.timestamp() * 1000, "caller": header[3], "msg": line, "requestID": found and found[1]}
                yield json.dumps(entry if header[1] in "EF" else entry | {"v": 0})


class Answers:
    """What jq finds."""

    def __init__(self, printed):
        self.printed = printed

    def request(self, logs):
        lines = map(json.loads, jq(self.printed["jq", "request", logs], logs))
        if logs == "text":
            return [(line["time"], line["caller"]) for line in lines]
        return [(of_micros(math.floor(line["ts"] * 1000 + 0.5)), line["caller"]) for line in lines]

    def listed(self, purpose, logs):
        query = self.printed["jq", purpose, "json"]
        if logs != "json":
            with tempfile.TemporaryDirectory() as dir:
                pathlib.Path(dir, "text.log").write_text("\n".join(as_json()))
                return run(["bash", "-euo", "pipefail", "-c", query], cwd=dir).splitlines()
        return jq(query, logs)


def asked(found, logs):
    """Of what a shipper makes of all lines, that of the operation: pairs of time and call site, with the IDs that it read."""
    return sorted((when, caller) for when, caller, ids in found if OPERATION[logs][0] in (ids or "").split(","))


def fluent_bit(printed, _):
    text = printed["fluent-bit", "parser", "text"]
    expression = next(line.split(None, 1)[1] for line in text.splitlines() if line.split()[:1] == ["Regex"])
    program = """require "json"
        expression = Regexp.new(ARGV[0])
        STDIN.each_line(chomp: true) { |line| m = expression.match(line) and puts JSON.generate(m.named_captures) }"""
    lines = "".join(file.read_text() for file in sorted((SAMPLE / "text").glob("*.log")))
    found = map(json.loads, run(["ruby", "-e", program, expression], input=lines).splitlines())
    yield "parser", "text", asked([(line["time"], line["caller"], line["requestID"]) for line in found], "text")


def vector(printed, build):
    target = build / "vector"
    run(["cargo", "build", "--quiet", "--locked", "--manifest-path", HERE / "vector/Cargo.toml", "--target-dir", target])
    for logs in OPERATION:
        lines = "".join(file.read_text() for file in sorted((SAMPLE / logs).glob("*.log")))
        events = map(json.loads, run([target / "debug/vector", printed["vector", "parser", logs]], input=lines).splitlines())
        events = [event for event in events if "timestamp" in event]
        caller = lambda event: event["caller"] if logs == "json" else f"{event['file']}:{event['line']}"
        yield "parser", logs, asked([(of_iso(e["timestamp"]), caller(e), e.get("requestID")) for e in events], logs)


def opentelemetry(printed, build):
    program = build / "collector"
    run(["go", "build", "-o", program, "."], cwd=HERE / "collector", env=os.environ | {"GOFLAGS": "-mod=readonly"})
    for logs, (operation, _) in OPERATION.items():
        config = printed["opentelemetry", "parser", logs]
        records = [json.loads(line) for line in run([program, SAMPLE / logs / "*.log"], input=config).splitlines()]
        found = [(r, r["attributes"]) for r in records if "caller" in r["attributes"]]
        yield "parser", logs, asked([(of_micros(r["nanos"] // 1000), a["caller"], a.get("requestID")) for r, a in found], logs)
        traced = [(of_micros(r["nanos"] // 1000), a["caller"], r["traceID"]) for r, a in found if a.get("requestID") == operation]
        alone = [(of_micros(r["nanos"] // 1000), a["caller"], a["requestID"]) for r, a in found if a.get("requestID") == operation]
        yield "trace IDs", logs, (asked(traced, logs), asked(alone, logs))


class OpenSearch:
    """A node of our own, until the end of the block."""

    def __init__(self, build):
        self.build = build
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def __enter__(self):
        paths = self.build / "opensearch.classpath"
        pom = HERE / "opensearch/pom.xml"
        run(["mvn", "-q", "-B", "-f", pom, "dependency:build-classpath", f"-Dmdep.outputFile={paths}"])
        self.home = tempfile.TemporaryDirectory()
        options = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        node = ["java", *options, "-cp", paths.read_text(), HERE / "opensearch/Node.java", self.home.name, str(self.port)]
        self.log = open(self.build / "opensearch.log", "w+")
        self.process = subprocess.Popen(node, stdout=self.log, stderr=subprocess.STDOUT)
        end = time.monotonic() + 120
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.ask("GET", "/_cluster/health?wait_for_status=yellow&timeout=5s")
                return self
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.5)
        self.__exit__()
        raise Missing(f"OpenSearch does not start: {self.log.name}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        self.home.cleanup()

    def ask(self, method, path, body=None):
        kind = {"Content-Type": "application/x-ndjson" if path.endswith("_bulk?refresh=true") else "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body and body.encode(), kind, method=method)
        try:
            return json.load(urllib.request.urlopen(request, timeout=60))
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()[:2000]}") from None

    def index(self, logs, lines):
        bulk = "".join('{"index": {}}\n' + json.dumps({"message": line}) + "\n" for line in lines)
        stored = self.ask("POST", f"/klog-{logs}/_bulk?refresh=true", bulk)
        assert not stored["errors"], [item for item in stored["items"] if "error" in item["index"]][:2]

    def console(self, text):
        """What the console does with a query: each paragraph is a method, a path and a body."""
        for part in text.split("\n\n"):
            head, _, body = part.partition("\n")
            method, path = head.split()
            answer = self.ask(method, "/" + path.lstrip("/"), body)
        return answer


def opensearch(printed, build):
    with OpenSearch(build) as node:
        for logs in OPERATION:
            # One after the other, so that each has the pipeline that is printed for it, and no other lines.
            node.console(printed["elasticsearch", "parser", logs])
            node.index(logs, [line for file in sorted((SAMPLE / logs).glob("*.log")) for line in file.read_text().splitlines()])
            answer = lambda purpose: node.console(printed["elasticsearch", purpose, logs])
            buckets = lambda purpose: answer(purpose)["aggregations"]["requests"]["buckets"]
            hits = [hit["_source"] for hit in answer("request")["hits"]["hits"]]
            yield "request", logs, [(of_iso(hit["@timestamp"]), hit["caller"]) for hit in hits]
            if logs == "text":
                yield "failed", logs, {bucket["key"]: bucket["doc_count"] for bucket in buckets("failed")}
            yield "slowest", logs, [round(bucket["ms"]["value"]) for bucket in buckets("slowest")]
            if logs == "json":
                yield "object", logs, sorted(bucket["key"] for bucket in buckets("object"))
            node.ask("DELETE", f"/klog-{logs}")
        # No error with an ID was written as JSON; those of the text are.
        node.index("json", list(as_json()))
        yield "failed", "text, as JSON,", {bucket["key"]: bucket["doc_count"] for bucket in buckets("failed")}


def wanted(answers, purpose, logs):
    """What jq finds, in the shape in which an engine's answer is compared."""
    lines = lambda: map(json.loads, answers.listed(purpose, logs))
    if purpose == "failed":
        return {line["requestID"]: line["errors"] for line in lines() if line["requestID"]}
    if purpose == "slowest":
        return [line["ms"] for line in lines()]
    if purpose == "object":
        return sorted(answers.listed(purpose, logs))
    found = answers.request(logs)
    return sorted(found) if purpose == "parser" else found


ENGINES = {"fluent-bit": fluent_bit, "opentelemetry": opentelemetry, "vector": vector, "opensearch": opensearch}


def is_near(want, found):
    """Whether lines are the same but for a microsecond: JSON's times have tenths of one, and some readers of JSON lose the last digit."""
    place = lambda line: (line[1], line[0])
    micros = lambda line: datetime.datetime.strptime("2026" + line[0], "%Y%m%d %H:%M:%S.%f")
    pairs = list(zip(sorted(want, key=place), sorted(found, key=place)))
    same = lambda a, b: a[1] == b[1] and abs(micros(a) - micros(b)) <= datetime.timedelta(microseconds=1)
    return len(want) == len(found) and all(same(a, b) for a, b in pairs)


def compare(purpose, want, found):
    """What is different, if anything is."""
    if purpose == "slowest":
        # The store counts in milliseconds of the clock: each end of a span may be one off.
        near = len(want) == len(found) and all(abs(a - b) <= 1 for a, b in zip(want, found))
        return None if near else f"jq {want}, the engine {found}"
    if want == found or (purpose == "parser" and is_near(want, found)):
        return None
    if isinstance(want, list):
        of_jq, of_engine = collections.Counter(want), collections.Counter(found)
        return f"only jq: {list(of_jq - of_engine)[:3]}; only the engine: {list(of_engine - of_jq)[:3]}; else another order"
    return f"jq {want}, the engine {found}"


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--klogmod", default=str(ROOT / "target/debug/klogmod"))
    given.add_argument("--build", type=pathlib.Path, default=ROOT / "target/engines")
    given.add_argument("engines", nargs="*", metavar="ENGINE", help=f"of {', '.join(ENGINES)}; all if none is named")
    args = given.parse_args()
    if unknown := set(args.engines) - set(ENGINES):
        given.error(f"no such engine: {', '.join(unknown)}")
    args.build.mkdir(parents=True, exist_ok=True)
    printed = queries(args.klogmod)
    answers = Answers(printed)
    passed = failed = 0
    for engine in args.engines or ENGINES:
        try:
            for purpose, logs, found in ENGINES[engine](printed, args.build.resolve()):
                found, want = found if isinstance(found, tuple) else (found, wanted(answers, purpose, logs))
                different = compare(purpose, want, found) if want else "jq finds nothing: the sample does not try this"
                print(f"{'ok' if not different else 'DIFFERENT'}: {engine} {purpose} of {logs} logs: {len(found)} as jq {different or ''}")
                passed, failed = passed + (not different), failed + bool(different)
        except (Missing, FileNotFoundError) as error:
            print(f"{engine}: not to be had here: {error}", file=sys.stderr)
            return 2
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
