//! What the checkout does already: types that hold a logger, and functions that take one.

use crate::write::thread::carry::sources::Sources;
use crate::write::thread::ground::Ground;

/// Fewer types make no habit.
const LEAST: usize = 3;

/// Whether more of the checkout's types hold a logger in a field than functions take one.
pub fn holds(ground: &Ground<'_>, sources: &Sources) -> bool {
    let types = &ground.rules.log_calls.logger.types;
    let names: Vec<&str> = types.iter().filter_map(|ty| ty.rsplit('.').next()).collect();
    let (mut fields, mut parameters) = (0, 0);
    for (number, _) in sources.with(names.iter().copied()) {
        let path = &sources.files[number];
        if path.ends_with("_test.go") {
            continue;
        }
        let Ok(source) = ground.world.index().source(path) else { continue };
        for line in source.split(|byte| *byte == b'\n') {
            let is_logger = |word: &[u8]| {
                let (package, ty) = word.split_at(word.iter().position(|b| *b == b'.').unwrap_or(word.len()));
                matches!(package, b"klog" | b"logr")
                    && names.iter().any(|name| ty.strip_prefix(b".") == Some(name.as_bytes()))
            };
            let mut words = line
                .split(|b| b.is_ascii_whitespace() || matches!(b, b'(' | b')' | b','))
                .filter(|word| !word.is_empty());
            match words.clone().collect::<Vec<_>>().as_slice() {
                [_, ty] if is_logger(ty) && line.starts_with(b"\t") => fields += 1,
                [b"func", ..] if words.any(is_logger) => parameters += 1,
                _ => {}
            }
        }
    }
    fields >= LEAST && fields > parameters
}
