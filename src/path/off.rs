//! Why a call is on no path that is taken.

use crate::text::reason::reasons;

reasons! {
    /// Why a call is on no path that is taken.
    pub enum Off {
        /// The environment that was asked for has no use for the file.
        "environment" Environment { dimension: String, choice: String, profile: String }
            "{dimension} {choice} is not part of {profile}",
        /// A loop over everything, as `rules/callgraph.toml` says: its lines belong to no operation.
        "batch" Batch { work: String }
            "batch work, no single request: {work}",
        /// Everything passes here, as `rules/callgraph.toml` says: what lies behind belongs to all operations and to none.
        "hub" Hub { what: String }
            "a hub, where paths end: {what}",
        /// Paths lead to it, and are longer than `--max-depth`.
        "too-far" TooFar
            "too many calls away from where an operation starts",
        /// No path leads to it.
        "unreached" Unreached
            "on no path of the chosen operations",
        /// Its file is not built in this environment.
        "not-built" NotBuilt
            "built for another system or with other tags",
    }
}
