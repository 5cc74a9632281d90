//! The txtar cases: one test per file of fixtures/callsite and fixtures/rewrite. `KLOGMOD_BLESS=1` writes what they expect
//! anew. README.md in each folder says what a case holds.

use crate::common;

use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};

use common::checkout::Checkout;
use common::rewrite::Case;
use common::txtar::Archive;
use common::{go, inventory};

use crate::needs::{self, Need};

/// A test for each case.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for path in common::files("fixtures/callsite", "txtar") {
        trials.push(trial("callsite", path, callsite));
    }
    for path in common::files("fixtures/rewrite", "txtar") {
        trials.push(trial("rewrite", path, rewrite));
    }
    trials.push(formatting());
    trials
}

fn trial(kind: &str, path: PathBuf, test: fn(&Path)) -> Trial {
    Trial::test(format!("fixtures::{kind}/{}", common::stem(&path)), move || {
        test(&path);
        Ok(())
    })
}

/// Compares a file of a case, or writes it.
#[track_caller]
pub fn settle(path: &Path, archive: &Archive, wanted: &Archive) {
    if common::blessing() {
        std::fs::write(path, wanted.render()).unwrap();
    } else if archive != wanted {
        panic!("{} differs\n{}", path.display(), common::diff(&archive.render(), &wanted.render()));
    }
}

/// `sites` holds a line per mention of klog: place, class, method, function around it.
fn callsite(path: &Path) {
    let archive = Archive::load(path);
    let files = archive.files.iter().filter(|(name, _)| name != "sites");
    let checkout = Checkout::with(files.map(|(name, text)| (name.as_str(), text.as_str())));
    let report = checkout.run(["scan", "--format", "json"]).expect(0).json();
    let mut sites = String::new();
    for site in report["sites"].as_array().unwrap() {
        let text = |name: &str| site[name].as_str().unwrap().to_owned();
        let (path, class, method, function) = (text("path"), text("class"), text("method"), text("function"));
        sites.push_str(format!("{path}:{}:{} {class} {method} {function}", site["line"], site["col"]).trim_end());
        sites.push('\n');
    }
    inventory::accounts(&checkout, &[]);
    let mut wanted = archive.clone();
    wanted.set("sites", sites);
    settle(path, &archive, &wanted);
}

fn rewrite(path: &Path) {
    let archive = Archive::load(path);
    let case = Case::of(&archive);
    let applied = case.apply(|text| text.to_owned());
    let wanted = case.expectation(&applied);
    applied.police();
    case.police_encodings(&applied);
    inventory::accounts(&case.checkout(|text| text.to_owned()), &case.args);
    settle(path, &archive, &wanted);
}

/// All results of all cases are as gofmt would have them.
fn formatting() -> Trial {
    let test = || {
        let gofmt = go::gofmt().ok_or("there is no gofmt")?;
        let results = Checkout::new();
        for path in common::files("fixtures/rewrite", "txtar") {
            let archive = Archive::load(&path);
            if archive.directive("gofmt").is_some() {
                continue;
            }
            for (name, text) in
                archive.files.iter().filter(|(name, _)| name.ends_with(".go") || name.ends_with(".go.want"))
            {
                results.write(format!("{}/{}.go", common::stem(&path), name.replace('/', "_")), text);
            }
        }
        let mut command = std::process::Command::new(gofmt);
        command.arg("-d").arg(results.path());
        let output = command.output().map_err(|error| Failed::from(error.to_string()))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        if text.is_empty() { Ok(()) } else { Err(text.into()) }
    };
    needs::test("fixtures::rewrite/gofmt".to_owned(), &[Need::Go], test)
}
