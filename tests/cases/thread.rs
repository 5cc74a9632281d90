//! Threads: what is found, and that each patch applies alone, in any order and all together.

use crate::common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use serde_json::Value;

use common::checkout::{Checkout, copy_tree};
use common::txtar::Archive;
use common::{files, go, repository, stem};

use crate::needs::{self, Need};

/// A test for each case, and what holds for all of them.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for path in files("fixtures/thread", "txtar") {
        let name = stem(&path);
        trials.push(Trial::test(format!("thread::{name}"), move || {
            case(&path);
            Ok(())
        }));
    }
    for path in files("fixtures/logger", "txtar") {
        let name = stem(&path);
        trials.push(Trial::test(format!("thread::logger::{name}"), move || {
            logger(&path);
            Ok(())
        }));
    }
    trials.push(Trial::test("thread::off_is_as_before", || {
        off();
        Ok(())
    }));
    trials.push(Trial::test("thread::decisions_hold", || {
        decisions();
        Ok(())
    }));
    for wrapped in [false, true] {
        let name = if wrapped { "paths_lead_through_new_literals" } else { "paths_stay_where_threads_move_lines" };
        trials.push(Trial::test(format!("thread::{name}"), move || {
            paths(wrapped);
            Ok(())
        }));
    }
    let run = || each_builds(&go::go().ok_or("there is no go")?).map_err(Into::into);
    trials.push(needs::test("thread::each patch of a logger's threads compiles".to_owned(), &[Need::Go], run));
    let run = || compiles(&go::go().ok_or("there is no go")?).map_err(Into::into);
    trials.push(needs::test("thread::what threads make compiles".to_owned(), &[Need::Go], run));
    trials
}

