//! A certificate in the formats that people and CI read.

use std::io::{Result, Write};

use serde_json::{Value, json};

use super::reason::{Finding, Weight};
use super::report::{Call, Certificate, Other, Said, Verdict};
use crate::measure::publish::escape::{command_data, command_property, markdown, uri};
use crate::plan::report::inert_json;
use crate::plan::report::style::{BOLD, DIM, GREEN, RED, YELLOW, harmless, one_line, styled};
use crate::text::reason::Reason;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people, on a terminal.
    Text,
    /// One document with a schema.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitHub's workflow commands.
    Github,
    /// For the pull request.
    Markdown,
}

/// Bytes of a comment or a summary; GitHub refuses more than 65536 characters of a comment.
const MARKDOWN: usize = 60_000;
/// GitHub shows so many annotations of a kind.
const ANNOTATIONS: usize = 10;
/// GitHub rejects a run with more results.
const RESULTS: usize = 25_000;

/// Writes a certificate.
pub fn write(format: Format, certificate: &Certificate, out: &mut dyn Write) -> Result<()> {
    match format {
        Format::Text => text(certificate, out),
        Format::Json => inert_json::document(certificate, out),
        Format::Sarif => sarif(certificate, out),
        Format::Github => github(certificate, out),
        Format::Markdown => summary(certificate, out),
    }
}

fn text(certificate: &Certificate, out: &mut dyn Write) -> Result<()> {
    for call in certificate.calls.iter().filter(|call| !call.findings.is_empty()) {
        let style = if call.verdict == Verdict::Refused { RED.bold() } else { YELLOW.bold() };
        let place = format!("{}:{}", call.path, call.line());
        writeln!(out, "{}: {}", styled(BOLD, &one_line(&place)), styled(style, call.verdict.words()))?;
        for (sign, style, form) in [("-", RED, &call.old), ("+", GREEN, &call.new)] {
            for line in form.iter().flat_map(|form| form.text.lines()) {
                writeln!(out, "  {}", styled(style, &format!("{sign} {}", harmless(line))))?;
            }
        }
        for said in &call.findings {
            writeln!(out, "  {}: {}", said.reason, one_line(&said.sentence))?;
        }
        if let Some(better) = &call.better {
            writeln!(out, "  {}", styled(DIM, "better:"))?;
            better.lines().try_for_each(|line| writeln!(out, "    {}", harmless(line)))?;
        }
        writeln!(out)?;
    }
    for other in &certificate.others {
        let sentence = one_line(&other.said.sentence);
        let place = one_line(&format!("{}:{}", other.path, other.position.line));
        writeln!(out, "{}: {}: {sentence}", styled(BOLD, &place), other.said.reason)?;
    }
    let (style, verdict) = match certificate.verdict {
        Verdict::Refused => (RED.bold(), certificate.verdict.words()),
        _ if certificate.is_incomplete() => (YELLOW.bold(), "incomplete"),
        Verdict::Remarks => (YELLOW.bold(), certificate.verdict.words()),
        Verdict::Certified => (GREEN.bold(), certificate.verdict.words()),
    };
    writeln!(out, "{}: {}", styled(style, verdict), certificate.sentence())
}

/// One message about a place of the tree afterwards.
struct Message<'m> {
    path: &'m str,
    line: u32,
    last: u32,
    said: &'m Said,
    call: Option<&'m Call>,
}

fn messages(certificate: &Certificate) -> Vec<Message<'_>> {
    let of_call = |call: &'_ Call| (call.line(), call.new.as_ref().map_or(call.line(), |form| form.last_line));
    let calls = certificate.calls.iter().flat_map(|call| {
        let (line, last) = of_call(call);
        call.findings.iter().map(move |said| Message { path: &call.path, line, last, said, call: Some(call) })
    });
    let others = certificate.others.iter().map(|Other { path, position, said }| Message {
        path,
        line: position.line,
        last: position.line,
        said,
        call: None,
    });
    calls.chain(others).collect()
}

impl Message<'_> {
    fn text(&self) -> String {
        match self.call.and_then(|call| call.better.as_ref()).filter(|_| self.said.weight == Weight::Refusal) {
            Some(better) => format!("{}\nbetter: {better}", self.said.sentence),
            None => self.said.sentence.clone(),
        }
    }
}

