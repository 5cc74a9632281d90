//! Tests that are known when they run: one for each case in fixtures/, and those that need what a machine may lack.
//!
//! `cargo test --test cases fixtures::` runs one file's; any part of a name selects. What a machine lacks is said with each
//! test that was ignored for it; KLOGMOD_REQUIRE makes that a failure.

#[path = "../common/mod.rs"]
mod common;
mod needs;

mod accepted;
mod compile;
mod differential;
mod ecosystem;
mod engines;
mod faults;
mod fixtures;
mod grpc;
mod hooks;
mod neovim;
mod plane;
mod printing;
mod readers;
mod recording;
mod remove;
mod review_page;
mod review_terminal;
mod runtime;
mod samples;
mod thread;
mod trace;
mod verify;
mod vet;
mod workflows;

use libtest_mimic::Arguments;

fn main() {
    let mut arguments = Arguments::from_args();
    if common::blessing() {
        arguments.test_threads = Some(1);
    }
    let trials = [
        accepted::trials(),
        fixtures::trials(),
        thread::trials(),
        trace::trials(),
        grpc::trials(),
        hooks::trials(),
        faults::trials(),
        neovim::trials(),
        plane::trials(),
        printing::trials(),
        readers::trials(),
        recording::trials(),
        remove::trials(),
        ecosystem::trials(),
        engines::trials(),
        review_page::trials(),
        review_terminal::trials(),
        verify::trials(),
        vet::trials(),
        workflows::trials(),
        differential::trials(),
        runtime::trials(),
        compile::trials(),
        samples::trials(),
    ];
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit();
}
