//! Cache entries: what is read was written, and bytes that are no whole entry are none.
#![no_main]

use klogmod::plan::cache::Store;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Store::open(dir.path()).expect("a store");
    store.put("a", bytes);
    assert_eq!(store.get("a").as_deref(), Some(bytes));
    let entries = std::fs::read_dir(dir.path())
        .expect("a readable directory")
        .next()
        .expect("the format's own")
        .expect("it")
        .path();
    std::fs::write(entries.join("b"), bytes).expect("a writable file");
    // A fuzzer that sees comparisons finds checksums, too: what is taken for an entry must be one.
    if let Some(payload) = store.get("b") {
        store.put("c", &payload);
        assert_eq!(std::fs::read(entries.join("c")).expect("an entry"), bytes);
    }
});
