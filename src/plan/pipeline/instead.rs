//! What a tree logs with where no call was found: nobody takes it for a tree that is done.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::error::PlanError;
use super::options::{Options, pool};
use crate::go::files;
use crate::go::syntax::head::head;
use crate::rule::RuleSet;
use crate::text::diagnostic::RelPath;

/// Bytes of a file in which its imports are looked for.
const HEAD: u64 = 64 << 10;

/// The loggers that files import which a run looks at, with how many do, most first.
pub fn instead(options: &Options, rules: &RuleSet) -> Result<Vec<(String, usize)>, PlanError> {
    let root = &options.root.dir;
    let files = files::walk(root, &options.walk(), &rules.scope).files;
    let logs = &rules.log_calls;
    let of_head = |bytes: &[u8]| {
        let imports = head(bytes).imports;
        let is_imported = |logger: &&String| imports.iter().any(|import| import == *logger);
        logs.look_alikes.iter().chain(&logs.others).filter(is_imported).collect::<Vec<_>>()
    };
    let of_file = |path: &RelPath| files::lend(&root.join(&**path), HEAD, of_head).unwrap_or_default();
    let found: Vec<_> = pool(options)?.install(|| files.par_iter().map(of_file).collect());
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    found.into_iter().flatten().for_each(|logger| *counts.entry(logger).or_default() += 1);
    let mut counts: Vec<(String, usize)> = counts.into_iter().map(|(logger, count)| (logger.clone(), count)).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    Ok(counts)
}
