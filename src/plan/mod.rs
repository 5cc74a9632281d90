//! The spine: a checkout and rules become a plan, a pure function of both.
//!
//! In come files and rules, out comes the plan with each call in exactly one outcome; what anyone decided is not known here.

pub mod cache;
pub mod pipeline;
pub mod report;
