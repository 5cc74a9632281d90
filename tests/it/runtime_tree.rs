//! Where the runtime package goes, and what a checkout needs beside it.
//!
//! Also in real checkouts, without touching them: `KLOGMOD_CHECKOUTS=DIR:DIR cargo test --test it runtime_tree --
//! --ignored`.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use klogmod::rule::{IdSource, Version};
use klogmod::text::FileChange;
use klogmod::write::reason::Refusal;
use klogmod::write::runtime::{self, Importers, License, RuntimeOptions};

/// The key of the pair.
const KEY: &str = "requestID";

/// A checkout that consists of these files.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("temporary directory");
    for (path, text) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().expect("below the directory")).expect("created");
        std::fs::write(path, text).expect("written");
    }
    dir
}

/// As much of kubernetes as this program looks at.
fn kubernetes() -> tempfile::TempDir {
    let logs = "/*\nCopyright 2014 The Kubernetes Authors.\n*/\npackage logs\n";
    let build = "filegroup(\n    name = \"all-srcs\",\n    srcs = [\":package-srcs\"],\n)\n";
    tree(&[
        ("go.mod", "module k8s.io/kubernetes\nrequire k8s.io/klog/v2 v2.70.0\nrequire k8s.io/component-base v0.0.0\n"),
        (
            "vendor/modules.txt",
            "# k8s.io/component-base v0.0.0 => ./staging/src/k8s.io/component-base\n## explicit\nk8s.io/component-base/logs\n",
        ),
        ("staging/src/k8s.io/component-base/go.mod", "module k8s.io/component-base\nrequire k8s.io/klog/v2 v2.70.0\n"),
        ("staging/src/k8s.io/component-base/logs/logs.go", logs),
        ("staging/src/k8s.io/component-base/logs/options.go", &logs.replace("2014", "2021")),
        ("staging/src/k8s.io/component-base/logs/BUILD", build),
        ("staging/src/k8s.io/client-go/go.mod", "module k8s.io/client-go\nrequire k8s.io/klog/v2 v2.70.0\n"),
        ("staging/src/k8s.io/mount-utils/go.mod", "module k8s.io/mount-utils\nrequire k8s.io/klog/v2 v2.70.0\n"),
        (
            "staging/publishing/import-restrictions.yaml",
            "- baseImportPath: \"./vendor/k8s.io/client-go/\"\n  allowedImports:\n  - k8s.io/klog\n",
        ),
        ("staging/src/k8s.io/apiserver/pkg/endpoints/request/auditid.go", "func AuditIDFrom(ctx context.Context)"),
    ])
}

fn detect(root: &Path) -> RuntimeOptions {
    RuntimeOptions::detect(root, IdSource::Own, KEY).expect("a checkout of a module that uses klog")
}

#[test]
fn kubernetes_gets_the_package_beside_its_log_code() {
    let root = kubernetes();
    let options = detect(root.path());
    assert_eq!(options.package_dir, "staging/src/k8s.io/component-base/logs/requestid");
    assert_eq!(options.import_path, "k8s.io/component-base/logs/requestid");
    assert_eq!(options.klog_version, Version(2, 70, 0));
    assert_eq!(options.license, License::Kubernetes { year: 2021 });
    assert_eq!(options.apiserver_version, Some(Version(0, 22, 0)));
    let files = runtime::tree_files(root.path(), &options).expect("a place");
    let changed: Vec<_> = files.iter().filter(|file| file.before.is_some()).map(|file| &*file.path).collect();
    assert_eq!(changed, ["staging/src/k8s.io/component-base/logs/BUILD", "vendor/modules.txt"]);
    let build = files.iter().find(|file| file.path.ends_with("requestid/BUILD")).expect("a BUILD file");
    insta::assert_snapshot!(String::from_utf8_lossy(&build.after));
    for file in &files {
        let path = root.path().join(&*file.path);
        std::fs::create_dir_all(path.parent().expect("below the root")).expect("created");
        std::fs::write(path, &file.after).expect("written");
    }
    assert_eq!(runtime::tree_files(root.path(), &options).expect("a place"), [], "nothing is left to do");
}

