//! The JSON documents keep to their published schemas, and those to the code. `KLOGMOD_BLESS=1` writes docs/schema anew.

use crate::common;

use common::checkout::{Checkout, copy_tree};
use common::txtar::Archive;
use klogmod::plan::report::paths::PathsReport;
use klogmod::plan::report::schema::{PlanReport, ScanReport};
use serde_json::Value;

fn schemas() -> [(&'static str, schemars::Schema); 9] {
    let generator = || schemars::generate::SchemaSettings::draft2020_12().for_serialize().into_generator();
    [
        ("plan", generator().into_root_schema_for::<PlanReport<'_>>()),
        ("scan", generator().into_root_schema_for::<ScanReport>()),
        ("coverage", generator().into_root_schema_for::<klogmod::measure::coverage::Report>()),
        ("history", generator().into_root_schema_for::<klogmod::measure::history::History>()),
        ("certify", generator().into_root_schema_for::<klogmod::prove::certify::Certificate>()),
        ("trace", generator().into_root_schema_for::<klogmod::trace::show::StoryReport<'_>>()),
        ("trace-coverage", generator().into_root_schema_for::<klogmod::measure::carried::CarriedReport<'_>>()),
        ("trace-list", generator().into_root_schema_for::<klogmod::trace::show::ListReport<'_>>()),
        ("paths", generator().into_root_schema_for::<PathsReport<'_>>()),
    ]
}

fn published(name: &str) -> Value {
    let path = common::repository().join(format!("docs/schema/{name}.schema.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn published_schemas_are_fresh() {
    for (name, schema) in schemas() {
        let path = common::repository().join(format!("docs/schema/{name}.schema.json"));
        let fresh = format!("{:#}\n", schema.as_value());
        if common::blessing() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &fresh).unwrap();
        }
        let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            checked_in == fresh,
            "{} is stale: KLOGMOD_BLESS=1 writes it\n{}",
            path.display(),
            common::diff(&checked_in, &fresh)
        );
    }
}

#[track_caller]
fn keeps_to_schema(document: &Value, name: &str, what: &str) {
    let validator = jsonschema::validator_for(&published(name)).unwrap();
    let errors: Vec<_> = validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {}", errors.join("\n"));
}

#[track_caller]
fn checks(checkout: &Checkout, what: &str) {
    for name in ["plan", "scan", "paths"] {
        let run = checkout.run([name, "--format", "json", "--tests"]);
        run.sane();
        let document = run.json();
        assert_eq!(document["schema"], format!("klogmod/{name}/v1"));
        keeps_to_schema(&document, name, what);
    }
    let run = checkout.run(["coverage", "--output", "json", "--tests"]);
    run.sane();
    keeps_to_schema(&run.json(), "coverage", what);
}

#[test]
fn documents_keep_to_their_schemas() {
    let module = Checkout::new();
    copy_tree(&common::repository().join("fixtures/module"), module.path());
    module.write("broken.go", "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc {\n");
    checks(&module, "fixtures/module");
    checks(&Checkout::new(), "an empty tree");
    for path in common::files("fixtures/rewrite", "txtar") {
        let archive = Archive::load(&path);
        let files = archive.files.iter().filter(|(name, _)| !name.ends_with(".want") && name != "outcomes");
        checks(&Checkout::with(files.map(|(name, text)| (name.clone(), text.clone()))), &common::stem(&path));
    }
}

#[test]
fn a_history_keeps_to_its_schema() {
    let module = Checkout::new();
    copy_tree(&common::repository().join("fixtures/module"), module.path());
    module.commit();
    let document = module.run(["coverage", "--history", "1", "--output", "json"]).expect(0).json();
    assert_eq!(document["schema"], "klogmod/history/v1");
    keeps_to_schema(&document, "history", "fixtures/module");
}

#[test]
fn operations_keep_to_their_schemas() {
    let logs = common::repository().join("fixtures/trace/logs").display().to_string();
    for (name, args) in [
        ("trace", &["--id", "5ca1"][..]),
        ("trace", &["--object", "pod/shop/db-1"]),
        ("trace-list", &["list", "--all"]),
    ] {
        let args = ["trace"].iter().chain(args).copied().chain(["--format", "json", &logs]);
        let document = Checkout::new().run(args).expect(0).json();
        assert_eq!(document["schema"], format!("klogmod/{name}/v1"));
        keeps_to_schema(&document, name, "fixtures/trace");
    }
}

#[test]
fn schemas_are_strict_enough_to_notice_a_missing_field() {
    for name in ["plan", "scan"] {
        let mut document = Checkout::new().run([name, "--format", "json"]).expect(0).json();
        document.as_object_mut().unwrap().remove("totals");
        assert!(!jsonschema::is_valid(&published(name), &document));
    }
}