fn source(archive: &Archive) -> Checkout {
    let is_own = |name: &str| !matches!(name, "report" | "args") && !name.starts_with("after/");
    let own = archive.files.iter().filter(|(name, _)| is_own(name));
    let checkout = Checkout::with(own.map(|(name, text)| (name.as_str(), text.as_str())));
    checkout.commit();
    checkout
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// A line for each function, call and obstacle.
fn report(report: &Value) -> String {
    let section = &report["threads"];
    let mut out = String::new();
    for thread in section["threads"].as_array().unwrap() {
        for function in thread["functions"].as_array().unwrap() {
            let (calls, tests) = (&function["calls"], &function["inTests"]);
            out.push_str(&format!(
                "thread {}: {} {} gets {}{}, {calls} calls, {tests} in tests\n",
                thread["number"],
                text(function, "path"),
                text(function, "function"),
                if function["field"] == true { "the field " } else { "" },
                text(function, "parameter"),
            ));
        }
        for call in thread["calls"].as_array().unwrap() {
            out.push_str(&format!("thread {}: for {}:{}\n", thread["number"], text(call, "path"), call["line"]));
        }
    }
    let blocked = section["blocked"].as_array().unwrap();
    for call in blocked {
        let why = &call["blocked"];
        out.push_str(&format!(
            "{}:{} {}: {}: {} ({}:{})\n",
            text(call, "path"),
            call["line"],
            text(why, "cause"),
            text(why, "function"),
            text(why, "detail"),
            text(why, "path"),
            why["line"]
        ));
        let field = &call["field"];
        if field.is_object() {
            let place = format!("({}:{})", text(field, "path"), field["line"]);
            out.push_str(&format!("  no field: {}: {} {place}\n", text(field, "function"), text(field, "detail")));
        }
    }
    let totals = &section["totals"];
    let number = |value: &Value| value.as_u64().unwrap();
    let parts: u64 = totals["blocked"].as_object().unwrap().values().map(number).sum();
    assert_eq!(parts, blocked.len() as u64);
    assert_eq!(number(&totals["withoutCarrier"]), number(&totals["threaded"]) + parts);
    out
}

/// How loggers are asked for, and what a case asks for besides: one flag a line.
fn loggers(archive: &Archive) -> Vec<&str> {
    let own = archive.files.iter().find(|(name, _)| name == "args").map_or("", |(_, text)| text);
    ["--target=contextual", "--edits=s"].into_iter().chain(own.lines()).collect()
}

/// The patches, how many of them are threads', and the directory that they are in.
fn series(checkout: &Checkout, more: &[&str]) -> (Vec<PathBuf>, usize, Checkout) {
    let out = Checkout::new();
    let dir = out.path().to_string_lossy().into_owned();
    let args = ["patch", "--all", "--thread=patch", "--runtime=separate", "-o", &dir];
    checkout.run(args.iter().chain(more)).expect(0);
    let mut patches: Vec<PathBuf> = std::fs::read_dir(out.path()).unwrap().map(|e| e.unwrap().path()).collect();
    patches.retain(|path| path.extension().is_some_and(|e| e == "patch") && !path.ends_with("0000-cover-letter.patch"));
    patches.sort();
    let is_thread =
        |path: &&PathBuf| std::fs::read_to_string(path).unwrap().contains("No log call changes with this patch");
    let threads = patches.iter().take_while(is_thread).count();
    (patches, threads, out)
}

fn am(checkout: &Checkout, patches: &[PathBuf]) {
    let patches = patches.iter().map(|path| path.to_string_lossy().into_owned());
    checkout.git(["am", "-q"].into_iter().map(str::to_owned).chain(patches));
}

fn go_files(checkout: &Checkout) -> BTreeMap<String, String> {
    let entries = walkdir::WalkDir::new(checkout.path()).sort_by_file_name().into_iter().map(Result::unwrap);
    let go = entries.filter(|entry| entry.path().extension().is_some_and(|e| e == "go"));
    let named = go.map(|entry| {
        let path = entry.path().strip_prefix(checkout.path()).unwrap().to_string_lossy().into_owned();
        (path, std::fs::read_to_string(entry.path()).unwrap())
    });
    named.collect()
}

fn case(path: &Path) {
    let archive = Archive::load(path);
    let checkout = source(&archive);
    let before = go_files(&checkout);
    let plan = checkout.run(["plan", "--all", "--thread=report", "--format", "json"]).expect(0).json();
    let mut wanted = archive.clone();
    wanted.files.retain(|(name, _)| name != "report" && !name.starts_with("after/"));
    wanted.files.push(("report".to_owned(), report(&plan)));
    told_of_checkout(&checkout, &before, &[]);
    let (patches, threads, _out) = series(&checkout, &[]);
    am(&checkout, &patches);
    let after = go_files(&checkout);
    for (name, text) in after.iter().filter(|(name, text)| before.get(*name) != Some(*text)) {
        assert!(
            klogmod::go::parse::parse_bytes(text.as_bytes()).is_some_and(|tree| !tree.root_node().has_error()),
            "{name}"
        );
        wanted.files.push((format!("after/{name}"), text.clone()));
    }
    if common::blessing() {
        std::fs::write(path, wanted.render()).unwrap();
    } else {
        assert!(archive == wanted, "{}", common::diff(&archive.render(), &wanted.render()));
    }
    apply_in_any_order(&checkout, &patches[..threads], &patches[threads..], &after);
    again(&archive, &plan);
}

/// What is found for loggers, and what all patches make of it.
fn logger(path: &Path) {
    let archive = Archive::load(path);
    let checkout = source(&archive);
    let before = go_files(&checkout);
    let args = ["plan", "--all", "--thread=report", "--format", "json"];
    let plan = checkout.run(args.iter().chain(&loggers(&archive))).expect(0).json();
    let mut wanted = archive.clone();
    wanted.files.retain(|(name, _)| name != "report" && !name.starts_with("after/"));
    wanted.files.push(("report".to_owned(), report(&plan)));
    told_of_checkout(&checkout, &before, &loggers(&archive));
    let (patches, _, _out) = series(&checkout, &loggers(&archive));
    am(&checkout, &patches);
    for (name, text) in go_files(&checkout).iter().filter(|(name, text)| before.get(*name) != Some(*text)) {
        wanted.files.push((format!("after/{name}"), text.clone()));
    }
    if common::blessing() {
        std::fs::write(path, wanted.render()).unwrap();
    } else {
        assert!(archive == wanted, "{}", common::diff(&archive.render(), &wanted.render()));
    }
}

/// Where each call of a plan stands, and each hop of the paths to it.
fn places(plan: &Value) -> Vec<String> {
    let sites = |file: &Value| file["sites"].as_array().unwrap().clone();
    let place = |plan: &Value| {
        let hops = plan["priority"]["witness"].as_array().into_iter().flatten();
        let hops: Vec<String> = hops.map(|hop| format!("{}:{}", hop["file"], hop["line"])).collect();
        let site = &plan["site"];
        format!("{}:{}:{} {} {hops:?}", text(site, "path"), site["line"], site["col"], site["span"])
    };
    plan["files"].as_array().unwrap().iter().flat_map(sites).map(|site| place(&site)).collect()
}

/// A plan with threads says where calls stand in the checkout as it is, and what stands there.
fn told_of_checkout(checkout: &Checkout, files: &BTreeMap<String, String>, asked: &[&str]) {
    let plan = |thread: &str, format: &str| {
        let args = ["plan", "--all", "--no-cache", thread, "--format", format];
        checkout.run(args.iter().chain(asked)).expect(0)
    };
    let [plain, threaded] = ["--thread=off", "--thread=patch"].map(|thread| places(&plan(thread, "json").json()));
    assert_eq!(plain, threaded, "threads moved calls");
    for proposal in plan("--thread=patch", "proposals").stdout.lines() {
        let proposal: Value = serde_json::from_str(proposal).unwrap();
        let number = |name: &str| proposal[name].as_u64().unwrap() as usize;
        let file = &files[text(&proposal, "path")];
        let start: usize = file.split_inclusive('\n').take(number("line") - 1).map(str::len).sum();
        let there = &file[start + number("col") - 1..];
        assert!(there.starts_with(text(&proposal, "before")), "{proposal} is not what stands there");
    }
}

/// After each patch, every module of the case builds, tests included.
fn each_builds(go: &Path) -> Result<(), String> {
    for path in files("fixtures/logger", "txtar") {
        let archive = Archive::load(&path);
        let checkout = source(&archive);
        let (patches, _, _out) = series(&checkout, &loggers(&archive));
        for (number, patch) in patches.iter().enumerate() {
            am(&checkout, std::slice::from_ref(patch));
            for (name, _) in
                archive.files.iter().filter(|(name, _)| name.ends_with("go.mod") && !name.starts_with("after/"))
            {
                let dir = checkout.join(name.trim_end_matches("go.mod"));
                let what = format!("{}: go vet after patch {}", stem(&path), number + 1);
                go::check(go::command(go, &dir, &["vet", "./..."]), &what)?;
            }
            // What go writes beside the code.
            checkout.git(["checkout", "-q", "--", "."]);
            checkout.git(["clean", "-fdq"]);
        }
    }
    Ok(())
}

/// Each thread alone, and all of them backwards.
fn apply_in_any_order(checkout: &Checkout, threads: &[PathBuf], rest: &[PathBuf], after: &BTreeMap<String, String>) {
    let root = checkout.git(["rev-list", "--max-parents=0", "HEAD"]);
    for thread in threads {
        checkout.git(["reset", "-q", "--hard", root.trim()]);
        am(checkout, std::slice::from_ref(thread));
    }
    checkout.git(["reset", "-q", "--hard", root.trim()]);
    let backwards: Vec<PathBuf> = threads.iter().rev().chain(rest).cloned().collect();
    am(checkout, &backwards);
    assert_eq!(go_files(checkout), *after, "in another order the patches make something else");
}

/// On the tree with the threads, their calls have an ID.
fn again(archive: &Archive, plan: &Value) {
    let checkout = source(archive);
    let threaded = checkout.run(["plan", "--all", "--thread=patch", "--format", "json"]).expect(0).json();
    let number = |plan: &Value| plan["totals"]["withRequestId"].as_u64().unwrap();
    let gained = plan["threads"]["totals"]["threaded"].as_u64().unwrap();
    assert_eq!(number(plan) + gained, number(&threaded), "a thread's call has no request ID");
}

fn off() {
    let archive = Archive::load(&repository().join("fixtures/thread/chain.txtar"));
    let checkout = source(&archive);
    let plain = checkout.run(["plan", "--all", "--format", "json"]).expect(0).stdout;
    assert_eq!(plain, checkout.run(["plan", "--all", "--thread=off", "--format", "json"]).expect(0).stdout);
    assert!(!plain.contains("withoutCarrier"));
}

/// Where an operation starts, what it calls, and what lies on no path. `wrapped`: a function is passed on, and gets a logger.
fn operation(wrapped: bool) -> Checkout {
    let config = "[[phase]]\nname = \"alpha\"\npriority = 100\ncells = [{ operations = [\"attach\"], resources = [\"volume\"] }]\n\n\
                  [[operation]]\noperations = [\"attach\"]\nresources = [\"volume\"]\nfunctions = [\"example.com/m/driver.Attach\"]\n";
    let last = if wrapped { "each(id, last)" } else { "last(id)" };
    let driver = format!(
        "package driver\n\nimport (\n\t\"k8s.io/klog/v2\"\n\n\t\"example.com/m/disk\"\n)\n\nfunc Attach(id string) {{ first(id) }}\n\n\
         func first(id string) {{\n\tklog.Infof(\"Looking for volume %s\", id)\n\tfor range id {{\n\t\tdisk.Find(\n\t\t\tid,\n\t\t)\n\t\t{last}\n\t}}\n}}\n\n\
         func each(id string, f func(string)) {{\n\tf(id)\n}}\n\n\
         func last(id string) {{ klog.Infof(\"Attached volume %s\", id) }}\n"
    );
    let disk = "package disk\n\nimport \"k8s.io/klog/v2\"\n\nfunc Find(id string) {\n\tklog.Infof(\"Finding volume %s\", id)\n}\n\n\
                func Lone(n int) {\n\tklog.Infof(\"Sweeping %d volumes\", n)\n}\n";
    let main = "package main\n\nimport \"example.com/m/driver\"\n\nfunc main() {\n\tdriver.Attach(\"a\")\n}\n";
    let checkout = Checkout::with([
        ("go.mod", "module example.com/m\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.70.0\n"),
        ("klogmod.toml", config),
        ("driver/driver.go", driver.as_str()),
        ("disk/disk.go", disk),
        ("main.go", main),
    ]);
    checkout.commit();
    checkout
}

/// A plan's files without the places of calls and hops.
fn unplaced(files: &Value) -> Value {
    match files {
        Value::Array(list) => list.iter().map(unplaced).collect(),
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, _)| !matches!(&***name, "line" | "col" | "span"));
            kept.map(|(name, value)| (name.clone(), unplaced(value))).collect()
        }
        other => other.clone(),
    }
}

