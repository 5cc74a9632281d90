//! The standard library as data: what its exported declarations look like, without bodies, the same on every machine.
//!
//! `rules/std.txtar` holds each package as Linux sees it (`-- path --`), and those that Windows and macOS see otherwise
//! once more (`-- path@windows --`). `tests/it/std_stubs.rs` writes it from Go's own sources.

const STUBS: &str = include_str!("../../../rules/std.txtar");

/// Whether an import path belongs to the standard library: its first part has no dot.
pub(super) fn is_std(path: &str) -> bool {
    !path.split('/').next().unwrap_or_default().contains('.')
}

/// Declarations of a package of the standard library as Go source, as a system sees it.
pub(super) fn source(path: &str, os: &str) -> Option<&'static str> {
    let own = section(&format!("{path}@{os}"));
    match os {
        "linux" => section(path),
        "windows" | "darwin" => own.or_else(|| section(path)),
        // Other systems' calls are not known; the rest is alike.
        _ if path == "syscall" => None,
        _ => section(path),
    }
}

fn section(name: &str) -> Option<&'static str> {
    let header = format!("-- {name} --\n");
    let at = memchr::memmem::find_iter(STUBS.as_bytes(), &header)
        .find(|at| *at == 0 || STUBS.as_bytes()[at - 1] == b'\n')?;
    let rest = STUBS.get(at + header.len()..)?;
    Some(rest.find("\n-- ").map_or(rest, |end| &rest[..=end]))
}
