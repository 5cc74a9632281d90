//! The lines of one operation, or those about one object.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::reader::{LineReader, Options};
use crate::trace::line::{Line, Object, names};
use crate::trace::read::{Counts, Input, Record, Search, scan};

/// Which lines are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// Those that carry an ID, or one that starts so.
    Id(String),
    /// Those that name an object.
    Object(Object),
}

/// Bytes of lines that are kept at most; what comes after is counted.
const KEPT: usize = 96 << 20;

/// What was found.
#[derive(Debug, Default)]
pub struct Collected {
    /// The lines, file by file.
    pub lines: Vec<Line>,
    /// Lines that name the ID otherwise than by the pair, once it is settled which.
    pub mentions: u64,
    /// Words that start as the ID does and stand elsewhere in lines, and how many lines each.
    mentioned: BTreeMap<String, u64>,
    /// Lines that were not kept, since there are too many.
    pub dropped: u64,
    /// Of those looked at: lines that stood within others.
    pub interleaved: u64,
    /// Counts of each file.
    pub counts: Vec<Counts>,
    /// Why files were not read to their end.
    pub errors: Vec<String>,
}

impl Collected {
    /// Settles which operation is meant by the start of an ID: the one that is called so, or the only one that starts so. Several
    /// are an error, which names them.
    pub fn settle(&mut self, want: Want) -> Result<Want, Vec<String>> {
        let Want::Id(given) = &want else { return Ok(want) };
        let found: BTreeSet<&String> =
            self.lines.iter().flat_map(|line| &line.ids).filter(|id| id.starts_with(given)).collect();
        let of = |id: &str| self.mentioned.get(id).copied().unwrap_or_default();
        self.mentions = match found.iter().collect::<Vec<_>>()[..] {
            [] => self.mentioned.values().sum(),
            [only] if !found.contains(given) => of(only),
            _ => of(given),
        };
        if found.is_empty() || found.contains(given) {
            self.lines.retain(|line| line.ids.contains(given));
            return Ok(want);
        }
        match found.iter().collect::<Vec<_>>()[..] {
            [only] => Ok(Want::Id((*only).clone())),
            _ => Err(found.into_iter().cloned().collect()),
        }
    }
}

struct Collecting<'w> {
    want: &'w Want,
    key: &'w str,
    reader: LineReader,
    kept: Arc<AtomicUsize>,
    lines: Vec<Line>,
    mentioned: BTreeMap<String, u64>,
    dropped: u64,
}

/// Words that are told apart at most.
const WORDS: usize = 10_000;

/// The words of a text that start as an ID does.
fn words<'t>(text: &'t str, id: &str) -> BTreeSet<&'t str> {
    let is_within = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let starts = text.match_indices(id).filter(|(at, _)| !text[..*at].ends_with(is_within));
    let word = |(at, start): (usize, &str)| {
        let behind = at + start.len();
        &text[at..behind + text[behind..].find(|c| !is_within(c)).unwrap_or(text.len() - behind)]
    };
    starts.map(word).collect()
}

impl Search for Collecting<'_> {
    fn record(&mut self, input: &Input, source: u32, record: Record<'_>) {
        let Self { want, key, reader, kept, lines, mentioned, dropped } = self;
        reader.each(input, source, record, &mut |line| {
            let fits = match want {
                Want::Id(id) => line.ids.iter().any(|known| known.starts_with(id)),
                Want::Object(object) => line.text.contains(&object.name) && names(&line.pairs(key), object),
            };
            if !fits {
                let Want::Id(id) = want else { return };
                for word in words(&line.text, id) {
                    let is_full = mentioned.len() >= WORDS;
                    match mentioned.get_mut(word) {
                        Some(lines) => *lines += 1,
                        None if is_full => {}
                        None => drop(mentioned.insert(word.to_owned(), 1)),
                    }
                }
                return;
            }
            let size = line.text.len() + line.message.len() + size_of::<Line>() + 64;
            if kept.fetch_add(size, Ordering::Relaxed) > KEPT {
                *dropped += 1;
            } else {
                lines.push(line);
            }
        });
    }

    fn shift(&mut self, lines: u64) {
        self.lines.iter_mut().for_each(|line| line.number += lines);
    }

    fn broken(&self) -> u64 {
        self.reader.broken
    }
}

/// Finds the lines in all inputs.
pub fn collect(inputs: &[Input], want: &Want, options: &Options, progress: &(dyn Fn(u64) + Sync)) -> Collected {
    let kept = Arc::new(AtomicUsize::new(0));
    let text = match want {
        Want::Id(id) => id,
        Want::Object(object) => &object.name,
    };
    let new = || Collecting {
        want,
        key: &options.key,
        reader: LineReader::new(options),
        kept: kept.clone(),
        lines: Vec::new(),
        mentioned: BTreeMap::new(),
        dropped: 0,
    };
    let mut out = Collected::default();
    let mut take = |found: Collecting<'_>| {
        out.lines.extend(found.lines);
        found.mentioned.into_iter().for_each(|(word, lines)| *out.mentioned.entry(word).or_default() += lines);
        out.dropped += found.dropped;
        out.interleaved += found.reader.interleaved;
    };
    let scanned = scan(inputs, Some(text.as_bytes()), &new, progress, &mut take);
    for file in scanned {
        out.counts.push(file.counts);
        out.errors.extend(file.error);
    }
    out
}
