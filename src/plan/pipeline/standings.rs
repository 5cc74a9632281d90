//! Where the calls of a file stand while it is edited: as the last whole plan says, function by function.

use std::collections::BTreeMap;

use super::file::FilePlan;
use super::recall::anchor;
use crate::go::calls::Shape;
use crate::go::syntax::outline::outline;
use crate::path::Standing;
use crate::rule::LogCalls;

/// What a whole plan says of the functions of one file.
pub struct Standings<'p> {
    before: &'p FilePlan,
    /// By the function's name and the literal in it.
    functions: BTreeMap<(&'p str, u32), &'p Standing>,
    /// Of a file that no program has.
    outside: Option<&'p Standing>,
}

impl<'p> Standings<'p> {
    /// Of a file as the plan has it.
    pub fn of(before: &'p FilePlan) -> Self {
        let (mut functions, mut outside) = (BTreeMap::new(), None);
        for site in &before.sites {
            let Some(standing) = &site.standing else { continue };
            match site.anchor {
                Some(anchor) => _ = functions.entry((&*site.site.function, anchor.literal)).or_insert(standing),
                None => outside = Some(standing),
            }
        }
        Self { before, outside: outside.filter(|_| functions.is_empty()), functions }
    }

    /// Gives the calls of the edited file the standing of the function that they are in. A function that the plan does not know, or
    /// in which nothing logged, has none until the next one.
    pub fn place(&self, now: &mut FilePlan, rules: &LogCalls) {
        let Ok(outline) = outline(&now.source) else { return };
        for site in &mut now.sites {
            let anchor = anchor(&now.source, &outline, site.site.span.start as u32);
            let function = &*site.site.function;
            let literal = anchor.map_or(0, |anchor| anchor.literal);
            let of_literal = self.functions.get(&(function, literal));
            // Literals are told by their number, which an edit may change.
            let of_any =
                || self.functions.range((function, 0)..=(function, u32::MAX)).map(|(_, standing)| standing).next();
            let standing = of_literal.or_else(of_any).copied().or(self.outside);
            site.standing = standing.cloned();
            site.anchor = anchor.filter(|_| self.outside.is_none());
        }
        self.move_lines(now, rules);
    }

    /// Moves the lines of paths through the file itself to where they are now; where calls came or went they stay as they were.
    fn move_lines(&self, now: &mut FilePlan, rules: &LogCalls) {
        let (was, is) = (Shape::of(&self.before.source, rules), Shape::of(&now.source, rules));
        if !was.fits(&is) {
            return;
        }
        let path = &self.before.path;
        for standing in now.sites.iter_mut().filter_map(|site| site.standing.as_mut()) {
            let Standing::On(on) = standing else { continue };
            for hop in on.witness.iter_mut().filter(|hop| hop.file == *path) {
                hop.line = was.line_in(&is, hop.line).unwrap_or(hop.line);
            }
        }
    }
}