fn github(certificate: &Certificate, out: &mut dyn Write) -> Result<()> {
    for diagnostic in &certificate.unread {
        let path = command_property(&diagnostic.path);
        writeln!(out, "::error file={path},title=klogmod certify::{}", command_data(&diagnostic.to_string()))?;
    }
    let messages = messages(certificate);
    for (kind, weight) in [("error", Weight::Refusal), ("warning", Weight::Remark)] {
        let of: Vec<&Message<'_>> = messages.iter().filter(|message| message.said.weight == weight).collect();
        let shown = if of.len() > ANNOTATIONS { ANNOTATIONS - 1 } else { of.len() };
        for message in of.iter().take(shown) {
            let (path, title) = (command_property(message.path), command_property(message.said.reason.as_str()));
            let (line, last, text) = (message.line, message.last, command_data(&message.text()));
            writeln!(out, "::{kind} file={path},line={line},endLine={last},title={title}::{text}")?;
        }
        if of.len() > shown {
            writeln!(
                out,
                "::{kind} title=klogmod certify::{} more; the other formats have all of them",
                of.len() - shown
            )?;
        }
    }
    writeln!(out, "::notice title=klogmod certify::{}", command_data(&certificate.sentence()))
}

fn sarif(certificate: &Certificate, out: &mut dyn Write) -> Result<()> {
    let messages = messages(certificate);
    let artifact = |path: &str| json!({ "uri": uri(path), "uriBaseId": "SRCROOT" });
    let results: Vec<Value> = messages
        .iter()
        .take(RESULTS)
        .map(|message| {
            let mut result = json!({
                "ruleId": message.said.reason.as_str(),
                "level": if message.said.weight == Weight::Refusal { "error" } else { "note" },
                "message": { "text": message.text() },
                "locations": [{ "physicalLocation": {
                    "artifactLocation": artifact(message.path),
                    "region": { "startLine": message.line, "endLine": message.last.max(message.line) },
                } }],
            });
            if let Some(call) = message.call {
                let name = format!("{}/{}", call.fingerprint, message.said.reason);
                result["partialFingerprints"] = json!({ "klogmodCertify/v1": name });
            }
            result
        })
        .collect();
    let rules: Vec<Value> = Finding::ENTRIES
        .iter()
        .map(|entry| json!({ "id": entry.code, "shortDescription": { "text": entry.doc.join(" ") } }))
        .collect();
    let notes: Vec<Value> = certificate
        .unread
        .iter()
        .map(|diagnostic| json!({ "level": "error", "message": { "text": diagnostic.to_string() } }))
        .collect();
    let run = json!({
        "tool": { "driver": { "name": "klogmod", "semanticVersion": certificate.version, "rules": rules } },
        "invocations": [{ "executionSuccessful": !certificate.is_incomplete(), "toolExecutionNotifications": notes }],
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The root of the checkout" } } },
        "automationDetails": { "id": "klogmod-certify/" },
        "results": results,
        "properties": { "verdict": certificate.verdict, "summary": certificate.sentence() },
    });
    let whole = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    inert_json::document(&whole, out)
}

fn summary(certificate: &Certificate, out: &mut dyn Write) -> Result<()> {
    let mut text = format!("## klogmod certify: {}\n\n{}.\n", certificate.verdict.words(), certificate.sentence());
    let mut rows: Vec<String> = Vec::new();
    for message in messages(certificate) {
        let place = markdown(&format!("{}:{}", message.path, message.line));
        let verdict = if message.said.weight == Weight::Refusal { "refused" } else { "remark" };
        let better = message.call.and_then(|call| call.better.as_deref()).unwrap_or_default();
        let code = message.said.reason;
        rows.push(format!(
            "| {place} | {verdict} | {code} | {} | {} |\n",
            markdown(&message.said.sentence),
            markdown(better)
        ));
    }
    rows.sort_by_key(|row| !row.contains("| refused |"));
    if !rows.is_empty() {
        text.push_str("\n| place | | reason | what | better |\n|---|---|---|---|---|\n");
    }
    for (at, row) in rows.iter().enumerate() {
        if text.len() + row.len() > MARKDOWN {
            text.push_str(&format!("\n{} more are left out; the other formats have all of them.\n", rows.len() - at));
            break;
        }
        text.push_str(row);
    }
    for diagnostic in &certificate.unread {
        text.push_str(&format!("\n- not read: {}\n", markdown(&diagnostic.to_string())));
    }
    out.write_all(text.as_bytes())
}
