//! The cache decides how soon, never what: whatever lies in it, every command says what it says without it.

use crate::common;

use std::path::{Path, PathBuf};

use common::checkout::{Checkout, copy_tree, klogmod};
use common::txtar::Archive;
use common::{files, repository, stem};

/// All fixtures as one tree.
fn tree() -> Checkout {
    let checkout = Checkout::new();
    copy_tree(&repository().join("fixtures/module"), checkout.path());
    for path in files("fixtures/rewrite", "txtar") {
        let archive = Archive::load(&path);
        for (name, text) in archive.files.iter().filter(|(name, _)| name.ends_with(".go")) {
            checkout.write(PathBuf::from("cases").join(stem(&path)).join(name), text);
        }
    }
    checkout
}

/// What a command prints, on both channels.
fn said(root: &Path, args: &[&str], cache: Option<&Path>) -> (i32, String, String) {
    let mut command = klogmod(root);
    command.args(args);
    match cache {
        Some(dir) => command.arg("--cache-dir").arg(dir),
        None => command.arg("--no-cache"),
    };
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const COMMANDS: [&[&str]; 5] = [
    &["scan", "--format", "json"],
    &["plan", "--format", "json"],
    &["plan", "--edits=s", "--format", "proposals"],
    &["plan", "--tests", "pkg"],
    &["patch"],
];

#[track_caller]
fn agree(root: &Path, cache: &Path, when: &str) {
    for args in COMMANDS {
        let plain = said(root, args, None);
        assert_eq!(said(root, args, Some(cache)), plain, "{args:?} {when}");
        assert_eq!(said(root, args, Some(cache)), plain, "{args:?} {when}, once more");
    }
}

/// Long enough for file times to tell before from after.
fn settle() {
    std::thread::sleep(std::time::Duration::from_millis(120));
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    let walked = walkdir::WalkDir::new(cache).sort_by_file_name().into_iter().flatten();
    walked.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

/// One step of somebody's work on a tree.
type Step = (&'static str, fn(&Checkout));

const STEPS: [Step; 16] = [
    ("nothing", |_| {}),
    ("a comment", |tree| append(tree, "pkg/server/server.go", "\n// A comment.\n")),
    ("a function", |tree| append(tree, "pkg/server/server.go", "\nfunc added() { klog.Infof(\"Added %d\", 1) }\n")),
    ("a structured call", |tree| {
        append(tree, "pkg/server/server.go", "\nfunc more(name string) { klog.InfoS(\"More\", \"thing\", name) }\n");
    }),
    ("a function that hands on", |tree| {
        append(tree, "pkg/server/server.go", "\nfunc say(f string, args ...any) { klog.Infof(f, args...) }\n");
    }),
    ("who calls it", |tree| tree.write("pkg/server/says.go", "package server\n\nfunc says() { say(\"%d\", 1) }\n")),
    ("who calls it twice", |tree| append(tree, "pkg/server/says.go", "\nfunc more() { say(\"%d\", 2) }\n")),
    ("a new file", |tree| tree.write("pkg/server/new.go", "package server\n\ntype fresh struct{ name string }\n")),
    ("a file gone", |tree| std::fs::remove_file(tree.join("pkg/server/new.go")).unwrap()),
    ("a syntax error", |tree| append(tree, "pkg/server/server.go", "\nfunc {\n")),
    ("the error mended", |tree| {
        let text = tree.text("pkg/server/server.go").replace("\nfunc {\n", "");
        tree.write("pkg/server/server.go", text);
    }),
    ("a test that looks for a line", |tree| look_for(tree, "Listening on port")),
    ("another line", |tree| look_for(tree, "retrying after 1s")),
    ("a script that does", |tree| tree.write("hack/look.sh", "grep 'Request from .* has no body' log\n")),
    ("another klog", |tree| {
        let text = tree.text("go.mod").replace("k8s.io/klog/v2 v2.", "k8s.io/klog/v2 v2.0.0 // ");
        tree.write("go.mod", text);
    }),
    ("generated code", |tree| tree.write(".gitattributes", "pkg/server/*.go linguist-generated\n")),
];

fn append(tree: &Checkout, path: &str, text: &str) {
    let whole = tree.text(path) + text;
    tree.write(path, whole);
}

/// A test that captures what is logged and looks for a text.
fn look_for(tree: &Checkout, text: &str) {
    let test =
        format!("package server\n\nfunc look() bool {{\n\tklog.SetOutput(b)\n\treturn contains(b, \"{text}\")\n}}\n");
    tree.write("pkg/server/look_test.go", test);
}

#[test]
fn warm_runs_say_what_cold_ones_do() {
    let (tree, cache) = (tree(), tempfile::tempdir().unwrap());
    for (what, step) in STEPS {
        step(&tree);
        // Without a pause: no time may be trusted that is as young as the run.
        agree(tree.path(), cache.path(), &format!("at once after {what}"));
        settle();
        agree(tree.path(), cache.path(), &format!("after {what}"));
    }
    assert!(!entries(cache.path()).is_empty(), "nothing was kept");
}

/// Calls on paths: where a body changes, paths may lead elsewhere, and lie on other lines, in files that did not change.
#[test]
fn paths_are_found_anew_where_a_body_changed() {
    for case in files("fixtures/priority", "txtar") {
        let (archive, cache) = (Archive::load(&case), tempfile::tempdir().unwrap());
        let go: Vec<_> = archive.files.iter().filter(|(name, _)| name != "commands" && name != "output").collect();
        let tree = Checkout::with(go.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let plan = ["plan", "--format", "json"];
        let agree = |when: &str| {
            settle();
            let plain = said(tree.path(), &plan, None);
            assert_eq!(said(tree.path(), &plan, Some(cache.path())), plain, "{} {when}", stem(&case));
            assert_eq!(said(tree.path(), &plan, Some(cache.path())), plain, "{} {when}, once more", stem(&case));
        };
        agree("at first");
        for (name, text) in go.iter().filter(|(name, _)| name.ends_with(".go")) {
            let Some((before, after)) = text.split_once("\nfunc ") else { continue };
            tree.write(name, format!("{before}\n// A line more.\nfunc {after}"));
            agree(&format!("after a line more in {name}"));
            let Some(body) = text.rfind("\n}") else { continue };
            tree.write(name, format!("{}\n\t_ = 1{}", &text[..body], &text[body..]));
            agree(&format!("after a statement more in {name}"));
            if let Some((first, rest)) = text.split_once("klog.Infof(") {
                tree.write(name, format!("{first}klog.Warningf({rest}"));
                agree(&format!("after another call in {name}"));
            }
            // Log statements lead no path elsewhere, also where a function had none before.
            let lines: Vec<&str> = text.lines().collect();
            let bodies = lines.iter().enumerate().filter(|(_, line)| line.starts_with("func ") && line.ends_with('{'));
            for (at, line) in bodies.filter(|_| text.contains("k8s.io/klog")) {
                let more =
                    [&lines[..=at], &["\tklog.Infof(\"One more: %d\", 1)"], &lines[at + 1..]].concat().join("\n");
                tree.write(name, more + "\n");
                agree(&format!("after one more in {line}"));
            }
        }
    }
}

#[test]
fn contents_count_where_times_lie() {
    let (tree, cache) = (tree(), tempfile::tempdir().unwrap());
    settle();
    agree(tree.path(), cache.path(), "at first");
    let path = tree.join("pkg/server/server.go");
    let time = std::fs::metadata(&path).unwrap().modified().unwrap();
    let text = tree.text("pkg/server/server.go");
    let other = text.replacen("Infof", "Info ", 1).replacen("Info (", "Info( ", 1);
    assert!(text != other && text.len() == other.len());
    std::fs::write(&path, other).unwrap();
    std::fs::File::options().append(true).open(&path).unwrap().set_modified(time).unwrap();
    agree(tree.path(), cache.path(), "after a change that hides");
}

type Damage = fn(&[u8]) -> Vec<u8>;

#[test]
fn damaged_entries_are_ignored() {
    let (tree, cache) = (tree(), tempfile::tempdir().unwrap());
    settle();
    agree(tree.path(), cache.path(), "at first");
    let damages: [Damage; 4] = [
        |bytes| bytes[..bytes.len() / 2].to_vec(),
        |_| Vec::new(),
        |bytes| bytes.iter().map(|byte| byte ^ 1).collect(),
        |bytes| [bytes, b"more"].concat(),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        for path in entries(cache.path()) {
            let bytes = std::fs::read(&path).unwrap();
            std::fs::write(&path, damage(&bytes)).unwrap();
        }
        agree(tree.path(), cache.path(), &format!("after damage {number}"));
    }
    std::fs::remove_dir_all(cache.path()).unwrap();
    agree(tree.path(), cache.path(), "after the cache was deleted");
}

#[test]
fn runs_at_the_same_time_do_not_disturb_each_other() {
    let (tree, cache) = (tree(), tempfile::tempdir().unwrap());
    let plain = said(tree.path(), COMMANDS[1], None);
    settle();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(said(tree.path(), COMMANDS[1], Some(cache.path())), plain);
                }
            });
        }
    });
    let strays = entries(cache.path()).into_iter().filter(|path| path.to_string_lossy().contains(".writing-"));
    assert_eq!(strays.count(), 0);
}

