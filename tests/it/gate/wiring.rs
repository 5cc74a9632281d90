//! What `init` writes: each file does its work.

use std::path::Path;
use std::process::Command;

use crate::common::checkout::{Checkout, Run, isolate};
use crate::common::gated::FILE;

const WRITTEN: [&str; 6] = [
    "klogmod.toml",
    "klogmod.baseline.toml",
    "hack/verify-klogmod.sh",
    "hack/update-klogmod.sh",
    ".github/workflows/klogmod.yml",
    ".pre-commit-config.yaml",
];

fn wired() -> Checkout {
    let checkout =
        Checkout::with([("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n"), ("pkg/a/a.go", FILE)]);
    checkout.write("hack/boilerplate/boilerplate.sh.txt", "# Copyright YEAR The Example Authors.\n#\n# Licence.\n");
    checkout.commit();
    let run = checkout.run(["init"]).expect(0);
    assert_eq!(run.stdout.lines().collect::<Vec<_>>(), WRITTEN);
    checkout.git(["add", "-A"]);
    checkout.git(["commit", "-q", "-m", "Gate"]);
    checkout
}

/// PATH with klogmod on it.
pub fn binaries() -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_klogmod")).parent().unwrap();
    format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap())
}

/// Runs a shell line with klogmod on PATH.
fn shell(checkout: &Checkout, line: &str, environment: &[(&str, &Path)]) -> Run {
    let mut command = Command::new("bash");
    isolate(&mut command, checkout.path());
    let binaries = Path::new(env!("CARGO_BIN_EXE_klogmod")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    command
        .args(["-eo", "pipefail", "-c", line])
        .env("PATH", path)
        .env_remove("ARTIFACTS")
        .env_remove("KUBE_JUNIT_REPORT_DIR");
    command.envs(environment.iter().copied());
    command.output().unwrap().into()
}

fn add_call(checkout: &Checkout) {
    let text = checkout.text("pkg/a/a.go");
    checkout.write(
        "pkg/a/a.go",
        text.replace("\tklog.InfoS(\"Deleted", "\tklog.Infof(\"New %s\", name)\n\tklog.InfoS(\"Deleted"),
    );
}

#[test]
fn the_scripts_verify_and_update() {
    let checkout = wired();
    let script = checkout.text("hack/verify-klogmod.sh");
    assert!(script.starts_with("#!/usr/bin/env bash\n\n# Copyright 20"), "{script}");
    assert!(script.contains(" The Example Authors."), "{script}");
    shell(&checkout, "hack/verify-klogmod.sh", &[]).expect(0);
    add_call(&checkout);
    let artifacts = tempfile::tempdir().unwrap();
    let run =
        shell(&checkout, "cd / && \"$OLDPWD\"/hack/verify-klogmod.sh", &[("ARTIFACTS", artifacts.path())]).expect(1);
    assert!(run.stdout.contains("pkg/a/a.go:13:2") && run.stderr.contains("Run ./hack/update-klogmod.sh"), "{run:?}");
    let junit = std::fs::read_to_string(artifacts.path().join("junit_klogmod.xml")).unwrap();
    assert!(junit.contains("gate-new-unstructured"), "{junit}");
    shell(&checkout, "hack/update-klogmod.sh", &[]).expect(0);
    assert!(checkout.text("pkg/a/a.go").contains("klog.InfoS(\"New\""), "{}", checkout.text("pkg/a/a.go"));
    shell(&checkout, "hack/verify-klogmod.sh", &[]).expect(0);
    checkout.write("pkg/a/broken.go", "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc {\n");
    let run = shell(&checkout, "hack/verify-klogmod.sh", &[]).expect(3);
    assert!(run.stderr.contains("could not be analysed"), "{run:?}");
}

/// The shell steps of a workflow.
fn steps(text: &str) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Step {
        run: Option<String>,
    }
    #[derive(serde::Deserialize)]
    struct Job {
        steps: Vec<Step>,
    }
    #[derive(serde::Deserialize)]
    struct Workflow {
        jobs: std::collections::BTreeMap<String, Job>,
    }
    let workflow: Workflow = serde_saphyr::from_str(text).unwrap();
    workflow.jobs.into_values().flat_map(|job| job.steps).filter_map(|step| step.run).collect()
}

#[test]
fn the_workflow_s_steps_run() {
    let checkout = wired();
    let steps = steps(&checkout.text(".github/workflows/klogmod.yml"));
    assert_eq!(steps.len(), 2);
    let dir = tempfile::tempdir().unwrap();
    let summary = dir.path().join("summary.md");
    let environment = [("GITHUB_STEP_SUMMARY", summary.as_path()), ("RUNNER_TEMP", dir.path())];
    for step in &steps {
        shell(&checkout, step, &environment).expect(0);
    }
    add_call(&checkout);
    let run = shell(&checkout, &steps[1], &environment).expect(1);
    assert!(run.stdout.contains("::error file=pkg/a/a.go,line=13,"), "{}", run.stdout);
    assert!(std::fs::read_to_string(&summary).unwrap().contains("gate-new-unstructured"));
    assert!(std::fs::read_to_string(dir.path().join("klogmod.sarif")).unwrap().contains("\"ruleId\""));
}

#[test]
fn the_hook_looks_at_what_is_about_to_be_committed() {
    let checkout = wired();
    let text = checkout.text(".pre-commit-config.yaml");
    let entry = text.lines().find_map(|line| line.trim().strip_prefix("entry: ")).unwrap();
    shell(&checkout, entry, &[]).expect(0);
    add_call(&checkout);
    shell(&checkout, entry, &[]).expect(1);
}

