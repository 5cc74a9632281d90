//! What versions of klog print otherwise.

use crate::rule::{RuleSet, Version};

/// How a version of klog prints.
#[derive(Clone, Copy)]
pub(super) struct Klog {
    /// Values as `%+v` prints them, and not as `%#v`.
    pub plain_values: bool,
    /// Values as JSON.
    pub json_values: bool,
    /// `ErrorS(nil, …)` logs at severity E.
    pub nil_error_is_error: bool,
}

impl Klog {
    /// By the rules' table of features.
    pub(super) fn of(version: Version, rules: &RuleSet) -> Self {
        let has = |feature| rules.log_calls.has(feature, version);
        Self {
            plain_values: has("plain-values"),
            json_values: has("json-values"),
            nil_error_is_error: has("nil-error-is-error"),
        }
    }
}
