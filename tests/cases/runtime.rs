//! The runtime package, rendered and driven with Go: it is formatted and vetted, vanishes while off, travels, and never panics.
//!
//! All of it needs Go, and the queries need jq.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use klogmod::rule::{IdSource, Version};
use klogmod::write::runtime::{self, Base, CallForm, License, RuntimeOptions};
use libtest_mimic::Trial;

use crate::needs::{Need, tests};

const IMPORT_PATH: &str = "example.com/m/internal/requestid";

/// Versions that differ in what they can do: none, a filter, contextual loggers, log/slog.
const KLOGS: [Version; 4] = [Version(2, 0, 0), Version(2, 4, 0), Version(2, 70, 0), Version(2, 140, 0)];

/// A Go module in a temporary directory.
struct Module {
    dir: tempfile::TempDir,
}

impl Module {
    /// A module of that Go version that requires `requirements`, written as in a go.mod.
    fn new(go: &str, requirements: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut gomod = format!("module example.com/m\n\ngo {go}\n\n");
        for requirement in requirements {
            let _ = writeln!(gomod, "require {requirement}");
        }
        let module = Self { dir };
        module.write("go.mod", gomod.as_bytes());
        module
    }

    /// The module that the runtime package for these options is tested in, with the package in it.
    fn with_package(options: &RuntimeOptions, requirements: &[&str]) -> Self {
        let klog = format!("k8s.io/klog/v2 {}", options.klog_version);
        let mut all = vec![klog.as_str()];
        all.extend(requirements);
        let module = Self::new(go_version(options.klog_version), &all);
        module.render(options);
        module
    }

    fn render(&self, options: &RuntimeOptions) {
        for file in runtime::files(options).expect("sound options") {
            self.write(&file.path, &file.after);
        }
    }

    fn write(&self, path: &str, contents: &[u8]) {
        let path = self.dir.path().join(path);
        std::fs::create_dir_all(path.parent().expect("below the directory")).expect("created");
        std::fs::write(path, contents).expect("written");
    }

    /// Copies a file of fixtures/runtime.
    fn fixture(&self, from: &str, to: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/runtime").join(from);
        self.write(to, &std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    }

    /// Runs a command that must succeed, and returns what it prints.
    fn run(&self, command: &[&str]) -> String {
        let output = Command::new(command[0])
            .args(&command[1..])
            .current_dir(self.dir.path())
            .envs([("GOFLAGS", "-mod=mod"), ("GOWORK", "off"), ("GOTOOLCHAIN", "local")])
            .output()
            .expect("command starts");
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{command:?} failed:\n{text}");
        text
    }

    /// The package is formatted, sound, and passes the tests that come with it.
    fn check_package(&self) {
        assert_eq!(self.run(&["gofmt", "-s", "-l", "internal"]), "", "files that gofmt would change");
        self.run(&["go", "vet", "./internal/..."]);
        self.run(&["go", "test", "-vet=off", "-count=1", "./internal/..."]);
    }
}

/// The Go of klog's own time: the package must not need a later one.
fn go_version(klog: Version) -> &'static str {
    match klog {
        Version(2, ..50, _) => "1.13",
        Version(2, ..120, _) => "1.18",
        _ => "1.21",
    }
}

fn options(klog: Version) -> RuntimeOptions {
    let generics = klog >= runtime::CONTEXTUAL_SINCE;
    RuntimeOptions { generics, ..RuntimeOptions::new("internal/requestid", IMPORT_PATH, klog, "requestID") }
}

const BASE: &str = "example.com/m/internal/base/requestid";

/// Options for a package over its base.
fn with_base(klog: Version) -> RuntimeOptions {
    let base = Base { dir: "internal/base/requestid".to_owned(), import_path: BASE.to_owned() };
    RuntimeOptions { base: Some(base), ..options(klog) }
}

fn call_form(klog: Version) -> &'static str {
    match CallForm::of(klog, true) {
        CallForm::Pair => "pair_test.go",
        CallForm::Pairs => "pairs_test.go",
    }
}

/// Copies the comparison of outputs into a module.
fn add_matrix(module: &Module, klog: Version) {
    let backends: &[&str] = match klog {
        Version(2, ..4, _) => &["json_logr01_test.go"],
        Version(2, ..50, _) => &["json_logr02_test.go"],
        _ => &["json_logr1_test.go", "contextual_test.go"],
    };
    for file in ["main_test.go", "json_test.go", call_form(klog)].iter().chain(backends) {
        module.fixture(&format!("matrix/{file}"), &format!("matrix/{file}"));
    }
}

