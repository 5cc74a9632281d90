//! Go source: what is proposed parses, and is proposed once.
#![no_main]

use std::sync::OnceLock;

use klogmod::go::parse::{first_error, parse_bytes};
use klogmod::plan::pipeline::{Options, Plan, plan};
use klogmod::write::edit::{Applicability, Fix};
use klogmod::rule::{RuleSet, Version};
use klogmod::go::files::Root;
use libfuzzer_sys::fuzz_target;

static RULES: OnceLock<RuleSet> = OnceLock::new();

/// The tree of one file, planned.
fn planned(dir: &std::path::Path, bytes: &[u8]) -> Plan {
    std::fs::write(dir.join("a.go"), bytes).expect("a writable file");
    let root = Root { dir: dir.to_owned(), narrow: Vec::new() };
    let options = Options { klog_version: Some(Version(2, 70, 0)), threads: 1, ..Options::new(root) };
    plan(&options, RULES.get_or_init(|| RuleSet::builtin().expect("sound rules")), &|_, _| {}).expect("a plan")
}

fuzz_target!(|body: &[u8]| {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path();
    std::fs::write(dir.join("go.mod"), "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n").expect("a file");
    // Most inputs are too broken to have calls; those with a head are Go more often.
    let bytes = match body.split_first() {
        Some((b'#', rest)) => [b"package p\n\nimport \"k8s.io/klog/v2\"\n\n", rest].concat(),
        _ => body.to_vec(),
    };
    let first = planned(dir, &bytes);
    assert!(first.files.iter().all(|file| *file.source == *bytes), "the file was written");
    for file in &first.files {
        let takes = |fix: &Fix| fix.applicability != Applicability::DisplayOnly;
        let Some(fixed) = file.fixed(&takes).expect("fixes that go together") else { continue };
        let tree = parse_bytes(&fixed.after).expect("a tree");
        assert!(first_error(tree.root_node()).is_none(), "{}", String::from_utf8_lossy(&fixed.after));
        let again = planned(dir, &fixed.after);
        let left = again.files.iter().flat_map(|file| file.fixes(&takes)).count();
        assert_eq!(left, 0, "{}", String::from_utf8_lossy(&fixed.after));
    }
});
