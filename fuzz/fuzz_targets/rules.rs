//! Rules files: loaded, or refused with a reason.
#![no_main]

use klogmod::rule::{Config, RuleSet};
use libfuzzer_sys::fuzz_target;

const FILES: [&str; 6] = ["log_calls.toml", "messages.toml", "keys.toml", "values.toml", "carriers.toml", "scope.toml"];

fuzz_target!(|input: (u8, &str)| {
    let (which, text) = input;
    let dir = tempfile::tempdir().expect("a directory");
    let name = FILES[usize::from(which) % FILES.len()];
    std::fs::write(dir.path().join(name), text).expect("a writable file");
    if let Err(error) = RuleSet::load(Some(dir.path())) {
        assert!(!error.to_string().is_empty());
    }
    let config = dir.path().join("klogmod.toml");
    std::fs::write(&config, text).expect("a writable file");
    if let Err(error) = Config::load(&config) {
        assert!(!error.to_string().is_empty());
    }
});
