//! What a checkout needs beside the package itself: vendor/modules.txt, and Bazel's files where it is built with Bazel.

use std::path::Path;

use super::gomod::{module_of, read};
use super::options::{KLOG, LOGR, is_kubernetes};
use super::{FILTER_SINCE, RuntimeError, RuntimeOptions, files};
use crate::rule::IdSource;
use crate::text::FileChange;

/// The package, and the other files of the checkout that it needs, sorted by path. Files that would not change are left
/// out. Nothing is written.
pub fn tree_files(root: &Path, options: &RuntimeOptions) -> Result<Vec<FileChange>, RuntimeError> {
    let mut all = files(options)?;
    check_requirements(root, options)?;
    // In other checkouts vendor holds copies, for go mod vendor to make, and BUILD files that nobody knows.
    let places = if is_kubernetes(root) { options.places() } else { Vec::new() };
    if let Some(text) = read(root, "vendor/modules.txt")? {
        let contents = places.iter().fold(text, |text, (_, import_path)| list_vendored(&text, import_path));
        all.push(FileChange::created("vendor/modules.txt", contents.into_bytes()));
    }
    for (dir, import_path) in places {
        let Some((parent, text)) = parent_build(root, dir)? else { continue };
        let build = build_file(options, &all, dir, import_path).into_bytes();
        all.push(FileChange::created(format!("{dir}/BUILD"), build));
        let contents = list_sources(&text, dir).ok_or_else(|| RuntimeError::Tree {
            path: parent.clone(),
            reason: "has no filegroup all-srcs".to_owned(),
        })?;
        all.push(FileChange::created(parent, contents.into_bytes()));
    }
    for file in &mut all {
        file.before = read(root, &file.path)?.map(|text| text.into_bytes().into());
    }
    all.retain(FileChange::is_real);
    all.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(all)
}

/// The module that the package goes into must require what it imports: a go.mod is not for this program to extend.
fn check_requirements(root: &Path, options: &RuntimeOptions) -> Result<(), RuntimeError> {
    let (path, gomod) = module_of(root, options.base_dir())?;
    let mut needed = vec![KLOG];
    if options.slog {
        needed.push(LOGR);
    }
    match options.id_source {
        IdSource::AuditId => needed.push("k8s.io/apiserver"),
        IdSource::Traceparent if options.otel => needed.push("go.opentelemetry.io/otel/trace"),
        _ => {}
    }
    match needed.into_iter().find(|module| *module != gomod.module && !gomod.require.contains_key(*module)) {
        Some(module) => Err(RuntimeError::Tree {
            path,
            reason: format!("does not require {module}, which the package needs; `go get {module}` adds it"),
        }),
        None => Ok(()),
    }
}

/// vendor/modules.txt with the package in it, if it belongs to a module that is listed there, as kubernetes' staging
/// modules are. Go builds without the line, but `go mod vendor` writes it, and hack/verify-vendor.sh compares.
fn list_vendored(text: &str, import_path: &str) -> String {
    let module = |line: &str| line.strip_prefix("# ").and_then(|rest| rest.split(' ').next().map(str::to_owned));
    let holds = |module: &str| import_path.strip_prefix(module).is_some_and(|rest| rest.starts_with('/'));
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    // The longest module that fits; a line without packages after it (a replacement at the end) is none.
    let section = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((at, module(line)?)))
        .filter(|(at, module)| holds(module) && lines.get(at + 1).is_some_and(|next| !next.starts_with("# ")))
        .max_by_key(|(at, module)| (module.len(), std::cmp::Reverse(*at)));
    let Some((start, _)) = section else { return text.to_owned() };
    let mut at = start + 1;
    while let Some(line) = lines.get(at) {
        let package = line.trim_end();
        if package == import_path {
            return text.to_owned();
        }
        if line.starts_with("# ") || (!line.starts_with("##") && package > import_path) {
            break;
        }
        at += 1;
    }
    let (before, after) = lines.split_at(at);
    format!("{}{import_path}\n{}", before.concat(), after.concat())
}

/// The BUILD file of the nearest directory above that has one.
fn parent_build(root: &Path, dir: &str) -> Result<Option<(String, String)>, RuntimeError> {
    let mut dir = dir;
    while let Some((parent, _)) = dir.rsplit_once('/') {
        let path = format!("{parent}/BUILD");
        if let Some(text) = read(root, &path)? {
            return Ok(Some((path, text)));
        }
        dir = parent;
    }
    Ok(None)
}

/// A BUILD file with the package's sources in its filegroup `all-srcs`, in order. None if it has no such group.
fn list_sources(text: &str, dir: &str) -> Option<String> {
    let entry = format!("        \"//{dir}:all-srcs\",\n");
    if text.contains(&entry) {
        return Some(text.to_owned());
    }
    let group = text.find("    name = \"all-srcs\",\n")?;
    let list = group + text[group..].find("    srcs = [")?;
    let one_line = text[list..].strip_prefix("    srcs = [\":package-srcs\"],\n");
    if let Some(rest) = one_line {
        return Some(format!("{}    srcs = [\n        \":package-srcs\",\n{entry}    ],\n{rest}", &text[..list]));
    }
    let mut at = list + text[list..].find('\n')? + 1;
    while text[at..].starts_with("        \"") && &text[at..] < entry.as_str() || text[at..].starts_with("        \":")
    {
        at += text[at..].find('\n')? + 1;
    }
    Some(format!("{}{entry}{}", &text[..at], &text[at..]))
}

