//! Real Go, real klog: what is rewritten builds and passes vet as it did before, for klogs that differ in what they can do.
//!
//! All of it needs Go.

use crate::common;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use libtest_mimic::{Failed, Trial};

use common::checkout::{Checkout, copy_tree};
use common::txtar::Archive;
use common::{files, go, repository, stem};

use crate::needs::{self, Need};

/// Versions of klog, and of k8s.io/api that go with them; none: the stand-in of fixtures/stubs.
const KLOGS: [(&str, Option<&str>); 4] =
    [("v2.0.0", None), ("v2.4.0", Some("v0.20.0")), ("v2.70.0", Some("v0.24.0")), ("v2.140.0", Some("v0.32.0"))];
/// Edits to apply; a run without any comes first.
const EDITS: [&str; 2] = ["s", "s,r"];
/// Modules of which fixtures/stubs has stand-ins.
const STUBS: [&str; 7] = [
    "example.org/m",
    "k8s.io/api",
    "k8s.io/apimachinery",
    "k8s.io/client-go",
    "k8s.io/component-base",
    "k8s.io/cri-api",
    "k8s.io/kubernetes",
];

/// The one that has loggers, of the kind that klog has since it takes them from contexts.
const CONTROLLERS: &str = "sigs.k8s.io/controller-runtime";

/// Compiles what a directory of fixtures becomes: Go, version of klog, version of the API modules.
type Check = fn(&Path, &str, Option<&str>) -> Result<(), String>;

/// A test for each klog and directory.
pub fn trials() -> Vec<Trial> {
    // Two builds at once would only wait for each other.
    let turn = Arc::new(Mutex::new(()));
    let mut trials = Vec::new();
    for (klog, api) in KLOGS {
        let tests: [(&str, Check); 3] =
            [("fixtures/rewrite", rewrites), ("fixtures/module", module), ("fixtures/series", series)];
        // What goes along with calls differs with the oldest klog that has a filter and the newest.
        let is_wanted = |what: &str| what != "fixtures/series" || ["v2.4.0", "v2.140.0"].contains(&klog);
        for (what, test) in tests.into_iter().filter(|(what, _)| is_wanted(what)) {
            let turn = turn.clone();
            let run = move || {
                let _turn = turn.lock();
                let go = go::go().ok_or("there is no go")?;
                test(&go, klog, api).map_err(Failed::from)
            };
            trials.push(needs::test(format!("compile::{what} compiles with klog {klog}"), &[Need::Go], run));
        }
    }
    trials
}

/// The first klog with loggers in contexts, and with FlushAndExit.
const CONTEXTUAL: [u32; 3] = [2, 50, 0];

/// The first klog for which the runtime package names logr.
const SLOG: [u32; 3] = [2, 120, 0];

fn number(version: &str) -> [u32; 3] {
    let parts: Vec<u32> = version.trim_start_matches('v').split('.').map(|part| part.parse().unwrap()).collect();
    parts.try_into().unwrap()
}

/// A case that is compiled with this klog.
struct Case {
    name: String,
    archive: Archive,
    vetted: bool,
}

/// The line `compile:` of a case gives the first klog that has what the case calls, or says no; `vet: no` that vet complains
/// about the case as it is.
fn cases(klog: &str) -> Vec<Case> {
    let all = files("fixtures/rewrite", "txtar").into_iter().map(|path| (stem(&path), Archive::load(&path)));
    let fits = |archive: &Archive| match archive.directive("compile") {
        None => true,
        Some("no") => false,
        Some(first) => number(first) <= number(klog),
    };
    let fitting = all.filter(|(_, archive)| fits(archive));
    fitting.map(|(name, archive)| Case { name, vetted: archive.directive("vet").is_none(), archive }).collect()
}

fn go_mod(module: &str, klog: &str, stubs: &[&str]) -> String {
    let mut text = format!("module {module}\n\ngo 1.21\n\nrequire k8s.io/klog/v2 {klog}\n");
    if number(klog) >= SLOG {
        text.push_str("\nrequire github.com/go-logr/logr v1.4.2\n");
    }
    for stub in stubs {
        let dir = repository().join("fixtures/stubs").join(stub);
        text.push_str(&format!("\nrequire {stub} v0.0.0\n\nreplace {stub} => {}\n", dir.display()));
    }
    text
}

/// Adds the package that rewritten calls take their request ID from.
fn add_runtime(checkout: &Checkout) {
    let diff = checkout.run(["runtime"]).expect(0).stdout;
    checkout.write("runtime.diff", diff);
    checkout.git(["apply", "runtime.diff"]);
}

fn build(go: &Path, checkout: &Checkout, vetted: &[String], what: &str) -> Result<(), String> {
    go::check(go::command(go, checkout.path(), &["build", "./..."]), &format!("{what}: go build"))?;
    let vet: Vec<&str> = std::iter::once("vet").chain(vetted.iter().map(String::as_str)).collect();
    go::check(go::command(go, checkout.path(), &vet), &format!("{what}: go vet"))
}

