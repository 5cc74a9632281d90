//! An operation as text, as JSON, and in the formats of other tools.

mod chrome;
mod html;
mod json;
mod list;
mod otlp;
mod text;

pub use chrome::chrome;
pub use html::html;
pub use json::{ListReport, StoryReport, list as list_json, story as story_json};
pub use list::list;
pub use otlp::{otlp, trace_id};
pub use text::{Detail, story};
