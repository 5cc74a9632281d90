//! Patches meet the programs that read them: `git apply`, `git am`, `patch`. Both git and patch are required.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use klogmod::ship::series::{
    CoverLetter, Draft, Sender, Series, SeriesError, inert_body, inert_subject, line_counts, unified,
};
use klogmod::text::FileChange;
use proptest::prelude::*;
use tempfile::TempDir;

/// A checkout in memory: path to bytes.
type Tree = BTreeMap<String, Vec<u8>>;

const NAMES: [&str; 14] = [
    "pkg/kubelet/kubelet.go",
    "a\nb.go",
    "-rf.go",
    "\"q\".go",
    "é.go",
    "trailing .go ",
    " leading.go",
    "two words/c d.go",
    "tab\there.go",
    "back\\slash.go",
    "esc\u{1b}[31m.go",
    "@@ -1 +1 @@",
    "--- a/x.go",
    "cr\r.go",
];

/// Runs a program with nothing of the user's or the system's configuration.
fn run(program: &str, dir: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(program)
        .args(args)
        .current_dir(dir)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .envs([("HOME", dir.as_os_str()), ("GIT_CEILING_DIRECTORIES", dir.parent().unwrap().as_os_str())])
        .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("LC_ALL", "C"), ("TZ", "UTC")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} is required for this test: {error}"));
    // A program that fails early closes its input; its exit status tells.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn git_output(dir: &Path, args: &[&str], input: &[u8]) -> Output {
    let settings = [
        "user.name=Committer",
        "user.email=committer@example.org",
        "core.hooksPath=/dev/null",
        "core.fsmonitor=false",
        "core.autocrlf=false",
        "commit.gpgSign=false",
        "gc.auto=0",
        "init.defaultBranch=main",
        // The worst a user may have set: both would cut messages.
        "mailinfo.scissors=true",
        "commit.cleanup=scissors",
    ];
    let mut all: Vec<&str> = settings.iter().flat_map(|setting| ["-c", setting]).collect();
    all.extend(args);
    run("git", dir, &all, input)
}

fn git_in(dir: &Path, args: &[&str], input: &[u8]) -> Vec<u8> {
    let output = git_output(dir, args, input);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "git {args:?} failed:\n{out}{err}\non:\n{}", String::from_utf8_lossy(input));
    output.stdout
}

fn git(dir: &Path, args: &[&str]) -> String {
    String::from_utf8(git_in(dir, args, b"")).unwrap()
}

