//! The recipes of docs/: each one's commands run, with several processes.

use std::process::{Command, Stdio};

use super::trees::random;
use super::wiring::binaries;
use crate::common::checkout::{Checkout, isolate};
use crate::common::gated::gated;
use crate::common::repository;

fn recipe(name: &str) -> String {
    std::fs::read_to_string(repository().join("docs/recipes").join(name)).unwrap()
}

/// Starts a shell line with klogmod on PATH.
fn start(checkout: &Checkout, line: &str, environment: &[(&str, &str)]) -> std::process::Child {
    let mut command = Command::new("bash");
    isolate(&mut command, checkout.path());
    command.args(["-euo", "pipefail", "-c", line]).env("PATH", binaries()).envs(environment.iter().copied());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn an_indexed_job_s_pods_make_the_whole() {
    let text = recipe("indexed-job.yaml");
    let line = text.lines().find_map(|line| line.trim().strip_prefix("- klogmod ")).unwrap();
    let (checkout, broken) = random(3);
    let out = tempfile::tempdir().unwrap();
    let path = out.path().display().to_string();
    let pods: Vec<_> = (0..7)
        .map(|index| {
            let index = index.to_string();
            let environment = [("JOB_COMPLETION_INDEX", &*index), ("SHARDS", "7"), ("SRC", "."), ("OUT", &path)];
            start(&checkout, &format!("klogmod {line}"), &environment)
        })
        .collect();
    for pod in pods {
        let output = pod.wait_with_output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let code = if broken { 3 } else { 0 };
    let files = (0..7).map(|index| out.path().join(format!("{index}.json")).display().to_string());
    let args: Vec<String> = ["merge".to_owned()].into_iter().chain(files).chain(["-o".into(), "json".into()]).collect();
    let merged = checkout.run(args).expect(code).stdout;
    assert_eq!(merged, checkout.run(["coverage", "-o", "json"]).expect(code).stdout);
}

#[test]
fn a_fleet_job_s_pods_make_one_page() {
    let text = recipe("fleet-job.yaml");
    let line = text.lines().find_map(|line| line.trim().strip_prefix("- klogmod ")).unwrap();
    let dir = Checkout::new();
    let checkouts: Vec<Checkout> = (0..3).map(|_| gated()).collect();
    let list: String = (checkouts.iter().enumerate())
        .map(|(at, checkout)| format!("team/r{at} file://{}\n", checkout.path().display()))
        .chain(["gone /nowhere/at/all\n".to_owned()])
        .collect();
    dir.write("list", list);
    let pods: Vec<_> = (0..3)
        .map(|index| {
            let index = index.to_string();
            let environment = [("JOB_COMPLETION_INDEX", &*index), ("SHARDS", "3"), ("LIST", "list"), ("OUT", "out")];
            start(&dir, &format!("klogmod {line}"), &environment)
        })
        .collect();
    for pod in pods {
        let output = pod.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let lines: Vec<String> = (1..=3).map(|share| dir.text(format!("out/history-{share}-of-3.jsonl"))).collect();
    assert_eq!(lines.concat().lines().count(), 4, "{lines:?}");
    let page = dir.text("out/index.html");
    assert!(page.contains("klog calls of all repositories"), "{page}");
}

#[test]
fn multi_gitter_s_script_makes_branches_of_remotes() {
    let script = repository().join("docs/recipes/multi-gitter.sh").display().to_string();
    for number in 0..3 {
        let source = gated();
        let text = source.text("pkg/a/a.go").replace("klog.Infof(\"Old %s\", name)", "klog.Info(\"Started all\")");
        source.write("pkg/a/a.go", text);
        source.git(["commit", "-qam", "Safe"]);
        let (bare, work) = (Checkout::new(), Checkout::new());
        source.git(["clone", "-q", "--bare", ".", bare.path().to_str().unwrap()]);
        work.git(["clone", "-q", &format!("file://{}", bare.path().display()), "."]);
        let output = start(&work, &script, &[]).wait_with_output().unwrap();
        assert!(output.status.success(), "{number}: {}", String::from_utf8_lossy(&output.stderr));
        // What multi-gitter does with a change.
        work.git(["switch", "-q", "-c", "klogmod"]);
        work.git(["commit", "-qam", "Structured"]);
        work.git(["push", "-q", "origin", "klogmod"]);
        let change = bare.git(["diff", "HEAD", "klogmod", "--", "pkg/a/a.go"]);
        assert!(change.contains("-\tklog.Info(\"Started all\")") && change.contains("+\tklog.InfoS("), "{change}");
    }
}

#[test]
fn a_matrix_s_jobs_make_a_summary() {
    let text = recipe("github-matrix.yml");
    let runs: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("- run: ")).collect();
    let checkout = gated();
    let temp = tempfile::tempdir().unwrap();
    let (dir, summary) = (temp.path().display().to_string(), temp.path().join("summary.md").display().to_string());
    let jobs: Vec<_> =
        ["1", "2", "3", "4"].map(|shard| start(&checkout, runs[0], &[("SHARD", shard), ("RUNNER_TEMP", &dir)])).into();
    for job in jobs {
        assert!(job.wait_with_output().unwrap().status.success());
    }
    let merge = start(&checkout, runs[1], &[("RUNNER_TEMP", &dir), ("GITHUB_STEP_SUMMARY", &summary)]);
    assert!(merge.wait_with_output().unwrap().status.success());
    assert!(std::fs::read_to_string(summary).unwrap().starts_with("## klog coverage: 33.3 % (2 of 6)"));
}

#[test]
fn a_batch_change_s_step_leaves_a_change() {
    let text = recipe("batch-spec.yaml");
    let line = text.lines().find_map(|line| line.trim().strip_prefix("- run: ")).unwrap();
    let checkout = Checkout::with([("a.go", "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f() { klog.Info(1) }\n")]);
    checkout.commit();
    assert!(start(&checkout, line, &[]).wait_with_output().unwrap().status.success());
    let status = checkout.git(["status", "--short", "--untracked-files=all"]);
    assert!(status.contains("klogmod.toml") && status.contains("hack/verify-klogmod.sh"), "{status}");
}

#[test]
fn multi_gitter_s_script_changes_repositories_side_by_side() {
    let script = repository().join("docs/recipes/multi-gitter.sh").display().to_string();
    let safe = |checkout: Checkout| {
        let text =
            checkout.text("pkg/a/a.go").replace("klog.Infof(\"Old %s\", name)", "klog.Info(\"Started all workers\")");
        checkout.write("pkg/a/a.go", text);
        checkout.git(["commit", "-qam", "Safe"]);
        checkout
    };
    let checkouts: Vec<Checkout> = (0..3).map(|_| safe(gated())).collect();
    let broken = gated();
    broken.write("pkg/b/b.go", "package b\n\nimport \"k8s.io/klog/v2\"\n\nfunc {\n");
    broken.git(["commit", "-qam", "Break"]);
    let runs: Vec<_> = checkouts.iter().map(|checkout| start(checkout, &script, &[])).collect();
    for (run, checkout) in runs.into_iter().zip(&checkouts) {
        let output = run.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(checkout.git(["status", "--short"]).contains("pkg/a/a.go"));
    }
    let output = start(&broken, &script, &[]).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(broken.git(["status", "--short"]), "");
}
