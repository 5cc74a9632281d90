//! Templates and options → the files of the package.

use super::{CONTEXTUAL_SINCE, CallForm, FILTER_SINCE, RuntimeError, RuntimeFile, RuntimeOptions, SLOG_SINCE, source};

/// Templates that every package has, by the name of the file that they become.
const CORE: [(&str, &str); 11] = [
    ("annotation.go", include_str!("go/core/annotation.go.tmpl")),
    ("annotation_test.go", include_str!("go/test/annotation_test.go.tmpl")),
    ("doc.go", include_str!("go/core/doc.go.tmpl")),
    ("http.go", include_str!("go/core/http.go.tmpl")),
    ("http_test.go", include_str!("go/test/http_test.go.tmpl")),
    ("pairs.go", include_str!("go/core/pairs.go.tmpl")),
    ("requestid.go", include_str!("go/core/requestid.go.tmpl")),
    ("requestid_test.go", include_str!("go/test/requestid_test.go.tmpl")),
    ("session.go", include_str!("go/core/session.go.tmpl")),
    ("session_test.go", include_str!("go/test/session_test.go.tmpl")),
    ("switch.go", include_str!("go/core/switch.go.tmpl")),
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

/// The files of the package, sorted by path. The same options make the same bytes.
pub fn files(options: &RuntimeOptions) -> Result<Vec<RuntimeFile>, RuntimeError> {
    options.validate()?;
    let mut templates: Vec<(&str, String)> = vec![("source.go", source::template(options)?)];
    let mut add =
        |some: &[(&'static str, &str)]| templates.extend(some.iter().map(|(name, t)| (*name, (*t).to_owned())));
    add(&CORE);
    if options.klog_version >= FILTER_SINCE {
        add(&FILTER);
    } else {
        add(&[("init.go", include_str!("go/klog/init_plain.go.tmpl"))]);
    }
    if options.klog_version >= CONTEXTUAL_SINCE {
        add(&CONTEXTUAL);
        let slog = options.klog_version >= SLOG_SINCE;
        let plain = include_str!("go/klog/sink_plain.go.tmpl");
        add(&[("sink_fit.go", if slog { include_str!("go/klog/sink_slog.go.tmpl") } else { plain })]);
    }
    let mut files: Vec<_> = templates
        .into_iter()
        .map(|(name, template)| RuntimeFile {
            path: format!("{}/{name}", options.package_dir),
            contents: fill(&template, options).into_bytes(),
            before: None,
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Replaces the placeholders of a template.
fn fill(template: &str, options: &RuntimeOptions) -> String {
    let package = options.package();
    let pair = format!("\"pod\", klog.KObj(pod), \"{}\", {package}.FromObject(pod)", options.key);
    let pairs_example = format!("klog.InfoS(\"Updated pod\", {package}.Pairs({pair})...)");
    let example = match CallForm::of(options.klog_version) {
        CallForm::Pair => format!("klog.InfoS(\"Updated pod\", {pair})"),
        CallForm::Pairs => pairs_example.clone(),
    };
    let mut text = template.to_owned();
    for (placeholder, value) in [
        ("{{license}}", options.license.comment().as_str()),
        ("{{package}}", package),
        ("{{key}}", &options.key),
        ("{{header}}", &options.header),
        ("{{annotation}}", &options.annotation),
        ("{{example}}", &example),
        ("{{pairs_example}}", &pairs_example),
        ("{{only_example}}", &format!("klog.InfoS(\"Done\", {package}.Only({package}.FromContext(ctx))...)")),
    ] {
        text = text.replace(placeholder, value);
    }
    text
}
