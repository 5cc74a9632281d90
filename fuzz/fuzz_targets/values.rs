//! Values: whatever is declared and printed, the fixes parse, go together, and are proposed once.
#![no_main]

use std::sync::OnceLock;

use klogmod::go::files::Root;
use klogmod::go::parse::{first_error, parse_bytes};
use klogmod::plan::pipeline::{Options, Plan, plan};
use klogmod::rule::{RuleSet, Version};
use klogmod::write::edit::{Applicability, Fix};
use libfuzzer_sys::fuzz_target;

static RULES: OnceLock<RuleSet> = OnceLock::new();
/// Verbs, as values are printed.
const VERBS: [&str; 12] = ["%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%T", "%p", "%c", "%6.2f", "%*d"];
/// klogs that print values in different ways.
const KLOGS: [Version; 4] = [Version(2, 4, 0), Version(2, 40, 0), Version(2, 100, 1), Version(2, 130, 1)];

fn planned(dir: &std::path::Path, bytes: &[u8], klog: Version) -> Plan {
    std::fs::write(dir.join("a.go"), bytes).expect("a writable file");
    let root = Root { dir: dir.to_owned(), narrow: Vec::new() };
    let options = Options { klog_version: Some(klog), threads: 1, ..Options::new(root) };
    plan(&options, RULES.get_or_init(|| RuleSet::builtin().expect("sound rules")), &|_, _| {}).expect("a plan")
}

fuzz_target!(|input: (&str, &str, &str, u8, u8)| {
    let (declarations, parameter, operand, verb, klog) = input;
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path();
    std::fs::write(dir.join("go.mod"), "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n").expect("a file");
    let (verb, klog) = (VERBS[usize::from(verb) % VERBS.len()], KLOGS[usize::from(klog) % KLOGS.len()]);
    let call = format!("klog.Infof(\"Checked value: {verb}\", {operand})\n\tklog.Errorf(\"failed: %v\", {operand})");
    let head = "package p\n\nimport (\n\t\"fmt\"\n\t\"time\"\n\n\t\"k8s.io/klog/v2\"\n)\n\nvar _ = fmt.Sprint(time.Now())";
    let text = format!("{head}\n\n{declarations}\n\nfunc f({parameter}) {{\n\t{call}\n}}\n");
    let first = planned(dir, text.as_bytes(), klog);
    let takes = |fix: &Fix| fix.applicability != Applicability::DisplayOnly;
    for file in &first.files {
        let Some(fixed) = file.fixed(&takes).expect("fixes that go together") else { continue };
        let tree = parse_bytes(&fixed.after).expect("a tree");
        assert!(first_error(tree.root_node()).is_none(), "{}", String::from_utf8_lossy(&fixed.after));
        let again = planned(dir, &fixed.after, klog);
        let left = again.files.iter().flat_map(|file| file.fixes(&takes)).count();
        assert_eq!(left, 0, "{}", String::from_utf8_lossy(&fixed.after));
    }
});
