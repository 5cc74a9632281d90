//! A file's calls as the reader of bodies lists them, for who proposes nothing for them.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use memchr::memmem;

use crate::go::parse::SourceFile;
use crate::go::syntax::outline::{Outline, outline};
use crate::go::types::World;
use crate::klog::borrowed::borrowed_as;
use crate::klog::call::{CallSite, Listing, Unlisted};
use crate::klog::lint;
use crate::rule::RuleSet;
use crate::text::Span;

/// What the reader of bodies finds in a file.
pub(super) struct Listed {
    /// What the file declares.
    pub(super) outline: Arc<Outline>,
    /// Whether the file imports klog by a name that it can use.
    pub(super) has_klog: bool,
    /// Where those declarations start whose calls the tree has to be asked for.
    pub(super) rest: BTreeSet<usize>,
}

/// Is given a declaration's code and its calls, and says whether that is all that has to be known of them.
pub(super) type Take<'t> = &'t mut dyn FnMut(&[u8], Vec<CallSite>) -> bool;

/// Lists the calls of a file that is surely Go, declaration by declaration; `None` where the tree has to be asked for all of them:
/// comments are about calls, or the readers do not take it for Go.
pub(super) fn list(source: &SourceFile, rules: &RuleSet, world: &World, take: Take<'_>) -> Option<Listed> {
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
    let mut rest = BTreeSet::new();
    for declaration in outline.declarations() {
        let (start, end) = declaration.first().map_or((0, 0), |decl| decl.whole);
        let is_known = match listing.of(declaration) {
            Ok(sites) => take(Span::new(start as usize, end as usize).of(bytes), sites),
            Err(Unlisted::AskTree) => false,
            Err(Unlisted::Unread) => return None,
        };
        if !is_known {
            rest.insert(start as usize);
        }
    }
    let has_klog = listing.has_klog();
    Some(Listed { outline, has_klog, rest })
}
