//! The standard library as data: what its exported declarations look like, without bodies, the same on every machine.

const STUBS: &str = include_str!("../../rules/std.txtar");

/// Whether an import path belongs to the standard library: its first part has no dot.
pub(super) fn is_std(path: &str) -> bool {
    !path.split('/').next().unwrap_or_default().contains('.')
}

/// Declarations of a package of the standard library as Go source.
pub(super) fn source(path: &str) -> Option<&'static str> {
    let header = format!("-- {path} --\n");
    let start =
        if STUBS.starts_with(&header) { header.len() } else { STUBS.find(&format!("\n{header}"))? + 1 + header.len() };
    let rest = STUBS.get(start..)?;
    Some(rest.find("\n-- ").map_or(rest, |end| &rest[..=end]))
}
