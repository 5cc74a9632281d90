//! klogmod reads a Go checkout, finds its klog calls, and proposes structured rewrites that carry a request ID.
//!
//! ```text
//! text ─ rule                       spans, edits, diagnostics; what may change, as data
//!     │
//!     ▼
//! go ─▶ klog ─▶ path                files, syntax, types, calls → log calls → those on an operator's paths
//!          │
//!          ▼
//!        write ─▶ plan              what a call becomes, and where its request ID comes from → every call's outcome
//!                   │
//!                   ▼
//!        decide ─▶ ship             what people say of it → patches, careful writes
//!                   │
//!                   ▼
//!        measure · prove · trace ─▶ cli
//!                                   coverage and gates; Go's own tools; logs as operations; one file per subcommand
//! ```
//!
//! The rooms stand in reading order: each imports only from those above it, and a test holds them to that.

pub mod text;

pub mod rule;

pub mod go;

pub mod klog;

pub mod path;

pub mod write;

pub mod plan;

pub mod decide;

pub mod ship;

pub mod measure;

pub mod prove;

pub mod trace;

pub mod cli;