/// The package's own tests, and the comparison of outputs, for one version of klog.
fn check_klog(klog: Version) {
    let module = Module::with_package(&options(klog), &[]);
    module.check_package();
    add_matrix(&module, klog);
    module.run(&["go", "vet", "./matrix"]);
    module.run(&["go", "test", "-vet=off", "-count=1", "./matrix"]);
}

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Go]
            off_changes_nothing_with_klog_2_0
            off_changes_nothing_with_klog_2_4
            off_changes_nothing_with_klog_2_70
            off_changes_nothing_with_klog_2_140
            off_changes_nothing_with_the_json_of_kubernetes
            the_versions_at_which_the_package_changes_are_right
            the_base_suffices_with_klog_2_0
            the_base_suffices_with_klog_2_70
            the_base_suffices_with_klog_2_140
            an_id_travels_with_klog_2_0
            an_id_travels_with_klog_2_140
            off_changes_nothing_with_slog
            accessors_survive_the_seeds_of_the_fuzz_test
            ids_come_from_kubectl
            ids_come_from_traces
            ids_come_from_audit_events
            ids_come_from_audit_ids_of_requests
            ids_come_from_audit_ids
            names_and_notices_are_the_users;
        [Need::Go, Need::Program("jq")]
            queries_find_what_was_logged;
    }
}

fn off_changes_nothing_with_klog_2_0() {
    check_klog(KLOGS[0]);
}

fn off_changes_nothing_with_klog_2_4() {
    check_klog(KLOGS[1]);
}

fn off_changes_nothing_with_klog_2_70() {
    check_klog(KLOGS[2]);
}

fn off_changes_nothing_with_klog_2_140() {
    check_klog(KLOGS[3]);
}

fn off_changes_nothing_with_the_json_of_kubernetes() {
    // The klog that component-base v0.25.0 requires.
    let klog = Version(2, 70, 1);
    let module = Module::with_package(&options(klog), &["k8s.io/component-base v0.25.0"]);
    add_matrix(&module, klog);
    module.fixture("matrix/json_componentbase_test.go", "matrix/json_componentbase_test.go");
    module.run(&["go", "test", "-vet=off", "-count=1", "./matrix"]);
}

fn the_versions_at_which_the_package_changes_are_right() {
    for klog in [Version(2, 3, 0), runtime::CONTEXTUAL_SINCE, runtime::SLOG_SINCE] {
        Module::with_package(&options(klog), &[]).check_package();
    }
}

/// The package hands on all of its base, and code that imports the base alone prints nothing new: its pairs go through Pairs.
fn check_base(klog: Version) {
    let module = Module::with_package(&with_base(klog), &[]);
    module.check_package();
    module.fixture("exports/main.go", "exports/main.go");
    let exported = |dir: &str| module.run(&["go", "run", "./exports", dir]);
    assert_eq!(exported("internal/requestid"), exported("internal/base/requestid"));
    add_matrix(&module, klog);
    module.run(&["go", "vet", "./matrix"]);
    module.run(&["go", "test", "-vet=off", "-count=1", "./matrix"]);
    let matrix = module.dir.path().join("matrix");
    let _ = std::fs::remove_file(matrix.join("pair_test.go"));
    module.fixture("matrix/pairs_test.go", "matrix/pairs_test.go");
    let pair = "\"a\", 1, \"requestID\", requestid.FromContext(ctx)";
    for file in std::fs::read_dir(&matrix).expect("readable") {
        let path = file.expect("readable").path();
        let text = std::fs::read_to_string(&path).expect("readable").replace(IMPORT_PATH, BASE);
        let through_pairs = |line: &str| match line.contains("SDepth(") {
            true => line.replace(pair, &format!("requestid.Pairs({pair})...")),
            // Calls of loggers that ask klog, and so the filter.
            false => line.replace("append(contextual, wrapped...)", "contextual"),
        };
        let lines: Vec<String> = text.lines().map(through_pairs).collect();
        std::fs::write(path, lines.join("\n") + "\n").expect("written");
    }
    module.run(&["go", "test", "-vet=off", "-count=1", "./matrix"]);
}

fn the_base_suffices_with_klog_2_0() {
    check_base(KLOGS[0]);
}

fn the_base_suffices_with_klog_2_70() {
    check_base(KLOGS[2]);
}

fn the_base_suffices_with_klog_2_140() {
    check_base(KLOGS[3]);
}

