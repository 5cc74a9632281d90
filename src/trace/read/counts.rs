//! What was read, line by line: each line is exactly one of its forms.

use schemars::JsonSchema;
use serde::Serialize;

/// Counts of a file, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Bytes, unpacked.
    pub bytes: u64,
    /// Lines; the five below add up to it.
    pub lines: u64,
    /// Lines with klog's header.
    pub klog: u64,
    /// Lines of JSON.
    pub json: u64,
    /// Lines of other programs that start with a time, or are logfmt.
    pub dated: u64,
    /// Lines that go on with the one before.
    pub continued: u64,
    /// Lines that are nothing of these.
    pub unknown: u64,
    /// Of all: lines that start like a header or JSON and end too early.
    pub broken: u64,
    /// Of all: lines longer than what is read of one; the rest was searched, and not kept.
    pub long: u64,
    /// Of all: lines that are not UTF-8.
    pub not_utf8: u64,
    /// Of all: lines with escape sequences or NUL bytes.
    pub control: u64,
}

impl Counts {
    /// Adds those of another file.
    pub fn add(&mut self, other: &Self) {
        self.bytes += other.bytes;
        self.lines += other.lines;
        self.klog += other.klog;
        self.json += other.json;
        self.dated += other.dated;
        self.continued += other.continued;
        self.unknown += other.unknown;
        self.broken += other.broken;
        self.long += other.long;
        self.not_utf8 += other.not_utf8;
        self.control += other.control;
    }

    /// What is wrong with lines, in words; empty where nothing is.
    pub fn troubles(&self) -> Vec<String> {
        let said = [
            (self.unknown, "in no form that is known"),
            (self.broken, "cut or broken"),
            (self.long, "too long to be kept whole"),
            (self.not_utf8, "not UTF-8"),
            (self.control, "with escape sequences or NUL bytes"),
        ];
        said.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect()
    }
}
