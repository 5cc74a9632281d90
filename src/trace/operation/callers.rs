//! Call sites by the lines that they printed, with and without a request ID.

use rustc_hash::FxHashMap;

use super::reader::{LineReader, Options};
use crate::trace::read::{Counts, Input, Record, Search, scan};

/// What a call site printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerPart {
    /// `file.go:12`, or `dir/file.go:12`.
    pub caller: String,
    /// The message.
    pub message: String,
    /// Lines with an ID.
    pub with: u64,
    /// Lines without.
    pub without: u64,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Callers {
    /// By place and message.
    pub list: Vec<CallerPart>,
    /// What was read.
    pub counts: Counts,
    /// Lines of call sites that there was no room for: messages that are each another one.
    pub dropped: u64,
    /// Why files were not read to their end.
    pub errors: Vec<String>,
}

/// Places and messages that are told apart at most.
const MOST: usize = 500_000;

struct Counting {
    reader: LineReader,
    sums: FxHashMap<(String, String), [u64; 2]>,
    dropped: u64,
}

impl Counting {
    fn add(&mut self, key: (String, String), [with, without]: [u64; 2]) {
        let is_full = self.sums.len() >= MOST;
        match self.sums.get_mut(&key) {
            Some(sum) => *sum = [sum[0] + with, sum[1] + without],
            None if is_full => self.dropped += with + without,
            None => drop(self.sums.insert(key, [with, without])),
        }
    }
}

impl Search for Counting {
    fn record(&mut self, input: &Input, source: u32, record: Record<'_>) {
        let mut lines = Vec::new();
        self.reader.each(input, source, record, &mut |line| lines.push(line));
        for line in lines.into_iter().filter(|line| !line.caller.is_empty()) {
            let is_with = u64::from(!line.ids.is_empty());
            self.add((line.caller, line.message), [is_with, 1 - is_with]);
        }
    }

    fn shift(&mut self, _: u64) {}

    fn broken(&self) -> u64 {
        self.reader.broken
    }
}

/// Counts the lines of all call sites.
pub fn callers(inputs: &[Input], options: &Options, progress: &(dyn Fn(u64) + Sync)) -> Callers {
    let new = || Counting { reader: LineReader::new(options), sums: FxHashMap::default(), dropped: 0 };
    let mut all = new();
    let mut out = Callers::default();
    let mut take = |found: Counting| {
        all.dropped += found.dropped;
        found.sums.into_iter().for_each(|(key, sum)| all.add(key, sum));
    };
    for file in scan(inputs, None, &new, progress, &mut take) {
        out.counts.add(&file.counts);
        out.errors.extend(file.error);
    }
    out.dropped = all.dropped;
    let part = |((caller, message), [with, without]): ((String, String), [u64; 2])| CallerPart {
        caller,
        message,
        with,
        without,
    };
    out.list = all.sums.into_iter().map(part).collect();
    out.list.sort_by(|a, b| (&a.caller, &a.message).cmp(&(&b.caller, &b.message)));
    out
}
