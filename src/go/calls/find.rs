//! Functions by name and by place.

use std::hash::Hasher;

use borsh::{BorshDeserialize, BorshSerialize};
use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};

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
    by_name: HashTable<FunctionId>,
    /// Declared functions and variables of a file, by where they start.
    by_path: FxHashMap<RelPath, Vec<(u32, FunctionId)>>,
    count: usize,
}

impl Finder {
    /// For the functions of a graph.
    pub fn new(functions: &[Function]) -> Self {
        let by_name = HashTable::with_capacity(functions.len());
        let mut finder = Self { count: functions.len(), by_name, ..Self::default() };
        let name_of = |id: &FunctionId| &*functions[id.number()].name;
        let mut ids = (0..functions.len()).map(FunctionId::new);
        for of_file in functions.chunk_by(|a, b| a.path == b.path) {
            let list = finder.by_path.entry(of_file[0].path.clone()).or_default();
            for (function, id) in of_file.iter().zip(&mut ids) {
                let is_it = |other: &FunctionId| plain(name_of(other)).eq(plain(&function.name));
                // Of several the first.
                finder.by_name.entry(hash(&function.name), is_it, |id| hash(name_of(id))).or_insert(id);
                if function.parent.is_none() {
                    list.push((function.range.0, id));
                }
            }
        }
        finder.by_path.values_mut().for_each(|list| list.sort_unstable());
        finder
    }

    /// The function of this name, spelled `(*import/path.Type).Method`, `import/path.Type.Method` or `import/path.Func`.
    pub fn named(&self, functions: &[Function], name: &str) -> Option<FunctionId> {
        let is_it = |id: &FunctionId| plain(&functions[id.number()].name).eq(plain(name));
        self.by_name.find(hash(name), is_it).copied()
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
fn plain(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| !matches!(byte, b'(' | b')' | b'*'))
}

fn hash(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    plain(name).for_each(|byte| hasher.write_u8(byte));
    hasher.finish()
}
