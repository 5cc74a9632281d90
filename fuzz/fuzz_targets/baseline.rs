//! Baselines: what is read is written, and read again as the same.
#![no_main]

use klogmod::measure::gate::Baseline;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(baseline) = Baseline::parse(text) {
        let written = baseline.render();
        let again = Baseline::parse(&written).expect("what was written is read");
        assert_eq!(again.render(), written);
    }
});
