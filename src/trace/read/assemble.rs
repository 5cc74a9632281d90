//! Lines put together to records: a line with a header, and what goes on with it, in each of a file's streams.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::counts::Counts;
use crate::trace::line::{Wrapped, is_head, is_logfmt, unwrap};

/// A line with the lines that go on with it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'r> {
    /// Number of its first line in what was read, from 1.
    pub number: u64,
    /// The component that stood in front of it.
    pub component: Option<&'r Arc<str>>,
    /// The time that stood in front of it, as RFC 3339; empty where none did.
    pub beside: &'r str,
    /// The text, without line breaks at its end.
    pub text: &'r [u8],
}

/// Most bytes of a record that are kept.
const LONGEST: usize = 512 << 10;
/// Of one that is longer, most bytes of its end that are kept as well: klog's pairs come behind what made it long.
const TAIL: usize = 16 << 10;
/// Streams of one file that are followed at a time.
const STREAMS: usize = 4096;

/// What a line is by its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// klog's header, or one that is cut.
    Klog,
    /// JSON.
    Json,
    /// A time or logfmt, as other programs have it.
    Dated,
    /// None of these.
    Other,
}

/// The form of a line, without what others put in front.
pub fn form(line: &[u8]) -> Form {
    match line.first() {
        Some(b'I' | b'W' | b'E' | b'F') if is_head(line) => Form::Klog,
        Some(b'{') => Form::Json,
        Some(b'0'..=b'9')
            if line.len() > 19 && line[4] == b'-' && line[7] == b'-' && matches!(line[10], b'T' | b' ') =>
        {
            Form::Dated
        }
        _ if is_logfmt(line) => Form::Dated,
        _ => Form::Other,
    }
}

#[derive(Default)]
struct Open {
    number: u64,
    component: Option<Arc<str>>,
    beside: String,
    text: Vec<u8>,
    form: Option<Form>,
    is_wanted: bool,
    is_partial: bool,
    /// Whether the time that stood in front may be its own.
    is_timed: bool,
    /// Whether more was to be kept than is; then, the end.
    is_cut: bool,
    tail: Vec<u8>,
}

impl Open {
    fn end(&mut self, sink: &mut impl FnMut(Record<'_>)) {
        if self.is_wanted && self.form.is_some() {
            self.text.append(&mut self.tail);
            let Self { number, beside, text, .. } = self;
            sink(Record { number: *number, component: self.component.as_ref(), beside, text });
        }
        self.form = None;
        self.is_wanted = false;
        self.is_partial = false;
        self.is_timed = false;
        self.is_cut = false;
        self.tail.clear();
        self.text.clear();
    }

    fn go_on(&mut self, counts: &mut Counts, line: &[u8], is_wanted: bool, breaks: bool) {
        counts.continued += 1;
        // What is looked for may stand across the place where a line was split.
        self.is_wanted |= is_wanted || !breaks;
        let room = LONGEST.saturating_sub(self.text.len() + 1);
        if breaks && room > 0 {
            self.text.push(b'\n');
        }
        self.text.extend_from_slice(&line[..line.len().min(room)]);
        if line.len() > room {
            counts.long += u64::from(!self.is_cut);
            self.is_cut = true;
            self.keep_end(&line[room..], breaks && room == 0);
        }
    }

    fn keep_end(&mut self, line: &[u8], breaks: bool) {
        if breaks {
            self.tail.clear();
            self.tail.push(b'\n');
        }
        self.tail.extend_from_slice(&line[line.len().saturating_sub(TAIL - 1)..]);
        let excess = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..excess);
    }
}

/// What journald's JSON has for a message that it has no text for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Textless {
    /// Its bytes, as numbers.
    Bytes,
    /// Nothing: it is too long.
    Nothing,
}

fn textless(line: &[u8]) -> Option<Textless> {
    // Its keys are in capitals; those of loggers are not.
    let key = *line.get(2)?;
    let at = (!key.is_ascii_lowercase()).then(|| memchr::memmem::find(line, b"\"MESSAGE\"")).flatten()?;
    match line[at + 9..].iter().find(|byte| !matches!(byte, b' ' | b':')) {
        Some(b'[') => Some(Textless::Bytes),
        Some(b'n') => Some(Textless::Nothing),
        _ => None,
    }
}

