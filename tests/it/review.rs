//! From a plan to what people get: the series cut by owners, decisions that survive drift, and text that stays inert. git is
//! required.
#![cfg(unix)]

use crate::common::reviewed as checkout;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use checkout::{Checkout, klogmod, klogmod_fails};

/// Two SIGs, three sets of owners, and a package that is too large for one patch.
fn checkout() -> Checkout {
    let c = Checkout::new();
    c.write("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n");
    c.write("OWNERS", "approvers: [Root]\nfilters: {}\n");
    c.write("OWNERS_ALIASES", "aliases:\n  node-people:\n  - ann\n  - bob\n");
    c.write("pkg/a/OWNERS", "approvers:\n- node-people\nlabels:\n- sig/node\n- area/a\n");
    c.write("pkg/b/OWNERS", "approvers: [carol]\nlabels: [sig/storage]\n");
    c.write("pkg/b/own/OWNERS", "filters:\n  \"\\\\.go$\":\n    approvers: [dave]\n");
    for dir in ["pkg/a", "pkg/a/sub", "pkg/b", "pkg/b/own", "cmd/c"] {
        c.write(&format!("{dir}/x.go"), &file(&[("f", 3), ("g", 2)]));
    }
    c.write("pkg/a/large/x.go", &file(&[("f", 12), ("g", 12), ("h", 12)]));
    c.commit();
    c
}

fn file(functions: &[(&str, usize)]) -> String {
    let mut text = "package p\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n)\n".to_owned();
    for (name, calls) in functions {
        text.push_str(&format!("\nfunc {name}(ctx context.Context, pod string, err error) {{\n"));
        for call in 0..*calls {
            text.push_str(&format!("\tklog.Infof(\"Step {name} of {call}: pod %q failed: %v\", pod, err)\n"));
        }
        text.push_str("}\n");
    }
    text
}

fn series(c: &Checkout, dir: &str, options: &[&str]) -> Vec<PathBuf> {
    let out = c.outside(dir);
    // The package that comes along has tests of its own.
    let mut args = vec!["patch", ".", "--runtime=separate", "-o", out.to_str().unwrap()];
    args.extend(options);
    klogmod(c, &args);
    let mut patches: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
    patches.retain(|path| {
        path.extension().is_some_and(|end| end == "patch") && !path.ends_with("0000-cover-letter.patch")
    });
    patches.sort();
    patches
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

/// Added and removed lines of a patch, by git's own count.
fn size(c: &Checkout, patch: &Path) -> usize {
    let counts = c.git(&["apply", "--numstat", patch.to_str().unwrap()]);
    counts.lines().map(|line| line.split('\t').take(2).map(|n| n.parse::<usize>().unwrap()).sum::<usize>()).sum()
}

#[test]
fn a_series_is_cut_by_owners_and_applies_alone_and_in_order() {
    let c = checkout();
    let patches = series(&c, "s1", &["--max-lines", "40"]);
    let again = series(&c, "s2", &["--max-lines", "40"]);
    assert_eq!(patches.len(), again.len());
    for (one, two) in patches.iter().zip(&again) {
        assert_eq!(fs::read(one).unwrap(), fs::read(two).unwrap(), "two runs differ");
    }
    assert_eq!(read(c.outside("s1/PR_BODY.md")), read(c.outside("s2/PR_BODY.md")));
    let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
    let base = c.git(&["rev-parse", "HEAD"]);
    let parted: BTreeSet<&PathBuf> = patches.iter().filter(|p| read(p).contains("pkg/a/large/x.go | ")).collect();
    for patch in &patches {
        assert!(size(&c, patch) <= 40, "{} is over the budget", patch.display());
        let text = read(patch);
        let files = c.git(&["apply", "--numstat", patch.to_str().unwrap()]);
        let groups: BTreeSet<&str> = files.lines().map(|line| owner(line.split('\t').nth(2).unwrap())).collect();
        assert_eq!(groups.len(), 1, "{groups:?} share {}", patch.display());
        *owners.entry(groups.into_iter().next().unwrap()).or_default() += 1;
        assert!(text.contains("rules ") && text.contains("klogmod patch .") && text.contains(base.trim()), "{text}");
        if !parted.contains(patch) {
            c.git(&["am", "-q", patch.to_str().unwrap()]);
            c.git(&["reset", "-q", "--hard", base.trim()]);
        }
    }
    assert_eq!(owners.keys().copied().collect::<Vec<_>>(), ["", "pkg/a", "pkg/b", "pkg/b/own"]);
    assert!(parted.len() > 1, "the large file stayed whole");
    let all: Vec<&str> = patches.iter().map(|path| path.to_str().unwrap()).collect();
    c.git(&[&["am", "-q"], all.as_slice()].concat());
    let in_order = c.git(&["rev-parse", "HEAD^{tree}"]);
    c.git(&["reset", "-q", "--hard", base.trim()]);
    klogmod(&c, &["apply", ".", "--runtime=separate"]);
    c.git(&["add", "-A"]);
    assert_eq!(c.git(&["write-tree"]), in_order, "the series and apply differ");
}

fn owner(path: &str) -> &'static str {
    ["pkg/b/own", "pkg/b", "pkg/a"].into_iter().find(|dir| path.starts_with(dir)).unwrap_or("")
}

