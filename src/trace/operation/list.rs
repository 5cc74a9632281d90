//! All operations of the logs: when each began, how long it took, who took part, how many lines and errors.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::Serialize;

use super::reader::{LineReader, Options};
use crate::trace::read::{Counts, Input, Record, Search, scan};

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// Its ID.
    pub id: String,
    /// When its first line was written, in nanoseconds since 1970; absent where no line has a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    /// When its last line was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<i64>,
    /// Its lines.
    pub lines: u64,
    /// Those of errors.
    pub errors: u64,
    /// The components that wrote them.
    pub components: Vec<String>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Operations {
    /// The operations, by start.
    pub list: Vec<Listed>,
    /// How many there are that nobody asked for.
    pub hidden: usize,
    /// Lines of operations that there was no room for.
    pub dropped: u64,
    /// What was read.
    pub counts: Counts,
    /// Why files were not read to their end.
    pub errors: Vec<String>,
}

/// Operations that are followed at most: a server makes up an ID for each request that has none.
const MOST: usize = 2_000_000;

#[derive(Clone, Default)]
struct Sum {
    start: Option<i64>,
    end: Option<i64>,
    lines: u64,
    errors: u64,
    components: Vec<u16>,
}

impl Sum {
    fn add(&mut self, other: &Self) {
        self.start = [self.start, other.start].into_iter().flatten().min();
        self.end = [self.end, other.end].into_iter().flatten().max();
        self.lines += other.lines;
        self.errors += other.errors;
        for component in &other.components {
            if !self.components.contains(component) {
                self.components.push(*component);
            }
        }
    }
}

struct Listing {
    reader: LineReader,
    names: Vec<Arc<str>>,
    sums: FxHashMap<String, Sum>,
    dropped: u64,
}

/// Names that are told apart at most; a hostile log has as many as lines.
const NAMES: usize = 4096;

impl Listing {
    fn component(names: &mut Vec<Arc<str>>, name: &Arc<str>) -> u16 {
        let at = names.iter().rposition(|known| known == name).unwrap_or_else(|| {
            if names.len() < NAMES {
                names.push(name.clone());
            }
            names.len() - 1
        });
        at as u16
    }

    fn join(&mut self, other: Self) {
        let numbers: Vec<u16> = other.names.iter().map(|name| Self::component(&mut self.names, name)).collect();
        self.dropped += other.dropped;
        for (id, mut sum) in other.sums {
            sum.components.iter_mut().for_each(|component| *component = numbers[usize::from(*component)]);
            let is_full = self.sums.len() >= MOST;
            match self.sums.get_mut(&id) {
                Some(known) => known.add(&sum),
                None if is_full => self.dropped += sum.lines,
                None => drop(self.sums.insert(id, sum)),
            }
        }
    }
}

impl Search for Listing {
    fn record(&mut self, input: &Input, source: u32, record: Record<'_>) {
        let Self { reader, names, sums, dropped } = self;
        reader.each(input, source, record, &mut |line| {
            if line.ids.is_empty() {
                return;
            }
            let component = Self::component(names, &line.component);
            let errors = u64::from(line.severity.is_error());
            let one = Sum { start: line.at, end: line.at, lines: 1, errors, components: vec![component] };
            for id in &line.ids {
                let is_full = sums.len() >= MOST;
                match sums.get_mut(id) {
                    Some(sum) => sum.add(&one),
                    None if is_full => *dropped += 1,
                    None => drop(sums.insert(id.clone(), one.clone())),
                }
            }
        });
    }

    fn shift(&mut self, _: u64) {}

    fn broken(&self) -> u64 {
        self.reader.broken
    }
}

/// Lists the operations of all inputs that are wanted, by their errors and by how many components they have.
pub fn list(
    inputs: &[Input],
    options: &Options,
    is_wanted: &dyn Fn(u64, usize) -> bool,
    progress: &(dyn Fn(u64) + Sync),
) -> Operations {
    let new =
        || Listing { reader: LineReader::new(options), names: Vec::new(), sums: FxHashMap::default(), dropped: 0 };
    let mut all = new();
    let mut out = Operations::default();
    for file in scan(inputs, Some(options.key.as_bytes()), &new, progress, &mut |found| all.join(found)) {
        out.counts.add(&file.counts);
        out.errors.extend(file.error);
    }
    let Listing { names, sums, dropped, .. } = all;
    out.dropped = dropped;
    out.hidden = sums.len();
    out.list = sums
        .into_iter()
        .filter(|(_, sum)| is_wanted(sum.errors, sum.components.len()))
        .map(|(id, sum)| {
            let mut components: Vec<String> =
                sum.components.iter().filter_map(|at| names.get(usize::from(*at))).map(ToString::to_string).collect();
            components.sort_unstable();
            let Sum { start, end, lines, errors, .. } = sum;
            Listed { id, start, end, lines, errors, components }
        })
        .collect();
    out.hidden -= out.list.len();
    out.list.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
    out
}
