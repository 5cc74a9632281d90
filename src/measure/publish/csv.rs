//! CSV: one row a call, so that a spreadsheet makes any other table.

use std::io::{Result, Write};

use super::Document;
use super::escape::csv_field;

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    writeln!(
        out,
        "path,line,column,function,method,part,reason,counted,covered,volume,component,owner,sig,phase,operations,fingerprint"
    )?;
    for file in &document.report.files {
        for call in &file.calls {
            let covered = document.measure.covers(call.part);
            let numbers = [call.line.to_string(), call.col.to_string()];
            let flags = [u8::from(covered.is_some()).to_string(), u8::from(covered == Some(true)).to_string()];
            let volume = call.volume.map(|lines| lines.to_string()).unwrap_or_default();
            let cells = call.cells.values().flatten().map(String::as_str).collect::<std::collections::BTreeSet<_>>();
            let cells = cells.into_iter().collect::<Vec<_>>().join(" ");
            let fields = [
                file.path.as_str(),
                &numbers[0],
                &numbers[1],
                &call.function,
                &call.method,
                call.part.name(),
                &call.reason,
                &flags[0],
                &flags[1],
                &volume,
                &file.component,
                &file.owner,
                &file.sig,
                call.phase.as_deref().unwrap_or_default(),
                &cells,
                call.fingerprint.as_str(),
            ];
            writeln!(out, "{}", fields.map(csv_field).join(","))?;
        }
    }
    Ok(())
}
