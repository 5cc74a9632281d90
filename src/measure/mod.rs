//! How far a tree is, and whether it may get worse: coverage, baseline, gates, history, and the formats that CI reads.
//!
//! In comes a decided plan, out come tallies, verdicts and documents; what was not analysed is never counted as covered.

pub mod carried;
pub mod coverage;
pub mod fleet;
pub mod gate;
pub mod history;
pub mod init;
pub mod places;
pub mod publish;