/// All cases as packages of one module.
fn rewrites(go: &Path, klog: &str, _: Option<&str>) -> Result<(), String> {
    let cases = cases(klog);
    let write = || {
        let checkout = Checkout::new();
        let controllers = (number(klog) >= CONTEXTUAL).then_some(CONTROLLERS);
        let stubs: Vec<_> = STUBS.into_iter().chain(controllers).collect();
        checkout.write("go.mod", go_mod("example.com/m", klog, &stubs));
        for case in &cases {
            for (name, text) in case.archive.files.iter().filter(|(name, _)| name.ends_with(".go")) {
                // Each case is a directory of the module.
                let own = format!("\"example.com/m/{}/", case.name);
                let text = text
                    .replace("\"example.com/m/", &own)
                    .replace(&format!("{own}internal/"), "\"example.com/m/internal/");
                checkout.write(PathBuf::from(&case.name).join(name), text);
            }
        }
        add_runtime(&checkout);
        checkout
    };
    let vetted: Vec<String> = cases.iter().filter(|c| c.vetted).map(|c| format!("./{}/...", c.name)).collect();
    build(go, &write(), &vetted, "as it is")?;
    let targets: &[&str] = if number(klog) < CONTEXTUAL { &["infos"] } else { &["infos", "contextual"] };
    for (edits, target) in EDITS.iter().flat_map(|edits| targets.iter().map(move |target| (*edits, *target))) {
        let checkout = write();
        let args = ["apply", "--allow-no-vcs", "--display-only", "--edits", edits, "--target", target];
        checkout.run(args).expect(0);
        // Vet's complaints are about formats, which are gone where they were rewritten and as they were elsewhere.
        build(go, &checkout, &vetted, &format!("--edits={edits} --target={target}"))?;
    }
    Ok(())
}

/// The module, whose klog is the one in its go.mod.
fn module(go: &Path, klog: &str, api: Option<&str>) -> Result<(), String> {
    let write = || {
        let checkout = Checkout::new();
        copy_tree(&repository().join("fixtures/module"), checkout.path());
        if number(klog) < CONTEXTUAL {
            std::fs::remove_dir_all(checkout.join("pkg/contextual")).unwrap();
        }
        let text = match api {
            None => go_mod("example.com/agent", klog, &["k8s.io/api", "k8s.io/apimachinery"]),
            Some(api) => {
                let own = format!("require (\n\tk8s.io/api {api}\n\tk8s.io/apimachinery {api}\n)\n");
                go_mod("example.com/agent", klog, &[]) + &own
            }
        };
        checkout.write("go.mod", text);
        add_runtime(&checkout);
        checkout
    };
    let vetted = ["./internal/...".to_owned(), "./pkg/server".to_owned()];
    build(go, &write(), &vetted, "as it is")?;
    for edits in EDITS {
        let checkout = write();
        checkout.run(["apply", "--allow-no-vcs", "--display-only", "--edits", edits]).expect(0);
        build(go, &checkout, &vetted, &format!("--edits={edits}"))?;
        let used = String::from_utf8(checkout.read("pkg/server/server.go")).unwrap().contains("os.Exit(1)");
        if used != (number(klog) < CONTEXTUAL) {
            return Err("the klog in go.mod was not heeded".to_owned());
        }
    }
    Ok(())
}

/// Each case as a repository: after each mail of its series, and after all of them, its modules build, tests included.
fn series(go: &Path, klog: &str, _: Option<&str>) -> Result<(), String> {
    for path in files("fixtures/series", "txtar") {
        let archive = Archive::load(&path);
        let (name, modules) = (stem(&path), archive.directive("modules").unwrap_or("."));
        let modules: Vec<&str> = modules.split(' ').collect();
        let checkout = Checkout::new();
        for (name, text) in archive.files.iter().filter(|(name, _)| name != MAILS) {
            let logr = if number(klog) >= SLOG { "\nrequire github.com/go-logr/logr v1.4.2 // indirect\n" } else { "" };
            checkout.write(name, text.replace("KLOG\n", &format!("{klog}\n{logr}")));
        }
        let vendor = archive.directive("vendor").is_some();
        let work = archive.directive("work").is_some();
        let run = |module: &str, args: &[&str], what: &str| {
            let mut command = go::command(go, &checkout.join(module), args);
            if vendor && args[0] != "mod" {
                command.env("GOFLAGS", "-mod=vendor");
            }
            go::check(command, &format!("{name}, {what}: go {}", args.join(" ")))
        };
        let build = |what: &str| -> Result<(), String> {
            for module in &modules {
                // Tests and all that they need are compiled for it.
                run(module, &["vet", "./..."], what)?;
                if work {
                    let mut command = go::command(go, &checkout.join(module), &["build", "./..."]);
                    command.env("GOFLAGS", "").env_remove("GOWORK");
                    go::check(command, &format!("{name}, {what}: go build in the workspace"))?;
                }
            }
            Ok(())
        };
        for module in &modules {
            run(module, &["mod", "tidy"], "as it is")?;
            if vendor {
                run(module, &["mod", "vendor"], "as it is")?;
            }
        }
        build("as it is")?;
        checkout.commit();
        checkout.run(["patch", "--no-cache", "-o", ".git/series"]).expect(0);
        let mut mails: Vec<_> =
            std::fs::read_dir(checkout.join(".git/series")).unwrap().map(|e| e.unwrap().path()).collect();
        mails.retain(|path| path.extension().is_some_and(|end| end == "patch") && stem(path) != "0000-cover-letter");
        mails.sort();
        let said: String = mails.iter().map(|path| format!("{}\n", stem(path))).collect();
        let wanted = archive.files.iter().find(|(name, _)| name == MAILS).map_or("", |(_, text)| text);
        if said != wanted {
            return Err(format!("{name} has other mails\n{}", common::diff(wanted, &said)));
        }
        for mail in &mails {
            checkout.git(["am", "-q", mail.to_str().unwrap()]);
            build(&format!("after {}", stem(mail)))?;
        }
    }
    Ok(())
}

/// What a case expects: the mails' names.
const MAILS: &str = "mails";
