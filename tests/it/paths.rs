//! Call graph and priority paths: the cases of fixtures/callgraph and fixtures/priority, and the proof of every path: each hop
//! is a call that stands where it says. `KLOGMOD_BLESS=1` writes what the cases expect anew.

use crate::common;

use std::path::Path;

use common::checkout::{Checkout, Run};
use common::txtar::Archive;
use klogmod::rule::RuleSet;
use serde_json::Value;

/// The files of a case, as a checkout.
fn checkout(archive: &Archive) -> Checkout {
    let files = archive.files.iter().filter(|(name, _)| name != "commands" && name != "output");
    Checkout::with(files.map(|(name, text)| (name.as_str(), text.as_str())))
}

fn words(command: &str) -> Vec<String> {
    command.split_whitespace().map(|word| word.trim_matches('\'').to_owned()).collect()
}

fn commands(archive: &Archive) -> Vec<Vec<String>> {
    archive.get("commands").unwrap().lines().map(words).collect()
}

/// What a run says, without what differs from release to release.
fn shown(command: &str, run: &Run) -> String {
    let stdout = run.stdout.replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
    let mut text = format!("$ klogmod {command}\n[exit code {}]\n{stdout}", run.code);
    if !run.stderr.is_empty() {
        text.push_str(&format!("[standard error]\n{}", run.stderr));
    }
    text
}

