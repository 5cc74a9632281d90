//! What the text of a file tells of contexts, before anything is parsed.

use std::cell::Cell;

use rustc_hash::FxHashSet;

use crate::go::syntax::word::{has_any, has_any_in, has_name, is_word, words};

/// How files write a context and a request.
pub(super) const WRITTEN: [&[u8]; 2] = [b"context.Context", b"http.Request"];
/// How far before a parameter or an argument the list may start that it stands in.
const MAX_LIST: usize = 2000;
/// What `context.Context(nil)` converts to.
const CONTEXT: &str = "Context";

/// What the text of a file tells.
#[derive(Default)]
pub(super) struct Brought {
    /// Functions that ask for a context or a request, by their names.
    pub asking: FxHashSet<Box<str>>,
    /// The same, with how many parameters they have.
    pub taking: FxHashSet<(Box<str>, usize)>,
    /// What holds functions that do: variables, fields and parameters.
    pub holding: FxHashSet<Box<str>>,
    /// Whether it has a literal or a type of such functions.
    pub literals: bool,
    /// Whether it may call functions of another package as its own.
    pub dotted: bool,
    /// What is called with nil, by its name.
    pub given: FxHashSet<Box<str>>,
    /// Whether it has a variable that is a context and starts as none.
    pub unset: bool,
    /// Fields of its package's own that are contexts.
    pub fields: FxHashSet<Box<str>>,
    /// Types that have them.
    pub structs: FxHashSet<Box<str>>,
    /// Variables of its package's own that are contexts and start as none.
    pub variables: FxHashSet<Box<str>>,
    /// Functions whose only result is a context, and that return nil somewhere: receivers' types and names.
    pub returning: FxHashSet<(Box<str>, Box<str>)>,
}

/// Whether a text gives a field of this name something, as far as that can be seen.
pub(super) fn sets(text: &[u8], name: &[u8]) -> bool {
    words(text, name).any(|at| {
        let (before, after) = (text[..at].last(), text[at + name.len()..].trim_ascii_start());
        let is_key = after.first() == Some(&b':') && after.get(1) != Some(&b'=') && !is_nil(&after[1..]);
        let line = after.split(|byte| *byte == b'\n').next().unwrap_or_default();
        // `x.ctx, x.cancel = …`
        let is_one_of = || line.first() == Some(&b',') && memchr::memmem::find(line, b" = ").is_some();
        let is_target = is_given(after) || is_one_of();
        is_key || before == Some(&b'.') && is_target
    })
}

/// Whether what stands behind a name gives it something but nil.
fn is_given(after: &[u8]) -> bool {
    after.strip_prefix(b"=").is_some_and(|value| value.first() != Some(&b'=') && !is_nil(value))
}

/// Whether a text starts with nil alone.
fn is_nil(text: &[u8]) -> bool {
    let end = text.trim_ascii_start().strip_prefix(b"nil");
    end.is_some_and(|end| end.first().is_none_or(|byte| !is_word(*byte) && *byte != b'.'))
}

/// Whether a text gives a variable of this name something, or tells its address.
pub(super) fn sets_variable(text: &[u8], name: &[u8]) -> bool {
    words(text, name).any(|at| {
        let (before, after) = (text[..at].last(), text[at + name.len()..].trim_ascii_start());
        let line = after.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let is_one_of = || line.first() == Some(&b',') && memchr::memmem::find(line, b" = ").is_some();
        let is_target = is_given(after) || is_one_of();
        // `a, ctx = …`: what stands before it in the list is another target.
        before == Some(&b'&') || before != Some(&b'.') && is_target
    })
}

/// Whether a text passes on a field of this name, or puts it in a variable.
pub(super) fn passes(text: &[u8], name: &[u8]) -> bool {
    words(text, name).any(|at| {
        let after = text[at + name.len()..].first();
        text[..at].last() == Some(&b'.') && matches!(after, Some(b',' | b')' | b'\n'))
    })
}

