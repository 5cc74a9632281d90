//! Modules that could not be read: of the types of their packages nothing is known.

use std::collections::BTreeMap;

use crate::go::index::Index;
use crate::go::module::{BuildContext, Origin, ResolveOptions};
use crate::go::syntax::head::head;
use crate::plan::pipeline::Plan;
use crate::rule::{LogCalls, RuleSet};

/// Modules that files with klog calls import and that were found neither in the checkout nor, at the version that go.sum pins,
/// in the module cache; with the number of such files. What the rules know of klog and its loggers needs no source.
pub fn unread(plan: &Plan, rules: &RuleSet) -> BTreeMap<String, usize> {
    let index = Index::new(&plan.root, BuildContext::default(), ResolveOptions::with_module_cache());
    let resolver = index.resolver();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for file in plan.files.iter().filter(|file| !file.sites.is_empty()) {
        let from = resolver.package_at(file.path.rsplit_once('/').map_or("", |(dir, _)| dir));
        let imports = head(&file.source).imports;
        let asked = imports.iter().filter(|path| *path != "C" && !is_known(path, &rules.log_calls));
        let missing = asked.filter(|path| resolver.resolve(&from, path).origin == Origin::Missing);
        let mut modules: Vec<String> = missing.map(|path| resolver.module_of(&from, path)).collect();
        modules.sort();
        modules.dedup();
        for module in modules {
            *found.entry(module).or_default() += 1;
        }
    }
    found
}

fn is_known(path: &str, rules: &LogCalls) -> bool {
    let of_logger = |ty: &String| ty.rsplit_once('.').is_some_and(|(package, _)| package == path);
    rules.import_paths.iter().any(|known| known == path) || rules.logger.types.iter().any(of_logger)
}