#[test]
fn other_rules_and_options_have_other_entries() {
    let (tree, cache) = (tree(), tempfile::tempdir().unwrap());
    tree.write("rules/keys.toml", "reserved = [\"pod\"]\n");
    settle();
    for args in [&["plan", "--rules", "rules"][..], &["plan", "--klog-version", "v2.4.0"], &["plan"]] {
        assert_eq!(said(tree.path(), args, Some(cache.path())), said(tree.path(), args, None));
    }
}

#[test]
fn a_directory_that_cannot_be_used_is_an_error_only_if_asked_for() {
    let tree = tree();
    tree.write("file", "");
    let run = tree.run(["plan", "--cache-dir", "file"]);
    assert!(run.code == 2 && run.stderr.contains("--cache-dir"), "{run:?}");
    let output = klogmod(tree.path()).arg("plan").env("XDG_CACHE_HOME", tree.join("file")).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}

/// On a copy of the real checkout that KLOGMOD_CORPUS names, files are changed at random, and warm is as cold.
#[test]
#[ignore = "needs a real checkout: KLOGMOD_CORPUS=DIR, --ignored"]
fn a_real_tree_warm_is_as_cold_after_random_edits() {
    let corpus = std::env::var_os("KLOGMOD_CORPUS").expect("KLOGMOD_CORPUS names a checkout");
    let (tree, cache) = (Checkout::new(), tempfile::tempdir().unwrap());
    copy_links(Path::new(&corpus), tree.path());
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize % below
    };
    let found = walkdir::WalkDir::new(tree.path()).sort_by_file_name().into_iter().flatten();
    let sources: Vec<PathBuf> = found
        .map(walkdir::DirEntry::into_path)
        .filter(|p| p.extension().is_some_and(|e| e == "go") && !p.to_string_lossy().contains("/vendor/"))
        .collect();
    let rounds = std::env::var("KLOGMOD_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    for round in 0..rounds {
        for _ in 0..10 {
            let path = &sources[next(sources.len())];
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            let at = next(lines.len());
            let edited = match next(5) {
                0 => [&lines[..at], &["// Edited.\n"], &lines[at..]].concat().concat(),
                1 => [&lines[..at], &lines[at + 1..]].concat().concat(),
                2 => format!("{text}\ntype edited{round} struct{{ name string }}\n"),
                3 => text.replacen("klog.Infof", "klog.Warningf", 1),
                _ => text.replacen("err != nil", "nil != err", 1),
            };
            std::fs::write(path, edited).unwrap();
        }
        for args in [&["plan", "--format", "json"][..], &["patch"]] {
            let warm = said(tree.path(), args, Some(cache.path()));
            assert!(warm == said(tree.path(), args, None), "{args:?} in round {round}");
        }
    }
}

/// A copy whose links lead to where they led.
fn copy_links(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().filter_entry(|e| e.file_name() != ".git").flatten() {
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
        } else if entry.file_type().is_symlink() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(std::fs::read_link(entry.path()).unwrap(), &target).unwrap();
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
    std::fs::create_dir_all(to.join(".git")).unwrap();
}
