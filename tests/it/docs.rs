//! The documentation is true: every command in it runs, the README's change is what the engine does, and links lead somewhere.

use crate::common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::checkout::{Checkout, copy_tree, isolate};
use common::repository;

/// Documents, relative to the repository.
fn documents() -> Vec<PathBuf> {
    let mut all = vec![PathBuf::from("README.md"), "CHANGELOG.md".into(), "fixtures/README.md".into()];
    all.extend(["CONTRIBUTING.md".into(), "SECURITY.md".into()]);
    all.extend(common::files("docs", "md").iter().map(|path| path.strip_prefix(repository()).unwrap().to_owned()));
    all
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap()
}

/// Contents of the code blocks in a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info == language, String::new())),
            (Some(_), Some(_)) => {
                if let Some((true, block)) = open.take() {
                    blocks.push(block);
                }
            }
            (Some((_, block)), None) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// A checkout that stands for ~/src/kubernetes, beside ~/logs, in a home directory of its own, with `klogmod` and `cargo` on PATH.
///
/// `cargo run --release --` is the binary under test, `cargo test` lists the tests instead of running them within themselves,
/// and `cargo install` builds without optimisation into a directory of the test's.
struct Home {
    dir: Checkout,
}

impl Home {
    fn new() -> Self {
        let dir = Checkout::new();
        let kubernetes = dir.join("src/kubernetes");
        std::fs::create_dir_all(kubernetes.join("pkg/kubelet")).unwrap();
        copy_tree(&repository().join("fixtures/module"), &kubernetes);
        // The call stands in the line that the README names.
        let kubelet = format!(
            "package kubelet\n\nimport \"k8s.io/klog/v2\"\n{}func f() {{\n\tklog.Info(\"started\")\n}}\n",
            "\n".repeat(921)
        );
        std::fs::write(kubernetes.join("pkg/kubelet/kubelet_pods.go"), kubelet).unwrap();
        let git = |args: &[&str]| {
            let mut command = Command::new("git");
            isolate(&mut command, &kubernetes);
            command.args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]).args(args);
            assert!(command.output().unwrap().status.success(), "git {args:?}");
        };
        git(&["init", "-q"]);
        git(&["add", "-A"]);
        git(&["commit", "-q", "-m", "Start"]);
        git(&["config", "user.name", "Test"]);
        git(&["config", "user.email", "test@example.com"]);
        copy_tree(&repository().join("fixtures/trace/logs"), &dir.join("logs"));
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_klogmod"), dir.join("klogmod")).unwrap();
        let cargo = include_str!("../common/cargo.sh").replace("{home}", &std::env::var("HOME").unwrap_or_default());
        dir.write("cargo", cargo);
        let executable: std::fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(dir.join("cargo"), executable).unwrap();
        Self { dir }
    }

    /// Runs a line as it stands.
    #[track_caller]
    fn run(&self, line: &str, document: &Path) {
        let path = std::env::join_paths(
            [self.dir.path().to_owned()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        );
        let mut command = Command::new("bash");
        isolate(&mut command, self.dir.path());
        command.args(["-euo", "pipefail", "-c", line]).env("PATH", path.unwrap()).env("HOME", self.dir.path());
        command.env("REAL_CARGO", env!("CARGO")).env("REPOSITORY", repository());
        command.env("KLOGMOD", env!("CARGO_BIN_EXE_klogmod"));
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{}: `{line}` failed\n{out}{err}", document.display());
    }
}

#[test]
fn every_command_runs() {
    let mut ran = 0;
    for document in documents() {
        let home = Home::new();
        for line in blocks(&read(&document), "sh").iter().flat_map(|block| block.lines()) {
            if !line.trim().is_empty() && !line.starts_with('#') {
                home.run(line, &document);
                ran += 1;
            }
        }
    }
    assert!(ran > 10, "only {ran} commands were found");
}