/// Client → server → object → informer → queue → controller → server, a thousand times at once.
fn check_travel(klog: Version) {
    let module = Module::with_package(&options(klog), &[]);
    module.fixture("travel/travel_test.go", "travel/travel_test.go");
    module.fixture(&format!("travel/{}", call_form(klog)), "travel/calls_test.go");
    module.run(&["go", "vet", "./travel"]);
    module.run(&["go", "test", "-vet=off", "-race", "-count=1", "./travel"]);
}

fn an_id_travels_with_klog_2_0() {
    check_travel(KLOGS[0]);
}

fn an_id_travels_with_klog_2_140() {
    check_travel(KLOGS[3]);
}

fn off_changes_nothing_with_slog() {
    let module = Module::with_package(&options(KLOGS[3]), &[]);
    module.fixture("slog/slog_test.go", "internal/requestid/slog_test.go");
    module.run(&["go", "test", "-count=1", "-run=TestSlog", "./internal/requestid"]);
}

fn accessors_survive_the_seeds_of_the_fuzz_test() {
    let module = Module::with_package(&options(KLOGS[3]), &[]);
    module.fixture("fuzz/accessors_test.go", "internal/requestid/accessors_test.go");
    module.run(&["go", "test", "-vet=off", "-count=1", "-run=FuzzAccessors", "./internal/requestid"]);
}

/// A package for another source of IDs passes the tests that come with it, and those of the source.
fn check_source(options: &RuntimeOptions, requirement: &str, tests: &[&str]) {
    let requirements: &[&str] = if requirement.is_empty() { &[] } else { &[requirement] };
    let module = Module::with_package(options, requirements);
    for test in tests {
        module.fixture(&format!("sources/{test}"), &format!("internal/requestid/{test}"));
    }
    module.check_package();
}

fn ids_come_from_kubectl() {
    check_source(&RuntimeOptions { id_source: IdSource::KubectlSession, ..options(KLOGS[2]) }, "", &[]);
}

fn ids_come_from_traces() {
    let plain = RuntimeOptions { id_source: IdSource::Traceparent, ..options(KLOGS[0]) };
    check_source(&plain, "", &["traceparent_test.go"]);
    for (klog, otel) in [(KLOGS[2], "v0.20.0"), (KLOGS[3], "v1.28.0")] {
        let options = RuntimeOptions { otel: true, klog_version: klog, ..plain.clone() };
        let tests = ["traceparent_test.go", "traceparent_otel_test.go"];
        check_source(&options, &format!("go.opentelemetry.io/otel/trace {otel}"), &tests);
    }
}

/// Audit IDs, with the klog that the version of apiserver requires.
fn check_audit(apiserver: Version, klog: Version, test: &str) {
    let id_source = IdSource::AuditId;
    let options = RuntimeOptions { id_source, apiserver_version: Some(apiserver), ..options(klog) };
    check_source(&options, &format!("k8s.io/apiserver {apiserver}"), &["audit_test.go", test]);
}

fn ids_come_from_audit_events() {
    check_audit(Version(0, 19, 0), Version(2, 2, 0), "audit_event_test.go");
}

fn ids_come_from_audit_ids_of_requests() {
    check_audit(Version(0, 25, 0), Version(2, 70, 1), "audit_id_request_test.go");
}

fn ids_come_from_audit_ids() {
    check_audit(Version(0, 32, 0), Version(2, 130, 1), "audit_id_audit_test.go");
}

fn names_and_notices_are_the_users() {
    let options = RuntimeOptions {
        import_path: "example.com/m/internal/opid".to_owned(),
        package_dir: "internal/opid".to_owned(),
        key: "operationID".to_owned(),
        header: "X-Operation".to_owned(),
        annotation: "example.com/operation".to_owned(),
        license: License::Kubernetes { year: 2022 },
        ..options(KLOGS[3])
    };
    let module = Module::with_package(&options, &[]);
    module.check_package();
    for file in runtime::files(&options).expect("sound options") {
        let text = String::from_utf8(file.after.to_vec()).expect("UTF-8");
        assert!(text.starts_with("/*\nCopyright 2022 The Kubernetes Authors.\n\nLicensed"), "{}", file.path);
        for foreign in ["requestid.", "\"requestID\"", "package requestid", "klogmod"] {
            assert!(!text.contains(foreign), "{} has {foreign}", file.path);
        }
        let placeholder = |rest: &str| rest.starts_with(|c: char| c.is_ascii_lowercase());
        assert!(!text.split("{{").skip(1).any(placeholder), "{} has a placeholder", file.path);
    }
}