/// Where nearly all modules require apimachinery, which may not import component-base, most of the package goes there.
fn kubernetes_with_apimachinery() -> tempfile::TempDir {
    let root = kubernetes();
    let build = "filegroup(\n    name = \"all-srcs\",\n    srcs = [\":package-srcs\"],\n)\n";
    let requires = "go 1.18\nrequire k8s.io/klog/v2 v2.70.0\nrequire k8s.io/apimachinery v0.0.0\n";
    let own = |module: &str| format!("module k8s.io/{module}\n{requires}");
    for (path, text) in [
        (
            "go.mod",
            format!("module k8s.io/kubernetes\n{requires}require k8s.io/component-base v0.0.0\n"),
        ),
        (
            "vendor/modules.txt",
            "# k8s.io/apimachinery v0.0.0 => ./staging/src/k8s.io/apimachinery\nk8s.io/apimachinery/pkg/util/net\n\
             # k8s.io/component-base v0.0.0 => ./staging/src/k8s.io/component-base\nk8s.io/component-base/logs\n"
                .to_owned(),
        ),
        ("staging/src/k8s.io/apimachinery/go.mod", "module k8s.io/apimachinery\ngo 1.18\nrequire k8s.io/klog/v2 v2.70.0\n".to_owned()),
        ("staging/src/k8s.io/apimachinery/pkg/util/net/http.go", "package net\n".to_owned()),
        ("staging/src/k8s.io/apimachinery/BUILD", build.to_owned()),
        ("staging/src/k8s.io/component-base/go.mod", own("component-base")),
        ("staging/src/k8s.io/client-go/go.mod", own("client-go")),
        (
            "staging/src/k8s.io/client-go/rest/request.go",
            "package rest\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n)\n\nfunc request(ctx context.Context) {\n\t\
             klog.Infof(\"Retrying\")\n}\n"
                .to_owned(),
        ),
        (
            "pkg/kubelet/kubelet.go",
            "package kubelet\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n)\n\nfunc sync(ctx context.Context) {\n\t\
             klog.Infof(\"Syncing\")\n}\n"
                .to_owned(),
        ),
        ("tools/go.mod", "module example.com/tools\nrequire k8s.io/apimachinery v0.20.0\n".to_owned()),
        (
            "staging/publishing/import-restrictions.yaml",
            "- baseImportPath: \"./vendor/k8s.io/client-go/\"\n  allowedImports:\n  - k8s.io/klog\n  - k8s.io/apimachinery\n"
                .to_owned(),
        ),
    ] {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().expect("below the root")).expect("created");
        std::fs::write(path, text).expect("written");
    }
    root
}

#[test]
fn what_must_not_import_component_base_imports_the_base() {
    let root = kubernetes_with_apimachinery();
    let options = detect(root.path());
    assert_eq!(options.import_path, "k8s.io/component-base/logs/requestid");
    let base = options.base.clone().expect("a base");
    assert_eq!(base.import_path, "k8s.io/apimachinery/pkg/util/requestid");
    assert!(options.generics);
    let importers = Importers::read(root.path(), &options).expect("readable");
    let import = |dir: &str| importers.check(dir).map(|package| (package.import_path.clone(), package.filters));
    assert_eq!(import("pkg/kubelet"), Ok((options.import_path.clone(), true)));
    assert_eq!(import("staging/src/k8s.io/client-go/rest"), Ok((base.import_path.clone(), false)));
    for dir in [&options.package_dir, &base.dir] {
        assert_eq!(import(dir), Err(Refusal::Itself { dir: dir.clone() }));
    }
    insta::assert_snapshot!(import("tools").expect_err("refused"), @"module example.com/tools takes k8s.io/apimachinery v0.20.0, not the checkout's");
    let files = runtime::tree_files(root.path(), &options).expect("a place");
    let paths: Vec<_> = files.iter().map(|file| &*file.path).filter(|path| !path.ends_with("_test.go")).collect();
    insta::assert_snapshot!(paths.join("\n"));
    let of = |name: &str| {
        let file = files.iter().find(|file| *file.path == *format!("{}/{name}", options.package_dir)).expect(name);
        String::from_utf8(file.after.to_vec()).expect("UTF-8")
    };
    insta::assert_snapshot!(of("on_import.go"));
    insta::assert_snapshot!(of("requestid.go"));
    insta::assert_snapshot!(of("BUILD"));
    for source in [IdSource::AuditId, IdSource::Traceparent] {
        let base = RuntimeOptions::detect(root.path(), source, KEY).expect("a place").base;
        assert_eq!(base.is_some(), source == IdSource::Traceparent, "{source}");
    }
}