#[test]
fn commands_stand_in_blocks_where_they_are_found() {
    for document in documents() {
        for (number, line) in read(&document).lines().enumerate() {
            let loose = line.contains("`klogmod ") || line.contains("`cargo ");
            let known = document.ends_with("fixtures/README.md") || document.ends_with("runtime.md");
            assert!(!loose || known, "{}:{}: a command that no test runs", document.display(), number + 1);
            let fence = line.strip_prefix("```").unwrap_or("sh");
            let language = ["", "sh", "diff", "toml", "go", "json", "lua", "text"].contains(&fence);
            assert!(language, "{}:{}: a block in no known language", document.display(), number + 1);
        }
    }
}

#[test]
fn the_change_that_the_readme_shows_is_what_the_engine_does() {
    let shown = blocks(&read(Path::new("README.md")), "diff").remove(0);
    let line = |sign: char| shown.lines().find_map(|line| line.strip_prefix(sign)).unwrap().trim().to_owned();
    let file = |call: &str| {
        format!(
            "package kubelet\n\nimport (\n\tv1 \"k8s.io/api/core/v1\"\n\t\"k8s.io/klog/v2\"\n\t\"k8s.io/kubernetes/pkg/kubelet/util/format\"\n)\n\nfunc f(pod *v1.Pod) {{\n\t{call}\n}}\n"
        )
    };
    let checkout = Checkout::with([("a.go", file(&line('-')))]);
    checkout.run(["apply", "--allow-no-vcs", "--klog-version", "v2.0.0"]).expect(0);
    let after = checkout.text("a.go");
    assert!(after.contains(&line('+')), "{after}");
}

#[test]
fn reasons_are_documented_as_they_are() {
    let path = repository().join("docs/applicability.md");
    let fresh = klogmod::write::reason::page();
    if common::blessing() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    let diff = common::diff(&checked_in, &fresh);
    assert!(checked_in == fresh, "{} is stale: KLOGMOD_BLESS=1 writes it\n{diff}", path.display());
}

#[test]
fn links_lead_somewhere() {
    for document in documents() {
        let text = read(&document);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = repository().join(&document).parent().unwrap().join(link);
            assert!(link.starts_with("https://") || target.exists(), "{}: {link}", document.display());
        }
    }
}

/// A document sends its reader to files: they are there, so that a file that moves takes its mention along.
#[test]
fn files_that_are_named_exist() {
    let mut named = 0;
    for document in documents().iter().filter(|path| !path.ends_with("CHANGELOG.md")) {
        let text = read(document);
        for name in text.split('`').skip(1).step_by(2) {
            let of_ours =
                ["src/", "rules/", "tests/", "fixtures/", "benches/", "fuzz/"].iter().any(|dir| name.starts_with(dir));
            if of_ours && !name.contains([' ', '*', '<']) {
                assert!(repository().join(name).exists(), "{}: there is no {name}", document.display());
                named += 1;
            }
        }
    }
    assert!(named > 50, "only {named} names were found");
}

#[test]
fn the_configuration_that_is_shown_is_read() {
    for block in blocks(&read(Path::new("docs/configuration.md")), "toml") {
        let checkout = Checkout::new();
        let rules = block.starts_with("[preferred]");
        checkout.write(if rules { "rules/keys.toml" } else { "klogmod.toml" }, &block);
        checkout.run(if rules { vec!["plan", "--rules", "rules"] } else { vec!["plan"] }).expect(0);
        // What is commented out is read as well.
        if !rules {
            std::fs::create_dir(checkout.join("rules")).unwrap();
            let text: String = block.lines().map(|line| line.trim_start_matches("# ").to_owned() + "\n").collect();
            checkout.write("klogmod.toml", text);
            checkout.run(["plan"]).expect(0);
        }
    }
}

#[test]
fn the_continuous_integration_runs_the_tests_that_the_readme_names() {
    let script = read(Path::new(".ci/run"));
    for part in ["cargo test", "cargo clippy", "--deny warnings", "cargo fmt", "KLOGMOD_REQUIRE_GO=1"] {
        assert!(script.contains(part), ".ci/run: {part}");
    }
    assert!(read(Path::new(".github/workflows/ci.yml")).contains("run: .ci/run"));
    assert!(Command::new("bash").arg("-n").arg(repository().join(".ci/run")).status().unwrap().success());
}