fn settle(folder: &str) {
    let mut wrong = Vec::new();
    for path in common::files(folder, "txtar") {
        let archive = Archive::load(&path);
        let checkout = checkout(&archive);
        let texts = archive.get("commands").unwrap().lines();
        let output: Vec<String> = texts.map(|command| shown(command, &checkout.run(words(command)))).collect();
        let mut wanted = archive.clone();
        wanted.set("output", output.join("\n"));
        if common::blessing() {
            std::fs::write(&path, wanted.render()).unwrap();
        } else if archive != wanted {
            wrong.push(format!("{}\n{}", path.display(), common::diff(&archive.render(), &wanted.render())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_call_graph_leads_where_the_cases_say() {
    settle("fixtures/callgraph");
}

#[test]
fn operations_take_the_calls_that_the_cases_say() {
    settle("fixtures/priority");
}

/// Whether a word stands in a text.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part) && !word.is_empty()
    })
}

/// Why the hops of a path are not what stands in the files.
fn fault(root: &Path, witness: &[Value]) -> Option<String> {
    for (at, hop) in witness.iter().enumerate() {
        let (file, line) = (hop["file"].as_str()?, hop["line"].as_u64()? as usize);
        let source = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        let text = source.lines().nth(line - 1).unwrap_or_default();
        let (func, edge) = (hop["func"].as_str()?, hop["edge"].as_str()?);
        let is_literal = func.contains('$');
        let name = func.split('$').next()?.rsplit('.').next()?;
        let name = name.split('#').next()?;
        let stands = match edge {
            "entry" => at == 0 && has_word(text, name),
            "closure" => has_word(text, "func"),
            "passed" if is_literal => has_word(text, "func"),
            // What is called is a variable; it is the kind of edge that says so.
            "stored" => text.contains('('),
            "call" | "go" | "defer" if is_literal => text.contains("func") || text.contains('('),
            "call" | "go" | "defer" | "passed" | "interface" | "implements" => has_word(text, name),
            _ => false,
        };
        if !stands {
            return Some(format!("{func} ({edge}) is not in {file}:{line}: {text}"));
        }
    }
    None
}

/// The paths of a run's objects, one a line.
fn witnesses(run: &Run) -> Vec<Vec<Value>> {
    let objects = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let of = |object: Value| match object.get("witness").or_else(|| object["priority"].get("witness")) {
        Some(witness) => witness.as_array().cloned().unwrap_or_default(),
        None => Vec::new(),
    };
    objects.map(of).filter(|witness| !witness.is_empty()).collect()
}

#[test]
fn every_hop_is_a_call_that_stands_where_it_says() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for folder in ["fixtures/callgraph", "fixtures/priority"] {
        for path in common::files(folder, "txtar") {
            let archive = Archive::load(&path);
            let checkout = checkout(&archive);
            let mut runs: Vec<Vec<String>> = commands(&archive);
            runs.retain(|words| words.iter().any(|word| word == "--from") && !words.iter().any(|w| w == "--format"));
            runs.iter_mut().for_each(|words| words.extend(["--format".to_owned(), "jsonl".to_owned()]));
            runs.push(words("plan --format proposals"));
            for words in runs {
                for witness in witnesses(&checkout.run(&words)) {
                    count += witness.len();
                    wrong.extend(fault(checkout.path(), &witness).map(|fault| format!("{}: {fault}", path.display())));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 90, "only {count} hops were looked at");
}

/// `KLOGMOD_CORPUS` names a checkout of kubernetes: all of its paths are proven, and all entries are there.
#[test]
#[ignore = "needs a real checkout: KLOGMOD_CORPUS=DIR, --ignored"]
fn paths_of_a_real_tree_are_proven() {
    let root = std::env::var_os("KLOGMOD_CORPUS").expect("KLOGMOD_CORPUS names a checkout");
    let run = Checkout::new().run([
        "plan".as_ref(),
        root.as_os_str(),
        "--format".as_ref(),
        "proposals".as_ref(),
        "--phase".as_ref(),
        "ga".as_ref(),
    ]);
    let found = witnesses(&run);
    let wrong: Vec<_> = found.iter().filter_map(|witness| fault(Path::new(&root), witness)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(found.len() > 200 && !run.stderr.contains("no function of this tree"), "{}", run.stderr);
}

#[test]
fn a_series_says_which_operations_it_serves() {
    let archive = Archive::load(&common::repository().join("fixtures/priority/own_operation.txtar"));
    let checkout = checkout(&archive);
    checkout.commit();
    checkout.run(["patch", "-o", "series"]).expect(0);
    let mails = std::fs::read_dir(checkout.join("series")).unwrap().map(|mail| mail.unwrap().path());
    let text: String = mails.filter_map(|mail| std::fs::read_to_string(mail).ok()).collect();
    assert!(text.contains("Calls by what an operator does") && text.contains("attach          2"), "{text}");
    assert!(text.contains("serves  attach volume (alpha)"), "{text}");
    assert!(text.contains("path    driver/driver.go:18: (*example.com/m/cloud.disks).Attach (interface)"), "{text}");
}

#[test]
fn a_decision_about_a_call_that_is_out_of_scope_is_not_gone() {
    let archive = Archive::load(&common::repository().join("fixtures/priority/own_operation.txtar"));
    let checkout = checkout(&archive);
    checkout.run(["accept", "--all", "--path", "driver/**"]).expect(0);
    let decisions = checkout.text("klogmod.decisions.toml");
    let pending = checkout.run(["pending", "--prune"]).expect(0);
    assert!(!pending.stdout.contains("gone  "), "{}", pending.stdout);
    assert_eq!(checkout.text("klogmod.decisions.toml"), decisions);
    checkout.run(["accept", "--operation", "attach"]).expect(0);
    assert!(checkout.text("klogmod.decisions.toml").contains("cloud/cloud.go"));
    assert!(!checkout.text("klogmod.decisions.toml").contains("metrics/metrics.go"));
}

#[test]
fn entries_have_names_that_can_be_found() {
    let rules = RuleSet::builtin().unwrap();
    let components: Vec<&str> = rules.callgraph.component.iter().map(|c| c.name.as_str()).collect();
    let mut wrong = Vec::new();
    for entry in &rules.operations.entry {
        if !components.contains(&entry.component.as_str()) {
            wrong.push(format!("there is no component {}", entry.component));
        }
        for name in entry.functions.iter().flat_map(|function| function.names()) {
            let (path, last) = name.rsplit_once('.').unwrap_or_default();
            let is_method = path.starts_with('(') && path.ends_with(')');
            if last.is_empty() || !path.contains('/') || (path.contains(['(', ')']) && !is_method) {
                wrong.push(format!("{name} is no function's name"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Two programs that share a package, whose calls another one's types would answer.
fn two_programs() -> Checkout {
    let main = |name: &str| {
        format!(
            "package main\n\nimport (\n\t\"k8s.io/klog/v2\"\n\n\t\"example.com/m/lib\"\n)\n\ntype {name} struct{{}}\n\nfunc ({name}) \
             Do() {{ klog.Infof(\"{name} %d\", 1) }}\n\nfunc Start() {{ lib.Run({name}{{}}) }}\n\nfunc main() {{ Start() }}\n"
        )
    };
    let component = |name: &str| {
        format!(
            "[[callgraph.component]]\nname = \"{name}\"\nmain = [\"example.com/m/{name}\"]\n\n[[operation]]\noperations = [\"create\"]\n\
             resources = [\"pod\"]\ncomponent = \"{name}\"\nfunctions = [\"example.com/m/{name}.Start\"]\n\n"
        )
    };
    let lib = "package lib\n\nimport \"k8s.io/klog/v2\"\n\ntype Doer interface{ Do() }\n\nfunc Run(d Doer) {\n\tklog.Infof(\"run \
               %d\", 1)\n\td.Do()\n}\n\nfunc Unused() { klog.Infof(\"unused %d\", 1) }\n";
    Checkout::with([
        ("go.mod", "module example.com/m\n\ngo 1.18\n\nrequire k8s.io/klog/v2 v2.70.0\n"),
        ("klogmod.toml", &(component("left") + &component("right"))),
        ("left/main.go", &main("Left")),
        ("right/main.go", &main("Right")),
        ("lib/lib.go", lib),
        ("none/none.go", "package none\n\nimport \"k8s.io/klog/v2\"\n\nfunc None() { klog.Infof(\"none %d\", 1) }\n"),
    ])
}

#[test]
fn a_part_of_the_tree_is_planned_as_in_the_whole() {
    let checkout = two_programs();
    let of = |args: &[&str]| -> Vec<Value> {
        let run = checkout.run([&["plan", "--format", "json", "--process-ids"], args].concat()).expect(0);
        assert!(run.stderr.is_empty(), "{}", run.stderr);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        report["files"].as_array().unwrap().clone()
    };
    let whole = of(&[]);
    assert_eq!(whole.len(), 4);
    for dir in ["left", "right", "lib", "none"] {
        let part: Vec<Value> =
            whole.iter().filter(|file| file["path"].as_str().unwrap().starts_with(dir)).cloned().collect();
        assert_eq!(part.len(), 1);
        assert_eq!(of(&[dir]), part, "{dir}");
    }
    let text = serde_json::to_string(&whole).unwrap();
    assert!(text.contains("(example.com/m/left.Left).Do") && text.contains("(example.com/m/right.Right).Do"), "{text}");
}

/// Every call of a plan: what it is, its name across runs, and what became of it.
fn planned(report: &Value) -> Vec<(Value, Value, String)> {
    let files = report["files"].as_array().unwrap().iter();
    let sites = files.flat_map(|file| file["sites"].as_array().unwrap());
    sites.map(|site| (site["site"].clone(), site["fingerprint"].clone(), site["outcome"].to_string())).collect()
}

/// Trees are made of declarations with a call that the run is about; with `--all` that is every one.
#[test]
fn calls_off_the_paths_are_those_that_a_tree_has() {
    let on = "package a\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n\n\t\"k8s.io/klog/v2\"\n)\n\n";
    let create = "func Create(name string) {\n\tklog.Info(fmt.Sprintf(\"Created pod %s\", name))\n}\n\n";
    let off = concat!(
        "// fmt.Sprint is not what is called here.\nvar hook = klog.Warningf\n\n",
        "func (t *T) poll(ids ...int) {\n\tklog.V(4).Infof(\"Polled %d, // %s\", ids[0], t.name,\n\t)\n\tklog.Info(\"Polled\")\n\tklog.Info(\"Polled\")\n}\n\n",
        "type T struct{ name string }\n\n",
        "func hand(format string, args ...interface{}) {\n\tklog.Errorf(format, args...)\n}\n\n",
        "func twice(x int) {\n\tif klog.V(2).Enabled() {\n\t\tklog.V(2).InfoS(\"Once\", \"x\", x)\n\t}\n}\n\n",
        "func other(fmt *T, s string) string {\n\treturn strings.ToLower(s)\n}\n",
    );
    let operation =
        "[[operation]]\noperations = [\"create\"]\nresources = [\"pod\"]\nfunctions = [\"example.com/m.Create\"]\n";
    let module = "module example.com/m\n\ngo 1.18\n\nrequire k8s.io/klog/v2 v2.70.0\n";
    let only_off =
        format!("package a\n\nimport \"k8s.io/klog/v2\"\n\n{}", "func quiet() {\n\tklog.Warning(\"Quiet\")\n}\n");
    let on = format!("{on}{create}{off}");
    let files = [("go.mod", module), ("klogmod.toml", operation), ("a.go", &on), ("b.go", &only_off)];
    let checkout = Checkout::with(files);
    let plan = |args: &[&str]| checkout.run([&["plan", "--format", "json"], args].concat());
    let (some, all) = (plan(&[]).json(), plan(&["--all"]).json());
    let (near, far) = (planned(&some), planned(&all));
    let names =
        |plan: &[(Value, Value, String)]| plan.iter().map(|(s, f, _)| (s.clone(), f.clone())).collect::<Vec<_>>();
    assert_eq!(names(&near), names(&far));
    assert_eq!(near.len(), 8);
    assert_eq!(near.iter().filter(|(.., outcome)| outcome.contains("fix")).count(), 1);
    assert_eq!(some["diagnostics"], all["diagnostics"]);
    // What its call alone referred to goes from the imports, whatever else speaks of it.
    let patched = checkout.run(["patch"]).stdout;
    assert!(patched.contains("-\t\"fmt\"\n") && !patched.contains("-\t\"strings\"\n"), "{patched}");
}
