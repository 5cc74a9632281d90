//! Pictures of a report: how far the largest parts of a tree are, each operation on each resource, and all of it over time.
//!
//! Each stands by itself, in a page or as a file of its own: it brings its colours for light and dark along, says in words what it
//! shows, and has a pattern beside each colour, so that it is read in print and by those who do not tell the colours apart.

mod bars;
mod blocks;
mod canvas;
mod matrix;
mod over_time;

pub(super) use bars::bars;
pub(super) use blocks::{bars as block_bars, legend as block_legend, matrix as block_matrix};
pub(super) use matrix::matrix;
pub use over_time::over_time;

use super::Document;
use super::escape::xml;

/// Dimensions whose values are bars.
pub(super) const DIMENSIONS: [&str; 2] = ["owner", "operation"];

/// The pictures that a report has something for, each in a figure.
pub(super) fn all(document: &Document<'_>) -> String {
    let tables = &document.report.tables;
    let bars = DIMENSIONS.into_iter().filter(|dimension| tables.contains_key(*dimension));
    let bars = bars.map(|dimension| (format!("Calls by {dimension}"), bars::bars(dimension, document)));
    let matrix = tables.contains_key(matrix::TABLE).then(|| (matrix::TITLE.to_owned(), matrix::matrix(document)));
    bars.chain(matrix).map(|(caption, picture)| figure(&caption, &picture)).collect()
}

/// A picture with what it is about above it.
pub fn figure(caption: &str, picture: &str) -> String {
    format!("<figure><figcaption>{}</figcaption>\n{picture}</figure>\n", xml(caption))
}
