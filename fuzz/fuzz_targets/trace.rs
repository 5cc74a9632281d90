//! Logs: whatever stands in them, each line is counted once, and an operation is told in every format.
#![no_main]

use std::io::Write;

use klogmod::trace::line::{Object, zone};
use klogmod::trace::operation::{Options, Story, Want, callers, collect, list};
use klogmod::trace::read::Inputs;
use klogmod::trace::show;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("it is written");
    let named = [file.path().display().to_string()];
    let options = Options { key: "requestID".to_owned(), zone: zone("UTC").expect("UTC is known"), now: 1 << 60 };
    let inputs = Inputs::open(&named, options.now);
    let object = Object { kind: "pod".to_owned(), namespace: "a".to_owned(), name: "a1".to_owned() };
    for want in [Want::Id("a1".to_owned()), Want::Object(object)] {
        let mut found = collect(&inputs.list, &want, &options, &|_| {});
        for counts in &found.counts {
            let sum = counts.klog + counts.json + counts.dated + counts.continued + counts.unknown;
            assert_eq!(counts.lines, sum);
        }
        let Ok(want) = found.settle(want) else { continue };
        let story = Story::new(want, found, &inputs.list, &options, 1);
        let mut out = Vec::new();
        show::story(&story, show::Detail { full: true }, &mut out).expect("memory is written");
        show::html(&story, &mut out).expect("memory is written");
        show::story_json(&story, &mut out).expect("memory is written");
        show::otlp(&story, &mut out).expect("memory is written");
        show::chrome(&story, &mut out).expect("memory is written");
    }
    list(&inputs.list, &options, &|_, _| true, &|_| {});
    callers(&inputs.list, &options, &|_| {});
});