/// The BUILD file of the package, as gazelle and kazel write it.
fn build_file(options: &RuntimeOptions, files: &[FileChange], dir: &str, import: &str) -> String {
    let names = |tests: bool| -> Vec<String> {
        let dir = format!("{dir}/");
        let names = files.iter().filter_map(|file| file.path.strip_prefix(&dir));
        names.filter(|name| name.ends_with("_test.go") == tests).map(str::to_owned).collect()
    };
    let klog = format!("//vendor/{KLOG}:go_default_library");
    let mut deps = vec![klog.clone()];
    if let Some(base) = options.base.as_ref().filter(|base| base.dir != dir) {
        deps.push(format!("//{}:go_default_library", base.dir));
    }
    match (options.id_source, options.otel) {
        (IdSource::AuditId, _) => {
            deps.push("//staging/src/k8s.io/apiserver/pkg/endpoints/request:go_default_library".to_owned());
        }
        (IdSource::Traceparent, true) => {
            deps.push("//vendor/go.opentelemetry.io/otel/trace:go_default_library".to_owned())
        }
        _ => {}
    }
    deps.sort();
    let test_deps = if options.klog_version >= FILTER_SINCE { vec![klog] } else { Vec::new() };
    let library = rule(
        "go_library",
        &[
            ("name", "\"go_default_library\"".to_owned()),
            ("srcs", list(&names(false))),
            ("importmap", format!("\"k8s.io/kubernetes/vendor/{import}\"")),
            ("importpath", format!("\"{import}\"")),
            ("visibility", list(&["//visibility:public".to_owned()])),
            ("deps", list(&deps)),
        ],
    );
    let test = match names(true).as_slice() {
        [] => None,
        tests => Some(rule(
            "go_test",
            &[
                ("name", "\"go_default_test\"".to_owned()),
                ("srcs", list(tests)),
                ("embed", list(&[":go_default_library".to_owned()])),
                ("deps", list(&test_deps)),
            ],
        )),
    };
    let group = |name: &str, srcs: &str, visibility: &str| {
        rule(
            "filegroup",
            &[
                ("name", format!("\"{name}\"")),
                ("srcs", srcs.to_owned()),
                ("tags", "[\"automanaged\"]".to_owned()),
                ("visibility", format!("[\"//visibility:{visibility}\"]")),
            ],
        )
    };
    let names = if test.is_some() { "\"go_library\", \"go_test\"" } else { "\"go_library\"" };
    let mut rules = vec![format!("load(\"@io_bazel_rules_go//go:def.bzl\", {names})\n"), library];
    rules.extend(test);
    rules.push(group("package-srcs", "glob([\"**\"])", "private"));
    rules.push(group("all-srcs", "[\":package-srcs\"]", "public"));
    rules.join("\n")
}

fn rule(kind: &str, attributes: &[(&str, String)]) -> String {
    let lines: String = attributes
        .iter()
        .filter(|(_, value)| value != "[]")
        .map(|(name, value)| format!("    {name} = {value},\n"))
        .collect();
    format!("{kind}(\n{lines})\n")
}

fn list(items: &[String]) -> String {
    match items {
        [] => "[]".to_owned(),
        [one] => format!("[\"{one}\"]"),
        many => format!("[\n{}    ]", many.iter().map(|item| format!("        \"{item}\",\n")).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_is_listed_in_its_module_only_once_and_in_order() {
        let text = "# k8s.io/component-base v0.0.0 => ./staging\n## explicit; go 1.18\nk8s.io/component-base/logs\n\
                    k8s.io/component-base/term\n# k8s.io/z v1.0.0\nk8s.io/z\n# k8s.io/component-base => ./staging\n";
        let want = text.replace("logs\n", "logs\nk8s.io/component-base/logs/requestid\n");
        let path = "k8s.io/component-base/logs/requestid";
        assert_eq!(list_vendored(text, path), want);
        assert_eq!(list_vendored(&want, path), want);
        assert_eq!(list_vendored(text, "example.com/m/internal/requestid"), text);
        let last = "k8s.io/component-base/version/x";
        assert_eq!(list_vendored(text, last), text.replace("term\n", &format!("term\n{last}\n")));
    }

    #[test]
    fn sources_are_listed_in_order() {
        let group = |srcs: &str| format!("filegroup(\n    name = \"all-srcs\",\n    srcs = {srcs},\n)\n");
        let dir = "a/logs/requestid";
        let many = group(
            "[\n        \":package-srcs\",\n        \"//a/logs/b:all-srcs\",\n        \"//a/logs/z:all-srcs\",\n    ]",
        );
        let want =
            many.replace("        \"//a/logs/z", "        \"//a/logs/requestid:all-srcs\",\n        \"//a/logs/z");
        assert_eq!(list_sources(&many, dir).as_deref(), Some(want.as_str()));
        assert_eq!(list_sources(&want, dir).as_deref(), Some(want.as_str()));
        let want = group("[\n        \":package-srcs\",\n        \"//a/logs/requestid:all-srcs\",\n    ]");
        assert_eq!(list_sources(&group("[\":package-srcs\"]"), dir), Some(want));
        assert_eq!(list_sources("", dir), None);
    }
}
