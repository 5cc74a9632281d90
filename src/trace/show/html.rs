//! An operation as one page: a lane for each component, its lines in a list, one of them in full.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use serde::Serialize;

use super::text::{count, span};
use crate::plan::report::page::{self, Parts};
use crate::plan::report::style::harmless;
use crate::trace::line::text_of_time;
use crate::trace::operation::Story;

const PARTS: Parts<'static> = Parts {
    html: include_str!("page/page.html"),
    style: include_str!("page/page.css"),
    script: include_str!("page/page.js"),
};

#[derive(Serialize)]
struct Page<'s> {
    title: String,
    counts: String,
    summary: String,
    lanes: Vec<&'s str>,
    files: Vec<&'s str>,
    callers: Vec<&'s str>,
    /// Numbers of the lines behind which a gap starts.
    quiet: Vec<usize>,
    lines: Vec<Row<'s>>,
}

/// One line; names are short since there are many.
#[derive(Serialize)]
struct Row<'s> {
    /// Microseconds since the first.
    t: Option<i64>,
    s: u8,
    c: usize,
    m: &'s str,
    p: Vec<(String, String)>,
    w: Option<String>,
    l: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    d: Option<String>,
    f: u32,
    n: u64,
    i: &'s [String],
    o: bool,
    x: &'s str,
}

/// Writes the page.
pub fn html(story: &Story, out: &mut dyn Write) -> Result<()> {
    let lanes: BTreeMap<&str, usize> =
        story.components.iter().enumerate().map(|(at, part)| (part.name.as_str(), at)).collect();
    let mut callers: Vec<&str> = story.lines.iter().map(|line| &*line.caller).filter(|name| !name.is_empty()).collect();
    callers.sort_unstable();
    callers.dedup();
    let mut sites: BTreeMap<usize, String> = BTreeMap::new();
    for site in &story.sites {
        sites.extend(site.lines.iter().map(|at| (*at, site.words())));
    }
    let rows = story.lines.iter().enumerate().map(|(number, line)| Row {
        t: story.since(number).map(|nanos| nanos / 1000),
        s: line.severity as u8,
        c: lanes.get(&*line.component).copied().unwrap_or_default(),
        m: &line.message,
        p: line.pairs(&story.key).into_iter().map(|pair| (pair.key, pair.value.shown())).collect(),
        w: line.at.map(text_of_time),
        l: callers.binary_search(&&*line.caller).map_or(0, |at| at + 1),
        d: sites.remove(&number),
        f: line.source,
        n: line.number,
        i: &line.ids,
        o: line.more,
        x: &line.text,
    });
    let page = Page {
        title: harmless(&story.title()),
        counts: counts(story),
        summary: story.notes.join(" · "),
        lanes: story.components.iter().map(|part| part.name.as_str()).collect(),
        files: story.files.iter().map(|file| file.name.as_str()).collect(),
        quiet: story.gaps.iter().map(|gap| gap.after).collect(),
        lines: rows.collect(),
        callers: callers.clone(),
    };
    out.write_all(page::page(PARTS, &serde_json::to_string(&page)?, "'none'").as_bytes())
}

fn counts(story: &Story) -> String {
    let length = story.length().map_or_else(|| "?".to_owned(), span);
    format!(
        "{length}, {} of {}, {}, {}",
        count(story.lines.len(), "line"),
        count(story.components.len(), "component"),
        count(story.errors.len(), "error"),
        count(story.gaps.len(), "gap")
    )
}
