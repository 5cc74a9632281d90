//! Whatever happens while klogmod writes, no file is damaged: killed, interrupted, refused by the system, changed meanwhile.
#![cfg(unix)]

use crate::common;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::checkout::{Checkout, Run, isolate, klogmod};
use libtest_mimic::Trial;

use crate::needs::{Need, mount, tests, unmount};
use klogmod::text::disk::{WriteError, replace_file};

const FILES: usize = 150;

/// Kills in the normal test; KLOGMOD_KILLS sets another number.
fn kills() -> usize {
    std::env::var("KLOGMOD_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(30)
}

fn source(number: usize) -> String {
    let call = |at: usize| format!("\tklog.Infof(\"Did {at} things to %s and %d\", name, {number})\n");
    let calls: String = (0..20).map(call).collect();
    format!("package p\n\nimport \"k8s.io/klog/v2\"\n\nfunc f{number}(name string) {{\n{calls}}}\n")
}

fn tree() -> Checkout {
    let checkout = Checkout::new();
    checkout.write("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n");
    for number in 0..FILES {
        checkout.write(format!("d{}/f{number}.go", number % 7), source(number));
    }
    checkout
}

/// The Go files and what is in them.
fn contents(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let walked = walkdir::WalkDir::new(root).into_iter().flatten().filter(|e| e.file_type().is_file());
    let go = walked.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|e| e == "go"));
    go.map(|path| (path.strip_prefix(root).unwrap().to_owned(), std::fs::read(&path).unwrap())).collect()
}

const APPLY: [&str; 5] = ["apply", "--edits=s", "--allow-no-vcs", "--allow-dirty", "--no-cache"];

/// A small generator: kills are spread, not chosen.
fn random(state: &mut u64, below: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state % below
}

/// Runs a command and kills it after a random part of the time that it needs; how it ended on its own counts as well.
fn kill_at_random(mut command: Command, state: &mut u64, longest: Duration) {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(Duration::from_micros(random(state, longest.as_micros() as u64)));
    let _ = child.kill();
    child.wait().unwrap();
}

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        []
            apply_killed_at_any_moment_leaves_whole_files
            decisions_killed_at_any_moment_stay_readable
            a_baseline_killed_at_any_moment_stays_readable
            an_interrupted_apply_says_what_was_done
            a_directory_that_is_read_only_is_named_and_the_rest_is_written
            a_cache_that_is_read_only_does_no_harm
            a_file_that_changed_meanwhile_is_refused;
        [Need::Disk]
            a_full_disk_leaves_whole_files;
    }
}

fn apply_killed_at_any_moment_leaves_whole_files() {
    let tree = tree();
    let old = contents(tree.path());
    let clock = Instant::now();
    tree.run(APPLY).expect(0);
    let longest = clock.elapsed() * 11 / 10;
    let new = contents(tree.path());
    assert_eq!(old.iter().filter(|(path, bytes)| new[*path] != **bytes).count(), FILES);
    let (mut state, mut partly) = (7, 0);
    for kill in 0..kills() {
        for (path, bytes) in &old {
            tree.write(path, bytes);
        }
        let mut command = klogmod(tree.path());
        command.args(APPLY);
        kill_at_random(command, &mut state, longest);
        let now = contents(tree.path());
        assert_eq!(now.len(), FILES, "kill {kill}");
        let damaged = now.iter().filter(|(path, bytes)| **bytes != old[*path] && **bytes != new[*path]);
        assert_eq!(damaged.map(|(path, _)| path).collect::<Vec<_>>(), Vec::<&PathBuf>::new(), "kill {kill}");
        partly += usize::from(now != old && now != new);
    }
    eprintln!("{} kills, {partly} in the middle of writing", kills());
    // The tree is one that a run can go on with.
    tree.run(APPLY).expect(0);
    assert_eq!(contents(tree.path()), new);
}

fn decisions_killed_at_any_moment_stay_readable() {
    let tree = tree();
    let accept = ["accept", "--edits=s", "--everything", "--decided", "--no-cache"];
    let reject = ["reject", "--edits=s", "--everything", "--decided", "--no-cache"];
    tree.run(reject).expect(0);
    let rejected = tree.read("klogmod.decisions.toml");
    let clock = Instant::now();
    tree.run(accept).expect(0);
    let longest = clock.elapsed() * 11 / 10;
    let accepted = tree.read("klogmod.decisions.toml");
    assert_ne!(rejected, accepted);
    let mut state = 11;
    for kill in 0..kills() {
        let mut command = klogmod(tree.path());
        command.args(if kill % 2 == 0 { reject } else { accept });
        kill_at_random(command, &mut state, longest);
        let now = tree.read("klogmod.decisions.toml");
        assert!(now == rejected || now == accepted, "kill {kill}");
    }
}

fn a_baseline_killed_at_any_moment_stays_readable() {
    let tree = tree();
    let write = ["baseline", "write", "--no-cache"];
    let file = || tree.read("klogmod.baseline.toml");
    let clock = Instant::now();
    tree.run(write).expect(0);
    let longest = clock.elapsed() * 11 / 10;
    let more = file();
    let left_out = tree.text("d0/f0.go");
    tree.write("d0/f0.go", "package p\n");
    tree.run(write).expect(0);
    let fewer = file();
    assert_ne!(more, fewer);
    let mut state = 17;
    for kill in 0..kills() {
        tree.write("d0/f0.go", if kill % 2 == 0 { &left_out } else { "package p\n" });
        let mut command = klogmod(tree.path());
        command.args(write);
        kill_at_random(command, &mut state, longest);
        let now = file();
        assert!(now == more || now == fewer, "kill {kill}");
    }
}