#[test]
fn calls_are_written_for_what_their_file_imports() {
    let root = kubernetes_with_apimachinery();
    let plan = |dir: &str| {
        let args = ["patch", "--no-cache", "--all", "--runtime=separate", "--root", ".", dir];
        let output =
            Command::new(env!("CARGO_BIN_EXE_klogmod")).args(args).current_dir(root.path()).output().expect("run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let diff = String::from_utf8_lossy(&output.stdout).into_owned();
        diff.lines().filter(|line| line.starts_with('+')).map(|line| format!("{line}\n")).collect::<String>()
    };
    insta::assert_snapshot!(plan("staging/src/k8s.io/client-go/rest"));
    insta::assert_snapshot!(plan("pkg/kubelet"));
}

#[test]
fn audit_ids_need_another_place_in_kubernetes() {
    let root = kubernetes();
    let options = RuntimeOptions::detect(root.path(), IdSource::AuditId, KEY).expect("a place");
    assert_eq!(options.import_path, "k8s.io/apiserver/pkg/util/requestid");
    let wrong = RuntimeOptions { id_source: IdSource::AuditId, ..detect(root.path()) };
    insta::assert_snapshot!(runtime::files(&wrong).expect_err("refused"), @"audit IDs come from k8s.io/apiserver, which k8s.io/component-base/logs/requestid must not import; staging/src/k8s.io/apiserver/pkg/util/requestid would do");
}

#[test]
fn other_modules_get_an_internal_package() {
    let root = tree(&[
        ("go.mod", "module example.com/m\nrequire k8s.io/klog/v2 v2.4.0\n"),
        ("sub/go.mod", "module example.com/m/sub\n"),
    ]);
    let options = detect(root.path());
    assert_eq!(options.package_dir, "internal/requestid");
    assert_eq!(options.import_path, "example.com/m/internal/requestid");
    assert_eq!(options.license, License::None);
    let files = runtime::tree_files(root.path(), &options).expect("a place");
    assert_eq!(files, runtime::files(&options).expect("sound options"));
    let importers = Importers::read(root.path(), &options).expect("readable");
    assert!(importers.check("pkg/a").is_ok());
    let importer = "example.com/m/sub".to_owned();
    assert_eq!(importers.check("sub/x"), Err(Refusal::Module { importer, module: "example.com/m".to_owned() }));
}

#[test]
fn modules_without_klog_are_refused() {
    let root = tree(&[("go.mod", "module example.com/m\n")]);
    let refusal = RuntimeOptions::detect(root.path(), IdSource::Own, KEY).expect_err("refused");
    insta::assert_snapshot!(refusal, @"go.mod: does not require k8s.io/klog/v2, which the package needs");
    let refusal = RuntimeOptions::detect(&root.path().join("nowhere"), IdSource::Own, KEY).expect_err("refused");
    insta::assert_snapshot!(refusal, @"cannot read go.mod");
    let options =
        RuntimeOptions::new("internal/requestid", "example.com/m/internal/requestid", Version(2, 140, 0), KEY);
    let root = tree(&[("go.mod", "module example.com/m\nrequire k8s.io/klog/v2 v2.140.0\n")]);
    let refusal = runtime::tree_files(root.path(), &options).expect_err("refused");
    insta::assert_snapshot!(refusal, @"go.mod: does not require github.com/go-logr/logr, which the package needs; `go get github.com/go-logr/logr` adds it");
}

#[test]
fn some_directories_must_not_import_the_package() {
    let root = kubernetes();
    let importers = Importers::read(root.path(), &detect(root.path())).expect("readable");
    for dir in ["", "pkg/kubelet", "staging/src/k8s.io/component-base/logs"] {
        assert!(importers.check(dir).is_ok(), "{dir}");
    }
    let refusal = |dir: &str| importers.check(dir).expect_err(dir).to_string();
    insta::assert_snapshot!(refusal("staging/src/k8s.io/client-go/rest"), @"import-restrictions.yaml does not let staging/src/k8s.io/client-go import k8s.io/component-base/logs/requestid");
    insta::assert_snapshot!(refusal("staging/src/k8s.io/mount-utils"), @"module k8s.io/mount-utils does not require k8s.io/component-base");
    insta::assert_snapshot!(refusal("staging/src/k8s.io/component-base/logs/requestid"), @"staging/src/k8s.io/component-base/logs/requestid is the runtime package itself");
}

#[test]
fn options_that_would_not_make_a_sound_package_are_refused() {
    let good = RuntimeOptions::new("internal/requestid", "example.com/m/internal/requestid", Version(2, 70, 0), KEY);
    assert!(runtime::files(&good).is_ok());
    let refused = |change: &dyn Fn(&mut RuntimeOptions)| {
        let mut options = good.clone();
        change(&mut options);
        runtime::files(&options).expect_err("refused").to_string()
    };
    for key in ["", "Request-ID", "RequestID", "request id", "requestID\"", "err", "1a"] {
        assert!(refused(&|o| key.clone_into(&mut o.key)).starts_with("key "), "{key}");
    }
    for header in ["", "A B", "A:B", "A\r\nB", "-"] {
        assert!(refused(&|o| header.clone_into(&mut o.header)).starts_with("header "), "{header}");
    }
    for annotation in
        ["", "request-id", "a/", "/a", "A.b/c", "a..b/c", "a/b/c", "a/\"", &format!("a/{}", "x".repeat(64))]
    {
        assert!(refused(&|o| annotation.clone_into(&mut o.annotation)).starts_with("annotation "), "{annotation}");
    }
    for path in
        ["", "example.com/m/request-id", "example.com/../requestid", "example.com/m/type", "example.com//requestid"]
    {
        assert!(refused(&|o| path.clone_into(&mut o.import_path)).starts_with("import path "), "{path}");
    }
    for dir in ["", "/tmp/x", "../x", "a/./b", "a\\b"] {
        assert!(refused(&|o| dir.clone_into(&mut o.package_dir)).starts_with("package directory "), "{dir}");
    }
    insta::assert_snapshot!(refused(&|o| o.klog_version = Version(1, 0, 0)), @"klog v1.0.0 has no structured calls; the first version that has them is v2.0.0");
    insta::assert_snapshot!(refused(&|o| o.id_source = IdSource::AuditId), @"audit IDs need the version of k8s.io/apiserver: its accessors have changed over time");
    insta::assert_snapshot!("x".parse::<IdSource>().expect_err("refused"), @"ID source `x` is not own, kubectl-session, traceparent or audit-id");
    for source in IdSource::ALL {
        assert_eq!(source.name().parse::<IdSource>().ok(), Some(source));
    }
}

/// The checkouts to test with.
fn checkouts() -> Vec<PathBuf> {
    let list = std::env::var_os("KLOGMOD_CHECKOUTS").expect("KLOGMOD_CHECKOUTS names checkouts");
    let checkouts: Vec<_> = std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect();
    assert!(!checkouts.is_empty(), "KLOGMOD_CHECKOUTS names checkouts");
    checkouts
}

/// A copy of the checkout with the files in it that consists of links wherever nothing changes.
fn shadow(root: &Path, files: &[FileChange], copy: &Path) {
    // The links from here to staging are relative: they must start in the copy.
    let mut real = BTreeSet::from([PathBuf::new(), PathBuf::from("vendor/k8s.io")]);
    for file in files {
        real.extend(Path::new(&*file.path).ancestors().skip(1).map(Path::to_path_buf));
    }
    for dir in &real {
        std::fs::create_dir_all(copy.join(dir)).expect("created");
        for entry in std::fs::read_dir(root.join(dir)).into_iter().flatten() {
            let entry = entry.expect("readable");
            let path = dir.join(entry.file_name());
            if real.contains(&path) || files.iter().any(|file| Path::new(&*file.path) == path) {
                continue;
            }
            let target = std::fs::read_link(entry.path()).unwrap_or_else(|_| entry.path());
            std::os::unix::fs::symlink(target, copy.join(path)).expect("linked");
        }
    }
    for file in files {
        std::fs::write(copy.join(&*file.path), &file.after).expect("written");
    }
}

/// Runs the go tool.
fn go(root: &Path, arguments: &[&str]) {
    let output = Command::new("go")
        .args(arguments)
        .current_dir(root)
        .envs([("GOFLAGS", "-mod=vendor"), ("GOWORK", "off"), ("GOTOOLCHAIN", "local")])
        .output()
        .expect("go starts");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "go {arguments:?} in {} failed:\n{text}", root.display());
}

