//! The command line as a person meets it: what each command prints, how runs end, what is refused and what is never done.
//! The texts lie in fixtures/cli; `KLOGMOD_BLESS=1` writes them anew.

use crate::common;

use std::path::Path;
use std::process::Stdio;

use common::checkout::{Checkout, Run, copy_tree, klogmod};
use snapbox::assert::Action;

/// The small module of fixtures/module.
fn module() -> Checkout {
    let checkout = Checkout::new();
    copy_tree(&common::repository().join("fixtures/module"), checkout.path());
    checkout
}

fn committed() -> Checkout {
    let checkout = module();
    checkout.commit();
    checkout
}

/// One Go file with one call.
fn small() -> Checkout {
    Checkout::with([("go.mod", "module example.com/m\n"), ("a.go", CALL)])
}

const CALL: &str =
    "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(name string) {\n\tklog.Infof(\"Started worker %s\", name)\n}\n";

/// Text with what differs from machine to machine, or with every rule, taken out.
fn plain(text: &str, checkout: &Checkout) -> String {
    let real = checkout.path().canonicalize().unwrap();
    let text = text.replace(&*real.to_string_lossy(), "[ROOT]").replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
    let digest = |line: &str| match line.trim_start().starts_with("\"rules\": \"") {
        true => "  \"rules\": \"[DIGEST]\",".to_owned(),
        false => line.to_owned(),
    };
    text.lines().map(|line| digest(line) + "\n").collect()
}

/// Compares a run with the text of this name.
#[track_caller]
fn shows(name: &str, checkout: &Checkout, args: &[&str], code: i32) {
    let run = checkout.run(args).expect(code);
    let text = format!("$ klogmod {}\n[exit code {}]\n{}", args.join(" "), run.code, plain(&run.stdout, checkout));
    let text = match run.stderr.as_str() {
        "" => text,
        errors => format!("{text}-- standard error --\n{}", plain(errors, checkout)),
    };
    let path = common::repository().join("fixtures/cli").join(format!("{name}.txt"));
    let action = if common::blessing() { Action::Overwrite } else { Action::Verify };
    snapbox::Assert::new().action(action).eq(text, snapbox::Data::read_from(&path, None).raw());
}

fn stdout(checkout: &Checkout, args: &[&str]) -> String {
    checkout.run(args).expect(0).stdout
}

#[test]
fn help_says_what_each_command_does() {
    let checkout = Checkout::new();
    shows("help", &checkout, &["--help"], 0);
    let commands = [
        "plan",
        "patch",
        "paths",
        "scan",
        "coverage",
        "merge",
        "check",
        "baseline",
        "init",
        "apply",
        "explain",
        "conventions",
        "rules",
        "runtime",
        "verify",
        "certify",
        "wordings",
        "trace",
        "completions",
        "man",
    ];
    for command in commands {
        shows(&format!("help_{command}"), &checkout, &[command, "--help"], 0);
    }
}

#[test]
fn plan_shows_each_change_with_its_reasons() {
    shows("plan", &module(), &["plan", "-v"], 0);
    shows("plan_brief", &module(), &["plan"], 0);
    shows("plan_stat", &module(), &["plan", "--stat"], 0);
    shows("plan_renames", &module(), &["plan", "--format", "renames", "pkg/pods"], 0);
    shows("plan_structural", &module(), &["plan", "--edits", "s", "pkg/pods"], 0);
    shows("plan_request_ids", &module(), &["plan", "--edits", "r", "pkg/pods"], 0);
    shows("plan_json", &module(), &["plan", "--format", "json", "pkg/server"], 0);
}

#[test]
fn proposals_are_one_object_a_line() {
    shows("proposals", &module(), &["plan", "--format", "proposals", "pkg/pods"], 0);
    for line in stdout(&module(), &["plan", "--format", "proposals"]).lines() {
        let proposal: serde_json::Value = serde_json::from_str(line).unwrap();
        let source = std::fs::read_to_string(
            common::repository().join("fixtures/module").join(proposal["path"].as_str().unwrap()),
        );
        let line = proposal["line"].as_u64().unwrap() as usize;
        let before = proposal["before"].as_str().unwrap();
        assert!(source.unwrap().lines().nth(line - 1).unwrap().contains(before), "{proposal}");
        assert!(proposal["after"].as_str().unwrap().contains('('), "{proposal}");
    }
}

#[test]
fn scan_counts_by_directory_and_by_method() {
    shows("scan", &module(), &["scan"], 0);
    shows("scan_tests", &module(), &["scan", "--tests"], 0);
    shows("scan_json", &module(), &["scan", "--format", "json", "pkg/server"], 0);
}

