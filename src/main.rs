//! Parse arguments, run, exit code.

use std::process::ExitCode;

/// A run makes many small allocations, tree-sitter's among them.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    klogmod::cli::enter()
}