/// Reads what a text tells.
pub(super) fn brought(text: &[u8]) -> Brought {
    let mut found = Brought::default();
    for ty in WRITTEN {
        for at in words(text, ty) {
            if let Some(name) = list_of(text, at) {
                found.asking.insert(name.into());
                found.taking.extend(parameters(text, at).map(|count| (name.into(), count)));
            }
            let line = text[..at].rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            found.unset |= has_name(line, b"var");
            if let Some((field, of)) = field_of(line, text, at) {
                found.fields.insert(field);
                found.structs.extend(of);
            }
            found.variables.extend(variable_of(line, text, at));
            found.returning.extend(returning_nil(line, text, at));
            if let Some(before) = before_literal(text, at) {
                found.literals = true;
                found.holding.extend(holder(before).map(Box::from));
            }
        }
    }
    found.given.extend(called_with_nil(text).map(Box::from));
    // `context.Context(nil)` may become a variable's.
    found.unset |= called_with_nil(text).any(|name| name == CONTEXT);
    found.dotted = memchr::memmem::find(text, b". \"").is_some();
    found
}

/// The names of what a text calls with nil, also as `f(context.Context(nil))`.
pub(super) fn called_with_nil(text: &[u8]) -> impl Iterator<Item = &str> {
    words(text, b"nil").flat_map(|at| {
        let (before, after) = (text[..at].trim_ascii_end(), text[at + 3..].trim_ascii_start());
        let is_argument = matches!(before.last(), Some(b'(' | b',')) && matches!(after.first(), Some(b',' | b')'));
        let name = is_argument.then(|| list_of(text, at)).flatten();
        let around = name.filter(|name| *name == CONTEXT);
        let around = around.and_then(|_| opener(text, at.saturating_sub(MAX_LIST), at, b'('));
        name.into_iter().chain(around.and_then(|open| list_of(text, open)))
    })
}

/// Whether a text has a literal or a type of functions that ask for a context or a request.
pub(super) fn has_literal(text: &[u8]) -> bool {
    WRITTEN.iter().any(|ty| words(text, ty).any(|at| before_literal(text, at).is_some()))
}

/// What stands before the literal or the type of a function in whose list something stands.
fn before_literal(text: &[u8], at: usize) -> Option<&[u8]> {
    let open = opener(text, at.saturating_sub(MAX_LIST), at, b'(')?;
    text[..open].trim_ascii_end().strip_suffix(b"func")
}

/// Whether a text declares a function by one of some names, as far as its first line tells.
pub(super) fn declares(text: &[u8], is_one: impl Fn(&str) -> bool) -> bool {
    text.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"func")).any(|line| has_any(line, &is_one))
}

/// Whether a text may make a value of a type by one of some names.
pub(super) fn makes(text: &[u8], is_one: impl Fn(&str) -> bool) -> bool {
    has_any_in(text, |_, rest| matches!(rest.trim_ascii_start().first(), Some(b'{' | b'[')), is_one)
}

/// The field that is declared on a line up to its type, if it is one of a package's own, and the type that has it.
fn field_of(line: &[u8], text: &[u8], at: usize) -> Option<(Box<str>, Option<Box<str>>)> {
    // A struct may stand on one line.
    let name = line.rsplit(|byte| matches!(byte, b'{' | b';')).next().unwrap_or(line).trim_ascii();
    let is_name = name.first().is_some_and(u8::is_ascii_lowercase) && name.iter().all(|byte| is_word(*byte));
    let open = is_name.then(|| opener(text, at.saturating_sub(MAX_LIST), at, b'{')).flatten()?;
    let of = text[..open].trim_ascii_end().strip_suffix(b"struct").map(<[u8]>::trim_ascii_end);
    let of = of.and_then(|before| {
        last_word(before.split_last().map_or(before, |(end, rest)| match end {
            b']' => rest.rsplit(|byte| *byte == b'[').next_back().unwrap_or(rest),
            _ => before,
        }))
    });
    Some((Box::from(&*String::from_utf8_lossy(name)), of.map(Box::from)))
}

/// How many parameters the list has in which something stands.
fn parameters(text: &[u8], at: usize) -> Option<usize> {
    let open = opener(text, at.saturating_sub(MAX_LIST), at, b'(')?;
    let (mut depth, mut count) = (0, 1);
    for (here, byte) in text.iter().enumerate().skip(open + 1).take(MAX_LIST) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' if depth == 0 => {
                let ends_in_comma = text[..here].trim_ascii_end().ends_with(b",");
                return Some(count - usize::from(ends_in_comma));
            }
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 => count += 1,
            _ => {}
        }
    }
    None
}

