//! A file's calls as the reader of bodies lists them, for who counts them and proposes nothing.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use memchr::memmem;

use crate::go::parse::SourceFile;
use crate::go::syntax::outline::outline;
use crate::go::types::World;
use crate::klog::borrowed::borrowed_as;
use crate::klog::call::{CallSite, Listing, Unlisted};
use crate::klog::lint;
use crate::rule::RuleSet;

/// What the reader of bodies finds in a file.
pub(super) struct Listed {
    /// The calls that it has read.
    pub(super) sites: Vec<CallSite>,
    /// Whether the file imports klog by a name that it can use.
    pub(super) has_klog: bool,
    /// Where those declarations start whose calls the tree has to be asked for.
    pub(super) rest: BTreeSet<usize>,
}

/// Lists the calls of a file that is surely Go; `None` where the tree has to be asked for all of them: comments are about calls, or the
/// readers do not take it for Go.
pub(super) fn list(source: &SourceFile, rules: &RuleSet, world: &World) -> Option<Listed> {
    let bytes = &*source.bytes;
    let is_about = |directive: &String| memmem::find(bytes, directive.as_bytes()).is_some();
    let suppress = &rules.scope.suppress;
    let is_kept = || is_about(&suppress.directive) || suppress.others.iter().any(is_about);
    if lint::asks_of_all(rules) || lint::is_held(bytes, rules) || is_kept() || std::str::from_utf8(bytes).is_err() {
        return None;
    }
    let outline = Arc::new(outline(bytes).ok()?);
    let types = OnceCell::new();
    let of_file = || types.get_or_init(|| world.file_with(&source.path, bytes, Some(Arc::clone(&outline))));
    let typed = |span| borrowed_as(&of_file().type_at(span), of_file(), &rules.log_calls);
    let listing = Listing::new(&rules.log_calls, &source.path, (bytes, &outline), &typed)?;
    let mut listed = Listed { sites: Vec::new(), has_klog: listing.has_klog(), rest: BTreeSet::new() };
    for declaration in outline.declarations() {
        match listing.of(declaration) {
            Ok(sites) => listed.sites.extend(sites),
            Err(Unlisted::AskTree) => listed.rest.extend(declaration.first().map(|decl| decl.whole.0 as usize)),
            Err(Unlisted::Unread) => return None,
        }
    }
    Some(listed)
}