#[test]
#[ignore = "needs real checkouts: KLOGMOD_CHECKOUTS=DIR:DIR, --ignored"]
fn the_package_builds_in_its_place() {
    for root in checkouts() {
        for source in IdSource::ALL {
            let options = RuntimeOptions::detect(&root, source, KEY).expect("a checkout of a module that uses klog");
            let files = runtime::tree_files(&root, &options).expect("a place for the package");
            let dir = tempfile::tempdir().expect("temporary directory");
            shadow(&root, &files, dir.path());
            for import_path in options.base.iter().map(|base| &base.import_path).chain([&options.import_path]) {
                go(dir.path(), &["vet", import_path]);
                go(dir.path(), &["test", "-count=1", import_path]);
            }
        }
    }
}

#[test]
#[ignore = "needs real checkouts: KLOGMOD_CHECKOUTS=DIR:DIR, --ignored"]
fn the_checkout_needs_few_other_files() {
    for root in checkouts() {
        let options = RuntimeOptions::detect(&root, IdSource::Own, KEY).expect("a checkout of a module that uses klog");
        let files = runtime::tree_files(&root, &options).expect("a place for the package");
        for file in files.iter().filter(|file| file.before.is_some()) {
            let (before, after) = (file.base(), &file.after);
            let lines = |text: &[u8]| String::from_utf8_lossy(text).lines().map(str::to_owned).collect::<Vec<_>>();
            let (before, after) = (lines(before), lines(after));
            assert!((1..=2).contains(&(after.len() - before.len())), "{} gets a line for each package", file.path);
            let added: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
            let _ = writeln!(std::io::stderr(), "{}: {}: {added:?}", root.display(), file.path);
        }
    }
}

