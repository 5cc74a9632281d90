//! What certifying comes to, as a document with a published schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::reading::Reading;
use super::reason::{Finding, Weight};
use crate::klog::fingerprint::Fingerprint;
use crate::rule::RuleSet;
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::text::reason::Code;
use crate::text::{LineCol, counted};

/// Name of the document's schema.
const SCHEMA: &str = "klogmod/certify/v1";

/// What became of a call, or of the whole change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing is to be said against it.
    Certified,
    /// It is certified, and something is to be said.
    Remarks,
    /// It is not certified.
    Refused,
}

impl Verdict {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Certified => "certified",
            Self::Remarks => "certified with remarks",
            Self::Refused => "not certified",
        }
    }

    fn of<'f>(findings: impl IntoIterator<Item = &'f Said>) -> Self {
        let weights = findings.into_iter().map(|said| match said.weight {
            Weight::Remark => Self::Remarks,
            Weight::Refusal => Self::Refused,
        });
        weights.max().unwrap_or(Self::Certified)
    }
}

/// A finding as it is reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Said {
    /// Its kind.
    pub reason: Code<Finding>,
    /// Whether it keeps the call from being certified.
    pub weight: Weight,
    /// What is found, for people.
    pub sentence: String,
}

impl Said {
    fn of(finding: &Finding) -> Self {
        Self { reason: finding.code(), weight: finding.weight(), sentence: finding.to_string() }
    }
}

/// One side of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Form {
    /// Where it stands.
    #[serde(flatten)]
    pub position: LineCol,
    /// The line that it ends in.
    pub last_line: u32,
    /// Its source.
    pub text: String,
}

/// A log call that the change touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Call {
    /// The file.
    pub path: RelPath,
    /// The function around it.
    pub function: String,
    /// The old call's name across runs; of an added call, its own.
    pub fingerprint: Fingerprint,
    /// What became of it.
    pub verdict: Verdict,
    /// It as it was; absent of one that was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Form>,
    /// It as it is; absent of one that was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Form>,
    /// What is to be said of it.
    pub findings: Vec<Said>,
    /// What klogmod proposes for the old call, where the new one is not certified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub better: Option<String>,
}

impl Call {
    pub(super) fn new(
        path: &RelPath,
        old: Option<&Reading>,
        new: Option<&Reading>,
        findings: Vec<Finding>,
        better: Option<String>,
    ) -> Self {
        let findings: Vec<Said> = findings.iter().map(Said::of).collect();
        let form = |reading: &Reading| Form {
            position: reading.site.position,
            last_line: reading.site.position.line + reading.text.matches('\n').count() as u32,
            text: reading.text.clone(),
        };
        let named = old.or(new);
        Self {
            path: path.clone(),
            function: new.or(old).map(|reading| reading.site.function.clone()).unwrap_or_default(),
            fingerprint: named.map(|reading| reading.fingerprint.clone()).unwrap_or_default(),
            verdict: Verdict::of(&findings),
            old: old.map(form),
            new: new.map(form),
            findings,
            better,
        }
    }

    /// The line to show it at, in the tree afterwards.
    pub fn line(&self) -> u32 {
        self.new.as_ref().or(self.old.as_ref()).map_or(1, |form| form.position.line)
    }
}

/// Something that the change touches beside log calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Other {
    /// The file.
    pub path: RelPath,
    /// Where, in the tree afterwards.
    #[serde(flatten)]
    pub position: LineCol,
    /// What.
    #[serde(flatten)]
    pub said: Said,
}

/// How many calls ended as what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Totals {
    /// Log calls that the change touches.
    pub calls: usize,
    /// Certified without a word.
    pub certified: usize,
    /// Certified with remarks.
    pub remarks: usize,
    /// Not certified.
    pub refused: usize,
}

/// `certify --output json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Certificate {
    /// `klogmod/certify/v1`.
    pub schema: String,
    /// klogmod's version.
    pub version: String,
    /// Digest of the rules.
    pub rules: String,
    /// Of the whole change.
    pub verdict: Verdict,
    /// How many calls ended as what.
    pub totals: Totals,
    /// Calls that the change touches, by place.
    pub calls: Vec<Call>,
    /// What it touches beside.
    pub others: Vec<Other>,
    /// What could not be read: nothing is certified of it.
    pub unread: Vec<Diagnostic>,
}

impl Certificate {
    pub(super) fn new(rules: &RuleSet) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules: rules.digest.clone(),
            verdict: Verdict::Certified,
            totals: Totals::default(),
            calls: Vec::new(),
            others: Vec::new(),
            unread: Vec::new(),
        }
    }

    pub(super) fn other(&mut self, path: &RelPath, position: LineCol, finding: Finding) {
        self.others.push(Other { path: path.clone(), position, said: Said::of(&finding) });
    }

    /// Sorts, counts and judges.
    pub(super) fn finish(&mut self) {
        self.calls.sort_by(|a, b| (&a.path, a.line(), &a.fingerprint).cmp(&(&b.path, b.line(), &b.fingerprint)));
        self.others.sort_by(|a, b| (&a.path, a.position).cmp(&(&b.path, b.position)));
        self.unread.sort();
        let count = |verdict: Verdict| self.calls.iter().filter(|call| call.verdict == verdict).count();
        self.totals = Totals {
            calls: self.calls.len(),
            certified: count(Verdict::Certified),
            remarks: count(Verdict::Remarks),
            refused: count(Verdict::Refused),
        };
        let of_calls = self.calls.iter().map(|call| call.verdict).max().unwrap_or(Verdict::Certified);
        self.verdict = of_calls.max(Verdict::of(self.others.iter().map(|other| &other.said)));
    }

    /// Whether something could not be read.
    pub fn is_incomplete(&self) -> bool {
        self.unread.iter().any(|diagnostic| diagnostic.level == crate::text::diagnostic::Level::Error)
    }

    /// How often each reason was given, to calls and beside them.
    pub fn reasons(&self) -> BTreeMap<Code<Finding>, usize> {
        let all = self.calls.iter().flat_map(|call| &call.findings).chain(self.others.iter().map(|other| &other.said));
        all.fold(BTreeMap::new(), |mut counts, said| {
            *counts.entry(said.reason).or_default() += 1;
            counts
        })
    }

    /// The whole in one sentence.
    pub fn sentence(&self) -> String {
        let Totals { calls, certified, remarks, refused } = self.totals;
        let beside = self.others.iter().filter(|other| other.said.weight == Weight::Refusal).count();
        let are = if beside == 1 { "is" } else { "are" };
        let also = match beside {
            0 => String::new(),
            _ => format!("; {} beside log calls {are} changed", counted(beside, "place")),
        };
        let unread = if self.is_incomplete() { "; not everything could be read" } else { "" };
        format!(
            "{} changed: {certified} certified, {remarks} certified with remarks, {refused} not certified{also}{unread}",
            counted(calls, "log call")
        )
    }
}
