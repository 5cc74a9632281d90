//! The list of operations for people.

use std::io::{Result, Write};

use super::text::{count, span};
use crate::plan::report::style::{BOLD, DIM, RED, one_line, styled};
use crate::trace::line::text_of_time;
use crate::trace::operation::Listed;

/// Writes it. `hidden`: operations that are not in it.
pub fn list(operations: &[Listed], hidden: usize, out: &mut dyn Write) -> Result<()> {
    let width = operations.iter().map(|listed| listed.id.chars().count()).max().unwrap_or(2).clamp(2, 64);
    let head = format!("{:width$}  {:27}  {:>14}  {:>7}  {:>6}  components", "ID", "start", "span", "lines", "errors");
    writeln!(out, "{}", styled(BOLD, &head))?;
    for listed in operations {
        let start = listed.start.map_or_else(|| "?".to_owned(), text_of_time);
        let length =
            listed.end.zip(listed.start).map_or_else(|| "?".to_owned(), |(end, start)| span(end.saturating_sub(start)));
        let errors = format!("{:>6}", listed.errors);
        let errors = if listed.errors > 0 { styled(RED, &errors) } else { errors };
        let id = one_line(&listed.id);
        let components = one_line(&listed.components.join(", "));
        writeln!(out, "{id:width$}  {start:27}  {length:>14}  {:>7}  {errors}  {components}", listed.lines)?;
    }
    if hidden > 0 {
        let text =
            format!("{} in one component alone and without errors; --all lists them", count(hidden, "more operation"));
        writeln!(out, "{}", styled(DIM, &text))?;
    }
    Ok(())
}
