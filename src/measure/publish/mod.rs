//! A coverage report in the formats of other tools, each within its readers' limits.

mod annotations;
mod badge;
mod cobertura;
mod csv;
mod document;
pub mod escape;
mod format;
mod html;
mod junit;
mod lcov;
mod lines;
mod markdown;
mod openmetrics;
mod pictures;
mod rdjson;
mod sarif;
mod text;
mod words;

pub use document::Document;
pub use escape::{csv_field, xml};
pub use format::{Format, write};
pub use html::{page, report as html_report};
pub use pictures::{figure, over_time};