/// The name before the parenthesis that opens the list in which something stands.
fn list_of(text: &[u8], at: usize) -> Option<&str> {
    let start = at.saturating_sub(MAX_LIST);
    let open = opener(text, start, at, b'(')?;
    let mut before = text[start..open].trim_ascii_end();
    if before.ends_with(b"]") {
        let end = start + before.len() - 1;
        before = text[start..opener(text, start, end, b'[')?].trim_ascii_end();
    }
    let name = before.iter().rposition(|byte| !is_word(*byte)).map_or(before, |last| &before[last + 1..]);
    std::str::from_utf8(name).ok().filter(|name| !name.is_empty() && *name != "func")
}

/// Where the bracket opens that something stands in.
fn opener(text: &[u8], start: usize, at: usize, wanted: u8) -> Option<usize> {
    let mut depth = 0;
    for here in (start..at).rev() {
        match text[here] {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            byte @ (b'(' | b'[' | b'{') => return (byte == wanted).then_some(here),
            _ => {}
        }
    }
    None
}

/// What a function type or literal stands behind: `f func(`, `f := func(`, `f: func(`, `x.f = func(`.
fn holder(before: &[u8]) -> Option<&str> {
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b"=").unwrap_or(before);
    let before = before.strip_suffix(b":").unwrap_or(before).trim_ascii_end();
    last_word(before).filter(|name| !matches!(*name, "return" | "go" | "defer" | "type"))
}

fn last_word(text: &[u8]) -> Option<&str> {
    let name = text.iter().rposition(|byte| !is_word(*byte)).map_or(text, |last| &text[last + 1..]);
    std::str::from_utf8(name).ok().filter(|name| !name.is_empty())
}

/// The variable of a package that is declared on a line up to its type, without a value.
fn variable_of(line: &[u8], text: &[u8], at: usize) -> Option<Box<str>> {
    let rest = text[at..].split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = line.strip_prefix(b"var ").or_else(|| {
        let is_listed = || list_of(text, at) == Some("var");
        line.strip_prefix(b"\t").filter(|_| is_listed())
    })?;
    let name = name.trim_ascii();
    let is_own = name.first().is_some_and(u8::is_ascii_lowercase) && name.iter().all(|byte| is_word(*byte));
    let value = memchr::memchr(b'=', rest).map(|at| &rest[at + 1..]);
    (is_own && value.is_none_or(is_nil)).then(|| Box::from(&*String::from_utf8_lossy(name)))
}

/// The function whose only result stands at a place, if it returns nil somewhere.
fn returning_nil(line: &[u8], text: &[u8], at: usize) -> Option<(Box<str>, Box<str>)> {
    let rest = text[at..].strip_prefix(WRITTEN[0])?;
    let head = line.strip_prefix(b"func ")?;
    if !line.trim_ascii_end().ends_with(b")") || !rest.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let body = &rest[..memchr::memmem::find(rest, b"\n}").map_or(rest.len(), |end| end + 1)];
    words(body, b"return").find(|at| returns_nil(&body[at + b"return".len()..]))?;
    let (receiver, name) = match head.strip_prefix(b"(") {
        Some(head) => {
            let end = memchr::memchr(b')', head)?;
            (last_word(head[..end].split(|byte| *byte == b'[').next()?)?, &head[end + 1..])
        }
        None => ("", head),
    };
    let name = name.trim_ascii_start();
    let name = &name[..name.iter().position(|byte| !is_word(*byte))?];
    Some((receiver.into(), String::from_utf8_lossy(name).into()))
}

/// Whether nil stands alone behind `return`.
fn returns_nil(behind: &[u8]) -> bool {
    let nil = behind
        .strip_prefix(b" nil")
        .map(|end| end.trim_ascii_start().first().filter(|_| !end.starts_with(b"\n")).copied());
    nil.is_some_and(|next| matches!(next, None | Some(b'}' | b';' | b'/')))
}

/// Whether a text names one of these functions where it may be a value: behind a dot, or alone if it is of the package's `own`.
pub(super) fn uses_as_value(text: &[u8], is_one: impl Fn(&str) -> bool, own: impl Fn(&str) -> bool) -> bool {
    let is_alone = Cell::new(false);
    let wanted = |before: &[u8], rest: &[u8]| {
        is_alone.set(!before.trim_ascii_end().ends_with(b"."));
        ends_value(rest)
    };
    has_any_in(text, wanted, |name| is_one(name) && (!is_alone.get() || own(name)))
}

