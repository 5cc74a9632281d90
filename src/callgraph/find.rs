//! Functions by name and by place.

use rustc_hash::FxHashMap;

use super::graph::{Function, FunctionId};
use crate::diagnostic::RelPath;

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
        let list = self.by_path.get(path)?;
        let after = list.partition_point(|(start, _)| *start <= offset);
        let (_, declared) = *list.get(after.checked_sub(1)?)?;
        let inside = |range: (u32, u32)| range.0 <= offset && offset < range.1;
        // Literals follow their declaration, and outer ones come before inner ones.
        let literals = (declared.0 + 1..self.count as u32).map(FunctionId);
        let own = literals.take_while(|id| functions[id.number()].parent.is_some());
        let innermost = own.filter(|id| !functions[id.number()].bound && inside(functions[id.number()].range)).last();
        let found = innermost.unwrap_or(declared);
        inside(functions[found.number()].range).then_some(found)
    }
}

/// A name without brackets and stars.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '(' | ')' | '*')).collect()
}
