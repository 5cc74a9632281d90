//! Micro-benchmarks: one stage each, on a file of klog calls as they come.
//!
//!     cargo bench --bench stages

use std::fmt::Write;
use std::sync::Arc;

use divan::{Bencher, black_box};
use klogmod::go::files::{Root, WalkOptions};
use klogmod::go::parse::{self, LazyTree, SourceFile};
use klogmod::go::{files, syntax};
use klogmod::klog::format;
use klogmod::plan::pipeline::{self, Options, Plan};
use klogmod::rule::RuleSet;
use klogmod::ship::series::unified;
use klogmod::text::digest::Digest;
use klogmod::write::edit::{Edits, Fix};

fn main() {
    divan::main();
}

/// A file with `calls` functions of three calls each.
fn source(calls: usize) -> Vec<u8> {
    let mut text =
        String::from("package p\n\nimport (\n\t\"k8s.io/klog/v2\"\n)\n\ntype pod struct{ name, namespace string }\n");
    for number in 0..calls {
        let _ = write!(
            text,
            "\nfunc (p *pod) sync{number}(err error, count int) error {{\n\tklog.V(4).Infof(\"Syncing pod %q in %s: %d containers\", p.name, p.namespace, count)\n\tif err != nil {{\n\t\tklog.Errorf(\"Failed to sync pod %q: %v\", p.name, err)\n\t\treturn err\n\t}}\n\tklog.Infof(\"Synced pod %s\", p.name)\n\treturn nil\n}}\n"
        );
    }
    text.into_bytes()
}

/// A module of `files` files on disk.
struct Module(tempfile::TempDir);

impl Module {
    fn new(files: usize) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let write = |name: String, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).expect("a writable file");
        write("go.mod".into(), b"module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n");
        for number in 0..files {
            let text = String::from_utf8(source(20)).expect("UTF-8").replace("sync", &format!("sync{number}x"));
            let text = if number == 0 { text } else { text.replace("type pod struct{ name, namespace string }\n", "") };
            write(format!("f{number}.go"), text.as_bytes());
        }
        Self(dir)
    }

    fn plan(&self, rules: &RuleSet) -> Plan {
        let root = Root::find(&[self.0.path().to_owned()], Some(self.0.path())).expect("the module's root");
        let options = Options { edits: Edits::structural(), threads: 1, ..Options::new(root) };
        pipeline::plan(&options, rules, &|_, _| {}).expect("a plan")
    }
}

#[divan::bench]
fn walk_a_module(bencher: Bencher<'_, '_>) {
    let module = Module::new(100);
    let rules = RuleSet::load(None).expect("built-in rules");
    bencher.bench(|| files::walk(module.0.path(), &WalkOptions::default(), &rules.scope));
}

#[divan::bench]
fn parse_a_file(bencher: Bencher<'_, '_>) {
    let bytes: Arc<[u8]> = source(100).into();
    bencher
        .counter(divan::counter::BytesCount::new(bytes.len()))
        .bench(|| parse::parse(SourceFile { path: "a.go".into(), bytes: bytes.clone() }).is_ok());
}

#[divan::bench]
fn outline_a_file(bencher: Bencher<'_, '_>) {
    let bytes = source(100);
    bencher
        .counter(divan::counter::BytesCount::new(bytes.len()))
        .bench(|| syntax::outline::outline(black_box(&bytes)).is_ok());
}

#[divan::bench]
fn digest_a_file(bencher: Bencher<'_, '_>) {
    let bytes = source(100);
    bencher.counter(divan::counter::BytesCount::new(bytes.len())).bench(|| Digest::of(black_box(&bytes)));
}

#[divan::bench(args = ["Synced", "Syncing pod %q in %s: %d containers", "%[2]*.[1]*f of %-08.3v%%"])]
fn read_a_format(text: &str) -> usize {
    format::parse(black_box(text), 2).map_or(0, |pieces| pieces.len())
}

#[divan::bench(args = [1, 10])]
fn plan_a_module(bencher: Bencher<'_, '_>, files: usize) {
    let module = Module::new(files);
    let rules = RuleSet::load(None).expect("built-in rules");
    bencher.bench(|| module.plan(&rules).files.len());
}

#[divan::bench]
fn apply_fixes(bencher: Bencher<'_, '_>) {
    let plan = Module::new(1).plan(&RuleSet::load(None).expect("built-in rules"));
    let file = &plan.files[0];
    let fixes: Vec<&Fix> = file.fixes(&|_| true).collect();
    let tree = LazyTree::new(&file.source);
    bencher.bench_local(|| {
        klogmod::write::edit::file_fix(&file.path, &file.source, tree.get().expect("a tree"), &fixes).is_ok()
    });
}

#[divan::bench]
fn write_a_diff(bencher: Bencher<'_, '_>) {
    let plan = Module::new(1).plan(&RuleSet::load(None).expect("built-in rules"));
    let fixed = plan.files[0].fixed(&|_| true).expect("fixes that go together").expect("fixes");
    bencher.bench(|| unified(&fixed).map(|diff| diff.len()));
}
