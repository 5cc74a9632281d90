//! Records as lines with their component and time; where two lines stand in one, both.

use jiff::tz::TimeZone;

use crate::trace::line::{Clock, Line, Parser, embedded_head, full_time};
use crate::trace::read::{Input, Record};

/// How logs are read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The request ID's key.
    pub key: String,
    /// The time zone of klog's text lines, where nothing beside them tells it.
    pub zone: TimeZone,
    /// What time it is, in nanoseconds since 1970: no line of a file without a date is of later.
    pub now: i64,
}

/// Reads the records of one share of a file.
pub struct LineReader {
    parser: Parser,
    zone: TimeZone,
    clock: Option<Clock>,
    /// Lines that stood within others.
    pub interleaved: u64,
    /// Lines that start and end like JSON and are none; cut ones are counted where lines are.
    pub broken: u64,
}

/// Lines that are looked for within one.
const WITHIN: usize = 16;

impl LineReader {
    /// A reader.
    pub fn new(options: &Options) -> Self {
        let parser = Parser::new(&options.key);
        Self { parser, zone: options.zone.clone(), clock: None, interleaved: 0, broken: 0 }
    }

    /// Hands out the lines of a record.
    pub fn each(&mut self, input: &Input, source: u32, record: Record<'_>, sink: &mut dyn FnMut(Line)) {
        let Self { parser, zone, clock, interleaved, broken } = self;
        let clock = clock.get_or_insert_with(|| Clock::new(zone.clone(), input.reference));
        let text = String::from_utf8_lossy(record.text);
        let mut rest: &str = text.trim_start_matches('\0');
        for _ in 0..WITHIN {
            let cut = embedded_head(rest);
            let this = &rest[..cut.unwrap_or(rest.len())];
            let parsed = parser.parse(this, full_time(record.beside), clock);
            *broken += u64::from(parsed.is_broken && this.starts_with('{') && this.ends_with('}'));
            let component = match parsed.component {
                Some(name) => name.into(),
                None => record.component.unwrap_or(&input.component).clone(),
            };
            sink(Line {
                source,
                number: record.number,
                component,
                at: parsed.at,
                severity: parsed.severity,
                caller: parsed.caller,
                message: parsed.message,
                ids: parsed.ids,
                more: parsed.more,
                shape: parsed.shape,
                text: parsed.text.unwrap_or_else(|| this.to_owned()),
            });
            let Some(cut) = cut else { break };
            *interleaved += 1;
            rest = &rest[cut..];
        }
    }
}