/// Puts lines together.
#[derive(Default)]
pub struct Assembler {
    /// The stream of lines without anything in front.
    bare: Open,
    streams: FxHashMap<Vec<u8>, Open>,
    /// The stream of the last line that was as long as one can be.
    long: Vec<u8>,
    /// Counts of the lines so far.
    pub counts: Counts,
}

impl Assembler {
    /// Takes a line without its line break. `is_wanted`: its record is to be handed out.
    pub fn line(&mut self, line: &[u8], is_wanted: bool, sink: &mut impl FnMut(Record<'_>)) {
        self.counts.lines += 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let wrapped = unwrap(line);
        if line.len() + 1 >= LONGEST {
            self.long.clear();
            self.long.extend_from_slice(wrapped.stream);
        }
        if wrapped.stream.is_empty() {
            let Self { bare, counts, .. } = self;
            return take(bare, counts, &wrapped, is_wanted, sink);
        }
        if self.streams.len() >= STREAMS && !self.streams.contains_key(wrapped.stream) {
            self.end(sink);
        }
        let Self { streams, counts, .. } = self;
        if let Some(open) = streams.get_mut(wrapped.stream) {
            return take(open, counts, &wrapped, is_wanted, sink);
        }
        let open = streams.entry(wrapped.stream.to_vec()).or_default();
        open.component = wrapped.component.map(Arc::from);
        take(open, counts, &wrapped, is_wanted, sink);
    }

    /// A later piece of a line that is too long to be kept whole. What is looked for may stand across pieces.
    pub fn piece(&mut self, piece: &[u8]) {
        let open = match self.long.is_empty() {
            true => Some(&mut self.bare),
            false => self.streams.get_mut(&self.long),
        };
        if let Some(open) = open.filter(|open| open.form.is_some()) {
            open.is_wanted = true;
            open.is_cut = true;
            let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
            open.keep_end(piece.strip_suffix(b"\r").unwrap_or(piece), false);
        }
    }

    /// Ends what is open.
    pub fn end(&mut self, sink: &mut impl FnMut(Record<'_>)) {
        self.bare.end(sink);
        let mut open: Vec<Open> = self.streams.drain().map(|(_, open)| open).collect();
        open.sort_by_key(|open| open.number);
        open.iter_mut().for_each(|open| open.end(sink));
    }
}

fn take(
    open: &mut Open,
    counts: &mut Counts,
    wrapped: &Wrapped<'_>,
    mut is_wanted: bool,
    sink: &mut impl FnMut(Record<'_>),
) {
    let line: &[u8] = match &wrapped.line {
        Cow::Borrowed(line) => line,
        Cow::Owned(line) => line,
    };
    if open.is_partial {
        open.go_on(counts, line, is_wanted, false);
        open.is_partial = wrapped.is_partial;
        return;
    }
    let mut form = form(line);
    // A time in front of this line and not of the one before is its own, and those of the lines behind it are theirs.
    let is_timed = form == Form::Other
        && wrapped.may_be_its_own()
        && (open.form.is_none() || open.is_timed || open.beside.is_empty());
    if is_timed {
        form = Form::Dated;
    }
    match form {
        // klog's own lines go on, and so do those of programs that print traces; JSON never does.
        Form::Other if matches!(open.form, Some(Form::Klog | Form::Dated)) => {
            open.go_on(counts, line, is_wanted, true);
            open.is_partial = wrapped.is_partial;
            return;
        }
        Form::Other => counts.unknown += 1,
        Form::Klog => {
            counts.klog += 1;
            counts.broken += u64::from(memchr::memchr(b']', &line[21..line.len().min(280)]).is_none());
        }
        Form::Json => {
            counts.json += 1;
            counts.broken += u64::from(!line.ends_with(b"}") && !wrapped.is_partial);
            let textless = textless(line);
            is_wanted |= textless == Some(Textless::Bytes);
            counts.long += u64::from(textless == Some(Textless::Nothing));
        }
        Form::Dated => counts.dated += 1,
    }
    open.end(sink);
    open.number = counts.lines;
    open.form = Some(form);
    open.is_wanted = is_wanted;
    open.is_partial = wrapped.is_partial;
    open.is_timed = is_timed;
    open.is_cut = line.len() >= LONGEST;
    open.beside.clear();
    open.beside.push_str(wrapped.beside.as_deref().unwrap_or_default());
    open.text.extend_from_slice(&line[..line.len().min(LONGEST)]);
    if form == Form::Other && !open.is_partial {
        open.end(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> (Vec<(u64, String)>, Counts) {
        let mut assembler = Assembler::default();
        let mut out = Vec::new();
        let mut sink =
            |record: Record<'_>| out.push((record.number, String::from_utf8_lossy(record.text).into_owned()));
        text.lines().for_each(|line| assembler.line(line.as_bytes(), true, &mut sink));
        assembler.end(&mut sink);
        (out, assembler.counts)
    }

    const HEAD: &str = "I0102 03:04:05.000006       1 a.go:1] ";

    #[test]
    fn records_are_lines_with_what_goes_on() {
        let text = format!("Request ID: x\n{HEAD}\"a\" t=<\n\tx\n >\n{HEAD}\"b\"\n{{\"ts\":1}}\nloose\n{HEAD}\"c\"\n");
        let (records, counts) = records(&text);
        let texts: Vec<&str> = records.iter().map(|(_, text)| text.trim_start_matches(HEAD)).collect();
        assert_eq!(texts, ["Request ID: x", "\"a\" t=<\n\tx\n >", "\"b\"", "{\"ts\":1}", "loose", "\"c\""]);
        assert_eq!(records.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2, 5, 6, 7, 8]);
        assert_eq!((counts.lines, counts.klog, counts.json, counts.continued, counts.unknown), (8, 3, 1, 2, 2));
    }

    #[test]
    fn streams_of_one_file_are_kept_apart() {
        let (a, b) = ("[pod/x/a] ", "[pod/y/b] ");
        let text = format!("{a}{HEAD}\"a\" t=<\n{b}{HEAD}\"b\"\n{a}\tx\n{a} >\n{b}go on\n");
        let texts: Vec<String> = records(&text).0.into_iter().map(|(_, text)| text.replace(HEAD, "")).collect();
        assert_eq!(texts, ["\"a\" t=<\n\tx\n >", "\"b\"\ngo on"]);
    }

    #[test]
    fn what_a_runtime_split_is_one_line() {
        let time = "2024-05-06T07:08:09.123456789Z stderr";
        let text = format!("{time} P {HEAD}\"a\n{time} F b\" x=1\n{time} F {HEAD}\"c\"\n");
        let texts: Vec<String> = records(&text).0.into_iter().map(|(_, text)| text.replace(HEAD, "")).collect();
        assert_eq!(texts, ["\"ab\" x=1", "\"c\""]);
    }

    #[test]
    fn lines_of_other_programs_are_their_own() {
        let text = format!(
            "{HEAD}\"a\"\nlevel=info msg=b\n{HEAD}\"c\"\n2024-05-06T07:08:09Z ERROR d\n\tat night\n2024-05-06T07:08:09Z ERROR e\n{HEAD}\"f\"\n"
        );
        let (records, counts) = records(&text);
        let texts: Vec<&str> = records.iter().map(|(_, text)| text.trim_start_matches(HEAD)).collect();
        assert_eq!(texts, ["\"a\"", "level=info msg=b", "\"c\"", "ERROR d\n\tat night", "ERROR e", "\"f\""]);
        assert_eq!((counts.klog, counts.dated, counts.continued), (3, 3, 1));
        let stamped: String = [&format!("{HEAD}\"a\" t=<")[..], "\tx", " >", &format!("{HEAD}\"b\"")]
            .map(|line| format!("2024-05-06T07:08:09Z {line}\n"))
            .concat();
        assert_eq!(super::tests::records(&stamped).0.len(), 2, "what kubectl put in front is nobody's own");
    }

    #[test]
    fn long_records_keep_their_end_and_are_counted() {
        let middle = "\tof interest\n".repeat(LONGEST / 10);
        let (records, counts) = records(&format!("{HEAD}\"a\" t=<\n{middle} > id=\"x\"\n{HEAD}\"b\"\n"));
        assert!(records[0].1.ends_with("\n > id=\"x\"") && records[0].1.len() < LONGEST + TAIL);
        assert_eq!((records.len(), counts.long), (2, 1));
        let time = "2024-05-06T07:08:09Z stderr";
        let pieces = format!("{time} P {}\n", "x".repeat(15_000)).repeat(50);
        let (records, counts) = super::tests::records(&format!("{time} P {HEAD}\"\n{pieces}{time} F \" id=\"x\"\n"));
        assert!(records[0].1.ends_with("x\" id=\"x\""));
        assert_eq!((records.len(), counts.long), (1, 1));
    }
}
