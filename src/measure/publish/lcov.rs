//! LCOV: calls as branches, so that its sums are those of the calls; keep it apart from the tests' coverage.

use std::io::{Result, Write};

use super::{Document, lines};

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "TN:klog_{}", document.measure.name().replace('-', "_"))?;
    for file in &document.report.files {
        let found = lines::of(file, document);
        if found.is_empty() {
            continue;
        }
        writeln!(out, "SF:{}", file.path.replace(['\n', '\r'], "?"))?;
        let (mut calls, mut covered, mut run) = (0, 0, 0);
        for (line, list) in &found {
            for (at, hit) in list.iter().enumerate() {
                writeln!(out, "BRDA:{line},0,{at},{}", u8::from(*hit))?;
            }
            calls += list.len();
            covered += list.iter().filter(|hit| **hit).count();
        }
        writeln!(out, "BRF:{calls}\nBRH:{covered}")?;
        for (line, list) in &found {
            let hits = lines::hits(list);
            writeln!(out, "DA:{line},{hits}")?;
            run += usize::from(hits > 0);
        }
        writeln!(out, "LF:{}\nLH:{run}\nend_of_record", found.len())?;
    }
    Ok(())
}
