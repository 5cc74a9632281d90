//! Decisions: what is read is written, and read again as the same.
#![no_main]

use klogmod::decide::decision::{parse, render};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(decisions) = parse(text) {
        let written = render(&decisions);
        assert_eq!(parse(&written).as_ref(), Ok(&decisions), "{written}");
        assert_eq!(render(&decisions), written);
    }
});
