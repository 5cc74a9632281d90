//! An operation as text, as JSON, and in the formats of other tools.

mod json;
mod list;
mod text;

pub use json::{ListReport, StoryReport, list as list_json, story as story_json};
pub use list::list;
pub use text::{Detail, story};
