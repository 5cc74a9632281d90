//! klog's two formats.

use super::value::{Value, json};
use super::version::Klog;
use crate::klog::call::CallSite;
use crate::klog::format::quote;
use crate::rule::Severity;

/// What one call prints.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Sample {
    /// klog's text format.
    pub text: String,
    /// The JSON format of `--logging-format=json`.
    pub json: String,
}

/// The moment that samples are from: the reference time of Go's package time.
const TEXT_TIME: &str = "0102 15:04:05.000000       1";
const JSON_TIME: &str = "1136214245000.0";

/// What stands at the head of a line.
pub(super) struct Header {
    file: String,
    caller: String,
    level: String,
    klog: Klog,
}

impl Header {
    /// Of a call site.
    pub(super) fn of(site: &CallSite, klog: Klog) -> Self {
        let mut parts = site.path.rsplit('/');
        let file = parts.next().unwrap_or_default();
        let line = site.position.line;
        let caller = match parts.next() {
            Some(dir) => format!("{dir}/{file}:{line}"),
            None => format!("{file}:{line}"),
        };
        let level = site.verbosity.as_deref().and_then(|v| v.parse::<u32>().ok()).unwrap_or(0);
        Self { file: format!("{file}:{line}"), caller, level: level.to_string(), klog }
    }
}

/// What a call prints, before it is given a format.
pub(super) struct Line {
    pub severity: Severity,
    pub message: String,
    pub error: Option<String>,
    pub nil_error: bool,
    pub pairs: Vec<(String, Value)>,
    pub structured: bool,
}

impl Line {
    /// A line that is one text.
    pub(super) fn unstructured(severity: Severity, message: String) -> Self {
        Self { severity, message, error: None, nil_error: false, pairs: Vec::new(), structured: false }
    }

    /// Both formats.
    pub(super) fn print(&self, header: &Header) -> Sample {
        Sample { text: self.text(header), json: self.json(header) }
    }

    fn text(&self, header: &Header) -> String {
        let letter = match self.severity {
            Severity::Error if self.nil_error && !header.klog.nil_error_is_error => 'I',
            Severity::Info => 'I',
            Severity::Warning => 'W',
            Severity::Error => 'E',
            Severity::Fatal | Severity::Exit => 'F',
        };
        let head = format!("{letter}{TEXT_TIME} {}] ", header.file);
        if !self.structured {
            return head + self.message.trim_end_matches('\n');
        }
        let mut out = head + &quote(&self.message);
        if let Some(error) = &self.error {
            // As a text, also by a klog that prints errors among the values otherwise.
            out.push_str(&format!(" err={}", quote(error)));
        }
        for (key, value) in &self.pairs {
            out.push_str(&format!(" {key}={}", value.text(header.klog)));
        }
        out
    }

    fn json(&self, header: &Header) -> String {
        let end = if self.structured || self.message.ends_with('\n') { "" } else { "\n" };
        let message = json(&format!("{}{end}", self.message));
        let mut out = format!("{{\"ts\":{JSON_TIME},\"caller\":{},\"msg\":{message}", json(&header.caller));
        if !matches!(self.severity, Severity::Error | Severity::Fatal | Severity::Exit) {
            out.push_str(&format!(",\"v\":{}", header.level));
        }
        if let Some(error) = &self.error {
            out.push_str(&format!(",\"err\":{}", json(error)));
        }
        for (key, value) in &self.pairs {
            out.push_str(&format!(",{}:{}", json(key), value.json()));
        }
        out.push('}');
        out
    }
}