fn an_interrupted_apply_says_what_was_done() {
    let tree = tree();
    let old = contents(tree.path());
    let mut state = 13;
    let mut told = 0;
    for _ in 0..40 {
        for (path, bytes) in &old {
            tree.write(path, bytes);
        }
        let mut command = klogmod(tree.path());
        command.args(APPLY).stdout(Stdio::null()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        // It ends at once before it writes; so wait for the first file.
        let started = Instant::now();
        while contents(tree.path()) == old && started.elapsed() < Duration::from_secs(20) {}
        std::thread::sleep(Duration::from_micros(random(&mut state, 2000)));
        let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        let run = Run::from(child.wait_with_output().unwrap());
        let now = contents(tree.path());
        let written = now.iter().filter(|(path, bytes)| old[*path] != **bytes).count();
        match run.code {
            0 => assert_eq!(written, FILES),
            130 => {
                assert!(run.stderr.contains(&format!("interrupted: {written} of {FILES} files written")), "{run:?}");
                told += 1;
            }
            _ => panic!("{run:?}"),
        }
        if told >= 3 {
            return;
        }
    }
    assert!(told > 0, "no run was slow enough to be interrupted");
}

/// Root may write everything: then the run is made as nobody, with a copy of the binary that nobody can reach.
fn run_without_privileges(checkout: &Checkout, args: &[&str]) -> Run {
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let copy = Checkout::new();
    let binary = copy.join("klogmod");
    std::fs::copy(env!("CARGO_BIN_EXE_klogmod"), &binary).unwrap();
    for dir in [copy.path(), checkout.path()] {
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = Command::new(&binary);
    isolate(&mut command, checkout.path());
    if root {
        let status = Command::new("chown").args(["-R", "65534:65534"]).arg(checkout.path()).status().unwrap();
        assert!(status.success());
        command.uid(65534).gid(65534);
    }
    command.args(args).output().unwrap().into()
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn a_directory_that_is_read_only_is_named_and_the_rest_is_written() {
    let tree = tree();
    let old = contents(tree.path());
    mode(&tree.join("d0"), 0o555);
    let run = run_without_privileges(&tree, &APPLY).expect(3);
    mode(&tree.join("d0"), 0o755);
    let now = contents(tree.path());
    for (path, bytes) in &now {
        assert_eq!(path.starts_with("d0"), *bytes == old[path], "{}", path.display());
    }
    assert!(run.stderr.contains("d0/f0.go: Permission denied"), "{}", run.stderr);
    assert!(run.stderr.contains("files written"), "{}", run.stderr);
}

fn a_cache_that_is_read_only_does_no_harm() {
    let tree = tree();
    std::fs::create_dir(tree.join("cache")).unwrap();
    run_without_privileges(&tree, &["scan", "--cache-dir", "cache"]).expect(0);
    let kept = std::fs::read_dir(tree.join("cache")).unwrap().next().unwrap().unwrap().path();
    mode(&kept, 0o555);
    run_without_privileges(&tree, &["plan", "--cache-dir", "cache"]).expect(0);
    mode(&kept, 0o755);
}

fn a_full_disk_leaves_whole_files() {
    let dir = tempfile::tempdir().unwrap();
    assert!(mount(dir.path()));
    let full = std::panic::catch_unwind(|| {
        let at = |number: usize| dir.path().join(format!("f{number}.go"));
        std::fs::write(dir.path().join("go.mod"), "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n").unwrap();
        (0..20).for_each(|number| std::fs::write(at(number), source(number)).unwrap());
        // The rest of the disk, but for less than a file needs.
        let mut filler = 0;
        while std::fs::write(dir.path().join(format!("filler{filler}")), [0; 4096]).is_ok() {
            filler += 1;
        }
        let old = contents(dir.path());
        let mut command = klogmod(dir.path());
        let run = Run::from(command.args(APPLY).output().unwrap()).expect(3);
        assert!(run.stderr.contains("No space left on device"), "{run:?}");
        assert_eq!(contents(dir.path()), old);
        let strays = std::fs::read_dir(dir.path()).unwrap().flatten();
        assert_eq!(strays.filter(|e| e.file_name().to_string_lossy().starts_with(".klogmod-")).count(), 0);
    });
    assert!(unmount(dir.path()));
    full.unwrap();
}

fn a_file_that_changed_meanwhile_is_refused() {
    let tree = Checkout::with([("a.go", "package p // new\n")]);
    let path = tree.join("a.go");
    let error = replace_file(&path, b"package p // old\n", b"package q\n").unwrap_err();
    assert!(
        matches!(&error, WriteError::Changed(_)) && error.to_string().contains("changed while klogmod was running")
    );
    assert_eq!(tree.text("a.go"), "package p // new\n");
    assert_eq!(std::fs::read_dir(tree.path()).unwrap().count(), 1);
}
