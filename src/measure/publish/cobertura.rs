//! Cobertura: as LCOV, in XML.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use super::Document;
use super::escape::xml;
use super::lines::{self, Lines};
use crate::measure::coverage::{FileRecord, Rate};

#[derive(Clone, Copy, Default)]
struct Sums {
    lines: Rate,
    calls: Rate,
}

impl Sums {
    fn of<'l>(files: impl Iterator<Item = &'l Lines>) -> Self {
        let mut sums = Self::default();
        for list in files.flat_map(BTreeMap::values) {
            sums.lines.counted += 1;
            sums.lines.covered += u64::from(lines::hits(list) > 0);
            sums.calls.counted += list.len() as u64;
            sums.calls.covered += list.iter().filter(|hit| **hit).count() as u64;
        }
        sums
    }

    fn rates(&self) -> String {
        let rate = |rate: Rate| format!("{}.{:03}", rate.per_mille() / 1000, rate.per_mille() % 1000);
        format!("line-rate=\"{}\" branch-rate=\"{}\" complexity=\"0\"", rate(self.lines), rate(self.calls))
    }
}

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    let mut packages: BTreeMap<&str, Vec<(&FileRecord, Lines)>> = BTreeMap::new();
    for file in &document.report.files {
        let found = lines::of(file, document);
        if !found.is_empty() {
            packages.entry(file.directory()).or_default().push((file, found));
        }
    }
    let all = Sums::of(packages.values().flatten().map(|(_, lines)| lines));
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<!DOCTYPE coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\">")?;
    writeln!(
        out,
        "<coverage {} lines-valid=\"{}\" lines-covered=\"{}\" branches-valid=\"{}\" branches-covered=\"{}\" version=\"klogmod {}\" timestamp=\"0\">",
        all.rates(),
        all.lines.counted,
        all.lines.covered,
        all.calls.counted,
        all.calls.covered,
        xml(&document.report.version),
    )?;
    writeln!(out, "  <sources><source>.</source></sources>\n  <packages>")?;
    for (directory, files) in &packages {
        let sums = Sums::of(files.iter().map(|(_, lines)| lines));
        writeln!(out, "    <package name=\"{}\" {}>\n      <classes>", xml(directory), sums.rates())?;
        for (file, found) in files {
            class(file, found, out)?;
        }
        writeln!(out, "      </classes>\n    </package>")?;
    }
    writeln!(out, "  </packages>\n</coverage>")
}

fn class(file: &FileRecord, found: &Lines, out: &mut dyn Write) -> Result<()> {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let sums = Sums::of(std::iter::once(found));
    writeln!(out, "        <class name=\"{}\" filename=\"{}\" {}>", xml(name), xml(&file.path), sums.rates())?;
    writeln!(out, "          <methods/>\n          <lines>")?;
    for (line, list) in found {
        let covered = list.iter().filter(|hit| **hit).count();
        writeln!(
            out,
            "            <line number=\"{line}\" hits=\"{}\" branch=\"true\" condition-coverage=\"{}% ({covered}/{})\"/>",
            lines::hits(list),
            covered * 100 / list.len(),
            list.len()
        )?;
    }
    writeln!(out, "          </lines>\n        </class>")
}
