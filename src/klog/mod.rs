//! A log call, read once: where it stands, what it prints, what is wrong with it, and the comments that keep it as it is;
//! and the text that files of the checkout look for in logs.
//!
//! In come parsed files, out come log calls, taken apart (`LogCall`), and what they say; nothing here proposes a change of a call's
//! meaning, and nothing below looks at a call's arguments by their places.

pub mod borrowed;
pub mod call;
pub mod composed;
pub mod convention;
pub mod error;
pub mod fingerprint;
pub mod format;
pub mod lint;
pub mod mention;
pub mod name;
pub mod observe;
pub mod operand;
pub mod place;
pub mod sample;
pub mod sought;
pub mod suppress;