/// Queries answer, from what klog and the package print, what they are there to answer.
fn queries_find_what_was_logged() {
    let requirements = ["k8s.io/component-base v0.25.0", "k8s.io/apimachinery v0.25.0", "go.uber.org/zap v1.19.0"];
    let module = Module::with_package(&options(Version(2, 70, 1)), &requirements);
    module.fixture("queries/main.go", "queries/main.go");
    module.run(&["go", "run", "./queries"]);
    let queries = |object: &str| -> Vec<serde_json::Value> {
        let arguments = ["queries", "--format", "json", "--id", "request-1", "--object", object, "."];
        let mut command = vec![env!("CARGO_BIN_EXE_klogmod")];
        command.extend(arguments);
        module.run(&command).lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    };
    let (pod, node) = (queries("pod=kube-system/dns"), queries("node=n1"));
    let ask = |queries: &[serde_json::Value], purpose: &str, tool: &str, logs: &str, file: &str| {
        let found = queries.iter().find(|q| q["purpose"] == purpose && q["tool"] == tool && q["logs"] == logs);
        let query = found.unwrap_or_else(|| panic!("no {purpose} {tool} {logs}"))["text"].as_str().unwrap_or_default();
        module.run(&["bash", "-c", &query.replace("*.log", file)])
    };
    let sites = |answer: &str| answer.matches("main.go:").count();
    for file in ["text.log", "json.log"] {
        let lines = ask(&pod, "request", "grep", "both", file);
        assert_eq!(sites(&lines), 4, "{file}:\n{lines}");
    }
    assert_eq!(ask(&pod, "object", "grep", "text", "text.log"), "requestID=\"request-1\"\n");
    assert_eq!(ask(&node, "object", "grep", "text", "text.log"), "requestID=\"request-1\"\n");
    assert_eq!(ask(&pod, "failed", "grep", "text", "text.log").trim(), "1 requestID=\"request-1\"");
    parsers(&module, &pod);
    let text = ask(&pod, "request", "jq", "text", "text.log");
    assert_eq!((sites(&text), text.matches("\"severity\":\"E\"").count()), (4, 1), "{text}");
    let json = ask(&pod, "request", "jq", "json", "json.log");
    assert_eq!((sites(&json), json.matches("\"severity\":\"E\"").count()), (4, 1), "{json}");
    let path = ask(&pod, "path", "jq", "json", "json.log");
    let steps: Vec<_> = path.lines().filter_map(|line| line.split('\t').nth(2)).collect();
    assert_eq!(steps, ["Creating pod", "Assigned pod", "Failed to start pod", "Synced pods"], "{path}");
    assert!(path.starts_with("0\t"), "{path}");
    assert_eq!(ask(&pod, "object", "jq", "json", "json.log"), "request-1\n");
    assert_eq!(ask(&node, "object", "jq", "json", "json.log"), "request-1\n");
    let failed: serde_json::Value = serde_json::from_str(&ask(&pod, "failed", "jq", "json", "json.log")).unwrap();
    assert_eq!((&failed["requestID"], &failed["errors"]), (&"request-1".into(), &1.into()), "{failed}");
    let slowest = ask(&pod, "slowest", "jq", "json", "json.log");
    assert_eq!((slowest.lines().count(), slowest.matches("\"lines\":4").count()), (2, 1), "{slowest}");
    let missing = ask(&pod, "missing", "jq", "json", "json.log");
    assert!(missing.starts_with("1\tqueries/main.go:") && missing.lines().count() == 1, "{missing}");
}

/// The expressions that make fields of klog's lines make them of real ones.
fn parsers(module: &Module, queries: &[serde_json::Value]) {
    let text = std::fs::read_to_string(module.dir.path().join("text.log")).unwrap();
    let parser = |tool: &str| {
        let found = queries.iter().find(|q| q["purpose"] == "parser" && q["tool"] == tool).unwrap();
        found["text"].as_str().unwrap().to_owned()
    };
    let fluent_bit = parser("fluent-bit");
    let expression = fluent_bit.lines().find_map(|line| line.trim().strip_prefix("Regex")).unwrap().trim();
    let expression = regex::Regex::new(expression).unwrap();
    let ids: Vec<_> = text
        .lines()
        .map(|line| expression.captures(line).unwrap_or_else(|| panic!("{line}")))
        .map(|found| found.name("requestID").map_or("", |id| id.as_str()).to_owned())
        .collect();
    assert_eq!(ids, ["request-1", "request-2", "request-1", "request-1", "request-1,request-2", "", ""]);
    let hello = expression.captures(text.lines().nth(1).unwrap()).unwrap();
    assert_eq!((&hello["msg"], &hello["severity"]), (r#""Said \"hello\"""#, "I"));
}
