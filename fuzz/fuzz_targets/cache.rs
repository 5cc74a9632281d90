//! Cache entries: bytes that were not written as an entry are none.
#![no_main]

use klogmod::cache::Store;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Store::open(dir.path()).expect("a store");
    store.put("a", bytes);
    assert_eq!(store.get("a").as_deref(), Some(bytes));
    std::fs::write(dir.path().join("v1").join("b"), bytes).expect("a writable file");
    assert_eq!(store.get("b"), None);
});
