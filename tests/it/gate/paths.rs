//! Coverage and gates along an operator's operations.

use crate::common::checkout::Checkout;

/// An operation, and batch work that it passes.
pub(super) const CONFIG: &str = "[[phase]]
name = \"alpha\"
priority = 100
cells = [{ operations = [\"attach\"], resources = [\"volume\"] }]

[[operation]]
operations = [\"attach\"]
resources = [\"volume\"]
functions = [\"example.com/m/driver.Attach\"]

[[callgraph.batch]]
reason = \"every volume is looked at\"
functions = [\"example.com/m/driver.Sweep\"]
";
const FILE: &str = "package driver

import \"k8s.io/klog/v2\"

func Attach(name string) {
\tklog.Infof(\"Attaching %s\", name)
\tstep(name)
\tSweep()
}

func step(name string) { klog.InfoS(\"Step\", \"name\", name, \"requestID\", name) }

func Sweep() { klog.InfoS(\"Sweeping\", \"of\", 1) }

func idle() { klog.Info(\"Idle\") }
";

fn tree(gate: &str) -> Checkout {
    let checkout =
        Checkout::with([("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n"), ("driver/a.go", FILE)]);
    checkout.write("klogmod.toml", format!("{CONFIG}{gate}"));
    checkout
}

#[test]
fn calls_are_counted_by_operation_resource_phase_and_environment() {
    let json = tree("").run(["coverage", "-o", "json"]).expect(0).json();
    let calls = |dimension: &str, value: &str| json["tables"][dimension][value]["calls"].as_u64();
    assert_eq!(calls("operation", "attach"), Some(2), "{:#}", json["tables"]);
    assert_eq!(calls("resource", "volume"), Some(2));
    assert_eq!(calls("phase", "alpha"), Some(2));
    assert_eq!(calls("phase", "(none)"), Some(2));
    let table = json["tables"]["operation/resource/phase/environment"].as_object().unwrap();
    let names: Vec<&String> = table.keys().collect();
    assert_eq!(names, ["(none)", "attach/volume/alpha/containerd-csi-iptables-linux"]);
    assert_eq!(json["totals"]["parts"]["batch"], 1);
    assert_eq!(table["attach/volume/alpha/containerd-csi-iptables-linux"]["parts"]["withRequestId"], 1);
}

#[test]
fn each_environment_has_its_own_row() {
    let json = tree("").run([
        "coverage",
        "--environment",
        "containerd-csi-iptables-linux",
        "--environment",
        "all",
        "-o",
        "json",
    ]);
    let json = json.expect(0).json();
    let table = json["tables"]["environment"].as_object().unwrap();
    assert_eq!(table["all"]["calls"], 2);
    assert_eq!(table["containerd-csi-iptables-linux"]["calls"], 2);
}

#[test]
fn new_calls_on_priority_paths_fail_and_others_are_named() {
    let checkout = tree("");
    checkout.run(["baseline", "write"]).expect(0);
    checkout.commit();
    checkout.write("driver/a.go", FILE.replace("klog.Info(\"Idle\")", "klog.Info(\"Idle\"); klog.Info(\"More\")"));
    for (args, lines) in [(vec!["check"], 3), (vec!["check", "--new-from", "HEAD"], 1)] {
        let run = checkout.run(args).expect(0);
        assert_eq!(run.stdout.lines().count(), lines, "{}", run.stdout);
        assert!(run.stderr.contains("driver/a.go:15:34: a new call that is not structured, off the paths"), "{run:?}");
    }
    checkout.write("klogmod.toml", format!("{CONFIG}\n[gate]\npaths = \"all\"\n"));
    assert!(checkout.run(["check"]).expect(1).stdout.contains("driver/a.go:15:34: error: "));
    checkout.write("klogmod.toml", CONFIG);
    checkout.write("driver/a.go", FILE.replace("\tstep(name)", "\tklog.Infof(\"More of %s\", name)\n\tstep(name)"));
    for args in [vec!["check"], vec!["check", "--new-from", "HEAD"]] {
        let run = checkout.run(args).expect(1);
        assert!(
            run.stdout.contains("driver/a.go:7:2: error: ") && run.stdout.contains("[gate-new-unstructured]"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn rates_of_operations_and_phases_are_gates() {
    for table in ["operation]\nattach", "resource]\nvolume", "phase]\nalpha", "cell]\n\"attach/volume\""] {
        let run = tree(&format!("\n[gate.{table} = 50\n")).run(["check", "-o", "text"]);
        assert_eq!(run.code, 0, "{table}: {}{}", run.stdout, run.stderr);
        let run = tree(&format!("\n[gate.{table} = 51\n")).run(["check", "-o", "text"]).expect(1);
        assert!(
            run.stdout.contains("[gate-minimum]") && run.stdout.contains("50.0 % (1 of 2 calls)"),
            "{}",
            run.stdout
        );
        assert!(run.stdout.contains("klogmod.toml:16:1: "), "{}", run.stdout);
    }
}

#[test]
fn where_no_operation_starts_every_new_call_counts() {
    let checkout = tree("\n[gate]\npaths = \"priority\"\n");
    checkout.write("klogmod.toml", "[gate]\npaths = \"priority\"\n");
    checkout.run(["baseline", "write"]).expect(0);
    checkout.write("driver/a.go", FILE.replace("klog.Info(\"Idle\")", "klog.Info(\"Idle\"); klog.Info(\"More\")"));
    assert!(checkout.run(["check"]).expect(1).stdout.contains("driver/a.go:15:34: error: "));
}
