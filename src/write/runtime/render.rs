//! Templates and options → the files of the package.

use super::{CONTEXTUAL_SINCE, CallForm, FILTER_SINCE, RuntimeError, RuntimeOptions, facade};
use crate::rule::{IdSource, Version};
use crate::text::FileChange;

/// Templates that every package has, by the name of the file that they become.
const CORE: [(&str, &str); 17] = [
    ("annotation.go", include_str!("go/core/annotation.go.tmpl")),
    ("annotation_test.go", include_str!("go/test/annotation_test.go.tmpl")),
    ("changes.go", include_str!("go/core/changes.go.tmpl")),
    ("doc.go", include_str!("go/core/doc.go.tmpl")),
    ("http.go", include_str!("go/core/http.go.tmpl")),
    ("http_test.go", include_str!("go/test/http_test.go.tmpl")),
    ("objects_test.go", include_str!("go/test/objects_test.go.tmpl")),
    ("pairs.go", include_str!("go/core/pairs.go.tmpl")),
    ("queue.go", include_str!("go/core/queue.go.tmpl")),
    ("queue_test.go", include_str!("go/test/queue_test.go.tmpl")),
    ("requestid.go", include_str!("go/core/requestid.go.tmpl")),
    ("requestid_test.go", include_str!("go/test/requestid_test.go.tmpl")),
    ("session.go", include_str!("go/core/session.go.tmpl")),
    ("session_test.go", include_str!("go/test/session_test.go.tmpl")),
    ("switch.go", include_str!("go/core/switch.go.tmpl")),
    ("uid.go", include_str!("go/core/uid.go.tmpl")),
    ("uid_test.go", include_str!("go/test/uid_test.go.tmpl")),
];

/// Those for klog with a log filter.
const FILTER: [(&str, &str); 3] = [
    ("filter.go", include_str!("go/klog/filter.go.tmpl")),
    ("filter_test.go", include_str!("go/test/filter_test.go.tmpl")),
    ("init.go", include_str!("go/klog/init_filter.go.tmpl")),
];

/// Those for klog with contextual loggers.
const CONTEXTUAL: [(&str, &str); 3] = [
    ("logger.go", include_str!("go/klog/logger.go.tmpl")),
    ("logger_test.go", include_str!("go/test/logger_test.go.tmpl")),
    ("sink.go", include_str!("go/klog/sink.go.tmpl")),
];

/// Those for modules that work with gRPC.
const GRPC: [(&str, &str); 2] =
    [("grpc.go", include_str!("go/grpc/grpc.go.tmpl")), ("grpc_test.go", include_str!("go/test/grpc_test.go.tmpl"))];

/// Files that are made of one template or another, or of none.
const OTHERS: [&str; 8] =
    ["source.go", "objects.go", "init.go", "on_import.go", "on_import_test.go", "sink_fit.go", "requestid.go", "BUILD"];

/// Whether a package has a file of this name, whatever it is rendered for.
pub fn is_own(name: &str) -> bool {
    let templates = CORE.iter().chain(&FILTER).chain(&CONTEXTUAL).chain(&GRPC).map(|(name, _)| *name);
    templates.chain(OTHERS).any(|own| own == name)
}

/// What the package does when it is imported.
const ON_IMPORT: &str = include_str!("go/klog/on_import.go.tmpl");

