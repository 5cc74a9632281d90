//! All inputs, read in parallel; records in which something stands are handed to whoever looks for it.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

use memchr::memmem::Finder;
use rayon::prelude::*;

use super::assemble::{Assembler, Form, Record, form};
use super::block::{Block, Blocks, Piece};
use super::counts::Counts;
use super::input::Input;
use crate::trace::line::unwrap;

/// What somebody looks for in records.
pub trait Search: Send {
    /// Takes a record of an input: one in which the text stands that is looked for.
    fn record(&mut self, input: &Input, source: u32, record: Record<'_>);

    /// Lines that earlier shares of the input had: numbers count from there.
    fn shift(&mut self, lines: u64);

    /// How many of the records that it took could not be read in whole.
    fn broken(&self) -> u64;
}

/// What was read of an input.
#[derive(Default)]
pub struct Scanned {
    /// Counts of its lines.
    pub counts: Counts,
    /// Why it was not read to its end.
    pub error: Option<String>,
}

/// Shares on their way to whoever takes them, in the order of the inputs: those that are ready too early wait.
struct Ordered<'t, S> {
    next: usize,
    waiting: BTreeMap<usize, (usize, Share<S>)>,
    scanned: Vec<Scanned>,
    take: &'t mut (dyn FnMut(S) + Send),
}

impl<S: Search> Ordered<'_, S> {
    fn ready(&mut self, at: usize, source: usize, share: Share<S>) {
        self.waiting.insert(at, (source, share));
        while let Some((source, mut share)) = self.waiting.remove(&self.next) {
            self.next += 1;
            let scanned = &mut self.scanned[source];
            share.found.shift(scanned.counts.lines);
            scanned.counts.add(&share.counts);
            scanned.counts.broken += share.found.broken();
            scanned.error = scanned.error.take().or(share.error);
            (self.take)(share.found);
        }
    }
}

struct Share<S> {
    found: S,
    counts: Counts,
    error: Option<String>,
}

/// Reads all inputs and hands records with `text` in them to a search that `new` makes for each share. `progress` is told bytes, and
/// `take` what each share had, in their order, as soon as those before it are taken: few are in memory at a time.
pub fn scan<S: Search>(
    inputs: &[Input],
    text: Option<&[u8]>,
    new: &(dyn Fn() -> S + Sync),
    progress: &(dyn Fn(u64) + Sync),
    take: &mut (dyn FnMut(S) + Send),
) -> Vec<Scanned> {
    let finder = text.map(Finder::new);
    let shares: Vec<(usize, usize)> = inputs
        .iter()
        .enumerate()
        .flat_map(|(source, input)| (0..input.shares.len()).map(move |share| (source, share)))
        .collect();
    let scanned = inputs.iter().map(|_| Scanned::default()).collect();
    let ordered = Mutex::new(Ordered { next: 0, waiting: BTreeMap::new(), scanned, take });
    shares.into_iter().enumerate().par_bridge().for_each(|(at, (source, share))| {
        let input = &inputs[source];
        let range = (input.shares[share], input.shares.get(share + 1).copied());
        let mut reading = Reading::new(input, source as u32, finder.as_ref(), new(), progress);
        let error = match input.stream(range.0.saturating_sub(1)) {
            Ok(stream) => reading.read(stream, range).err(),
            Err(error) => Some(error),
        };
        let counts = reading.assembler.counts;
        let error = error.map(|error| format!("{}: line {}: {error}", input.name, counts.lines + 1));
        let share = Share { found: reading.search, counts, error };
        ordered.lock().unwrap_or_else(PoisonError::into_inner).ready(at, source, share);
    });
    ordered.into_inner().unwrap_or_else(PoisonError::into_inner).scanned
}

struct Reading<'r, S> {
    input: &'r Input,
    source: u32,
    finder: Option<&'r Finder<'r>>,
    search: S,
    progress: &'r (dyn Fn(u64) + Sync),
    /// Bytes of a packed input that progress knows of.
    told: u64,
    assembler: Assembler,
    /// Whether the share's first header has been met; what stands before it is the share's before.
    began: bool,
}

impl<'r, S: Search> Reading<'r, S> {
    fn new(
        input: &'r Input,
        source: u32,
        finder: Option<&'r Finder<'r>>,
        search: S,
        progress: &'r (dyn Fn(u64) + Sync),
    ) -> Self {
        Self { input, source, finder, search, progress, told: 0, assembler: Assembler::default(), began: false }
    }

    fn read(&mut self, stream: impl Read, (from, to): (u64, Option<u64>)) -> std::io::Result<()> {
        self.began = from == 0;
        let mut blocks = Blocks::new(stream, from.saturating_sub(1));
        // A share that is not the first starts in the middle of a line, or right behind one.
        let mut skips = from > 0;
        let result = loop {
            match blocks.next() {
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
                Ok(Some(mut block)) => {
                    if skips {
                        let Some(at) = memchr::memchr(b'\n', block.bytes) else { continue };
                        block =
                            Block { bytes: &block.bytes[at + 1..], offset: block.offset + at as u64 + 1, piece: None };
                        skips = false;
                    }
                    if self.block(block, to) {
                        break Ok(());
                    }
                }
            }
        };
        let Self { assembler, search, input, source, .. } = self;
        assembler.end(&mut |record| search.record(input, *source, record));
        result
    }

    /// Takes a block; true where the share has ended.
    fn block(&mut self, block: Block<'_>, to: Option<u64>) -> bool {
        let bytes = block.bytes;
        let packed = self.input.packed().map(|packed| packed - std::mem::replace(&mut self.told, packed));
        (self.progress)(packed.unwrap_or(bytes.len() as u64));
        let is_utf8 = std::str::from_utf8(bytes).is_ok();
        let has_control = memchr::memchr2(0x1b, 0, bytes).is_some();
        let finder = self.finder;
        let mut hits = finder.map(|finder| finder.find_iter(bytes));
        let mut next = hits.as_mut().map_or(Some(0), Iterator::next);
        let is_later = block.piece == Some(Piece::Later);
        if is_later && self.began {
            self.assembler.piece(bytes);
            self.assembler.counts.bytes += bytes.len() as u64;
            return false;
        }
        let mut start = 0;
        while start < bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
            let line = &bytes[start..end];
            let is_past = to.is_some_and(|to| block.offset + start as u64 >= to);
            if (is_past || !self.began) && form(&unwrap(line).line) != Form::Other {
                if is_past {
                    return true;
                }
                self.began = true;
            }
            if self.began {
                while finder.is_some() && next.is_some_and(|at| at < start) {
                    next = hits.as_mut().and_then(Iterator::next);
                }
                let is_wanted = finder.is_none() || next.is_some_and(|at| at < end);
                let counts = &mut self.assembler.counts;
                counts.bytes += (end + 1).min(bytes.len()) as u64 - start as u64;
                counts.not_utf8 += u64::from(!is_utf8 && std::str::from_utf8(line).is_err());
                counts.control += u64::from(has_control && memchr::memchr2(0x1b, 0, line).is_some());
                counts.long += u64::from(block.piece == Some(Piece::First));
                let Self { assembler, search, input, source, .. } = self;
                assembler.line(line, is_wanted, &mut |record| search.record(input, *source, record));
            } else if is_past {
                return true;
            }
            start = end + 1;
        }
        false
    }
}
