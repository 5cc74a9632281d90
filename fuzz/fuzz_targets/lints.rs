//! Lints: what they would change of structured calls parses, and is not asked for again.
#![no_main]

use std::sync::OnceLock;

use klogmod::go::files::Root;
use klogmod::go::parse::parses_as_before;
use klogmod::plan::pipeline::{Options, Plan, plan};
use klogmod::rule::{RuleSet, Version};
use klogmod::text::apply_edits;
use libfuzzer_sys::fuzz_target;

static RULES: OnceLock<RuleSet> = OnceLock::new();
/// Calls that are mended one after the other may show what they hid.
const ROUNDS: usize = 4;

fn planned(dir: &std::path::Path, bytes: &[u8]) -> Plan {
    std::fs::write(dir.join("a.go"), bytes).expect("a writable file");
    let root = Root { dir: dir.to_owned(), narrow: Vec::new() };
    let options = Options { klog_version: Some(Version(2, 130, 1)), threads: 1, ..Options::new(root) };
    plan(&options, RULES.get_or_init(|| RuleSet::builtin().expect("sound rules")), &|_, _| {}).expect("a plan")
}

fuzz_target!(|body: &str| {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path();
    std::fs::write(dir.join("go.mod"), "module example.com/m\n\nrequire k8s.io/klog/v2 v2.130.1\n").expect("a file");
    let head = "package p\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(logger klog.Logger, err error, name string) {\n";
    let mut source = format!("{head}{body}\n}}\n").into_bytes();
    for round in 0..=ROUNDS {
        let plan = planned(dir, &source);
        let sites = plan.files.iter().flat_map(|file| &file.sites);
        let mut edits: Vec<_> = sites.flat_map(|site| &site.facts.violations).flat_map(|v| v.edits.iter().cloned()).collect();
        edits.sort();
        edits.dedup();
        if edits.is_empty() {
            return;
        }
        // Calls within calls overlap: those wait.
        let Ok(new) = apply_edits(&source, &edits) else { return };
        if !parses_as_before(&source, &new) {
            return;
        }
        assert!(round < ROUNDS, "{}", String::from_utf8_lossy(&new));
        source = new;
    }
});