#[test]
fn edits_are_split_when_asked() {
    let c = checkout();
    let patches = series(&c, "s", &["--split-edits"]);
    let subjects: Vec<String> =
        patches.iter().map(|p| read(p).lines().find(|l| l.starts_with("Subject")).unwrap().to_owned()).collect();
    let of = |text: &str| subjects.iter().filter(|s| s.contains(text)).count();
    assert_eq!((of("Migrate"), of("Add request IDs")), (patches.len() / 2, patches.len() / 2), "{subjects:?}");
    for pair in patches.chunks(2) {
        let (first, second) = (read(&pair[0]), read(&pair[1]));
        let added = |text: &str| text.lines().filter(|l| l.starts_with('+') && l.contains("requestID")).count();
        assert!(added(&first) == 0 && added(&second) > 0);
    }
    let base = c.git(&["rev-parse", "HEAD"]);
    let all: Vec<&str> = patches.iter().map(|path| path.to_str().unwrap()).collect();
    c.git(&[&["am", "-q"], all.as_slice()].concat());
    let in_order = c.git(&["rev-parse", "HEAD^{tree}"]);
    c.git(&["reset", "-q", "--hard", base.trim()]);
    klogmod(&c, &["apply", ".", "--runtime=separate"]);
    c.git(&["add", "-A"]);
    assert_eq!(c.git(&["write-tree"]), in_order);
}

#[test]
fn mails_show_log_lines_and_pull_requests_follow_the_template() {
    let c = checkout();
    c.write(".github/PULL_REQUEST_TEMPLATE.md", "**What this PR does**:\n\n/kind bug\n@everyone\n\n**Special notes for your reviewer**:\n\n```release-note\n\n```\n");
    c.commit();
    c.write("klogmod.toml", "[series]\nsubject = \"{dir}: structured logging for {sig}\"\n");
    c.commit();
    let patches = series(&c, "s", &[]);
    let node = patches.iter().find(|p| read(p).contains("sig/node")).unwrap();
    let text = read(node);
    assert!(text.contains("pkg/a: structured logging for sig/node"), "{text}");
    let (message, rest) = text.split_once("\n---\n").unwrap();
    assert!(!message.contains("I0102") && rest.contains("before  I0102"), "log lines belong below the message");
    assert!(rest.contains("after   I0102 15:04:05.000000       1 x.go:10] \"Step f of 0: pod failed\""), "{rest}");
    assert!(rest.contains("{\"ts\":") && message.contains("structured example.com/m/pkg/a/[^/]*"), "{message}");
    let body = read(node.with_extension("md"));
    for part in [
        "**What this PR does**:\n\nPrintf-style",
        "\\/kind bug",
        "@ everyone",
        "Special notes",
        "```release-note\npkg/a:",
    ] {
        assert!(body.contains(part), "{part} is not in:\n{body}");
    }
    assert!(body.contains("They are `ann`, `bob`.") && !commands(&body), "{body}");
    series(&c, "s", &["--mentions"]);
    let body = read(node.with_extension("md"));
    assert!(body.ends_with("\n/kind cleanup\n/sig node\n/cc @ann @bob\n") && commands(&body), "{body}");
    assert!(!commands(message), "a mail commands bots");
    c.write("klogmod.toml", "[series]\nsubject = \"{typo}\"\n");
    c.commit();
    let (_, said) = klogmod_fails(&c, 2, &["patch", ".", "-o", c.outside("s").to_str().unwrap()]);
    assert!(said.contains("{typo}"), "{said}");
}

