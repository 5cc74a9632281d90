//! What people decide about a plan: who must approve, what was accepted, rejected or edited, in terminal and page, and what values are called.
//!
//! In come a plan and the decisions file, out come the changes that go on; proposals are never altered here but by a person's edit.

pub mod change;
pub mod decision;
pub mod owners;
pub mod review;
pub mod settle;
pub mod wordings;
