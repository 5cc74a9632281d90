//! A small control plane: the API server's own registry and handlers on etcd, client-go's clients and informers, controllers with queues, as
//! klogmod wires and rewrites them. One ID is in the logs of each part; without the switch nothing is there.
//!
//! All of it needs Go, and the modules that `go mod download` brings.

use std::path::{Path, PathBuf};

use libtest_mimic::Trial;

use crate::common::checkout::Checkout;
use crate::common::txtar::Archive;
use crate::common::{go, repository};
use crate::needs::{Need, tests};

/// What kubernetes keeps in its own tree, and publishes from there.
const STAGED: [&str; 4] = ["apimachinery", "apiserver", "client-go", "component-base"];
const VERSION: &str = "v0.35.6";

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Go]
            one_operation_has_one_id_in_a_small_control_plane;
    }
}

fn one_operation_has_one_id_in_a_small_control_plane() {
    let go = go::go().expect("there is a go");
    // One after the other: what the second compiles is nearly all there.
    for (source, tests) in [("own", "."), ("traceparent", "TestOneID|TestObjects")] {
        let plane = plane(&go, source);
        let args = ["test", "-race", "-trimpath", "-vet=off", "-count=1", "-run", tests, "./cmd/plane"];
        go::check(go::command(&go, plane.path(), &args), source).unwrap();
    }
}

/// The control plane as klogmod leaves it.
fn plane(go: &Path, source: &str) -> Checkout {
    let archive = Archive::load(&repository().join("fixtures/runtime/plane/plane.txtar"));
    let checkout = Checkout::with(archive.files.iter().map(|(name, text)| (name.clone(), text.clone())));
    for module in STAGED {
        stage(go, &checkout, module);
    }
    checkout.git(["init", "-q"]);
    let wires = checkout.run(["runtime", "--wire", "--id-source", source]).expect(0);
    let missing = wires.stderr.lines().filter(|line| {
        line.contains("by hand") && !line.contains("there is no such file") && !line.contains("/example")
    });
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0]);
    checkout.write("wire.diff", &wires.stdout);
    checkout.git(["apply", "--whitespace=nowarn", "wire.diff"]);
    let apply = ["apply", "--allow-no-vcs", "--allow-dirty", "--display-only", "--all", "--id-source", source];
    checkout.run([&apply[..], &["pkg", "staging/src/k8s.io/apiserver/pkg"]].concat()).expect(0);
    checkout
}

/// Puts a published module where kubernetes has it, as it is there: without tests, and with the others as its neighbours.
fn stage(go: &Path, checkout: &Checkout, module: &str) {
    let wanted = format!("k8s.io/{module}@{VERSION}");
    let found = go::command(go, checkout.path(), &["mod", "download", "-json", &wanted]).output().expect("go starts");
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    let found: serde_json::Value = serde_json::from_slice(&found.stdout).expect("JSON");
    let from = PathBuf::from(found["Dir"].as_str().expect("a directory"));
    let to = Path::new("staging/src/k8s.io").join(module);
    for entry in walkdir::WalkDir::new(&from).sort_by_file_name() {
        let path = entry.expect("readable").into_path();
        if path.is_file() && !path.to_string_lossy().ends_with("_test.go") {
            let bytes = std::fs::read(&path).expect("readable");
            checkout.write(to.join(path.strip_prefix(&from).expect("below")), bytes);
        }
    }
    let gomod = STAGED.iter().fold(checkout.text(to.join("go.mod")), |text, other| {
        text.replace(&format!("k8s.io/{other} {VERSION}"), &format!("k8s.io/{other} v0.0.0"))
    });
    checkout.write(to.join("go.mod"), gomod);
}