/// Whether what stands behind a name lets it be a value: the end of a list, a line or a comparison.
fn ends_value(rest: &[u8]) -> bool {
    let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match &rest[spaces..] {
        [] | [b',' | b')' | b'}' | b';' | b'\n' | b'\r' | b'/', ..] => true,
        rest => rest.starts_with(b"==") || rest.starts_with(b"!="),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_a_text_tells_of_contexts() {
        let found = brought(
            b"func (a *A) Run(t *T,\n\tctx context.Context) { b.Do(nil, 1); Gen[int](x(1), nil) }\nvar c context.Context\nfunc() (context.Context, error)",
        );
        let sorted = |names: &FxHashSet<Box<str>>| names.iter().map(|name| name.to_string()).collect::<BTreeSet<_>>();
        assert_eq!(sorted(&found.asking), ["Run".to_owned()].into());
        assert_eq!(sorted(&found.given), ["Do".to_owned(), "Gen".to_owned()].into());
        assert!(found.unset);
        assert!(!found.literals && found.variables.contains("c"));
        let held = brought(
            b"type T struct {\n\tf func(ctx context.Context)\n}\nvar (\n\tnone context.Context\n\tsome context.Context = x\n)\n\
              func (t *T) get(n int) context.Context {\n\tif n > 0 {\n\t\treturn nil\n\t}\n\treturn t.c\n}\n",
        );
        assert!(
            held.literals
                && held.holding.contains("f")
                && held.variables.contains("none")
                && !held.variables.contains("some")
        );
        assert!(held.returning.contains(&("T".into(), "get".into())));
        let last = brought(
            b"func none() context.Context {\n\tprintln()\n\treturn nil\n}\nfunc one() context.Context { return nil }\n\
            func some() context.Context {\n\treturn nilly\n}\n",
        );
        let names: BTreeSet<_> = last.returning.iter().map(|(_, name)| name.to_string()).collect();
        assert_eq!(names, ["none".to_owned(), "one".to_owned()].into());
        let uses = |text: &[u8], own: bool| uses_as_value(text, |name| name == "Do", |_| own);
        let is_do = |text: &[u8]| uses(text, true);
        assert!(is_do(b"x.Run(f, b.Do)") && !is_do(b"b.Do(1)"));
        assert!(uses(b"x.Run(b.Do)", false) && !uses(b"x.Run(Do)", false) && is_do(b"x.Run(Do)"));
        assert!(is_do(b"return b.Do // that") && is_do(b"f := b.Do\n") && is_do(b"b.Do != nil"));
        assert!(!is_do(b"// Do this") && !is_do(b"T{Do: f}") && !is_do(b"b.Do = f"));
        assert!(makes(b"&T{}", |name| name == "T") && makes(b"T[int]{}", |name| name == "T"));
        assert!(!makes(b"func (t *T) get(u T) *T", |name| name == "T"));
        assert!(declares(b"x\nfunc (t *T) Do()", |name| name == "Do") && !declares(b"\tDo()", |name| name == "Do"));
        assert!(has_literal(b"f := func(ctx context.Context) {}") && !has_literal(b"func f(ctx context.Context) {}"));
        assert!(sets_variable(b"\tc = x", b"c") && !sets_variable(b"\tx.c = 1\n\tif c == nil {}\n\tc := 1", b"c"));
        assert!(!sets_variable(b"\tc = nil\n", b"c") && sets_variable(b"\tc = nilly\n", b"c"));
        assert!(!sets(b"T{c: nil}; x.c = nil", b"c") && sets(b"T{c: nil.x}", b"c"));
        let short = brought(
            b"type t struct{ n int; own context.Context }\nvar c context.Context = nil\nDo(context.Context(nil))\n",
        );
        assert!(short.fields.contains("own") && short.structs.contains("t") && short.variables.contains("c"));
        assert!(short.given.contains("Do") && short.unset);
        assert!(brought(b"return nil, nil\nif (x == nil) {}").given.is_empty());
    }
}
