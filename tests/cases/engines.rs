//! Queries in the engines that they are for, on logs that a control plane wrote: `tests/engines/run.py` says of each whether it finds what jq
//! finds.

use std::process::Command;

use libtest_mimic::Trial;

use crate::common::repository;
use crate::needs::{Need, tests};

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Program("python3"), Need::Program("jq"), Need::Program("mvn")]
            opensearch_finds_what_jq_finds;
        [Need::Program("python3"), Need::Program("jq"), Need::Go]
            the_collector_reads_what_jq_reads;
        // To build it takes longer than a test may.
        [Need::Wish("KLOGMOD_VECTOR"), Need::Program("python3"), Need::Program("jq")]
            vector_reads_what_jq_reads;
        [Need::Program("python3"), Need::Program("jq"), Need::Program("ruby")]
            the_expression_of_fluent_bit_matches_in_its_engine;
    }
}

/// Runs one engine; each of so many cases must be as jq has it.
fn engine(name: &str, cases: usize) {
    let script = repository().join("tests/engines/run.py");
    let program = env!("CARGO_BIN_EXE_klogmod");
    let output = Command::new("python3").arg(script).args(["--klogmod", program, name]).output().unwrap();
    let (text, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}{error}");
    assert!(text.ends_with(&format!("{cases} passed, 0 failed\n")), "{text}");
}

fn opensearch_finds_what_jq_finds() {
    engine("opensearch", 7);
}

fn the_collector_reads_what_jq_reads() {
    engine("opentelemetry", 4);
}

fn vector_reads_what_jq_reads() {
    engine("vector", 2);
}

fn the_expression_of_fluent_bit_matches_in_its_engine() {
    engine("fluent-bit", 1);
}
