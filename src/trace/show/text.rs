//! An operation for people: errors first, then who took part, its lines, what each object went through.

use std::io::{Result, Write};

use crate::plan::report::style::{BOLD, DIM, RED, YELLOW, harmless, styled};
use crate::trace::line::{Line, Severity, Value, text_of_time};
use crate::trace::operation::{Story, Want};

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Values in full, and lines that go on.
    pub full: bool,
}

/// Characters of a value.
const VALUE: usize = 120;
/// Objects, errors and steps of an object that are shown.
const SHOWN: usize = 40;

/// A time since the start: `+1.234567`.
pub fn since(nanos: i64) -> String {
    let sign = if nanos < 0 { '-' } else { '+' };
    format!("{sign}{:.6}", nanos.unsigned_abs() as f64 / 1e9)
}

/// A length of time in words.
pub fn span(nanos: i64) -> String {
    match nanos as f64 / 1e9 {
        seconds if seconds < 1.0 => format!("{:.1} ms", seconds * 1000.0),
        seconds if seconds < 119.9995 => format!("{seconds:.3} s"),
        seconds => format!("{} min {:02} s", seconds.round() as i64 / 60, seconds.round() as i64 % 60),
    }
}

/// `1 line`, `2 lines`.
pub fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

fn one_line(text: &str) -> String {
    harmless(text).replace('\n', "\\n").replace('\t', "\\t")
}

fn cut(text: &str, detail: Detail) -> String {
    match text.char_indices().nth(VALUE) {
        Some((at, _)) if !detail.full => format!("{}…", &text[..at]),
        _ => text.to_owned(),
    }
}

/// Message and pairs.
fn said(line: &Line, key: &str, detail: Detail) -> String {
    let mut out = cut(&one_line(&line.message), detail);
    for pair in line.pairs(key) {
        let shown = cut(&one_line(&pair.value.shown()), detail);
        let quotes = matches!(pair.value, Value::Text(_)) && shown.contains([' ', '"']) || shown.is_empty();
        let shown = if quotes { format!("{shown:?}").replace("\\\\", "\\") } else { shown };
        out.push_str(&format!(" {}={shown}", one_line(&pair.key)));
    }
    out
}

fn row(story: &Story, at: usize, width: usize, detail: Detail) -> String {
    let line = &story.lines[at];
    let time = time(story, at);
    let component = format!("{:width$}", one_line(&line.component));
    let others = match &story.want {
        Want::Id(_) if line.ids.len() > 1 || line.more => {
            let more = if line.more { " or more" } else { "" };
            styled(DIM, &format!(" (also of {}{more})", count(line.ids.len() - 1, "other operation")))
        }
        Want::Object(_) => styled(DIM, &format!(" [{}]", one_line(&line.ids.join(",")))),
        Want::Id(_) => String::new(),
    };
    let letter = line.severity.letter();
    let style = match line.severity {
        Severity::Info => DIM,
        Severity::Warning => YELLOW,
        Severity::Error | Severity::Fatal => RED,
    };
    let head = styled(style, &format!("{letter} {time:>11}"));
    let said = said(line, &story.key, detail);
    format!("{head}  {}  {} {said}{others}", styled(BOLD, &component), styled(DIM, &one_line(&line.caller)))
}

/// Writes it.
pub fn story(story: &Story, detail: Detail, out: &mut dyn Write) -> Result<()> {
    head(story, out)?;
    if story.lines.is_empty() {
        return Ok(());
    }
    let width = story.components.iter().map(|part| one_line(&part.name).chars().count()).max().unwrap_or_default();
    if !story.errors.is_empty() {
        writeln!(out, "\n{}", styled(RED.bold(), "errors"))?;
        for at in story.errors.iter().take(SHOWN) {
            writeln!(out, "  {}", row(story, *at, width, detail))?;
        }
        more(story.errors.len(), "error", out)?;
    }
    writeln!(out, "\n{}", styled(BOLD, "components"))?;
    for part in &story.components {
        let (first, last) = (time(story, part.first), time(story, part.last));
        let errors =
            if part.errors > 0 { styled(RED, &format!(", {}", count(part.errors, "error"))) } else { String::new() };
        let name = format!("{:width$}", one_line(&part.name));
        writeln!(out, "  {name}  {first:>11} to {last:>11}  {}{errors}", count(part.lines, "line"))?;
    }
    if matches!(story.want, Want::Object(_)) {
        operations(story, out)?;
    }
    objects(story, out)?;
    if !story.sites.is_empty() {
        writeln!(out, "\n{}", styled(BOLD, "call sites"))?;
        for site in &story.sites {
            writeln!(out, "  {:>8}  {}", count(site.lines.len(), "line"), one_line(&site.words()))?;
        }
    }
    lines(story, width, detail, out)
}

