//! Files that are Go without asking their trees: calls that are only counted, or that the run is not about, are listed. A tree is made of
//! the declarations that hold others.

use super::aim;
use super::applied::Applied;
use super::file::{FilePlan, FileResult};
use super::gaps;
use super::listed::{self, Listed};
use super::settle::name;
use super::site::SitePlan;
use super::stage::Stage;
use crate::go::parse::SourceFile;
use crate::go::syntax::head::head;
use crate::go::syntax::sure::is_surely_go;
use crate::klog::call::CallSite;
use crate::klog::convention::Conventions;
use crate::klog::lint;
use crate::path::Standing;
use crate::write::edit::Outcome;

impl Stage<'_> {
    /// What becomes of a file's calls; `None` where the tree has to be asked for all of them.
    pub(super) fn apart(&self, source: &SourceFile, conventions: &Conventions) -> Option<FileResult> {
        let counts = !self.options.proposes;
        if !counts && !self.narrows() || !is_surely_go(&source.bytes) {
            return None;
        }
        let mut listed: Vec<SitePlan> = Vec::new();
        let mut take = |code: &[u8], sites: Vec<CallSite>| {
            if counts {
                listed.extend(sites.into_iter().map(|site| SitePlan::undecided(site, Outcome::Counted)));
                return true;
            }
            let off = || sites.into_iter().map(|site| self.off(source, site)).collect::<Option<Vec<_>>>();
            let off = (!lint::may_be_loose(code, self.rules)).then(off).flatten();
            let is_known = off.is_some();
            listed.extend(off.into_iter().flatten());
            is_known
        };
        let Listed { outline, has_klog, rest } = listed::list(source, self.rules, &self.world, &mut take)?;
        if rest.is_empty() {
            return Some(self.listed(source, listed, has_klog));
        }
        let parsed = gaps::parse_these(source.clone(), &self.rules.log_calls, &outline, &rest);
        Some(parsed.map_or_else(FileResult::failed, |file| self.parsed(&file, conventions, listed, Some(&rest))))
    }

    /// A call that the run is not about; `None` where it is.
    fn off(&self, source: &SourceFile, site: CallSite) -> Option<SitePlan> {
        let (standing, anchor) = self.standing(&source.path, &source.bytes, site.span.start)?;
        let Standing::Off(off) = &standing else { return None };
        let outcome = aim::left_out(off);
        Some(SitePlan { standing: Some(standing), anchor, ..SitePlan::undecided(site, outcome) })
    }

    /// A file for whose calls nothing is proposed.
    fn listed(&self, source: &SourceFile, mut sites: Vec<SitePlan>, has_klog: bool) -> FileResult {
        let SourceFile { path, bytes } = source.clone();
        let diagnostics = self.notes(&path, &bytes, &head(&bytes));
        if !has_klog && sites.is_empty() {
            return FileResult { diagnostics, ..FileResult::default() };
        }
        sites.sort_by_key(|s| (s.site.span.start, s.site.span.end));
        if self.options.proposes {
            name(&mut sites, source);
        }
        let (klog, beside, applied) = (self.klog(&path), Vec::new(), Applied::default());
        let mut plan = FilePlan { path, source: bytes, klog, sites, beside, applied };
        self.place(&mut plan);
        FileResult { plan: Some(plan), left_alone: None, diagnostics }
    }
}
