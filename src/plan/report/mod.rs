//! A plan for people and for programs.

pub mod brief;
pub mod inert_json;
pub mod json;
mod modules;
pub mod page;
pub mod paths;
pub mod renames;
pub mod schema;
pub mod style;
pub mod text;
pub mod threads;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::plan::pipeline::Plan;
use crate::write::edit::{Applicability, Outcome, RequestId};
use crate::write::reason::SkipReason;

/// How the inventory splits; the parts add up to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// All mentions of klog's logging functions.
    pub inventory: usize,
    /// Calls with a fix.
    pub fixes: usize,
    /// Calls without one, by reason; function values are not among them.
    pub skipped: BTreeMap<String, usize>,
    /// Calls that a comment keeps as they are.
    pub suppressed: usize,
    /// Calls with keys and values already.
    pub structured: usize,
    /// Functions passed or stored.
    pub function_values: usize,
    /// Calls that the run was not about, by reason.
    pub out_of_scope: BTreeMap<String, usize>,
    /// Fixes by applicability.
    pub applicability: BTreeMap<Applicability, usize>,
    /// Fixes that carry the request ID.
    pub with_request_id: usize,
}

impl Totals {
    /// Counts a plan.
    pub fn of(plan: &Plan) -> Self {
        let mut totals = Self { out_of_scope: plan.out_of_scope(), ..Self::default() };
        for site in plan.sites() {
            totals.inventory += 1;
            match &site.outcome {
                _ if site.out_of_scope().is_some() => {}
                Outcome::Suppressed(_) => totals.suppressed += 1,
                _ if site.is_function_value() => totals.function_values += 1,
                Outcome::Fix(fix) => {
                    totals.fixes += 1;
                    *totals.applicability.entry(fix.applicability).or_default() += 1;
                    totals.with_request_id += usize::from(matches!(fix.request_id, Some(RequestId::From(_))));
                }
                Outcome::Skip(skip) => *totals.skipped.entry(skip.reason.code().to_string()).or_default() += 1,
                Outcome::Structured => totals.structured += 1,
                // A plan that proposes has none.
                Outcome::Counted => {}
            }
        }
        totals
    }

    /// Skipped calls by reason, functions that are passed or stored among them.
    pub fn all_skipped(&self) -> BTreeMap<String, usize> {
        let mut skipped = self.skipped.clone();
        if self.function_values > 0 {
            *skipped.entry(SkipReason::FunctionValue.code().to_string()).or_default() += self.function_values;
        }
        skipped
    }

    /// All skipped calls.
    pub fn skips(&self) -> usize {
        self.skipped.values().sum()
    }

    /// Whether the parts make the whole.
    pub fn add_up(&self) -> bool {
        let in_scope = self.fixes + self.skips() + self.suppressed + self.structured + self.function_values;
        self.inventory == in_scope + self.out_of_scope.values().sum::<usize>()
    }
}

/// The name that an enum has in JSON: `dynamic-format`.
pub fn kebab<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
