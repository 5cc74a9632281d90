//! Contexts and loggers through the whole checkout: functions of all its packages, with all their calls.
//!
//! In come log calls that have no logger, out come threads with their edits, callers first, and what blocks the others.

mod asked;
mod becoming;
mod body;
mod by_name;
mod converted;
#[cfg(test)]
mod differs;
mod edits;
mod explore;
mod facts;
mod family;
mod fill;
mod find;
mod function;
mod held;
mod key;
mod light;
mod links;
mod list;
mod literal;
mod order;
mod outside;
mod passing;
mod read;
mod series;
mod solve;
mod sort;
mod sources;
mod texts;
mod why;
mod worth;

pub use find::carry;