#[test]
#[ignore = "needs real checkouts: KLOGMOD_CHECKOUTS=DIR:DIR, --ignored"]
fn importers_are_known() {
    for root in checkouts() {
        let options = RuntimeOptions::detect(&root, IdSource::Own, KEY).expect("a checkout of a module that uses klog");
        let importers = Importers::read(&root, &options).expect("readable");
        if !root.join("staging/src/k8s.io/component-base").is_dir() {
            continue;
        }
        for dir in [
            "pkg/kubelet",
            "pkg/scheduler",
            "staging/src/k8s.io/apiserver/pkg/server",
            "staging/src/k8s.io/kubectl/pkg/cmd",
        ] {
            assert!(importers.check(dir).is_ok_and(|package| package.filters), "{dir}");
        }
        for dir in [
            "staging/src/k8s.io/client-go/rest",
            "staging/src/k8s.io/apimachinery/pkg/util/net",
            "staging/src/k8s.io/cli-runtime/pkg/genericclioptions",
            "pkg/apis/core",
        ] {
            assert!(importers.check(dir).is_ok_and(|package| !package.filters), "{dir}");
        }
        for dir in
            ["staging/src/k8s.io/component-base/logs/requestid", "staging/src/k8s.io/apimachinery/pkg/util/requestid"]
        {
            assert!(importers.check(dir).is_err(), "{dir}");
        }
    }
}

#[test]
fn traces_come_by_header_alone_where_the_base_knows_no_spans() {
    let root = kubernetes_with_apimachinery();
    for path in ["go.mod", "staging/src/k8s.io/component-base/go.mod"] {
        let path = root.path().join(path);
        let text = std::fs::read_to_string(&path).expect("readable");
        std::fs::write(&path, format!("{text}require go.opentelemetry.io/otel/trace v1.28.0\n")).expect("written");
    }
    let options = RuntimeOptions::detect(root.path(), IdSource::Traceparent, KEY).expect("a place");
    assert!(options.base.is_some() && !options.otel, "{options:?}");
    let importers = Importers::read(root.path(), &options).expect("readable");
    assert!(importers.check("staging/src/k8s.io/client-go/rest").is_ok(), "clients must send the header");
}
