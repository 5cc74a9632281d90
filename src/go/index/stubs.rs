//! Declarations as data, without bodies, the same on every machine: all that the standard library exports, and what tells loggers.
//!
//! `rules/std.txtar` holds each package of the standard library as Linux sees it (`-- path --`), and those that Windows and macOS
//! see otherwise once more (`-- path@windows --`); `tests/it/std_stubs.rs` writes it from Go's own sources. `rules/stubs.txtar`
//! holds parts of packages that loggers and contexts come from, for checkouts whose modules are not at hand.

const STD: &str = include_str!("../../../rules/std.txtar");
const PARTS: &str = include_str!("../../../rules/stubs.txtar");

/// Whether an import path belongs to the standard library: its first part has no dot.
pub(super) fn is_std(path: &str) -> bool {
    !path.split('/').next().unwrap_or_default().contains('.')
}

/// Declarations of a package of the standard library as Go source, as a system sees it.
pub(super) fn std(path: &str, os: &str) -> Option<&'static str> {
    let plain = || section(STD, path);
    match os {
        "linux" => plain(),
        "windows" | "darwin" => section(STD, &format!("{path}@{os}")).or_else(plain),
        // Other systems' calls are not known; the rest is alike.
        _ if path == "syscall" => None,
        _ => plain(),
    }
}

/// Some declarations of a package that is not at hand, as Go source.
pub(super) fn part(path: &str) -> Option<&'static str> {
    section(PARTS, path)
}

fn section(stubs: &'static str, name: &str) -> Option<&'static str> {
    let header = format!("-- {name} --\n");
    let at = memchr::memmem::find_iter(stubs.as_bytes(), &header)
        .find(|at| *at == 0 || stubs.as_bytes()[at - 1] == b'\n')?;
    let rest = stubs.get(at + header.len()..)?;
    Some(rest.find("\n-- ").map_or(rest, |end| &rest[..=end]))
}