/// Whether a text holds what a bot obeys or what notifies somebody.
fn commands(text: &str) -> bool {
    let mention =
        |word: &str| word.strip_prefix('@').is_some_and(|name| name.starts_with(|c: char| c.is_alphanumeric()));
    text.lines().any(|line| {
        let command =
            line.trim_start().strip_prefix('/').is_some_and(|rest| rest.starts_with(|c: char| c.is_alphabetic()));
        command || line.split_whitespace().any(mention)
    })
}

#[test]
fn decisions_are_made_in_a_line_and_honoured() {
    let c = checkout();
    klogmod(&c, &["accept", ".", "--path", "pkg/a/*.go"]);
    klogmod(&c, &["reject", ".", "--sig", "storage", "--reason", "later"]);
    let file = read(c.path("klogmod.decisions.toml"));
    assert_eq!(file.lines().filter(|line| line.contains("is = \"accepted\"")).count(), 5);
    assert_eq!(file.lines().filter(|line| line.contains("reason = \"later\"")).count(), 5 + 5);
    let whole = klogmod(&c, &["patch", "."]);
    assert!(whole.contains("b/pkg/a/x.go") && whole.contains("b/cmd/c/x.go") && !whole.contains("b/pkg/b/x.go"));
    let accepted = klogmod(&c, &["patch", ".", "--accepted-only"]);
    assert!(accepted.contains("b/pkg/a/x.go") && !accepted.contains("b/cmd/c/x.go"), "{accepted}");
    let notes_undecided = |args: &[&str]| klogmod_fails(&c, 0, args).1.contains("nobody has decided on");
    assert!(notes_undecided(&["patch", "."]) && !notes_undecided(&["patch", ".", "--accepted-only"]));
    let (_, said) = klogmod_fails(&c, 2, &["accept", "."]);
    assert!(said.contains("--everything"), "{said}");
    klogmod(&c, &["pending", ".", "--undo", "--path", "pkg/a/**"]);
    let pending = klogmod(&c, &["pending", "."]);
    assert!(
        pending.ends_with("51 new, 10 decided and unchanged, 0 changed since they were reviewed, 0 gone\n"),
        "{pending}"
    );
    // The file is the same bytes whatever order its lines were merged in.
    let before = read(c.path("klogmod.decisions.toml"));
    let mut lines: Vec<&str> = before.lines().collect();
    lines[5..].reverse();
    fs::write(c.path("klogmod.decisions.toml"), lines.join("\n")).unwrap();
    klogmod(&c, &["accept", ".", "--id", "zz"]);
    assert_eq!(read(c.path("klogmod.decisions.toml")), before);
}

#[test]
fn what_drifted_comes_back_and_the_rest_stands() {
    let c = checkout();
    klogmod(&c, &["accept", ".", "--everything"]);
    for path in ["pkg/a/x.go", "pkg/b/x.go"] {
        let moved = read(c.path(path)).replacen("func f", "// A line.\n// Another one.\n\nfunc f", 1);
        c.write(path, &moved.replace("Step g of 1: pod", "Step g of one: the pod"));
    }
    c.commit();
    let pending = klogmod(&c, &["pending", "."]);
    let changed: Vec<&str> = pending.lines().filter(|line| line.split_whitespace().nth(1) == Some("changed")).collect();
    assert_eq!(changed.len(), 2, "{pending}");
    assert!(
        pending.contains("Step g of 1: pod")
            && pending.ends_with("0 new, 59 decided and unchanged, 2 changed since they were reviewed, 0 gone\n"),
        "{pending}"
    );
    let patch = klogmod(&c, &["patch", "."]);
    assert!(
        !patch.lines().any(|l| l.starts_with('-') && l.contains("of one: the pod")),
        "a changed call was rewritten"
    );
    c.write("pkg/b/own/x.go", "package p\n");
    c.commit();
    let pending = klogmod(&c, &["pending", "."]);
    assert!(pending.ends_with("5 gone\n"), "{pending}");
    klogmod(&c, &["pending", ".", "--prune"]);
    assert!(klogmod(&c, &["pending", "."]).ends_with(" 0 gone\n"));
    // A run about a part of the tree says nothing about the others.
    assert!(
        klogmod(&c, &["pending", "cmd"])
            .ends_with("0 new, 5 decided and unchanged, 0 changed since they were reviewed, 0 gone\n")
    );
}