/// What is planned as if threads were there is what is planned where they are, with the paths that lead through the tree then; but the
/// places are those of the checkout as it is.
fn paths(wrapped: bool) {
    let checkout = operation(wrapped);
    let asked = ["--target=contextual", "--edits=s"];
    let plan = || {
        let args = ["plan", "--thread=patch", "--format", "json"];
        checkout.run(args.iter().chain(&asked)).expect(0).json()
    };
    let planned = plan();
    let plain = checkout.run(["plan", "--format", "json"].iter().chain(&asked)).expect(0).json();
    // A path through a new literal has one hop more.
    let stand = |plan: &Value| -> Vec<String> {
        let of_call = |place: &String| place.split(" [").next().map(str::to_owned);
        places(plan).iter().filter_map(|place| if wrapped { of_call(place) } else { Some(place.clone()) }).collect()
    };
    assert_eq!(stand(&plain), stand(&planned));
    let (patches, threads, _out) = series(&checkout, &asked);
    assert!(threads > 0, "nothing is threaded");
    am(&checkout, &patches[..threads]);
    let there = plan();
    assert_eq!(there["threads"]["threads"].as_array().unwrap().len(), 0, "all threads are there");
    assert_eq!(unplaced(&planned["files"]), unplaced(&there["files"]));
    let hops = planned["files"].to_string();
    assert_eq!(hops.contains("driver.first$1"), wrapped, "a path through the literal that is passed: {hops}");
}

