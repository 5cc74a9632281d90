//! Functions by name and by place.

use borsh::{BorshDeserialize, BorshSerialize};
use rustc_hash::FxHashMap;

use super::graph::{Function, FunctionId};
use crate::text::diagnostic::RelPath;

/// Which function of a file one is; the same in all files of one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Anchor {
    /// How many declarations with code stand before the one around it.
    pub declared: u32,
    /// Which literal in it it is, from 1; 0: it is the declared function.
    pub literal: u32,
}

/// Finds functions.
#[derive(Debug, Default)]
pub struct Finder {
    by_name: FxHashMap<String, FunctionId>,
    /// Declared functions and variables of a file, by where they start.
    by_path: FxHashMap<RelPath, Vec<(u32, FunctionId)>>,
    count: usize,
}

impl Finder {
    /// For the functions of a graph.
    pub fn new(functions: &[Function]) -> Self {
        let mut finder = Self { count: functions.len(), ..Self::default() };
        for (number, function) in functions.iter().enumerate() {
            let id = FunctionId(number as u32);
            finder.by_name.entry(plain(&function.name)).or_insert(id);
            if function.parent.is_none() {
                finder.by_path.entry(function.path.clone()).or_default().push((function.range.0, id));
            }
        }
        finder.by_path.values_mut().for_each(|list| list.sort_unstable());
        finder
    }

    /// The function of this name, spelled `(*import/path.Type).Method`, `import/path.Type.Method` or `import/path.Func`.
    pub fn named(&self, name: &str) -> Option<FunctionId> {
        self.by_name.get(&plain(name)).copied()
    }

    /// The innermost function around a byte of a file.
    pub fn around(&self, functions: &[Function], path: &str, offset: u32) -> Option<FunctionId> {
        self.place(functions, path, offset).map(|(function, _)| function)
    }

    /// The same, and how many declared functions stand before it in the file, and which literal of its own it is.
    pub fn place(&self, functions: &[Function], path: &str, offset: u32) -> Option<(FunctionId, Anchor)> {
        let list = self.by_path.get(path)?;
        let before = list.partition_point(|(start, _)| *start <= offset).checked_sub(1)?;
        let (_, declared) = *list.get(before)?;
        let inside = |range: (u32, u32)| range.0 <= offset && offset < range.1;
        // Literals follow their declaration, and outer ones come before inner ones.
        let literals = (declared.0 + 1..self.count as u32).map(FunctionId);
        let own = literals.take_while(|id| functions[id.number()].parent.is_some());
        let own = own.filter(|id| !functions[id.number()].bound).zip(1..);
        let innermost = own.filter(|(id, _)| inside(functions[id.number()].range)).last();
        let (found, literal) = innermost.unwrap_or((declared, 0));
        let anchor = Anchor { declared: before as u32, literal };
        inside(functions[found.number()].range).then_some((found, anchor))
    }
}

/// A name without brackets and stars.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '(' | ')' | '*')).collect()
}