#[test]
fn nothing_is_written_over_unasked() {
    let checkout = wired();
    checkout.write("klogmod.toml", "tests = true\n");
    let run = checkout.run(["init"]).expect(4);
    assert!(run.stderr.contains("klogmod.toml") && run.stderr.contains("--force"), "{}", run.stderr);
    assert_eq!(checkout.text("klogmod.toml"), "tests = true\n");
    checkout.run(["init", "--force", "--only", "config"]).expect(0);
    assert!(checkout.text("klogmod.toml").contains("[gate]"));
    checkout.run(["check"]).expect(0);
}

/// Runs the step that installs klogmod where only cargo is on PATH, one that writes down what it is given.
fn install(checkout: &Checkout) -> (Run, String) {
    let step = steps(&checkout.text(".github/workflows/klogmod.yml")).remove(0);
    let bin = tempfile::tempdir().unwrap();
    let cargo = bin.path().join("cargo");
    std::fs::write(&cargo, "#!/bin/sh\necho \"$@\" >\"$0.said\"\n").unwrap();
    std::fs::set_permissions(&cargo, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = Command::new("bash");
    isolate(&mut command, checkout.path());
    command.args(["-eo", "pipefail", "-c", &step]).env("PATH", format!("{}:/usr/bin:/bin", bin.path().display()));
    let run = command.output().unwrap().into();
    (run, std::fs::read_to_string(bin.path().join("cargo.said")).unwrap_or_default())
}

#[test]
fn klogmod_is_installed_from_where_somebody_said() {
    let checkout = wired();
    let (run, said) = install(&checkout);
    assert!(run.code == 2 && said.is_empty(), "{run:?}");
    assert!(run.stdout.contains("::error::klogmod is not on PATH: nobody said where"), "{}", run.stdout);
    let verify = checkout.text("hack/verify-klogmod.sh");
    assert!(verify.contains("nobody said where it is installed from") && !verify.contains("cargo install"), "{verify}");

    let origin = Checkout::with([("Cargo.toml", "[package]\nname = \"klogmod\"\n")]);
    origin.commit();
    origin.git(["tag", "-a", "v1", "-m", "One"]);
    let commit = origin.git(["rev-parse", "HEAD"]);
    origin.write("more", "");
    origin.commit();
    let url = format!("file://{}", origin.path().display());
    checkout.run(["init", "--force", "--only", "workflow,scripts", "--from", &format!("{url}#v1")]).expect(0);
    let (run, said) = install(&checkout);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(said.trim(), format!("install --locked --git {url} --rev {} klogmod", commit.trim()));
    assert!(checkout.text("hack/update-klogmod.sh").contains(said.trim()));

    let run = checkout.run(["init", "--force", "--from", &format!("{url}#v2")]).expect(2);
    assert!(run.stderr.contains("has no branch or tag v2"), "{}", run.stderr);
    let run = checkout.run(["init", "--force", "--from", &format!("{url}/nowhere")]).expect(2);
    assert!(run.stderr.contains("#COMMIT takes a commit's whole name unseen"), "{}", run.stderr);
    let run = checkout.run(["init", "--force", "--from", "pkg"]).expect(2);
    assert!(run.stderr.contains("no directory of the checkout that has klogmod's Cargo.toml"), "{}", run.stderr);
    checkout.run(["init", "--force", "--from", "x;id"]).expect(2);

    // What a registry has is taken as it is said.
    checkout.run(["init", "--force", "--from", "npm:0.1.0"]).expect(0);
    assert!(checkout.text(".github/workflows/klogmod.yml").contains("|| npm install --global klogmod@0.1.0"));
    assert!(checkout.text(".pre-commit-config.yaml").contains("        language: system\n"));
    checkout.run(["init", "--force", "--from", "pypi:0.1.0"]).expect(0);
    assert!(checkout.text("hack/verify-klogmod.sh").contains("pipx install klogmod==0.1.0"));
    let hook = checkout.text(".pre-commit-config.yaml");
    assert!(hook.contains("language: python\n        additional_dependencies: [klogmod==0.1.0]\n"), "{hook}");
    checkout.run(["init", "--force", "--from", "pypi:latest"]).expect(2);

    checkout.write("tools/klogmod/Cargo.toml", "[package]\nname = \"klogmod\"\n");
    checkout.run(["init", "--force", "--only", "workflow", "--from", "tools/klogmod"]).expect(0);
    let (_, said) = install(&checkout);
    assert_eq!(said.trim(), "install --locked --path tools/klogmod");
}

#[test]
fn the_workflow_runs_on_the_branch_that_others_are_merged_into() {
    let branches = |checkout: &Checkout| {
        checkout.run(["init", "--force", "--only", "workflow"]).expect(0);
        let text = checkout.text(".github/workflows/klogmod.yml");
        text.lines().find_map(|line| line.trim().strip_prefix("branches: ")).unwrap().to_owned()
    };
    let checkout = wired();
    checkout.git(["checkout", "-q", "-b", "work"]);
    assert_eq!(branches(&checkout), "[main]");
    checkout.git(["update-ref", "refs/remotes/origin/trunk", "HEAD"]);
    checkout.git(["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]);
    assert_eq!(branches(&checkout), "[trunk]");
}
