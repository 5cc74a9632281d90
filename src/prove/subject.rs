//! What is proven, and with what.

use std::borrow::Cow;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use crate::klog::fingerprint::Fingerprint;
use crate::plan::pipeline::{FilePlan, SitePlan};
use crate::write::edit::Fix;

/// A fix to be proven.
#[derive(Clone, Debug)]
pub struct Candidate<'p> {
    /// The call.
    pub site: &'p SitePlan,
    /// What is to be made of it.
    pub fix: Cow<'p, Fix>,
}

/// A file and its fixes, by place.
#[derive(Clone, Debug)]
pub struct Subject<'p> {
    /// The file.
    pub file: &'p FilePlan,
    /// Its fixes.
    pub candidates: Vec<Candidate<'p>>,
}

/// What is run on the changed tree, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// `gofmt -l`.
    Gofmt,
    /// `go list`: imports are found and have no cycle.
    List,
    /// `go build`.
    Build,
    /// `go vet`.
    Vet,
    /// logcheck, as vet's tool.
    Logcheck,
}

impl Check {
    /// The command, as people know it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gofmt => "gofmt",
            Self::List => "go list",
            Self::Build => "go build",
            Self::Vet => "go vet",
            Self::Logcheck => "logcheck",
        }
    }
}

/// A fix that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Demoted {
    /// The call.
    pub fingerprint: Fingerprint,
    /// The file.
    pub path: String,
    /// Line of the call in the checkout.
    pub line: u32,
    /// What found it.
    pub check: Check,
    /// What that said.
    pub reason: String,
}

/// What a tool says about a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// The package it is about.
    pub package: String,
    /// The file as the tool names it, if it names one.
    pub file: String,
    /// The line; 0: none.
    pub line: u32,
    /// The message.
    pub message: String,
}
