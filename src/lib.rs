//! klogmod reads a Go checkout, finds its klog calls, and proposes structured rewrites that carry a request ID.
//!
//! ```text
//! walk ─▶ parse ─▶ suppress            files → trees → comments that keep a call as it is
//!            │
//!            ▼
//! module · index · types               which klog a file is compiled against; what a name means
//!            │
//!            ▼
//! callsite ─▶ format ─▶ keyvalue       klog calls → text with holes → message, keys and values
//!                          │
//!                          ▼
//!            carrier ─▶ rewrite        where the request ID comes from; Fix or Skip; hook: what switches it on
//!                          │
//!                          ▼
//!  pipeline ─▶ series · query · report · worktree      patches; queries; text and JSON; careful writes
//!   cache           verify                      the plan of an earlier run; Go's own tools on a scratch copy
//! ```
//!
//! The modules stand in reading order: each imports only from those above it, and a test holds them to that.

pub mod text;

pub mod digest;

pub mod diagnostic;
pub mod syntax;

pub mod rule;

pub mod walk;

pub mod parse;

pub mod suppress;

pub mod module;

pub mod runtime;

pub mod index;

pub mod types;

pub mod callgraph;

pub mod priority;

pub mod callsite;

pub mod fingerprint;

pub mod format;

pub mod keyvalue;

pub mod carrier;

pub mod rewrite;

pub mod hook;

pub mod thread;

pub mod lint;

pub mod pipeline;

pub mod cache;

pub mod series;

pub mod query;

pub mod report;

pub mod worktree;

pub mod owners;

pub mod sample;

pub mod decision;

pub mod change;

pub mod cut;

pub mod review;

pub mod coverage;

pub mod gate;

pub mod publish;

pub mod history;

pub mod verify;
pub mod wiring;

pub mod cli;