/// The files of the package and of its base for a tree that has none of them, sorted by path. The same options make the same bytes.
pub fn files(options: &RuntimeOptions) -> Result<Vec<FileChange>, RuntimeError> {
    options.validate()?;
    let mut templates: Vec<(&str, String)> = vec![("source.go", template(options)?)];
    let mut add =
        |some: &[(&'static str, &str)]| templates.extend(some.iter().map(|(name, t)| (*name, (*t).to_owned())));
    add(&CORE);
    add(&[match options.generics {
        true => ("objects.go", include_str!("go/core/objects_generic.go.tmpl")),
        false => ("objects.go", include_str!("go/core/objects_plain.go.tmpl")),
    }]);
    if options.grpc {
        add(&GRPC);
    }
    let filters = options.klog_version >= FILTER_SINCE;
    if filters {
        add(&FILTER);
        // The tests of the base want what importing the package does.
        add(&[(if options.base.is_some() { "on_import_test.go" } else { "on_import.go" }, ON_IMPORT)]);
    } else {
        add(&[("init.go", include_str!("go/klog/init_plain.go.tmpl"))]);
    }
    if options.klog_version >= CONTEXTUAL_SINCE {
        add(&CONTEXTUAL);
        let plain = include_str!("go/klog/sink_plain.go.tmpl");
        add(&[("sink_fit.go", if options.slog { include_str!("go/klog/sink_slog.go.tmpl") } else { plain })]);
    }
    let mut files: Vec<FileChange> = templates
        .into_iter()
        .map(|(name, template)| {
            let path = format!("{}/{name}", options.base_dir());
            FileChange::created(path, fill(&template, options, None).into_bytes())
        })
        .collect();
    if let Some(base) = &options.base {
        let package = facade::package(&files, options, base)?;
        let mut add = |name: &str, text: String| {
            let path = format!("{}/{name}", options.package_dir);
            files.push(FileChange::created(path, text.into_bytes()));
        };
        add("requestid.go", package);
        if filters {
            add("on_import.go", fill(ON_IMPORT, options, Some(&base.import_path)));
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Replaces the placeholders of a template. `base`: what the package hands on, where that is not in it.
fn fill(template: &str, options: &RuntimeOptions, base: Option<&str>) -> String {
    let package = options.package();
    let pair = format!("\"pod\", klog.KObj(pod), \"{}\", {package}.FromObject(pod)", options.key);
    let pairs_example = format!("klog.InfoS(\"Updated pod\", {package}.Pairs({pair})...)");
    let example = match CallForm::of(options.klog_version, options.base.is_none()) {
        CallForm::Pair => format!("klog.InfoS(\"Updated pod\", {pair})"),
        CallForm::Pairs => pairs_example.clone(),
    };
    let mut text = template.to_owned();
    for (placeholder, value) in [
        ("{{license}}", options.license.comment().as_str()),
        ("{{package}}", package),
        // Without type parameters a slice becomes an interface, for which Go makes room.
        ("{{objects_allocations}}", if options.generics { "0" } else { "1" }),
        ("{{joined}}", include_str!("go/core/joined.go.part").trim_end()),
        ("{{base_import}}", &base.map(|path| format!("\tbase \"{path}\"\n")).unwrap_or_default()),
        ("{{base}}", if base.is_some() { "base." } else { "" }),
        ("{{key}}", &options.key),
        ("{{header}}", &options.header),
        ("{{annotation}}", &options.annotation),
        ("{{example}}", &example),
        ("{{pairs_example}}", &pairs_example),
        (
            "{{append_example}}",
            &format!("klog.InfoS(\"Done\", {package}.Append(pairs, {package}.FromContext(ctx))...)"),
        ),
        ("{{only_example}}", &format!("klog.InfoS(\"Done\", {package}.Only({package}.FromContext(ctx))...)")),
    ] {
        text = text.replace(placeholder, value);
    }
    text
}

/// apiserver's filter always puts an audit ID into the context since this version.
const AUDIT_ID_SINCE: Version = Version(0, 22, 0);
/// The accessor for it is in this package since this version.
const AUDIT_PACKAGE_SINCE: Version = Version(0, 26, 0);

/// The template of source.go for these options.
fn template(options: &RuntimeOptions) -> Result<String, RuntimeError> {
    let traceparent = |template: &str| {
        template.replace("{{traceparent}}", include_str!("go/source/traceparent_header.go.part").trim_end())
    };
    Ok(match options.id_source {
        IdSource::Own => include_str!("go/source/own.go.tmpl").to_owned(),
        IdSource::KubectlSession => include_str!("go/source/kubectl_session.go.tmpl").to_owned(),
        IdSource::Traceparent if options.otel => traceparent(include_str!("go/source/traceparent_otel.go.tmpl")),
        IdSource::Traceparent => traceparent(include_str!("go/source/traceparent.go.tmpl")),
        IdSource::AuditId => match options.apiserver_version {
            None => {
                return Err(RuntimeError::Conflict(
                    "audit IDs need the version of k8s.io/apiserver: its accessors have changed over time".to_owned(),
                ));
            }
            Some(version) if version < AUDIT_ID_SINCE => include_str!("go/source/audit_event.go.tmpl"),
            Some(version) if version < AUDIT_PACKAGE_SINCE => include_str!("go/source/audit_id_request.go.tmpl"),
            Some(_) => include_str!("go/source/audit_id_audit.go.tmpl"),
        }
        .to_owned(),
    })
}
