//! Tests that are known when they run: one for each case in fixtures/.
//!
//! `cargo test --test cases fixtures::` runs one file's; any part of a name selects.

#[path = "../common/mod.rs"]
mod common;

mod compile;
mod fixtures;
mod thread;

use libtest_mimic::Arguments;

fn main() {
    let mut arguments = Arguments::from_args();
    if common::blessing() {
        arguments.test_threads = Some(1);
    }
    let trials = [fixtures::trials(), thread::trials(), compile::trials()];
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit();
}
