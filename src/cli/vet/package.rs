//! One package, planned: its findings, and its files with their fixes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};

use super::asked::Flags;
use crate::cli::args::{CacheArgs, FixArgs, RequestIdArgs, TreeArgs};
use crate::cli::decisions::DecisionArgs;
use crate::cli::judging::check_names;
use crate::decide::decision::{Decisions, Verdict};
use crate::go::files::{Overlay, relative};
use crate::go::parse::LazyTree;
use crate::measure::coverage::{Finding, replacements, unwritten, violations};
use crate::plan::pipeline::{self, FilePlan, Options, Plan, SitePlan};
use crate::rule::{Config, RuleSet};
use crate::text::FileChange;
use crate::text::diagnostic::{Level, RelPath};
use crate::write::edit::{Applicability, Edits, FileEdits, Fix, Target};

/// A package of one checkout.
pub struct Package {
    options: Options,
    rules: RuleSet,
    config: Config,
    decisions: Decisions,
}

/// What the tree's arguments would be.
fn tree(paths: Vec<PathBuf>, config: Option<&Path>) -> TreeArgs {
    TreeArgs {
        paths,
        root: None,
        config: config.map(Path::to_owned),
        config_from: None,
        rules: None,
        klog_version: None,
        request_id: RequestIdArgs { key: None, id_source: None },
        process_ids: false,
        tests: true,
        threads: 1,
        cache: CacheArgs { cache_dir: None, no_cache: true },
    }
}

/// Structure alone: a request ID asks for what no single package knows.
fn edits(target: Target) -> Edits {
    Edits { target, ..Edits::structural() }
}

impl Package {
    /// Of these files of one directory.
    pub fn new(files: &[PathBuf], flags: &Flags) -> Result<Self> {
        let dir = files.first().and_then(|file| file.parent()).context("a package without a directory")?;
        let tree = tree(vec![dir.to_owned()], flags.config.as_deref());
        let (mut options, rules) = tree.options(edits(flags.target))?;
        let (config, _) = tree.configuration(&options.root)?;
        check_names(&config.gate, &rules)?;
        let root = options.root.dir.clone();
        let below = |file: &PathBuf| relative(&root, &file.canonicalize().ok()?);
        options.root.narrow = files.iter().filter_map(below).collect();
        // The habits of a whole tree for each of its packages would be a whole tree for each.
        options.habits = false;
        let decisions = DecisionArgs { decisions: None }.load(&root)?;
        Ok(Self { options, rules, config, decisions })
    }

    /// Its plan, with files that are seen otherwise than they are on disk.
    fn plan(&self, texts: BTreeMap<RelPath, Arc<[u8]>>) -> Result<Plan> {
        let options = Options { overlay: Overlay::new(texts), ..self.options.clone() };
        Ok(pipeline::plan(&options, &self.rules, &|_, _| {})?)
    }

    /// The plan of its files as they are, and what could not be looked at.
    pub fn look(&self) -> Result<(Plan, Vec<String>)> {
        let plan = self.plan(BTreeMap::new())?;
        let failed = plan.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error);
        let failed = failed.map(ToString::to_string).collect();
        Ok((plan, failed))
    }

    /// What is wrong in a file, by place.
    pub fn findings(&self, file: &FilePlan, flags: &Flags) -> Vec<Finding> {
        let allowed = |rule: &str| self.config.gate.allow.iter().any(|allowed| allowed == rule);
        let tree = LazyTree::new(&file.source);
        let mut found = unwritten(file, &|site| self.is_open(site));
        for finding in &mut found {
            let site = file.sites.iter().find(|site| site.fingerprint == finding.fingerprint);
            // What is shown only is never suggested either.
            let fix = site.and_then(SitePlan::fix).filter(|fix| fix.applicability != Applicability::DisplayOnly);
            let fixed = fix.and_then(|fix| file.with_fixes(&tree, &[fix]).ok());
            finding.fix = fixed.map(|fixed| replacements(fixed.base(), &fixed.after)).unwrap_or_default();
        }
        found.extend(violations(file));
        found.retain(|finding| flags.wants(&finding.rule) && !allowed(&finding.rule));
        found.sort();
        found
    }

    /// Whether nobody has rejected what is proposed for a call.
    fn is_open(&self, site: &SitePlan) -> bool {
        let verdict = self.decisions.get(&site.fingerprint).map(|decision| &decision.verdict);
        !matches!(verdict, Some(Verdict::Rejected { .. }))
    }

    /// Its files with their fixes, then with what mends broken rules in those.
    pub fn fixed(&self, plan: Plan, flags: &Flags) -> Result<Vec<FileChange>> {
        let args = FixArgs { safe: !flags.review, display_only: false };
        let mut changes: BTreeMap<RelPath, FileChange> = BTreeMap::new();
        for file in &plan.files {
            let is_wanted =
                |site: &&SitePlan| flags.wants(crate::measure::coverage::UNSTRUCTURED) && self.is_open(site);
            let fixes = file.sites.iter().filter(is_wanted).filter_map(SitePlan::fix);
            let fixes: Vec<&Fix> = fixes.filter(|fix| args.takes(fix)).collect();
            if fixes.is_empty() {
                continue;
            }
            let change = file.with_fixes(&LazyTree::new(&file.source), &fixes);
            changes.insert(file.path.clone(), change.with_context(|| file.path.to_string())?);
        }
        let texts = changes.iter().map(|(path, change)| (path.clone(), change.after.clone())).collect();
        for file in &self.plan(texts)?.files {
            let mended = self.mended(file, flags);
            if let Some(mended) = mended {
                let change = match changes.remove(&file.path) {
                    Some(change) => change.then(&mended),
                    None => mended,
                };
                changes.insert(file.path.clone(), change);
            }
        }
        Ok(changes.into_values().collect())
    }

    /// A file with the edits that mend broken rules, as far as they go together.
    fn mended(&self, file: &FilePlan, flags: &Flags) -> Option<FileChange> {
        let wanted = |rule: &str| flags.wants(rule) && !self.config.gate.allow.iter().any(|allowed| allowed == rule);
        let is_kept = |site: &&SitePlan| !matches!(site.outcome, crate::write::edit::Outcome::Suppressed(_));
        let of_sites = file.sites.iter().filter(is_kept).flat_map(|site| &site.facts.violations);
        let all = of_sites.chain(file.beside.iter().map(|beside| &beside.violation));
        let tree = LazyTree::new(&file.source);
        let (mut edits, mut found) = (Vec::new(), None);
        for violation in all.filter(|violation| !violation.edits.is_empty() && wanted(&violation.rule)) {
            let with: Vec<_> = edits.iter().chain(&violation.edits).cloned().collect();
            if let Ok(together) = FileEdits::of(&file.source, tree.get()?, with.clone()) {
                (edits, found) = (with, Some(together));
            }
        }
        found?.apply(&file.path, &file.source).ok()
    }

    /// A file's whole path.
    pub fn path(&self, path: &RelPath) -> PathBuf {
        self.options.root.dir.join(&**path)
    }
}
