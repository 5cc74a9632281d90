//! Operations by resources: of the calls that each operation reaches on each resource, how many are covered, and the parts of all.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Document;
use super::canvas::{Anchor, Canvas, in_words, width};
use crate::measure::coverage::Tally;

/// The table that it shows.
pub(super) const TABLE: &str = "operation/resource";
/// What it is.
pub(super) const TITLE: &str = "Operations on resources: how many of the calls that each reaches are covered";
/// Pixels that a name may have; heads of columns have less.
const NAME: u64 = 240;
const HEAD: u64 = 150;
/// Pixels that the columns beside each other may have.
const BAND: u64 = 800;
const ROW: u64 = 46;
const TOP: u64 = 22;

/// Rows, columns, and the cells that there are.
pub(super) struct Grid<'d> {
    pub operations: BTreeSet<&'d str>,
    pub resources: BTreeSet<&'d str>,
    pub cells: BTreeMap<(&'d str, &'d str), &'d Tally>,
}

/// The table as a grid.
pub(super) fn grid<'d>(document: &Document<'d>) -> Grid<'d> {
    let table = document.report.tables.get(TABLE);
    let cells: BTreeMap<(&str, &str), &Tally> =
        table.into_iter().flatten().filter_map(|(value, tally)| Some((value.split_once('/')?, tally))).collect();
    let operations = cells.keys().map(|(operation, _)| *operation).collect();
    let resources = cells.keys().map(|(_, resource)| *resource).collect();
    Grid { operations, resources, cells }
}

/// What is written into a cell below its rate.
fn counts(document: &Document<'_>, tally: &Tally) -> String {
    let rate = document.measure.rate(&tally.parts);
    format!("{} of {}", rate.covered, rate.counted)
}

/// The picture; where no operation starts, it says so. Columns that have no room beside each other stand in bands.
pub(in super::super) fn matrix(document: &Document<'_>) -> String {
    let grid = grid(document);
    let names = grid.operations.iter().map(|name| width(name).min(NAME)).max().unwrap_or(0) + 8;
    let heads = grid.resources.iter().map(|name| width(name).min(HEAD));
    let cell = heads.chain(grid.cells.values().map(|tally| width(&counts(document, tally)))).max();
    let cell = cell.unwrap_or(0).max(64) + 12;
    let resources: Vec<&str> = grid.resources.iter().copied().collect();
    let columns = (BAND / cell).max(1) as usize;
    let note = if grid.cells.is_empty() {
        "No operation starts in this tree, or its paths were not followed.".to_owned()
    } else {
        format!(
            "Covered by {}; bars are all calls by part. A call may serve several; where nothing stands, none is reached.",
            document.measure.name()
        )
    };
    let whole = (names + cell * columns.min(resources.len()) as u64).max(width(&note));
    let mut canvas = Canvas::new("matrix");
    let (mut said, mut bottom) = (Vec::new(), 0);
    for band in resources.chunks(columns) {
        bottom = self::band(&grid, band, (names, bottom, cell), document, &mut canvas, &mut said);
    }
    canvas.text(0, bottom + 11, Anchor::Start, &note);
    let height = canvas.legend(bottom + 22, whole, &|part| part.title().to_owned());
    canvas.finish(whole, height, TITLE, &said)
}

/// Some columns below each other's heads, with the operations that reach any of them; where the next band begins.
fn band(
    grid: &Grid<'_>,
    resources: &[&str],
    (names, top, cell): (u64, u64, u64),
    document: &Document<'_>,
    canvas: &mut Canvas,
    said: &mut Vec<String>,
) -> u64 {
    for (at, resource) in resources.iter().enumerate() {
        canvas.name(names + cell * at as u64 + cell / 2, top + 14, Anchor::Middle, HEAD, resource);
    }
    let mut y = top + TOP;
    let reach = |operation: &&&str| resources.iter().any(|resource| grid.cells.contains_key(&(**operation, *resource)));
    for operation in grid.operations.iter().filter(reach) {
        canvas.name(names - 8, y + 26, Anchor::End, NAME, operation);
        for (at, resource) in resources.iter().enumerate() {
            let x = names + cell * at as u64;
            let Some(tally) = grid.cells.get(&(*operation, *resource)) else { continue };
            let rate = document.measure.rate(&tally.parts);
            // Light enough for the words on it, in light and dark.
            let shade = rate.per_mille() * 55 / 100;
            let (left, up, wide, high) = (x + 1, y + 1, cell - 2, ROW - 2);
            canvas.raw(&format!(
                "<rect x=\"{left}\" y=\"{up}\" width=\"{wide}\" height=\"{high}\" class=\"covered\" fill-opacity=\"0.{shade:03}\"/>\n",
            ));
            canvas.strong(x + cell / 2, y + 15, Anchor::Middle, &rate.to_string());
            canvas.text(x + cell / 2, y + 29, Anchor::Middle, &counts(document, tally));
            canvas.stack((x + 6, y + 34), (cell - 12, 7), &tally.parts, tally.calls);
            said.push(format!("{operation} {resource}: {rate} covered: {}", in_words(&tally.parts)));
        }
        y += ROW;
    }
    y + 8
}
