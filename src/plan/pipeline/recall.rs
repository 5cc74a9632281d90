//! Standings of an older run, where edits since then left the paths as they were: only lines have moved.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use super::whole::Plan;
use crate::go::calls::{Anchor, Shape};
use crate::go::syntax::body::{ExprKind, parse_decl};
use crate::go::syntax::outline::{DeclKind, Outline, outline};
use crate::path::Standing;
use crate::rule::LogCalls;
use crate::text::diagnostic::RelPath;
use crate::write::thread::Threads;

/// Where the calls of changed files stand.
pub struct Recall {
    files: BTreeMap<RelPath, File>,
    /// Whether something was asked that the older run does not answer.
    lost: AtomicBool,
}

struct File {
    source: Vec<u8>,
    outline: Outline,
    standings: BTreeMap<Option<Anchor>, Standing>,
}

impl Recall {
    /// Moves the lines of the plan's paths to where they are now. `None` if the changes may lead paths elsewhere; the plan's
    /// standings then mean nothing. `shapes` are those of the older run, and become those of now.
    pub fn new(
        plan: &mut Plan,
        shapes: &mut BTreeMap<RelPath, Shape>,
        changed: Vec<(RelPath, Vec<u8>)>,
        rules: &LogCalls,
    ) -> Option<Self> {
        let mut moved = BTreeMap::new();
        for (path, source) in &changed {
            let Some(before) = shapes.get(path) else { continue };
            let now = Shape::of(source, rules);
            if !before.fits(&now) {
                return None;
            }
            moved.insert(path.clone(), (before.clone(), now));
        }
        move_lines(plan, &|file, line| match moved.get(file) {
            Some((before, now)) => before.line_in(now, line),
            // Of a file that is not read for the graph nothing is known but its declarations.
            None if changed.iter().any(|(path, _)| path == file) => None,
            None => Some(line),
        })?;
        let recall = Self::of(plan, changed)?;
        shapes.extend(moved.into_iter().map(|(path, (_, now))| (path, now)));
        Some(recall)
    }

    /// As [`Recall::new`], where nothing but threads made the changes: what they pass calls nothing that leads on. `None` where a
    /// function that is passed on goes into a literal: paths lead through that.
    pub fn of_threads(plan: &mut Plan, threads: &Threads, changed: Vec<(RelPath, Vec<u8>)>) -> Option<Self> {
        let literals = |text: &[u8]| memchr::memmem::find_iter(text, b"func(").count();
        let steps = threads.threads.iter().flat_map(|thread| &thread.steps);
        if steps.into_iter().any(|step| literals(step.base()) != literals(&step.after)) {
            return None;
        }
        move_lines(plan, &|file, line| threads.moved.get(file).map_or(Some(line), |moved| moved.line(line)))?;
        Self::of(plan, changed)
    }

    fn of(plan: &Plan, changed: Vec<(RelPath, Vec<u8>)>) -> Option<Self> {
        let mut files = BTreeMap::new();
        for (path, source) in changed {
            let sites = plan.files.iter().filter(|file| file.path == path).flat_map(|file| &file.sites);
            let standings = sites.filter_map(|site| Some((site.anchor, site.standing.clone()?))).collect();
            let outline = outline(&source).ok()?;
            files.insert(path, File { source, outline, standings });
        }
        Some(Self { files, lost: AtomicBool::new(false) })
    }

    /// Where a call at a byte of a changed file stands, and in which function.
    pub fn standing(&self, path: &RelPath, offset: usize) -> Option<(Standing, Option<Anchor>)> {
        let found = self.files.get(path).and_then(|file| {
            // A file that no program has is the same everywhere.
            let outside = file.standings.get(&None).filter(|_| file.standings.len() == 1);
            let (anchor, standing) = match outside {
                Some(standing) => (None, standing),
                None => {
                    let anchor = anchor(&file.source, &file.outline, offset as u32);
                    (anchor, file.standings.get(&anchor)?)
                }
            };
            Some((standing.clone(), anchor))
        });
        if found.is_none() {
            self.lost.store(true, Ordering::Relaxed);
        }
        found
    }

    /// Whether something was asked that the older run does not answer.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

/// Moves the lines of a plan's paths to where they are now; `None` where one has no place any more.
fn move_lines(plan: &mut Plan, to: &dyn Fn(&RelPath, u32) -> Option<u32>) -> Option<()> {
    let sites = plan.files.iter_mut().flat_map(|file| &mut file.sites);
    for standing in sites.filter_map(|site| site.standing.as_mut()) {
        let Standing::On(on) = standing else { continue };
        for hop in &mut on.witness {
            hop.line = to(&hop.file, hop.line)?;
        }
    }
    Some(())
}

/// The innermost function around a byte, as [`crate::go::calls::Finder::place`] tells it.
pub(super) fn anchor(source: &[u8], outline: &Outline, offset: u32) -> Option<Anchor> {
    let has_code = |kind: DeclKind, first: bool, values: bool| match kind {
        DeclKind::Func | DeclKind::Method => true,
        DeclKind::Var => first && values,
        DeclKind::Type | DeclKind::Alias | DeclKind::Const => false,
    };
    let declared = outline.decls.iter().filter(|decl| has_code(decl.kind, decl.index == 0, !decl.values.is_empty()));
    let (number, decl) = declared.enumerate().take_while(|(_, decl)| decl.span.0 <= offset).last()?;
    if offset >= decl.span.1 {
        return None;
    }
    let body = parse_decl(source, decl.span.0 as usize).ok();
    let literals = body.iter().flat_map(|body| body.exprs().map(|(_, expr)| expr));
    let literals = literals.filter(|expr| matches!(expr.kind, ExprKind::Func { .. })).zip(1..);
    let innermost = literals.filter(|(expr, _)| (expr.range.0..expr.range.1).contains(&offset)).last();
    Some(Anchor { declared: number as u32, literal: innermost.map_or(0, |(_, literal)| literal) })
}