fn lay_out(dir: &Path, tree: &Tree) {
    for (path, bytes) in tree {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn read_back(dir: &Path, paths: impl Iterator<Item = impl AsRef<str>>) -> Tree {
    paths.map(|path| (path.as_ref().to_owned(), fs::read(dir.join(path.as_ref())).unwrap_or_default())).collect()
}

fn tree<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Tree {
    files.into_iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect()
}

fn changes(old: &Tree, new: &Tree) -> Vec<FileChange> {
    let change = |(path, after): (&String, &Vec<u8>)| FileChange {
        path: path.as_str().into(),
        before: old.get(path).map(|before| before.as_slice().into()),
        after: after.as_slice().into(),
        gone: false,
    };
    new.iter().map(change).collect()
}

fn diffs(old: &Tree, new: &Tree) -> Vec<u8> {
    changes(old, new).iter().flat_map(|change| unified(change).unwrap()).collect()
}

fn sender() -> Sender {
    Sender { name: "Zoë O'Hara, Jr".to_owned(), email: "zoe@example.org".to_owned(), date: 1_600_000_000 }
}

/// A repository with one commit, and a clean clone of it, as the one who applies the patches has it.
fn clone_of(tree: &Tree) -> (TempDir, std::path::PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let origin = temp.path().join("origin");
    fs::create_dir(&origin).unwrap();
    git(&origin, &["init", "-q"]);
    lay_out(&origin, tree);
    git(&origin, &["add", "-A"]);
    git(&origin, &["commit", "-q", "--allow-empty", "-m", "base"]);
    git(temp.path(), &["clone", "-q", "origin", "clone"]);
    let clone = temp.path().join("clone");
    (temp, clone)
}

/// Applies a series with plain `git am` and returns the messages, oldest first.
fn am(clone: &Path, series: &Series, options: &[&str]) -> Vec<String> {
    let out = clone.parent().unwrap().join("patches");
    let written = series.write(&out).unwrap();
    let names = written.iter().map(|path| path.to_str().unwrap()).filter(|name| !name.contains("/0000-"));
    let mut args = vec!["am", "-q"];
    args.extend(options);
    args.extend(names);
    git(clone, &args);
    assert_eq!(git(clone, &["status", "--porcelain"]), "");
    let log = git(clone, &["log", "--reverse", "--format=%B%x00", "HEAD", "--not", "origin/main"]);
    log.split('\0').map(|message| message.trim_start_matches('\n').to_owned()).filter(|m| !m.is_empty()).collect()
}

fn message(subject: &str, body: &str) -> String {
    let (subject, body) = (inert_subject(subject), inert_body(body));
    if body.is_empty() { format!("{subject}\n") } else { format!("{subject}\n\n{body}") }
}

/// A judge of its own: the first part of a message that a bot, a person's inbox or a terminal would react to.
fn active_part(message: &str) -> Option<String> {
    let starts =
        ["/", "---", "diff -", "Index:", "From ", ">From ", "From:", "Subject:", "Date:", "[PATCH]", "Signed-off-by"];
    let line = message.lines().find(|line| starts.iter().any(|start| line.trim_start().starts_with(start)));
    let word_before = |at: usize| message[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let name_after =
        |at: usize| message[at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let mention = message.match_indices('@').find(|&(at, _)| !word_before(at) && name_after(at));
    let hidden =
        message.chars().find(|&c| c != '\n' && c != '\t' && (c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c)));
    let closer = message.contains("Fixes #12");
    line.map(str::to_owned)
        .or(mention.map(|(at, _)| message[at..].to_owned()))
        .or(hidden.map(|c| format!("{c:?}")))
        .or(closer.then(|| "Fixes #12".to_owned()))
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    // A small alphabet makes repeated lines, where a diff can go wrong; headings and markers make it look like one.
    let line = prop::sample::select(vec![
        "",
        "\t}",
        "x",
        "y",
        "func f() {",
        "type T struct {",
        "--- a/x",
        "+++ b/x",
        "@@ -1 +1 @@",
        "-- ",
        "\\ No newline",
        "diff --git a/x b/x",
        "From 0 Mon Sep 17 00:00:00 2001",
        "\u{1b}[31mé\u{202e}",
        " ",
    ]);
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\r\n", "\r", ""]);
    let text = prop::collection::vec((line, end), 0..40)
        .prop_map(|lines| lines.iter().map(|(line, end)| format!("{line}{end}")).collect::<String>().into_bytes());
    prop_oneof![6 => text, 1 => prop::collection::vec(any::<u8>(), 0..80)]
}

/// Old bytes and new ones that mostly share their lines.
fn file() -> impl Strategy<Value = (Option<Vec<u8>>, Vec<u8>)> {
    let edited = (content(), content(), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(
        |(old, inserted, from, to)| {
            let (from, to) = (from.index(old.len() + 1), to.index(old.len() + 1));
            let new = [&old[..from.min(to)], &inserted[..inserted.len() / 4], &old[from.max(to)..]].concat();
            (Some(old), new)
        },
    );
    prop_oneof![4 => edited, 1 => content().prop_map(|new| (None, new)), 1 => (content(), content()).prop_map(|(a, b)| (Some(a), b))]
}

fn trees() -> impl Strategy<Value = (Tree, Tree)> {
    let named = prop::sample::subsequence(NAMES.to_vec(), 1..6);
    named.prop_flat_map(|names| {
        let count = names.len();
        (Just(names), prop::collection::vec(file(), count)).prop_map(|(names, files)| {
            let (mut old, mut new) = (Tree::new(), Tree::new());
            for (name, (before, after)) in names.into_iter().zip(files) {
                old.extend(before.map(|bytes| (name.to_owned(), bytes)));
                new.insert(name.to_owned(), after);
            }
            (old, new)
        })
    })
}

fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "---",
        "--- a/x.go",
        "+++ b/x.go",
        "@@ -1 +1 @@",
        "diff --git a/x b/x",
        "diff -u",
        "Index: x.go",
        "From ",
        ">From ",
        "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001",
        "From: Evil <evil@example.org>",
        "Subject: evil",
        "Date: 1 Jan 2001",
        "[PATCH] evil",
        "-- ",
        "-- >8 --",
        "8<8<8<8<",
        "/lgtm",
        "/approve",
        "@k8s-bot",
        "Fixes #12",
        "Signed-off-by: Evil <evil@example.org>",
        "Acked-by : Evil <evil@example.org>",
        "\u{1b}[2J",
        "\u{202e}",
        "\0",
        "\r",
        "\r\n",
        "\n",
        "\n",
        "\n",
        "\n\n",
        " ",
        "\t",
        "# heading",
        "x",
        "é",
        "=?UTF-8?q?evil?=",
        "[x]",
        "Re:",
        ":",
        "\u{2028}",
        "1d",
        "X",
        "- ",
        "------------------------ >8 ------------------------",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 100, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn git_apply_gives_exactly_the_new_bytes((old, new) in trees()) {
        let temp = tempfile::tempdir().unwrap();
        lay_out(temp.path(), &old);
        let patch = diffs(&old, &new);
        prop_assert_eq!(patch.is_empty(), old == new);
        if old != new {
            git_in(temp.path(), &["apply", "--check", "-"], &patch);
            git_in(temp.path(), &["apply", "--whitespace=nowarn", "-"], &patch);
        }
        prop_assert_eq!(read_back(temp.path(), new.keys()), new);
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn git_am_keeps_bytes_and_messages((old, new) in trees(), text in prop::array::uniform4(hostile_text())) {
        prop_assume!(old != new);
        let (_temp, clone) = clone_of(&old);
        // The second patch turns everything back and adds one file, so it builds on the first.
        let back: Tree = new.iter().map(|(path, bytes)| (path.clone(), [bytes.as_slice(), b"\r\nend"].concat())).collect();
        let drafts = [
            Draft { subject: &text[0], body: &text[1], changes: changes(&old, &new) },
            Draft { subject: &text[2], body: &text[3], changes: changes(&new, &back) },
        ];
        let series = Series::new(&sender(), None, &drafts).unwrap();
        let messages = am(&clone, &series, &[]);
        for message in &messages {
            prop_assert_eq!(active_part(message), None);
            let trailers = git_in(&clone, &["interpret-trailers", "--parse"], message.as_bytes());
            let trailers = String::from_utf8(trailers).unwrap();
            let signed = trailers.lines().find(|line| line.split(':').next().is_some_and(|key| key.ends_with("-by")));
            prop_assert_eq!(signed, None);
        }
        prop_assert_eq!(messages, vec![message(&text[0], &text[1]), message(&text[2], &text[3])]);
        prop_assert_eq!(read_back(&clone, back.keys()), back);
        // What git stored is what lies there.
        prop_assert_eq!(git(&clone, &["diff", "HEAD", "--stat"]), "");
        for authored in git(&clone, &["log", "--format=%an|%ae|%at", "HEAD", "--not", "origin/main"]).lines() {
            prop_assert_eq!(authored, "Zoë O'Hara, Jr|zoe@example.org|1600000000");
        }
    }
}

#[test]
fn a_whole_series_with_a_cover_letter_applies() {
    let body = "a\nb\nc\n";
    let old = tree(NAMES.iter().map(|name| (*name, body)).chain([("crlf.go", "a\r\nb\r\n"), ("bare.go", "a\nb")]));
    let middle: Tree =
        old.iter().map(|(path, bytes)| (path.clone(), [b"first\n", bytes.as_slice()].concat())).collect();
    let new: Tree =
        middle.iter().map(|(path, bytes)| (path.clone(), [bytes.as_slice(), b"last\r\n"].concat())).collect();
    let drafts = [
        Draft { subject: "Migrate pkg/kubelet to structured logging", body: "", changes: changes(&old, &middle) },
        Draft {
            subject: "Zweiter Streich für größere Kätzchen, lang genug für zwei Zeilen",
            body: "b",
            changes: changes(&middle, &new),
        },
    ];
    let cover = CoverLetter { subject: "Structured logging", body: "Why.\n---\n/lgtm" };
    let sender = Sender { name: "J. R. Doe (Bob), Jr".to_owned(), email: "a+b@example.org".to_owned(), date: 0 };
    let series = Series::new(&sender, Some(&cover), &drafts).unwrap();
    let names: Vec<&str> = series.patches().iter().map(|patch| patch.file_name.as_str()).collect();
    assert_eq!(
        names,
        [
            "0000-cover-letter.patch",
            "0001-Migrate-pkg-kubelet-to-structured-logging.patch",
            "0002-Zweiter-Streich-f-r-gr-ere-K-tzchen-lang-genug-f-r-z.patch",
        ]
    );
    let letter = String::from_utf8(series.patches()[0].bytes.clone()).unwrap();
    assert!(letter.contains("\nSubject: [PATCH 0/2] Structured logging\n"), "{letter}");
    assert!(letter.contains("\n\nWhy.\n\\---\n\\/lgtm\n\n") && letter.contains(" 16 files changed, "), "{letter}");
    let (_temp, clone) = clone_of(&old);
    let messages = am(&clone, &series, &[]);
    assert_eq!(messages, drafts.each_ref().map(|draft| message(draft.subject, draft.body)));
    assert_eq!(read_back(&clone, new.keys()), new);
    assert_eq!(git(&clone, &["log", "-1", "--format=%an|%ae|%at"]), "J. R. Doe (Bob), Jr|a+b@example.org|0\n");
}

#[test]
fn simple_diffs_are_gits_to_the_byte() {
    let body = "\t1\n\t2\n\t3\n\t4\n\t5\n\t6\n\t7\n\t8\n";
    let long =
        format!("package a\n\nfunc A() {{\n{body}}}\n\ntype B struct {{\n{body}}}\n\nfunc (b *B) C() {{\n{body}}}\n");
    let cases = [
        ("grow.go", "", "x\ny\n".to_owned()),
        ("shrink.go", "x\ny\n", String::new()),
        ("bare.go", "x\ny", "x\nz".to_owned()),
        ("ended.go", "x\ny", "x\ny\n".to_owned()),
        ("one.go", &long, long.replacen("\t7\n", "\tseven\n", 1)),
        ("all.go", &long, long.replace("\t7\n", "\tseven\n")),
        ("near.go", &long, long.replace("\t1\n", "").replace("\t8\n", "\t8\n\t9\n")),
        ("ends.go", &long, format!("// first\n{long}// last")),
        ("two words/é\t\"q\\.go", "x\n", "y\r\n".to_owned()),
        ("two words/b.go", "x\n", "y\n".to_owned()),
    ];
    let old = tree(cases.iter().map(|(path, old, _)| (*path, *old)));
    let mut new = tree(cases.iter().map(|(path, _, new)| (*path, new.as_str())));
    new.extend(tree([("new.go", "x\ny\n"), ("none.go", "")]));
    let (_temp, clone) = clone_of(&old);
    fs::write(clone.join(".git/info/attributes"), "*.go diff=golang\n").unwrap();
    lay_out(&clone, &new);
    git(&clone, &["add", "-A"]);
    let gits = git(&clone, &["diff", "--cached", "--full-index", "--no-ext-diff", "--no-textconv"]);
    // We do not know the mode of a file that is there already.
    let gits: String = gits
        .split_inclusive('\n')
        .map(|l| if l.starts_with("index ") { l.replace(" 100644", "") } else { l.into() })
        .collect();
    let ours = String::from_utf8(diffs(&old, &new)).unwrap();
    assert_eq!(ours, gits);
}

#[test]
fn git_am_finds_the_blobs_for_a_three_way_merge() {
    let lines = |first: &str, ninth: &str| format!("{first}\n2\n3\n4\n5\n6\n7\n8\n{ninth}\n");
    let old = tree([("x.go", lines("1", "9").as_str())]);
    let new = tree([("x.go", lines("1", "nine").as_str())]);
    let (_temp, clone) = clone_of(&old);
    fs::write(clone.join("x.go"), lines("one", "9").replace("8\n", "acht\n").replace("7\n", "")).unwrap();
    fs::write(clone.join("x.go"), format!("0\n{}", lines("one", "9").replace("6\n", "sechs\n"))).unwrap();
    git(&clone, &["commit", "-qam", "drift"]);
    let series =
        Series::new(&sender(), None, &[Draft { subject: "s", body: "", changes: changes(&old, &new) }]).unwrap();
    let mail = &series.patches()[0].bytes;
    assert!(!git_output(&clone, &["am", "-q"], mail).status.success(), "the drift is too small for this test");
    git(&clone, &["am", "--abort"]);
    git_in(&clone, &["am", "-q", "-3"], mail);
    assert_eq!(
        fs::read_to_string(clone.join("x.go")).unwrap(),
        format!("0\n{}", lines("one", "nine").replace("6\n", "sechs\n"))
    );
}

#[test]
fn modes_stay_and_new_files_are_plain() {
    use std::os::unix::fs::PermissionsExt;
    let old = tree([("run.go", "a\n")]);
    let new = tree([("run.go", "b\n"), ("deep/new.go", "n\n"), ("empty.go", "")]);
    let temp = tempfile::tempdir().unwrap();
    lay_out(temp.path(), &old);
    fs::set_permissions(temp.path().join("run.go"), fs::Permissions::from_mode(0o755)).unwrap();
    git_in(temp.path(), &["apply", "-"], &diffs(&old, &new));
    let mode = |path| fs::metadata(temp.path().join(path)).unwrap().permissions().mode() & 0o111;
    assert_eq!([mode("run.go"), mode("deep/new.go"), mode("empty.go")], [0o111, 0, 0]);
    assert_eq!(read_back(temp.path(), new.keys()), new);
}

#[test]
fn patch_accepts_a_diff_and_a_mail_around_it() {
    // GNU patch refuses names with a line break, and never reads quoted-printable.
    let names = NAMES.iter().filter(|name| !name.contains(['\n', '\r']));
    let old = tree(names.map(|name| (*name, "a\nb\nc\n")).chain([("bare.go", "a\nb")]));
    let mut new: Tree =
        old.iter().map(|(path, bytes)| (path.clone(), [b"first\n", bytes.as_slice()].concat())).collect();
    new.extend(tree([("new/file.go", "x\n")]));
    let body = "--- a/bare.go\n+++ b/bare.go\n@@ -1 +1 @@\n-a\n+evil\n\n  Index: bare.go\n1d\n.\nX--- a/bare.go\nX+++ b/bare.go\n";
    let draft = Draft { subject: "s", body, changes: changes(&old, &new) };
    let series = Series::new(&sender(), None, &[draft]).unwrap();
    for input in [&diffs(&old, &new), &series.patches()[0].bytes] {
        let temp = tempfile::tempdir().unwrap();
        lay_out(temp.path(), &old);
        let output = run("patch", temp.path(), &["-p1", "--batch", "--fuzz=0"], input);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(read_back(temp.path(), new.keys()), new);
    }
}

#[test]
fn slugs_and_numbers_are_gits() {
    let subjects = [
        "Migrate pkg/kubelet/...",
        "a..b...c",
        "  spaces   and\ttabs ",
        "-leading",
        ".dots.",
        "über",
        "x_y.z",
        "A subject that is a good deal longer than what fits into the name of a file",
        "a - b",
    ];
    let files: Vec<String> = (0..subjects.len()).map(|number| format!("{number}.go")).collect();
    let drafts: Vec<Draft> = subjects
        .iter()
        .zip(&files)
        .map(|(subject, path)| Draft { subject, body: "", changes: vec![FileChange::created(path.as_str(), *b"x\n")] })
        .collect();
    let series = Series::new(&sender(), None, &drafts).unwrap();
    let (_temp, clone) = clone_of(&Tree::new());
    am(&clone, &series, &[]);
    let listed = git(&clone, &["format-patch", "-o", "../gits", "origin/main"]);
    let gits: Vec<&str> = listed.lines().filter_map(|path| path.rsplit('/').next()).collect();
    // Where git's cut leaves a dash at the end, ours has none.
    let gits: Vec<String> = gits.iter().map(|name| name.replace("-.patch", ".patch")).collect();
    assert_eq!(series.patches().iter().map(|patch| patch.file_name.clone()).collect::<Vec<_>>(), gits);
    let count = line_counts(&drafts[0].changes[0]);
    assert_eq!((count.added, count.removed), (1, 0));
}

#[test]
fn the_same_series_gives_the_same_bytes() {
    let old = tree(NAMES.iter().map(|name| (*name, "a\nb\n")));
    let new = tree(NAMES.iter().map(|name| (*name, "a\nc\n")));
    let mut reversed = changes(&old, &new);
    reversed.reverse();
    let one = Series::new(&sender(), None, &[Draft { subject: "s", body: "b", changes: changes(&old, &new) }]).unwrap();
    let two = Series::new(&sender(), None, &[Draft { subject: "s", body: "b", changes: reversed }]).unwrap();
    assert_eq!(one, two);
    assert!(String::from_utf8_lossy(&one.patches()[0].bytes).contains("\nSubject: [PATCH] s\n"));
}

#[test]
fn a_series_that_cannot_apply_is_refused() {
    let change = |path: &str, before: &[u8], after: &[u8]| FileChange::edited(path, before, after);
    let (a, b): (&[u8], &[u8]) = (b"a\n", b"b\n");
    let build = |changes: &[&[FileChange]]| {
        let drafts: Vec<Draft> =
            changes.iter().map(|c| Draft { subject: "s", body: "", changes: c.to_vec() }).collect();
        Series::new(&sender(), None, &drafts).unwrap_err()
    };
    assert!(matches!(build(&[&[]]), SeriesError::Empty { .. }));
    assert!(matches!(build(&[&[change("x.go", a, a)]]), SeriesError::Empty { .. }));
    assert!(matches!(build(&[&[change("x.go", a, b), change("x.go", a, b)]]), SeriesError::Twice { .. }));
    let twice = [change("x.go", a, b)];
    assert!(matches!(build(&[&twice, &twice]), SeriesError::OutOfStep { .. }));
    for path in ["../x.go", "/x.go", "a/.GIT/x.go"] {
        assert!(matches!(build(&[&[change(path, a, b)]]), SeriesError::Path { .. }));
    }
}

fn numbered(count: usize) -> Series {
    let paths: Vec<String> = (0..count).map(|number| format!("{number}.go")).collect();
    let subjects: Vec<String> = (0..count).map(|number| format!("of {count}, number {number}")).collect();
    let drafts: Vec<Draft> = paths
        .iter()
        .zip(&subjects)
        .map(|(path, subject)| Draft { subject, body: "", changes: vec![FileChange::created(path.as_str(), *b"x\n")] })
        .collect();
    Series::new(&sender(), None, &drafts).unwrap()
}

fn listing(dir: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned());
    names.filter(|name| name != ".klogmod-series").collect()
}

#[test]
fn an_earlier_run_is_replaced() {
    let temp = tempfile::tempdir().unwrap();
    let out = temp.path().join("new/out");
    numbered(3).write(&out).unwrap();
    assert_eq!(listing(&out).len(), 3);
    fs::write(out.join(".klogmod-left.tmp"), "half").unwrap();
    let written = numbered(2).write(&out.join("./")).unwrap();
    let names: BTreeSet<String> =
        written.iter().filter_map(|path| path.file_name().and_then(OsStr::to_str)).map(str::to_owned).collect();
    assert_eq!(listing(&out), names);
    assert_eq!(names.len(), 2);
    assert_eq!(fs::read(&written[0]).unwrap(), numbered(2).patches()[0].bytes);
}

#[test]
fn links_and_foreign_files_are_left_alone() {
    use std::os::unix::fs::symlink;
    let temp = tempfile::tempdir().unwrap();
    let (real, link) = (temp.path().join("real"), temp.path().join("link"));
    fs::create_dir(&real).unwrap();
    symlink(&real, &link).unwrap();
    for path in [link.clone(), link.join(""), link.join(".")] {
        assert!(matches!(numbered(1).write(&path), Err(SeriesError::Link { .. })), "{path:?}");
    }
    let victim = temp.path().join("victim");
    fs::write(&victim, "mine").unwrap();
    let name = numbered(1).patches()[0].file_name.clone();
    symlink(&victim, real.join(&name)).unwrap();
    assert!(matches!(numbered(1).write(&real), Err(SeriesError::Link { .. })));
    fs::remove_file(real.join(&name)).unwrap();
    for foreign in ["notes.txt", "001-short.patch"] {
        fs::write(real.join(foreign), "mine").unwrap();
        assert!(matches!(numbered(1).write(&real), Err(SeriesError::Foreign { .. })));
        assert_eq!(listing(&real), BTreeSet::from([foreign.to_owned()]));
        fs::remove_file(real.join(foreign)).unwrap();
    }
    fs::create_dir(real.join("0001-dir.patch")).unwrap();
    assert!(matches!(numbered(1).write(&real), Err(SeriesError::Foreign { .. })));
    assert!(matches!(numbered(1).write(&victim), Err(SeriesError::Io { .. })));
    assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
}
