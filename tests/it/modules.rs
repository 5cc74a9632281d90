//! Where packages are: symbolic links, what lies outside the checkout, the module cache, checkouts without go.mod.

use std::path::{Path, PathBuf};

use klogmod::go::index::Index;
use klogmod::go::module::{BuildContext, Origin, PackageName, ResolveOptions, Resolver};

fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn is_std(path: &str) -> bool {
    path == "fmt"
}

fn resolver(root: &Path, module_cache: Option<PathBuf>) -> Resolver {
    Resolver::new(root, ResolveOptions { module_cache }, is_std)
}

fn place(name: &PackageName) -> String {
    match &name.origin {
        Origin::Dir(dir) => format!("{} in {dir}", name.path),
        Origin::Cache(dir) => format!("{} in cache {}", name.path, dir.file_name().unwrap().to_string_lossy()),
        Origin::Std => format!("{} in std", name.path),
        Origin::Missing => format!("{} missing", name.path),
    }
}

#[cfg(unix)]
#[test]
fn a_package_behind_a_link_is_the_package_that_the_link_leads_to() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root");
    write(dir.path(), &[("outside/p/p.go", "package p"), ("secret.go", "package api\nvar Secret int")]);
    write(
        &root,
        &[
            ("go.mod", "module k8s.io/kubernetes\nreplace k8s.io/api => ./staging/src/k8s.io/api"),
            ("staging/src/k8s.io/api/go.mod", "module k8s.io/api"),
            ("staging/src/k8s.io/api/core/v1/a.go", "package v1"),
            ("vendor/other/o.go", "package o"),
        ],
    );
    std::fs::create_dir_all(root.join("vendor/k8s.io")).unwrap();
    std::os::unix::fs::symlink("../../staging/src/k8s.io/api", root.join("vendor/k8s.io/api")).unwrap();
    std::os::unix::fs::symlink("../../outside", root.join("vendor/outside")).unwrap();
    std::os::unix::fs::symlink("../../../../../../../secret.go", root.join("staging/src/k8s.io/api/core/v1/b.go"))
        .unwrap();
    let resolver = resolver(&root, None);
    let main = resolver.package_at("");
    let api = resolver.resolve(&main, "k8s.io/api/core/v1");
    assert_eq!(place(&api), "k8s.io/api/core/v1 in staging/src/k8s.io/api/core/v1");
    assert_eq!(api, resolver.package_at("staging/src/k8s.io/api/core/v1"));
    assert_eq!(place(&resolver.resolve(&api, "other")), "other in vendor/other");
    assert_eq!(place(&resolver.resolve(&main, "outside/p")), "outside/p missing");
    assert_eq!(place(&resolver.resolve(&main, "fmt")), "fmt in std");
    for hostile in ["../x", "a//b", "", "/etc", "C", "./pkg", "a/../../b"] {
        assert_eq!(resolver.resolve(&main, hostile).origin, Origin::Missing, "{hostile}");
    }
    let index = Index::new(&root, BuildContext::default(), ResolveOptions::default());
    let api = index.resolver().package_at("staging/src/k8s.io/api/core/v1");
    let package = index.package(index.default_context(), &api).unwrap();
    assert!(package.lookup("Secret").is_none() && package.unread.len() == 1, "a link out of the root is not followed");
}