fn time(story: &Story, at: usize) -> String {
    story.since(at).map_or_else(|| "?".to_owned(), since)
}

fn more(all: usize, what: &str, out: &mut dyn Write) -> Result<()> {
    match all.checked_sub(SHOWN).filter(|rest| *rest > 0) {
        Some(rest) => writeln!(
            out,
            "  {}",
            styled(DIM, &format!("and {}; --format json has them all", count(rest, &format!("more {what}"))))
        ),
        None => Ok(()),
    }
}

fn head(story: &Story, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{}", styled(BOLD, &one_line(&story.title())))?;
    let (Some(start), Some(end)) = (story.start(), story.end()) else {
        return writeln!(out, "{}", count(story.lines.len(), "line"));
    };
    let quiet: i64 = story.gaps.iter().fold(0, |sum: i64, gap| sum.saturating_add(gap.nanoseconds));
    let silence = match story.gaps.len() {
        0 => String::new(),
        gaps => format!(", {} in {}", span(quiet), count(gaps, "gap")),
    };
    writeln!(
        out,
        "{} to {}: {}{silence}; {} of {}, {}",
        text_of_time(start),
        text_of_time(end),
        span(story.length().unwrap_or_default()),
        count(story.lines.len(), "line"),
        count(story.components.len(), "component"),
        count(story.errors.len(), "error")
    )
}

fn operations(story: &Story, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "\n{}", styled(BOLD, "operations"))?;
    for part in story.operations.iter().take(SHOWN) {
        let id = if part.id.is_empty() { "no ID".to_owned() } else { one_line(&part.id) };
        writeln!(out, "  {id}  from {}  {}", time(story, part.first), count(part.lines, "line"))?;
    }
    more(story.operations.len(), "operation", out)
}

/// What each object went through: what was said of it, the same things said in a row told once.
fn objects(story: &Story, out: &mut dyn Write) -> Result<()> {
    if story.objects.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", styled(BOLD, "objects"))?;
    for part in story.objects.iter().take(SHOWN) {
        writeln!(out, "  {}: {}", one_line(&part.object.to_string()), count(part.lines.len(), "line"))?;
        let mut steps: Vec<(usize, usize, String)> = Vec::new();
        for at in &part.lines {
            let line = &story.lines[*at];
            let what = format!("{}: {}", one_line(&line.component), step(line, &story.key));
            match steps.last_mut().filter(|(.., said)| *said == what) {
                Some((_, times, _)) => *times += 1,
                None => steps.push((*at, 1, what)),
            }
        }
        for (at, times, what) in steps.iter().take(SHOWN) {
            let times = if *times > 1 { format!(" ×{times}") } else { String::new() };
            writeln!(out, "    {:>11}  {what}{times}", time(story, *at))?;
        }
        if steps.len() > SHOWN {
            writeln!(out, "    {}", styled(DIM, &format!("and {} more steps", steps.len() - SHOWN)))?;
        }
    }
    more(story.objects.len(), "object", out)
}

/// The message; of a request, its verb and answer as well.
fn step(line: &Line, key: &str) -> String {
    let pairs = line.pairs(key);
    let of =
        |keys: &[&str]| pairs.iter().find(|pair| keys.contains(&&*pair.key)).map(|pair| one_line(&pair.value.shown()));
    let mut out = cut(&one_line(&line.message), Detail { full: false });
    for value in
        [of(&["verb", "requestVerb"]), of(&["resp", "responseStatus"]), of(&["err", "error"])].into_iter().flatten()
    {
        out.push_str(&format!(" {}", cut(&value, Detail { full: false })));
    }
    out
}

fn lines(story: &Story, width: usize, detail: Detail, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "\n{}", styled(BOLD, "lines"))?;
    let mut gaps = story.gaps.iter().peekable();
    for at in 0..story.lines.len() {
        writeln!(out, "  {}", row(story, at, width, detail))?;
        if detail.full {
            for rest in story.lines[at].text.lines().skip(1) {
                writeln!(out, "      {}", harmless(rest))?;
            }
        }
        if let Some(gap) = gaps.next_if(|gap| gap.after == at) {
            writeln!(out, "  {}", styled(YELLOW, &format!("── nothing for {} ──", span(gap.nanoseconds))))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_sixty_seconds_a_minute() {
        let of = |seconds: f64| span((seconds * 1e9) as i64);
        assert_eq!([of(0.25), of(119.9), of(119.9996)], ["250.0 ms", "119.900 s", "2 min 00 s"]);
        assert_eq!([of(179.7), of(7199.6), of(150.0)], ["3 min 00 s", "120 min 00 s", "2 min 30 s"]);
    }
}