/// A package with one thread.
fn one(name: &str) -> String {
    format!(
        "package {name}\n\nimport (\n\tv1 \"k8s.io/api/core/v1\"\n\t\"k8s.io/klog/v2\"\n)\n\nfunc Sync(pod *v1.Pod) {{\n\t{name}(1)\n\
         \tklog.Infof(\"Synced\")\n}}\n\nfunc {name}(n int) {{\n\tklog.Infof(\"Working\")\n}}\n"
    )
}

/// Threads are accepted, rejected and left out as calls are.
fn decisions() {
    let module = "module example.com/m\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.70.0\n".to_owned();
    let checkout =
        Checkout::with([("go.mod", module), ("first/first.go", one("first")), ("second/second.go", one("second"))]);
    checkout.commit();
    let threaded = |more: &[&str]| {
        let args = ["patch", "--all", "--thread=patch"].iter().chain(more);
        let diff = checkout.run(args).expect(0).stdout;
        ["first", "second"].map(|name| diff.contains(&format!("func {name}(pod *v1.Pod, n int)")))
    };
    let pending = || {
        let list = checkout.run(["pending", "--all", "--thread=report", "--rule", "thread"]).expect(0).stdout;
        ["first", "second"].map(|name| list.contains(&format!("thread: {name} gets pod *v1.Pod")))
    };
    assert_eq!((threaded(&[]), pending()), ([true, true], [true, true]));
    assert_eq!(threaded(&["--safe"]), [false, false], "no thread is safe");
    assert_eq!(threaded(&["--accepted-only"]), [false, false]);
    checkout.run(["reject", "--all", "--thread=report", "--rule", "thread", "--path", "first/**"]).expect(0);
    assert_eq!((threaded(&[]), pending()), ([false, true], [false, true]), "a rejected thread is left out");
    checkout.run(["accept", "--all", "--thread=report", "--rule", "thread"]).expect(0);
    assert_eq!((threaded(&["--accepted-only"]), pending()), ([false, true], [false, false]));
    // A run that does not look for threads does not take them for gone.
    let list = checkout.run(["pending", "--all", "--prune"]).expect(0);
    assert!(!list.stdout.contains("gone"), "{}", list.stdout);
    assert_eq!(threaded(&["--accepted-only"]), [false, true]);
    // One more call to pass it at is another thread than the one that was accepted.
    let more = one("second").replace("second(1)", "second(1)\n\tsecond(2)");
    checkout.write("second/second.go", more);
    assert_eq!((threaded(&[]), pending()), ([false, false], [false, true]), "what changed waits again");
    checkout.run(["pending", "--all", "--thread=report", "--rule", "thread", "--undo"]).expect(0);
    assert_eq!((threaded(&[]), pending()), ([true, true], [true, true]));
}

fn compiles(go: &Path) -> Result<(), String> {
    for path in files("fixtures/thread", "txtar") {
        let checkout = source(&Archive::load(&path));
        // One of its packages imports what does not exist.
        let _ = std::fs::remove_dir_all(checkout.join("public"));
        let mut module = "module example.com/m\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.70.0\n".to_owned();
        for stub in ["k8s.io/api", "k8s.io/apimachinery"] {
            let dir = checkout.join("stubs").join(stub);
            copy_tree(&repository().join("fixtures/stubs").join(stub), &dir);
            module.push_str(&format!("\nrequire {stub} v0.0.0\n\nreplace {stub} => ./stubs/{stub}\n"));
        }
        checkout.write("go.mod", module);
        let diff = checkout.run(["runtime"]).expect(0).stdout;
        checkout.write("runtime.diff", diff);
        checkout.git(["apply", "runtime.diff"]);
        checkout.commit();
        let (patches, _, _out) = series(&checkout, &[]);
        am(&checkout, &patches);
        for command in ["build", "vet"] {
            let what = format!("{}: go {command}", stem(&path));
            go::check(go::command(go, checkout.path(), &[command, "./..."]), &what)?;
        }
    }
    Ok(())
}
