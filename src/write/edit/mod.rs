//! Fix (edits, applicability, reasons) or Skip (reason); import edits; the reparse check.

mod align;
mod asked;
mod callee;
mod check;
mod columns;
mod contextual;
mod derive;
mod draft;
mod emit;
mod file;
mod imports;
mod lines;
mod logger;
mod outcome;
mod propose;
mod renewed;
mod repeatable;
mod request_id;
mod specs;
mod tight;
mod touched;
mod twin;
mod variable;
mod words;

pub use crate::write::reason::Applicability;
pub use asked::{Edits, Target};
pub use file::{FileEdits, FileFixError, file_edits, file_fix, file_fix_moved};
pub use imports::{import_edits, package_uses};
pub use logger::{LOGGER, Made, logger_at, logger_of_new_context, receiver_there};
pub use outcome::{Fix, Outcome, RequestId, Skip};
pub use propose::{Proposer, Runtime};
pub use repeatable::is_repeatable;