#[test]
fn explain_tells_everything_about_one_call() {
    let module = module();
    shows("explain_fix", &module, &["explain", "pkg/pods/sync.go:23"], 0);
    shows("explain_skip", &module, &["explain", "pkg/pods/sync.go:43"], 0);
    shows("explain_suppressed", &module, &["explain", "pkg/server/server.go:34"], 0);
    shows("explain_display_only", &module, &["explain", "pkg/server/server.go:28:3"], 0);
    shows("explain_function_value", &module, &["explain", "pkg/server/server.go:26"], 0);
    shows("explain_nothing", &module, &["explain", "pkg/pods/sync.go:1"], 2);
    shows("explain_no_place", &module, &["explain", "pkg/pods/sync.go"], 2);
}

#[test]
fn rules_are_listed_and_shown() {
    shows("rules", &Checkout::new(), &["rules"], 0);
    shows("rule", &Checkout::new(), &["rules", "value-kobj"], 0);
    shows("reason", &Checkout::new(), &["rules", "no-caller"], 0);
    shows("rule_unknown", &Checkout::new(), &["rules", "nonsense"], 2);
}

#[test]
fn completions_and_manual_pages_are_printed() {
    let checkout = Checkout::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(stdout(&checkout, &["completions", shell]).contains("klogmod"), "{shell}");
    }
    assert!(stdout(&checkout, &["man"]).starts_with(".ie"));
    assert!(stdout(&checkout, &["man", "plan"]).contains("klogmod"));
    checkout.run(["man", "nonsense"]).expect(2);
}

#[test]
fn check_says_by_its_exit_code_whether_anything_is_to_change() {
    let checkout = small();
    checkout.run(["plan"]).expect(0);
    checkout.run(["plan", "--check"]).expect(1);
    checkout.run(["apply", "--allow-no-vcs"]).expect(0);
    checkout.run(["plan", "--check"]).expect(0);
}

#[test]
fn safe_takes_safe_fixes_only() {
    let checkout = Checkout::with([(
        "a.go",
        "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(name string) {\n\tklog.Infof(\"Using %s as the name\", name)\n\tklog.Fatal(\"Gone\")\n}\n",
    )]);
    checkout.run(["plan", "--check", "--safe"]).expect(0);
    checkout.run(["plan", "--check"]).expect(1);
    checkout.run(["apply", "--safe", "--allow-no-vcs"]).expect(0);
    assert!(checkout.text("a.go").contains("Infof(\"Using"));
    checkout.run(["apply", "--allow-no-vcs"]).expect(0);
    assert!(checkout.text("a.go").contains("InfoS(\"Using"));
    assert!(checkout.text("a.go").contains("Fatal(\"Gone\")"), "what is shown only was applied unasked");
    checkout.run(["plan", "--check"]).expect(0);
    checkout.run(["apply", "--display-only", "--allow-no-vcs"]).expect(0);
    assert!(checkout.text("a.go").contains("os.Exit(1)"));
    checkout.run(["plan", "--safe", "--display-only"]).expect(2);
}

