//! Which declarations of a package threads may concern, by the words that stand in them: the others are not parsed.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::go::syntax::outline::{Decl, DeclKind, Outline};
use crate::go::syntax::word::is_word;

/// A file of the package.
pub struct Source<'s> {
    /// Its text.
    pub text: &'s [u8],
    /// What it declares.
    pub outline: &'s Outline,
}

/// Declarations of one file, by where they start.
pub type Starts = BTreeSet<u32>;

/// The offsets of a declaration.
pub fn whole(decls: &[Decl]) -> (usize, usize) {
    decls.first().map_or((0, 0), |first| (first.whole.0 as usize, first.whole.1 as usize))
}

/// The declarations of each file that mention functions of these names, or their callers, as many calls up as `steps` say.
pub fn concerned(files: &[Source<'_>], names: BTreeSet<&str>, steps: usize) -> Vec<Starts> {
    let mut found: Vec<Starts> = files.iter().map(|_| Starts::new()).collect();
    let mentions = mentions(files);
    let mut wave: BTreeSet<&str> = names;
    let mut known = wave.clone();
    for _ in 0..=steps {
        let mut next = BTreeSet::new();
        for (file, decls) in wave.iter().filter_map(|name| mentions.get(name)).flatten() {
            let (Some(starts), Some(first)) = (found.get_mut(*file), decls.first()) else { continue };
            if starts.insert(first.whole.0) && is_function(first) {
                next.extend(files.get(*file).map(|file| file.outline.text(first.name)));
            }
        }
        next.retain(|name| known.insert(name));
        wave = next;
    }
    found
}

fn is_function(decl: &Decl) -> bool {
    matches!(decl.kind, DeclKind::Func | DeclKind::Method)
}

/// A declaration, with the number of its file.
type Place<'s> = (usize, &'s [Decl]);

/// The declarations that hold the names of the package's functions.
fn mentions<'s>(files: &[Source<'s>]) -> FxHashMap<&'s str, Vec<Place<'s>>> {
    let mut found: FxHashMap<&str, Vec<Place<'_>>> = FxHashMap::default();
    for Source { outline, .. } in files {
        let functions = outline.decls.iter().filter(|decl| is_function(decl));
        found.extend(functions.map(|decl| (outline.text(decl.name), Vec::new())));
    }
    for (number, Source { text, outline }) in files.iter().enumerate() {
        for decls in outline.declarations() {
            let (start, end) = whole(decls);
            let words = text.get(start..end).unwrap_or_default().split(|byte| !is_word(*byte));
            for word in words.filter_map(|word| std::str::from_utf8(word).ok()) {
                let Some(places) = found.get_mut(word) else { continue };
                if places.last().is_none_or(|(file, last)| (*file, whole(last)) != (number, (start, end))) {
                    places.push((number, decls));
                }
            }
        }
    }
    found
}

/// These declarations, with those on the lines beside them: gofmt puts comments of neighbouring lines into one column.
pub fn with_neighbours(source: &[u8], outline: &Outline, concerns: &dyn Fn((usize, usize)) -> bool) -> Starts {
    let declarations: Vec<&[Decl]> = outline.declarations().collect();
    let are_neighbours = |a: &&[Decl], b: &&[Decl]| {
        let between = source.get(whole(a).1..whole(b).0).unwrap_or_default();
        memchr::memchr_iter(b'\n', between).count() < 2
    };
    let runs = declarations.chunk_by(are_neighbours).filter(|run| run.iter().any(|decls| concerns(whole(decls))));
    runs.flatten().filter_map(|decls| Some(decls.first()?.whole.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::go::syntax::outline::outline;

    #[test]
    fn callers_are_followed_as_far_as_asked_and_neighbours_come_along() {
        let text = "package p\n\nfunc a() {}\n\nfunc b() { a() }\n\nfunc c() { x.b }\n\ntype I interface {\n\tc()\n}\nvar v = 1 // beside\n\nfunc ab() {}\n";
        let outline = outline(text.as_bytes()).unwrap();
        let names = |steps: usize| {
            let files = [Source { text: text.as_bytes(), outline: &outline }];
            let starts = concerned(&files, BTreeSet::from(["a"]), steps).remove(0);
            let starts = with_neighbours(text.as_bytes(), &outline, &|(start, _)| starts.contains(&(start as u32)));
            let wanted = outline.declarations().filter(|decls| starts.contains(&decls[0].whole.0));
            wanted.map(|decls| outline.text(decls[0].name)).collect::<Vec<_>>()
        };
        assert_eq!(names(0), ["a", "b"]);
        assert_eq!(names(1), ["a", "b", "c"]);
        assert_eq!(names(2), ["a", "b", "c", "I", "v"]);
    }
}
