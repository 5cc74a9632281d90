//! OWNERS files: whatever they hold, a path has the same owners each time it is asked for.
#![no_main]

use klogmod::decide::owners::Owners;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, &str, &str)| {
    let (root, aliases, nested, path) = input;
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir_all(dir.path().join("pkg/a")).expect("a directory");
    for (name, text) in [("OWNERS", root), ("OWNERS_ALIASES", aliases), ("pkg/a/OWNERS", nested)] {
        std::fs::write(dir.path().join(name), text).expect("a writable file");
    }
    let mut owners = Owners::load(dir.path());
    for path in ["a.go", "pkg/a/b.go", "pkg/a/b/c.go", path] {
        let first = format!("{:?}", owners.of(path));
        assert_eq!(first, format!("{:?}", owners.of(path)));
        assert_eq!(first, format!("{:?}", Owners::load(dir.path()).of(path)));
    }
    assert!(owners.complaints().iter().all(|complaint| !complaint.to_string().is_empty()));
});