#[test]
fn usage_errors_end_with_2() {
    let checkout = small();
    for args in [
        &["nonsense"] as &[&str],
        &["plan", "--nonsense"],
        &["plan", "--format", "xml"],
        &["plan", "--edits", "x"],
        &["plan", "--klog-version", "latest"],
        &["plan", "missing"],
        &["plan", "--root", "missing"],
        &["plan", "/"],
        &["plan", "--config", "missing.toml"],
        &["plan", "--rules", "missing"],
        &["explain", "missing.go:3"],
    ] {
        // The second path must lie in the checkout of the first.
        let args = if *args == ["plan", "/"] { &["plan", ".", "/"] } else { args };
        let run = checkout.run(args).expect(2);
        assert!(run.stderr.starts_with("error: ") && run.stdout.is_empty(), "{args:?}: {run:?}");
    }
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let checkout = small();
    let coloured = |args: &[&str], env: &[(&str, &str)]| {
        let output = klogmod(checkout.path()).args(args).envs(env.iter().copied()).output().unwrap();
        Run::from(output).expect(0).stdout.contains('\u{1b}')
    };
    assert!(!coloured(&["plan"], &[]), "into a pipe");
    assert!(coloured(&["plan", "--color", "always"], &[]));
    assert!(coloured(&["--color=always", "plan"], &[("NO_COLOR", "1")]), "the option goes before the environment");
    assert!(coloured(&["plan"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["plan"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["plan", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["plan", "--format", "json", "--color", "always"], &[]), "JSON has none");
}

#[test]
fn paths_narrow_a_run() {
    let module = module();
    let paths = |args: &[&str]| {
        let report = module.run([&["plan", "--format", "json"], args].concat()).expect(0).json();
        let files = report["files"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap().to_owned());
        files.collect::<Vec<_>>().join(" ")
    };
    let (pods, server) = ("pkg/pods/sync.go", "pkg/server/server.go");
    let both = format!("{pods} {server}");
    let all = format!("pkg/contextual/worker.go {both}");
    assert_eq!(paths(&[]), all);
    assert_eq!(paths(&["."]), all);
    assert_eq!(paths(&[".", "pkg/pods"]), pods);
    assert_eq!(paths(&["pkg/pods"]), pods);
    assert_eq!(paths(&["pkg/server/server.go"]), server);
    assert_eq!(paths(&[".", "pkg/server", "pkg/pods/sync.go"]), both);
    assert_eq!(paths(&["pkg/pods", "pkg/pods", "pkg"]), all, "no file appears twice");
    assert_eq!(paths(&["testdata"]), "", "what is left alone is left alone when it is named, too");
    let elsewhere = Checkout::new();
    let inside = |args: &[&str]| {
        Run::from(klogmod(elsewhere.path()).arg("plan").arg(module.path()).args(args).output().unwrap())
    };
    assert!(inside(&["-v"]).expect(0).stdout.contains(server));
    assert!(!inside(&["pkg/pods"]).expect(0).stdout.contains(server), "further paths are relative to the checkout");
}

#[test]
fn links_lead_nowhere() {
    let outside = Checkout::with([("b.go", CALL)]);
    let checkout = small();
    std::os::unix::fs::symlink(outside.path(), checkout.join("dir")).unwrap();
    std::os::unix::fs::symlink(outside.join("b.go"), checkout.join("b.go")).unwrap();
    std::os::unix::fs::symlink("a.go", checkout.join("c.go")).unwrap();
    std::os::unix::fs::symlink(".", checkout.join("loop")).unwrap();
    let report = checkout.run(["plan", "--format", "json"]).expect(0).json();
    assert_eq!(report["files"].as_array().unwrap().len(), 1, "{report}");
    checkout.run(["apply", "--allow-no-vcs"]).expect(0);
    assert_eq!(outside.text("b.go"), CALL);
    assert!(checkout.join("c.go").is_symlink());
}

#[test]
fn configuration_is_the_nearest_one_up_to_the_root() {
    let key = |checkout: &Checkout, args: &[&str]| {
        let out = checkout.run([&["plan", "--format", "proposals"], args].concat()).expect(0).stdout;
        let after: serde_json::Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
        after["after"].as_str().unwrap().rsplit('"').nth(1).unwrap().to_owned()
    };
    let call = CALL.replace("import \"k8s.io/klog/v2\"", "import (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n)");
    let call = call.replace("name string", "name string, ctx context.Context");
    let named = |key: &str| format!("[request-id]\nkey = \"{key}\"\n");
    let outer = Checkout::new();
    outer.write("klogmod.toml", named("outside"));
    outer.write("tree/go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n");
    outer.write("tree/pkg/sub/a.go", &call);
    let tree = outer.join("tree");
    let path = tree.to_str().unwrap();
    assert_eq!(key(&outer, &[path]), "requestID", "what lies above the root is not read");
    outer.write("tree/klogmod.toml", named("atRoot"));
    assert_eq!(key(&outer, &[path]), "atRoot");
    outer.write("tree/pkg/klogmod.toml", named("nearer"));
    assert_eq!(key(&outer, &[path]), "atRoot", "the whole tree is not in pkg");
    assert_eq!(key(&outer, &[path, "pkg/sub"]), "nearer");
    outer.write("given.toml", named("given"));
    assert_eq!(key(&outer, &[path, "pkg/sub", "--config", "given.toml"]), "given");
}

#[test]
fn configuration_settings_do_what_they_say() {
    let checkout = module();
    let inventory = |config: &str| {
        checkout.write("klogmod.toml", config);
        checkout.run(["scan", "--format", "json"]).expect(0).json()["totals"]["inventory"].as_u64().unwrap()
    };
    assert_eq!(inventory(""), 16);
    assert_eq!(inventory("tests = true\n"), 17);
    assert_eq!(inventory("[scope]\nexclude = [\"pkg/server\"]\n"), 10);
    assert_eq!(inventory("[scope]\nexclude = [\"**/*.go\"]\n"), 0);
    checkout.write("klogmod.toml", "klog-version = \"v2.0.0\"\n");
    assert!(stdout(&checkout, &["plan", "-v"]).contains("os.Exit(1)"));
    assert!(!stdout(&checkout, &["plan", "-v", "--klog-version", "2.70"]).contains("os.Exit(1)"));
}

#[test]
fn configuration_errors_show_the_offending_line() {
    let checkout = small();
    for (name, text) in [
        ("syntax", "tests = true\n[scope\n"),
        ("unknown", "[scope]\nexcludes = []\n"),
        ("type", "tests = \"yes\"\n"),
        ("version", "# klog\nklog-version = \"latest\"\n"),
        ("pattern", "[scope]\nexclude = [\"pkg/[\"]\n"),
    ] {
        checkout.write("klogmod.toml", text);
        shows(&format!("config_{name}"), &checkout, &["plan"], 2);
    }
}

#[test]
fn a_worktree_with_changes_is_refused() {
    let start = CALL.replace("Started", "Stopped");
    let refused = |checkout: &Checkout, path: &str| {
        let before = checkout.text("a.go");
        let run = checkout.run(["apply"]).expect(4);
        assert!(run.stderr.contains(path) && run.stderr.contains("--allow-dirty"), "{}", run.stderr);
        assert_eq!(checkout.text("a.go"), before);
    };
    let fresh = || {
        let checkout = small();
        checkout.write("other file.txt", "text\n");
        checkout.commit();
        checkout
    };

    let modified = fresh();
    modified.write("a.go", &start);
    refused(&modified, "a.go");
    modified.run(["apply", "--allow-dirty"]).expect(0);
    assert!(modified.text("a.go").contains("InfoS(\"Stopped"));

    let same_size = fresh();
    same_size.write("other file.txt", "exit\n");
    refused(&same_size, "other file.txt");

    let staged = fresh();
    staged.write("a.go", &start);
    staged.git(["add", "a.go"]);
    refused(&staged, "a.go");

    let deleted = fresh();
    std::fs::remove_file(deleted.join("other file.txt")).unwrap();
    refused(&deleted, "other file.txt");

    let unborn = small();
    unborn.git(["init", "-q"]);
    unborn.git(["add", "-A"]);
    refused(&unborn, "a.go");
}

#[test]
fn a_worktree_without_changes_is_not_refused() {
    let touched = small();
    touched.commit();
    let file = std::fs::File::options().write(true).open(touched.join("a.go")).unwrap();
    file.set_modified(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000)).unwrap();
    touched.run(["apply"]).expect(0);

    let untracked = small();
    untracked.commit();
    untracked.write("notes.txt", "not in git\n");
    untracked.run(["apply"]).expect(0);
    assert!(untracked.text("a.go").contains("InfoS"));
}

#[test]
fn outside_a_repository_nothing_is_written_unasked() {
    let checkout = small();
    let run = checkout.run(["apply"]).expect(4);
    assert!(run.stderr.contains("--allow-no-vcs"), "{}", run.stderr);
    assert_eq!(checkout.text("a.go"), CALL);
    checkout.run(["apply", "--allow-no-vcs"]).expect(0);
    assert_ne!(checkout.text("a.go"), CALL);
}

#[test]
fn nothing_that_a_checkout_configures_is_executed() {
    let checkout = committed();
    let witness = checkout.join(".git/witness");
    let trap = checkout.join(".git/trap");
    std::fs::write(&trap, format!("#!/bin/sh\necho \"$0 $*\" >> {}\ncat\n", witness.display())).unwrap();
    executable(&trap);
    for hook in ["fsmonitor-watchman", "post-index-change", "pre-commit", "post-checkout"] {
        let hook = checkout.join(".git/hooks").join(hook);
        std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
        std::fs::copy(&trap, &hook).unwrap();
        executable(&hook);
    }
    let trap = trap.to_str().unwrap();
    for (key, value) in [
        ("core.fsmonitor", trap),
        ("core.pager", trap),
        ("core.sshCommand", trap),
        ("core.hooksPath", ".git/hooks"),
        ("filter.evil.clean", trap),
        ("filter.evil.smudge", trap),
        ("filter.evil.process", trap),
        ("filter.evil.required", "true"),
        ("diff.external", trap),
        ("diff.evil.textconv", trap),
        ("diff.evil.command", trap),
        ("alias.diff-files", &format!("!{trap}")),
    ] {
        checkout.git(["config", "--local", key, value]);
    }
    checkout.write(".git/info/attributes", "* filter=evil diff=evil\n");
    std::fs::remove_file(&witness).ok();
    checkout.write(".gitattributes", "*.go filter=evil diff=evil\n");
    let file = std::fs::File::options().write(true).open(checkout.join("pkg/pods/sync.go")).unwrap();
    file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    checkout.run(["plan"]).expect(0);
    checkout.run(["scan"]).expect(0);
    checkout.run(["explain", "pkg/pods/sync.go:23"]).expect(0);
    checkout.run(["patch"]).expect(0);
    checkout.run(["apply"]).expect(0);
    let ran = std::fs::read_to_string(&witness).unwrap_or_default();
    assert_eq!(ran, "", "the checkout's own programs ran");
    assert!(checkout.text("pkg/pods/sync.go").contains("InfoS"));
}

fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_file_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let checkout = small();
    for mode in [0o600, 0o644, 0o755] {
        checkout.write("a.go", CALL);
        std::fs::set_permissions(checkout.join("a.go"), std::fs::Permissions::from_mode(mode)).unwrap();
        checkout.run(["apply", "--allow-no-vcs"]).expect(0);
        assert_eq!(std::fs::metadata(checkout.join("a.go")).unwrap().permissions().mode() & 0o777, mode);
    }
    let left: Vec<_> = std::fs::read_dir(checkout.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "temporary files are left: {left:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_pass() {
    let many = format!(
        "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f() {{\n{}}}\n",
        "\tklog.Info(\"started\")\n".repeat(20_000)
    );
    let checkout = Checkout::with([("a.go", many)]);
    for args in [&["plan"] as &[&str], &["plan", "--format", "json"], &["scan", "--format", "json"], &["patch"]] {
        let mut child = klogmod(checkout.path())
            .args(args)
            .arg("--all")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let run = Run::from(child.wait_with_output().unwrap());
        assert_eq!((run.code, run.stderr.as_str()), (141, ""), "{args:?}");
    }
}

#[test]
fn output_is_the_same_on_every_run_and_number_of_threads() {
    let files: Vec<_> =
        (0..40).map(|n| (format!("pkg/p{n}/a.go"), CALL.replace("worker", &format!("worker{n}")))).collect();
    let checkout = Checkout::with(files);
    for args in [
        &["plan"] as &[&str],
        &["plan", "--format", "json"],
        &["plan", "--format", "proposals"],
        &["scan"],
        &["scan", "--format", "json"],
        &["patch"],
    ] {
        let run = |threads: &str| checkout.run([args, &["-j", threads]].concat()).expect(0);
        let one = run("1");
        assert!(one == run("2") && one == run("2") && one == run("0"), "{args:?}");
    }
}

#[test]
fn a_text_that_is_not_on_disk_is_planned_in_its_place() {
    let checkout = module();
    let text = "package pods\n\nimport \"k8s.io/klog/v2\"\n\nfunc unsaved(n int) { klog.Infof(\"Counted %d\", n) }\n";
    let plan = |args: &[&str]| {
        use std::io::Write;
        let mut command = klogmod(checkout.path());
        command.args(["plan", "-", "--all", "--edits=s", "--stdin-path"]).args(args);
        let mut child =
            command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        Run::from(child.wait_with_output().unwrap()).expect(0).stdout
    };
    for path in ["pkg/pods/sync.go", "pkg/pods/unsaved.go"] {
        let found = plan(&[path]);
        assert!(found.contains(&format!("{path}:5:23 ")), "{found}");
        assert!(found.contains("+ klog.InfoS(\"Counted\", \"n\", n)"), "{found}");
        assert!(found.contains("1 klog call in 1 file"), "{found}");
    }
    checkout.run(["plan", "-"]).expect(2);
    checkout.run(["plan", "--stdin-path", "pkg/pods/sync.go"]).expect(2);
}

#[test]
fn a_plan_is_short_quiet_or_in_a_file() {
    let checkout = module();
    let brief = checkout.run(["plan"]).expect(0).stdout;
    assert!(brief.lines().count() <= 10, "{brief}");
    assert_eq!(checkout.run(["plan", "."]).expect(0).stdout, brief);
    let quiet = checkout.run(["plan", "-q", "--check"]).expect(1);
    assert_eq!(quiet.stdout, "");
    assert_eq!(checkout.run(["plan", "--output", "plan.txt"]).expect(0).stdout, "");
    assert_eq!(checkout.text("plan.txt"), brief);
}

#[test]
fn names_that_are_nearly_known_are_asked_about() {
    let checkout = module();
    for (args, meant) in [
        (&["plan", "--operation", "creat"] as &[&str], "create"),
        (&["plan", "--resource", "pdo"], "pod"),
        (&["rules", "method-inf"], "method-info"),
        (&["rules", "dynamic-formt"], "dynamic-format"),
        (&["plan", "pkg/podz"], "pkg/pods"),
        (&["accept", "--rule", "method-inof"], "method-info"),
        (&["man", "plna"], "plan"),
    ] {
        let run = checkout.run(args).expect(2);
        assert!(run.stderr.contains(&format!("; did you mean {meant}?")), "{args:?}: {}", run.stderr);
    }
    // From elsewhere, a path that is missing is missing from the checkout.
    let root = checkout.path().canonicalize().unwrap().display().to_string();
    let run = Checkout::new().run(["plan", &root, "pkg/podz"]).expect(2);
    assert!(run.stderr.contains(&format!("{root}/pkg/podz: ")), "{}", run.stderr);
    assert!(run.stderr.contains(&format!("; did you mean {root}/pkg/pods?")), "{}", run.stderr);
}

#[test]
fn every_page_that_a_page_refers_to_is_written() {
    let checkout = module();
    checkout.run(["man", "-o", "man1"]).expect(0);
    let pages = std::fs::read_dir(checkout.join("man1")).unwrap().map(|page| page.unwrap().path());
    let pages: Vec<_> = pages.collect();
    assert!(pages.len() > 20);
    for page in &pages {
        let text = std::fs::read_to_string(page).unwrap().replace("\\-", "-");
        let referred = text.split_whitespace().filter_map(|word| word.strip_suffix("(1)"));
        for name in referred.filter(|name| name.starts_with("klogmod")) {
            assert!(checkout.join(format!("man1/{name}.1")).is_file(), "{}: {name}", page.display());
        }
    }
    assert_eq!(stdout(&checkout, &["man", "baseline", "write"]), stdout(&checkout, &["man", "baseline-write"]));
}

#[test]
fn the_example_of_the_readme_is_what_a_plan_prints() {
    let readme = std::fs::read_to_string(common::repository().join("README.md")).unwrap();
    let example: Vec<&str> = readme.lines().filter(|line| line.starts_with(['-', '+'])).take(2).collect();
    let [old, new] = example[..] else { panic!("{example:?}") };
    let checkout = Checkout::with([
        (
            "go.mod",
            "module k8s.io/kubernetes\n\ngo 1.13\n\nrequire k8s.io/klog/v2 v2.0.0\n\nrequire k8s.io/api v0.0.0\n",
        ),
        (
            "pkg/kubelet/util/format/pod.go",
            "package format\n\nimport v1 \"k8s.io/api/core/v1\"\n\nfunc Pod(pod *v1.Pod) string { return pod.Name }\n",
        ),
    ]);
    copy_tree(&common::repository().join("fixtures/stubs/k8s.io/api"), &checkout.join("vendor/k8s.io/api"));
    copy_tree(
        &common::repository().join("fixtures/stubs/k8s.io/apimachinery"),
        &checkout.join("vendor/k8s.io/apimachinery"),
    );
    checkout.write("vendor/modules.txt", "# k8s.io/api v0.0.0\n## explicit\nk8s.io/api/core/v1\n# k8s.io/apimachinery v0.0.0\n## explicit\nk8s.io/apimachinery/pkg/apis/meta/v1\n# k8s.io/klog/v2 v2.0.0\n## explicit\n");
    let source = format!(
        "package kubelet\n\nimport (\n\tv1 \"k8s.io/api/core/v1\"\n\t\"k8s.io/klog/v2\"\n\n\t\"k8s.io/kubernetes/pkg/kubelet/util/format\"\n)\n\n\
         func left(pod *v1.Pod) {{\n\tif pod.Name != \"\" {{\n{}\n\t}}\n}}\n",
        &old[1..]
    );
    checkout.write("pkg/kubelet/kubelet_pods.go", source);
    let plan = checkout.run(["plan", "--all", "--process-ids", "pkg/kubelet/kubelet_pods.go"]).expect(0).stdout;
    assert!(plan.contains(&format!("  - {}\n", old[1..].trim())), "{plan}");
    assert!(plan.contains(&format!("  + {}\n", new[1..].trim())), "{plan}");
}
