//! The rules: every example in their documentation is what the engine does, every rule is documented and used, and a directory
//! of rules extends or replaces the built-in ones.

use crate::common;

use std::collections::BTreeSet;

use common::checkout::{Checkout, Run};
use common::txtar::Archive;
use klogmod::rule::{Example, RuleSet};
use serde_json::Value;

/// A klog that has everything the examples show.
const KLOG: &str = "v2.130.1";

/// Imports that examples may use; those that one does not use do no harm here.
const IMPORTS: [&str; 6] = [
    "context",
    "fmt",
    "net/http",
    "v1 k8s.io/api/core/v1",
    "k8s.io/klog/v2",
    "k8s.io/kubernetes/pkg/kubelet/util/format",
];

fn proposals(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the engine makes of an example's call.
fn proposed(example: &Example) -> Vec<Value> {
    let context = example.context.as_deref().unwrap_or("func f() {\n\t$\n}");
    let imports = IMPORTS.map(|import| match import.split_once(' ') {
        Some((name, path)) => format!("\t{name} \"{path}\"\n"),
        None => format!("\t\"{import}\"\n"),
    });
    let body = context.replacen('$', &example.before, 1);
    let file = format!("package a\n\nimport (\n{})\n\n{body}\n", imports.concat());
    let checkout = Checkout::with([("a.go", file)]);
    let edits = example.edits.as_deref().unwrap_or("s");
    let target = example.target.as_deref().unwrap_or("infos");
    let args = ["plan", "--format", "proposals", "--klog-version", KLOG, "--edits", edits, "--target", target];
    proposals(&checkout.run(args).expect(0))
}

#[test]
fn every_example_is_what_the_engine_does() {
    let rules = RuleSet::builtin().unwrap();
    let mut wrong = Vec::new();
    let proposing = |rule: &&klogmod::rule::RuleDoc| !makes_no_fix(&rule.name);
    let examples =
        rules.docs().filter(proposing).flat_map(|rule| rule.examples.iter().map(move |example| (rule, example)));
    for (rule, example) in examples {
        let got = proposed(example);
        let after = got.first().and_then(|proposal| proposal["after"].as_str()).unwrap_or("(nothing)");
        if after != example.after {
            wrong.push(format!(
                "{}:\n  {}\n  expected {}\n  but got  {after}",
                rule.name, example.before, example.after
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_example_of_a_rule_uses_the_rule() {
    let rules = RuleSet::builtin().unwrap();
    let named = used_rules();
    let mut wrong = Vec::new();
    for rule in rules.docs().filter(|rule| named.contains(&rule.name)) {
        let shown = rule.examples.iter().any(|example| {
            let got = proposed(example);
            got.iter().flat_map(|p| p["rules"].as_array().unwrap()).any(|name| *name == *rule.name)
        });
        if !shown {
            wrong.push(&rule.name);
        }
    }
    assert!(wrong.is_empty(), "no example shows {wrong:?} at work");
}

/// Names of the rules that made any fix of any fixture.
fn used_rules() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in common::files("fixtures/rewrite", "txtar") {
        let archive = Archive::load(&path);
        let files = archive.files.iter().filter(|(name, _)| !name.ends_with(".want") && name != "outcomes");
        let checkout = Checkout::with(files.map(|(name, text)| (name.clone(), text.clone())));
        let args = archive.directive("args").unwrap_or_default().split_whitespace();
        let target = args.filter(|arg| arg.starts_with("--target"));
        let run = checkout.run(["plan", "--format", "proposals"].into_iter().chain(target)).expect(0);
        for proposal in proposals(&run) {
            names.extend(proposal["rules"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()));
        }
    }
    names
}

/// Rules that say why a file or a call is left alone, those of `check`, which has tests of its own, and what changes no log
/// call: no fix names them.
fn makes_no_fix(name: &str) -> bool {
    name == "thread" || ["scope-", "lint-", "gate-"].iter().any(|prefix| name.starts_with(prefix))
}

/// Documented rules that no fix names yet. The list only ever gets shorter.
const UNNAMED: &[&str] = &["key-preferred", "message-capital", "message-period", "message-quotes"];

#[test]
fn rules_that_fixes_name_are_those_that_are_documented() {
    let rules = RuleSet::builtin().unwrap();
    let documented: BTreeSet<String> = rules.docs().map(|rule| rule.name.clone()).collect();
    assert_eq!(documented.len(), rules.docs().count(), "a rule's name is given twice");
    let used = used_rules();
    let undocumented: Vec<_> = used.difference(&documented).collect();
    assert!(undocumented.is_empty(), "fixes name rules that are not documented: {undocumented:?}");
    let unused: BTreeSet<&str> =
        documented.difference(&used).map(String::as_str).filter(|n| !makes_no_fix(n)).collect();
    assert_eq!(unused, UNNAMED.iter().copied().collect(), "documented rules that no fix of any fixture names");
}

#[test]
fn the_code_of_a_reason_is_no_name_of_a_rule_and_names_one_thing() {
    let rules = RuleSet::load(None).unwrap();
    let mut ended: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut last = ("", "");
    for (about, entry) in klogmod::write::reason::entries() {
        let code = entry.code;
        assert!(code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{code}");
        assert!(rules.docs().all(|rule| rule.name != code), "{code} is a rule's name");
        assert!(!entry.sentence.is_empty() && entry.doc.last().is_some_and(|line| line.ends_with('.')), "{code}");
        if last != (about, code) {
            assert!(ended.insert((about, code)), "{code}: its reasons stand apart");
        }
        last = (about, code);
    }
    assert!(ended.len() > 70, "{}", ended.len());
}

#[test]
fn every_rule_that_has_code_has_an_example() {
    let rules = RuleSet::builtin().unwrap();
    let bare: Vec<_> = rules.docs().filter(|rule| rule.examples.is_empty() && !makes_no_fix(&rule.name)).collect();
    assert!(bare.is_empty(), "without an example: {bare:?}");
    for rule in rules.docs() {
        assert!(!rule.summary.ends_with('.') && !rule.summary.contains('\n'), "{}: a summary is one line", rule.name);
        assert!(!rule.doc.trim().is_empty(), "{}: no documentation", rule.name);
    }
}

const CALL: &str =
    "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(addr string) {\n\tklog.Infof(\"Connecting to %s\", addr)\n}\n";

/// What `plan` says of the call with these rule files.
fn with_rules(files: &[(&str, &str)]) -> (Checkout, Run) {
    let checkout = Checkout::with([("tree/a.go", CALL)]);
    std::fs::create_dir(checkout.join("custom")).unwrap();
    for (name, text) in files {
        checkout.write(format!("custom/{name}"), text);
    }
    let run = checkout.run(["plan", "tree", "--format", "proposals", "--rules", "custom"]);
    (checkout, run)
}

#[track_caller]
fn after(files: &[(&str, &str)]) -> String {
    let run = with_rules(files).1.expect(0);
    proposals(&run).first().map(|p| p["after"].as_str().unwrap().to_owned()).unwrap_or_default()
}

#[test]
fn a_directory_of_rules_extends_the_built_in_ones() {
    assert!(after(&[]).contains("\"address\", addr"));
    assert!(after(&[("keys.toml", "[preferred]\naddr = \"endpoint\"\n")]).contains("\"endpoint\", addr"));
    assert!(after(&[("keys.toml", "reserved = [\"address\"]\n")]).contains("\"address2\", addr"));
    assert!(after(&[("README.md", "not a rules file")]).contains("\"address\", addr"));
    let scope = "[[declined]]\npaths = [\"**\"]\nreason = \"not yet\"\n";
    assert_eq!(after(&[("scope.toml", scope)]), "", "a table that the rules list several times gets another entry");
}

#[test]
fn a_file_of_rules_replaces_the_built_in_one() {
    let builtin = std::fs::read_to_string(common::repository().join("rules/keys.toml")).unwrap();
    let replaced = format!("replace = true\n{}", builtin.replace("addr = \"address\"\n", ""));
    assert!(after(&[("keys.toml", &replaced)]).contains("\"addr\", addr"));
    let run = with_rules(&[("keys.toml", "replace = true\nreserved = []\n")]).1.expect(2);
    assert!(run.stderr.contains("missing field"), "{}", run.stderr);
}

#[test]
fn the_configuration_names_a_directory_of_rules_relative_to_itself() {
    let checkout = Checkout::with([
        ("a.go", CALL),
        ("conf/klogmod.toml", "rules = \"mine\"\n"),
        ("conf/mine/keys.toml", "[preferred]\naddr = \"endpoint\"\n"),
    ]);
    let run = checkout.run(["plan", "--format", "proposals", "--config", "conf/klogmod.toml"]).expect(0);
    assert!(run.stdout.contains("endpoint"), "{}", run.stdout);
}

#[test]
fn broken_rules_are_shown_with_the_offending_line() {
    for (name, text, place, line) in [
        ("keys.toml", "[preferred]\naddr = endpoint\n", "2:8".to_owned(), "addr = endpoint"),
        ("keys.toml", "# mine\n[preferred]\naddr = 3\n", "3:8".to_owned(), "addr = 3"),
        ("keys.toml", "reserved = \"ts\"\n", "1:12".to_owned(), "reserved = \"ts\""),
        ("messages.toml", "verbs = [\"go\"]\nlabel-words = -1\n", "2:15".to_owned(), "label-words = -1"),
        ("keys.toml", "unheard-of = 1\n", "1:1".to_owned(), "unheard-of = 1"),
        ("keys.toml", "replace = false\n", "1:1".to_owned(), "replace = false"),
        ("log_calls.toml", "[since]\nInfoS = \"soon\"\n", "2:9".to_owned(), "InfoS = \"soon\""),
        ("keys.toml", "replace = true\n\nreserved = 3\n", "3:12".to_owned(), "reserved = 3"),
    ] {
        let (_, run) = with_rules(&[(name, text)]);
        let run = run.expect(2);
        let shown =
            run.stderr.contains(&format!("custom/{name}:{place}: ")) && run.stderr.contains(&format!("| {line}\n"));
        assert!(shown, "{text}\nexpected {name}:{place} and the line in:\n{}", run.stderr);
    }
    let run = with_rules(&[("kyes.toml", "")]).1.expect(2);
    assert!(run.stderr.contains("kyes.toml: no such rules file"), "{}", run.stderr);
}

#[test]
fn rules_that_could_never_apply_are_refused_where_they_stand() {
    for (name, text, place, message) in [
        (
            "scope.toml",
            "[[declined]]\nreason = \"no\"\npaths = [\"pkg/**\", \"./cmd\"]\n",
            "3:20",
            "leave out the leading `./`",
        ),
        (
            "carriers.toml",
            "[[carrier]]\nname = \"mine\"\naccessor = \"F\"\npaths = [\"/a\"]\n",
            "4:10",
            "leave out the leading `/`",
        ),
        (
            "carriers.toml",
            "[[carrier]]\nname = \"mine\"\naccessor = \"F\"\nexcept = [\"a/../b\"]\n",
            "4:11",
            "no path has `.` or `..`",
        ),
        ("values.toml", "object-packages = [\"a//b\"]\n", "1:20", "no path has an empty part"),
        ("callgraph.toml", "followed = [\"\"]\n", "1:13", "it is empty"),
        (
            "carriers.toml",
            "[[carrier]]\nname = \"mine\"\naccessor = \"F\"\ntypes = [\"Thing\"]\n",
            "4:10",
            "a type is spelled",
        ),
        (
            "carriers.toml",
            "[[carrier]]\nname = \"mine\"\naccessor = \"F\"\nsources = [\"here\"]\n",
            "4:12",
            "ID source `here` is not own",
        ),
        (
            "carriers.toml",
            "[[carrier]]\nname = \"a\"\naccessor = \"F\"\n[[carrier]]\nname = \"a\"\naccessor = \"F\"\n",
            "5:8",
            "there are two carriers `a`",
        ),
        (
            "carriers.toml",
            "[[caveat]]\ncarriers = [\"object\", \"objekt\"]\ntext = \"x\"\n",
            "2:23",
            "there is no carrier `objekt`",
        ),
        ("carriers.toml", "key = \"request id\"\n", "1:7", "the key of the pair"),
        ("carriers.toml", "[[carrier]]\nname = \"a\"\naccessor = \"F\"\npath = []\n", "4:1", "unknown field `path`"),
        (
            "queries.toml",
            "[[query]]\npurpose = \"nothing\"\ntool = \"x\"\nlogs = \"text\"\ntext = \"x\"\n",
            "2:11",
            "there is no purpose `nothing`",
        ),
        ("values.toml", "[[identity]]\nkind = \"Pood\"\nwords = []\n", "2:8", "there is no kind `Pood`"),
        ("messages.toml", "[[wrapper]]\nmethod = \"M\"\narguments = 1\nmessage = 1\n", "4:11", "message is argument 1"),
        (
            "log_calls.toml",
            "[[call]]\nseverity = \"info\"\nrewrite = \"InfoX\"\nprint = []\nprintln = []\nprintf = []\n",
            "3:11",
            "there is no structured function `InfoX`",
        ),
        (
            "operations.toml",
            "[[operation]]\ncomponent = \"kublet\"\noperations = [\"create\"]\nresources = [\"pod\"]\nfunctions = []\n",
            "2:13",
            "there is no component `kublet`",
        ),
        (
            "operations.toml",
            "[[operation]]\noperations = [\"create\"]\nresources = [\"pod\"]\nfunctions = [\"main\"]\n",
            "4:14",
            "functions are named",
        ),
        (
            "operations.toml",
            "[[phase]]\nname = \"x\"\npriority = 1\ncells = [{ operations = [\"creat\"], resources = [\"pod\"] }]\n",
            "4:10",
            "`creat` of `pod`",
        ),
        ("operations.toml", "decay = 1.5\n", "1:9", "between 0 and 1"),
        ("environments.toml", "default = \"mine\"\n", "1:11", "there is no environment `mine`"),
        (
            "environments.toml",
            "[[profile]]\nname = \"p\"\nsummary = \"x\"\nsystems = []\n[profile.choices]\nproxy = [\"iptable\"]\n",
            "6:10",
            "there is no choice of proxy `iptable`",
        ),
        (
            "wires.toml",
            "[[wire]]\nname = \"h\"\nwhy = \"x\"\n[[wire.place]]\nfile = \"a.go\"\nat = \"after\"\ncode = \"x\"\n",
            "6:6",
            "`anchor`",
        ),
        (
            "wires.toml",
            "[[wire]]\nname = \"h\"\nwhy = \"x\"\n[[wire.place]]\nfile = \"a.go\"\nat = \"end\"\ncode = \"{{pack}}\"\n",
            "7:8",
            "`{{pack}}`",
        ),
        (
            "check.toml",
            "[[rule]]\nname = \"mine\"\nsummary = \"x\"\ndoc = \"x\"\n[[rule]]\nname = \"mine\"\nsummary = \"x\"\ndoc = \"x\"\n",
            "6:8",
            "there are two rules `mine`",
        ),
    ] {
        let run = with_rules(&[(name, text)]).1.expect(2);
        let shown = run.stderr.contains(&format!("custom/{name}:{place}: ")) && run.stderr.contains(message);
        assert!(shown, "{text}\nexpected {name}:{place} and `{message}` in:\n{}", run.stderr);
    }
}

#[test]
fn so_are_settings() {
    for (text, place, message) in [
        ("[scope]\nexclude = [\"pkg\", \"../x\"]\n", "2:19", "no path has `.` or `..`"),
        ("[request-id]\nkey = \"a-b\"\n", "2:7", "the key of the pair"),
        ("[request-id]\nid-source = \"x\"\n", "2:13", "ID source `x`"),
        ("[environments]\ndefault = \"mine\"\n", "2:11", "there is no environment `mine`"),
        (
            "[[operation]]\ncomponent = \"x\"\noperations = [\"create\"]\nresources = [\"pod\"]\nfunctions = []\n",
            "2:13",
            "there is no component `x`",
        ),
        (
            "[[operation]]\noperations = [\"create\"]\nresources = [\"pod\"]\nfunctions = [[{ name = \"a.F\", sinse = \"1\" }]]\n",
            "4:31",
            "unknown field `sinse`",
        ),
        (
            "[[callgraph.component]]\nname = \"a\"\nmain = []\n[[callgraph.component]]\nname = \"a\"\nmain = []\n",
            "5:8",
            "there are two components `a`",
        ),
    ] {
        let checkout = Checkout::with([("a.go", CALL), ("klogmod.toml", text)]);
        let run = checkout.run(["plan", "--format", "proposals"]).expect(2);
        let shown = run.stderr.contains(&format!("klogmod.toml:{place}")) && run.stderr.contains(message);
        assert!(shown, "{text}\nexpected {place} and `{message}` in:\n{}", run.stderr);
    }
}

#[test]
fn an_entry_takes_the_place_of_the_one_with_its_name() {
    let object = "[[carrier]]\nname = \"context\"\ntypes = [\"context.Context\"]\naccessor = \"FromMine\"\n";
    let call = "package a\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n)\n\nfunc f(ctx context.Context) {\n\tklog.Info(\"Started\")\n}\n";
    let checkout = Checkout::with([("a.go", call), ("custom/carriers.toml", object)]);
    let run = checkout.run(["plan", "a.go", "--format", "proposals", "--rules", "custom"]).expect(0);
    assert!(run.stdout.contains("requestid.FromMine(ctx)"), "{}", run.stdout);
}

#[test]
fn the_key_that_a_user_gives_is_that_of_calls_queries_and_the_package() {
    let files = [
        ("go.mod", "module example.com/m\n\ngo 1.22\n\nrequire k8s.io/klog/v2 v2.70.0\n"),
        (
            "a.go",
            "package a\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n)\n\nfunc f(ctx context.Context) {\n\tklog.Info(\"Started\")\n}\n",
        ),
    ];
    let rules = ("mine/carriers.toml", "key = \"traceID\"\n");
    for (config, args) in
        [("[request-id]\nkey = \"traceID\"\n", &[][..]), ("rules = \"mine\"\n", &[]), ("", &["--key", "traceID"])]
    {
        let checkout = Checkout::with(files.into_iter().chain([rules, ("klogmod.toml", config)]));
        let of = |command: &[&str]| checkout.run(command.iter().chain(args)).expect(0).stdout;
        assert!(of(&["plan", "--format", "proposals"]).contains("traceID"), "{config}{args:?}");
        assert!(of(&["queries", "--purpose", "request", "--tool", "grep"]).contains("traceID="), "{config}{args:?}");
        assert!(of(&["runtime"]).contains("\"traceID\""), "{config}{args:?}");
    }
    let checkout = Checkout::with(files);
    let run = checkout.run(["plan", "--key", "a b"]).expect(2);
    assert!(run.stderr.contains("key `a b` is not a word such as requestID"), "{}", run.stderr);
}

#[test]
fn the_rule_of_environments_lists_them() {
    let shown = Checkout::new().run(["rules", "scope-environments"]).expect(0).stdout;
    for line in ["  all: everything, for Linux and for Windows\n", "  proxy: mode of kube-proxy: iptables, "] {
        assert!(shown.contains(line), "{shown}");
    }
}