#[test]
fn the_module_cache_is_read_when_asked_for_and_at_pinned_versions_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (root, cache) = (dir.path().join("root"), dir.path().join("cache"));
    write(
        &root,
        &[
            (
                "go.mod",
                "module m\nrequire (\n\tgithub.com/Azure/x v1.2.3\n\texample.com/forked v1.0.0\n)\nreplace example.com/forked => example.com/fork v1.5.0\nrequire example.com/unpinned v1.0.0\n",
            ),
            (
                "go.sum",
                "github.com/Azure/x v1.2.3 h1:a=\nexample.com/dep v0.1.0 h1:b=\nexample.com/fork v1.5.0 h1:c=\nexample.com/unpinned v1.0.0/go.mod h1:d=\n",
            ),
            ("a.go", "package m"),
        ],
    );
    write(
        &cache,
        &[
            ("github.com/!azure/x@v1.2.3/go.mod", "module github.com/Azure/x\nrequire example.com/dep v0.1.0"),
            ("github.com/!azure/x@v1.2.3/sub/s.go", "package sub"),
            ("example.com/dep@v0.1.0/d.go", "package dep"),
            ("example.com/fork@v1.5.0/f.go", "package forked"),
            ("example.com/unpinned@v1.0.0/u.go", "package unpinned"),
        ],
    );
    let without = resolver(&root, None);
    assert_eq!(
        place(&without.resolve(&without.package_at(""), "github.com/Azure/x/sub")),
        "github.com/Azure/x/sub missing"
    );
    let with = resolver(&root, Some(cache));
    let main = with.package_at("");
    let sub = with.resolve(&main, "github.com/Azure/x/sub");
    assert_eq!(place(&sub), "github.com/Azure/x/sub in cache sub");
    assert_eq!(place(&with.resolve(&sub, "example.com/dep")), "example.com/dep in cache dep@v0.1.0");
    assert_eq!(place(&with.resolve(&main, "example.com/forked")), "example.com/forked in cache fork@v1.5.0");
    assert_eq!(place(&with.resolve(&sub, "fmt")), "fmt in std");
    assert_eq!(place(&with.resolve(&main, "example.com/unpinned")), "example.com/unpinned missing");
}

#[test]
fn a_checkout_without_go_mod_is_taken_for_a_gopath() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[("pkg/util/u.go", "package util"), ("cmd/c.go", "package main"), ("vendor/x.com/y/y.go", "package y")],
    );
    let resolver = resolver(dir.path(), None);
    let cmd = resolver.package_at("cmd");
    assert_eq!(
        place(&resolver.resolve(&cmd, "github.com/org/repo/pkg/util")),
        "github.com/org/repo/pkg/util in pkg/util"
    );
    assert_eq!(place(&resolver.resolve(&cmd, "x.com/y")), "x.com/y in vendor/x.com/y");
    assert_eq!(place(&resolver.package_at("vendor/x.com/y")), "x.com/y in vendor/x.com/y");
}

#[test]
fn a_package_has_one_view_for_each_context_and_clause() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[
            ("go.mod", "module m"),
            ("a.go", "package m\nfunc A() {}"),
            ("a_windows.go", "package m\nfunc W() {}"),
            ("broken.go", "package m\nfunc {"),
            ("a_test.go", "package m\nfunc T() {}"),
            ("b_test.go", "package m_test\nfunc X() {}"),
            ("_ignored.go", "package m\nfunc I() {}"),
        ],
    );
    let index = Index::new(dir.path(), BuildContext::default(), ResolveOptions::default());
    let name = index.resolver().package_at("");
    let linux = index.package(index.default_context(), &name).unwrap();
    let has = |package: &klogmod::go::index::Package, names: &str| {
        names.chars().filter(|c| package.lookup(&c.to_string()).is_some()).collect::<String>()
    };
    assert_eq!(has(linux, "AWTXI"), "A");
    assert_eq!(linux.unread.iter().map(|p| &**p).collect::<Vec<_>>(), ["broken.go"]);
    let windows = index.context_of("a_windows.go", b"package m").unwrap();
    assert_eq!(index.context(windows).os, "windows");
    assert_eq!(has(index.package(windows, &name).unwrap(), "AWTXI"), "AW");
    let tests = index.package_of_file(index.default_context(), &name, "m", true).unwrap();
    assert_eq!(has(tests, "AWTXI"), "AT");
    let outside = index.resolver().external_tests_of(&name);
    assert_eq!(has(index.package_of_file(index.default_context(), &outside, "m_test", true).unwrap(), "AWTXI"), "X");
    assert_eq!(index.context_of("x.go", b"//go:build a && !a\n\npackage m"), None);
}
