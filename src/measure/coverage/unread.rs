//! Calls in files that were not analysed: counted as they are spelled, so that they are missing from no sum.

use std::collections::BTreeMap;
use std::path::Path;

use memchr::memmem;

use super::record::Call;
use super::tally::Part;
use crate::go::syntax::word::is_word;
use crate::klog::fingerprint::Fingerprint;
use crate::rule::LogCalls;
use crate::text::LineIndex;
use crate::text::diagnostic::Diagnostic;
use crate::text::disk;

/// More is not read just to count.
const MAX_READ: u64 = 64 << 20;

/// The calls of a file that could not be analysed: at least one.
pub(super) fn calls(root: &Path, diagnostic: &Diagnostic, rules: &LogCalls) -> Vec<Call> {
    let bytes = disk::within(root, &diagnostic.path, MAX_READ).unwrap_or_default();
    let lines = LineIndex::new(&bytes);
    let mut found = Vec::new();
    for at in memmem::find_iter(&bytes, b"klog.") {
        let name = name_at(&bytes[at + 5..]);
        let whole_word = at == 0 || !is_word(bytes[at - 1]) && bytes[at - 1] != b'.';
        let verbose = name == "V" || name == "VDepth";
        if whole_word && (verbose || rules.function(name).is_some()) {
            let place = lines.line_col(at);
            found.push(call(place.line, place.col, name, &diagnostic.message));
        }
    }
    if found.is_empty() {
        let line = diagnostic.position.map_or(1, |position| position.line);
        found.push(call(line, 1, "?", &diagnostic.message));
    }
    found
}

fn name_at(bytes: &[u8]) -> &str {
    let end = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(bytes.len());
    std::str::from_utf8(&bytes[..end]).unwrap_or_default()
}

fn call(line: u32, col: u32, method: &str, reason: &str) -> Call {
    Call {
        fingerprint: Fingerprint::default(),
        statement: String::new(),
        line,
        col,
        end_line: line,
        end_col: col + 5,
        function: String::new(),
        method: method.to_owned(),
        part: Part::NotAnalysed,
        reason: reason.to_owned(),
        unstructured: false,
        message: None,
        volume: None,
        cells: BTreeMap::new(),
        phase: None,
    }
}
