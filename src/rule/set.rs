//! All rules together.

use super::{
    CallGraph, Carriers, Certify, Check, Environments, Keys, LogCalls, Messages, Names, Naming, Operations, Queries,
    RuleDoc, Scope, Sentences, Sought, Values, Wires,
};

/// Everything the engine knows.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// klog's functions.
    pub log_calls: LogCalls,
    /// Making messages.
    pub messages: Messages,
    /// What a sentence is.
    pub sentences: Sentences,
    /// Naming values.
    pub keys: Keys,
    /// How sure names are.
    pub naming: Naming,
    /// What a reader has settled.
    pub names: Names,
    /// Printing values.
    pub values: Values,
    /// Finding request IDs.
    pub carriers: Carriers,
    /// What is left alone.
    pub scope: Scope,
    /// What the checkout looks for in logs.
    pub sought: Sought,
    /// What the gate asks for.
    pub check: Check,
    /// What the words of others may be.
    pub certify: Certify,
    /// Queries for the logs of a patched tree.
    pub queries: Queries,
    /// Where request IDs are switched on.
    pub wires: Wires,
    /// How calls are followed.
    pub callgraph: CallGraph,
    /// Where operations start.
    pub operations: Operations,
    /// What clusters are made of.
    pub environments: Environments,
    /// Hash of all rule files, as 16 hexadecimal digits: same digest, same rules.
    pub digest: String,
}

impl RuleSet {
    /// Documentation of all rules, in the order of the files.
    pub fn docs(&self) -> impl Iterator<Item = &RuleDoc> {
        self.docs_by_file().into_iter().flat_map(|(_, rules)| rules)
    }

    /// The same, with the file that each list stands in.
    pub(super) fn docs_by_file(&self) -> [(&'static str, &[RuleDoc]); 11] {
        [
            ("log_calls.toml", &self.log_calls.rules),
            ("messages.toml", &self.messages.rules),
            ("sentences.toml", &self.sentences.rules),
            ("keys.toml", &self.keys.rules),
            ("values.toml", &self.values.rules),
            ("carriers.toml", &self.carriers.rules),
            ("scope.toml", &self.scope.rules),
            ("check.toml", &self.check.rules),
            ("callgraph.toml", &self.callgraph.rules),
            ("operations.toml", &self.operations.rules),
            ("environments.toml", &self.environments.rules),
        ]
    }

    /// The rules with what a reader has settled.
    pub fn with_names(mut self, names: Names) -> Self {
        if !names.is_empty() {
            self.digest = format!("{}{}", self.digest, crate::text::digest::Digest::of(names.render().as_bytes()));
        }
        self.names = names;
        self
    }
}
