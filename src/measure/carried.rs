//! Which call sites carried an ID in logs, and which never did: the list of gaps for the next series.

use std::io::{Result, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::places::{CallPlace, Places, Without};
use crate::plan::report::inert_json;
use crate::plan::report::style::{BOLD, DIM, YELLOW, harmless, one_line, styled};
use crate::text::counted;

/// How a call site stands in logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Carried {
    /// It printed, and never with an ID.
    Never,
    /// Some of its lines carried an ID.
    Partly,
    /// All of its lines did.
    Always,
    /// It printed nothing.
    Silent,
}

/// A call site that the run is about: one on the paths of operations, where none was asked for otherwise.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CarriedSite<'p> {
    /// Path below the root.
    pub path: &'p str,
    /// Line, from 1.
    pub line: u32,
    /// The function around it.
    pub function: &'p str,
    /// Whose it is.
    pub owner: &'p str,
    /// Operations on resources that reach it.
    pub operations: &'p [String],
    /// How it stands.
    pub carried: Carried,
    /// Its lines with an ID.
    pub with: u64,
    /// Its lines without.
    pub without: u64,
    /// What brings its ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_from: Option<&'p str>,
    /// Why nothing does.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "in_words")]
    #[schemars(with = "Option<String>")]
    pub id_none: Option<&'p Without>,
}

fn in_words<S: serde::Serializer>(without: &Option<&Without>, to: S) -> std::result::Result<S::Ok, S::Error> {
    match without {
        Some(without) => to.collect_str(without),
        None => to.serialize_none(),
    }
}

/// What became of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CarriedLines {
    /// Lines that name a place.
    pub lines: u64,
    /// Lines of these call sites.
    pub on_paths: u64,
    /// Lines of the tree's other call sites.
    pub elsewhere: u64,
    /// Lines whose place fits calls in several files.
    pub ambiguous: u64,
    /// Lines whose place fits no call of the tree.
    pub unmatched: u64,
}

/// `trace --coverage --format json`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CarriedReport<'p> {
    /// `klogmod/trace-coverage/v1`.
    pub schema: &'static str,
    /// klogmod's version.
    pub version: &'static str,
    /// Call sites that the run is about, those that never carried an ID first, then by their lines.
    pub sites: Vec<CarriedSite<'p>>,
    /// What became of lines.
    pub lines: CarriedLines,
    /// What was not read, and why.
    pub unread: Vec<String>,
}

/// Joins printed lines (place, message, with and without an ID) with call sites.
pub fn carried<'p, 'l>(
    places: &'p Places,
    printed: impl Iterator<Item = (&'l str, &'l str, u64, u64)>,
    unread: Vec<String>,
) -> CarriedReport<'p> {
    let mut sums = vec![(0, 0); places.list().len()];
    let mut lines = CarriedLines::default();
    for (caller, message, with, without) in printed {
        let count = with + without;
        lines.lines += count;
        match places.find(caller, message)[..] {
            [] => lines.unmatched += count,
            [at] => {
                sums[at].0 += with;
                sums[at].1 += without;
                let is_on = places.list()[at].in_scope;
                *if is_on { &mut lines.on_paths } else { &mut lines.elsewhere } += count;
            }
            _ => lines.ambiguous += count,
        }
    }
    let sites = places.list().iter().zip(sums).filter(|(place, _)| place.in_scope);
    let mut sites: Vec<CarriedSite<'p>> = sites.map(|(place, (with, without))| site(place, with, without)).collect();
    sites.sort_by(|a, b| {
        let key = |site: &CarriedSite<'p>| (site.carried, std::cmp::Reverse(site.with + site.without));
        key(a).cmp(&key(b)).then_with(|| (a.path, a.line).cmp(&(b.path, b.line)))
    });
    CarriedReport { schema: "klogmod/trace-coverage/v1", version: env!("CARGO_PKG_VERSION"), sites, lines, unread }
}

fn site(place: &CallPlace, with: u64, without: u64) -> CarriedSite<'_> {
    let carried = match (with, without) {
        (0, 0) => Carried::Silent,
        (0, _) => Carried::Never,
        (_, 0) => Carried::Always,
        _ => Carried::Partly,
    };
    CarriedSite {
        path: &place.path,
        line: place.line,
        function: &place.function,
        owner: &place.owner,
        operations: &place.operations,
        carried,
        with,
        without,
        id_from: place.id_from.as_deref(),
        id_none: place.id_none.as_ref(),
    }
}

impl CarriedReport<'_> {
    /// Call sites that stand so.
    pub fn count(&self, carried: Carried) -> usize {
        self.sites.iter().filter(|site| site.carried == carried).count()
    }

    /// Writes it for people: those that never carried an ID, or not always, with what would bring one.
    pub fn text(&self, out: &mut dyn Write) -> Result<()> {
        let of = |carried| self.count(carried);
        writeln!(
            out,
            "{}: {} always carried an ID, {} partly, {} never, {} printed nothing",
            counted(self.sites.len(), "call site"),
            of(Carried::Always),
            of(Carried::Partly),
            styled(BOLD, &of(Carried::Never).to_string()),
            of(Carried::Silent)
        )?;
        let CarriedLines { lines, on_paths, elsewhere, ambiguous, unmatched } = self.lines;
        writeln!(
            out,
            "{}: {on_paths} of these, {elsewhere} of other call sites, {ambiguous} fit several files, {unmatched} fit no call of this tree",
            counted(lines as usize, "line")
        )?;
        for (carried, title) in [(Carried::Never, "never"), (Carried::Partly, "partly")] {
            if of(carried) > 0 {
                writeln!(out, "\n{}", styled(BOLD, title))?;
            }
            for site in self.sites.iter().filter(|site| site.carried == carried) {
                let lines = match carried {
                    Carried::Partly => format!("{} of {}", site.without, site.with + site.without),
                    _ => site.without.to_string(),
                };
                let place = styled(YELLOW, &one_line(&format!("{}:{}", site.path, site.line)));
                writeln!(out, "  {lines:>12} lines  {place} {}", harmless(site.function))?;
                let id = site.id_none.map_or_else(|| site.id_from.unwrap_or_default().to_owned(), Without::to_string);
                let operations = site.operations.join(", ");
                writeln!(out, "      {}", styled(DIM, &harmless(&format!("{operations}; {}; {id}", site.owner))))?;
            }
        }
        Ok(())
    }

    /// Writes the document.
    pub fn json(&self, out: &mut dyn Write) -> Result<()> {
        inert_json::document(self, out)
    }
}