#[test]
fn edited_calls_are_checked_each_time() {
    let c = checkout();
    klogmod(&c, &["accept", "cmd", "--path", "cmd/**"]);
    let path = c.path("klogmod.decisions.toml");
    let text = read(&path);
    let edited =
        text.replacen("is = \"accepted\"", "is = \"edited\", text = \"klog.InfoS(\\\"Mine\\\", \\\"pod\\\", pod)\"", 1);
    fs::write(&path, &edited).unwrap();
    assert!(klogmod(&c, &["patch", "cmd"]).contains("+\tklog.InfoS(\"Mine\", \"pod\", pod)\n"));
    fs::write(&path, edited.replace("pod)\"", "pod)\\n}\\nfunc init() { evil()\"")).unwrap();
    let (out, said) = klogmod_fails(&c, 3, &["patch", "cmd"]);
    assert!(!out.contains("evil") && said.contains("left out"), "{said}");
}

#[test]
fn hostile_text_is_inert_in_every_output() {
    let c = Checkout::new();
    c.write("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n");
    c.write("OWNERS", "approvers: [\"@evil\", \"x\\n/lgtm\", ok]\nlabels: [\"sig/x\\n/approve\"]\n");
    let body = checkout::hostile_calls();
    let source = format!("package p\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(x string) {{\n{body}}}\n");
    for name in
        ["pkg/a\nb.go", "pkg/-rf.go", "pkg/`<img src=x onerror=alert(1)>|.go", "pkg/\u{202e}og.x.go", "--- a/x/y.go"]
    {
        c.write(name, &source);
    }
    c.commit();
    klogmod(&c, &["accept", ".", "--everything"]);
    let patches = series(&c, "s", &["--mentions", "--accepted-only"]);
    let base = c.git(&["rev-parse", "HEAD"]);
    for patch in &patches {
        let text = read(patch);
        let (message, _) = text.split_once("\ndiff --git ").unwrap();
        assert!(!commands(message) && inert(message), "{message}");
        let body = read(patch.with_extension("md"));
        let (source, ours) = body.split_at(body.rfind("\n/kind cleanup\n").unwrap());
        assert!(!commands(source) && inert(source) && ours == "\n/kind cleanup\n/cc @ok\n", "{body}");
        c.git(&["am", "-q", patch.to_str().unwrap()]);
    }
    let applied = c.git(&["rev-parse", "HEAD^{tree}"]);
    c.git(&["reset", "-q", "--hard", base.trim()]);
    klogmod(&c, &["apply", "."]);
    c.git(&["add", "-A", "--", ":!klogmod.decisions.toml"]);
    assert_eq!(c.git(&["write-tree"]), applied);
    c.git(&["reset", "-q", "--hard", base.trim()]);
    for text in [
        read(c.path("klogmod.decisions.toml")),
        klogmod(&c, &["pending", "."]),
        klogmod(&c, &["plan", "."]),
        read(c.outside("s/0000-cover-letter.patch")),
        read(c.outside("s/PR_BODY.md")),
    ] {
        assert!(inert(&text), "{text}");
    }
    let page = c.outside("page.html");
    klogmod(&c, &["review", ".", "--html", page.to_str().unwrap()]);
    let page = read(page);
    assert!(inert(&page) && page.matches("</script>").count() == 2, "a text ends the script");
}

/// Whether nothing in a text steers what shows it.
fn inert(text: &str) -> bool {
    !text.contains(['\u{1b}', '\u{202e}', '\u{2066}', '\u{7}', '\u{200b}', '\u{9b}'])
}
