//! Whether a text is a part of what a line may print, and how much of it is the line's own.

use super::text::words;

/// Words and letters that a text and a line have in common, both constant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Common {
    words: usize,
    letters: usize,
}

impl Common {
    fn of(text: &str) -> Self {
        Self { words: words(text).count(), letters: words(text).map(str::len).sum() }
    }

    fn and(self, more: Self) -> Self {
        Self { words: self.words + more.words, letters: self.letters + more.letters }
    }

    /// Whether so much in common is no chance: in one directory less will do.
    pub fn is_distinctive(self, near: bool) -> bool {
        let (words, letters) = if near { (2, 8) } else { (4, 18) };
        self.words >= words && self.letters >= letters
    }
}

/// What a line, text and holes for values, has in common with a text that is a part of it; nothing where it is none.
pub fn common(parts: &[Option<String>], text: &str) -> Common {
    let starts = (0..parts.len()).filter_map(|at| started(parts, at, text));
    starts.max().unwrap_or_default()
}

/// The same, of a text that starts in a certain part, or in the value before it.
fn started(parts: &[Option<String>], at: usize, text: &str) -> Option<Common> {
    let part = parts.get(at)?.as_deref()?;
    if part.contains(text) {
        return Some(Common::of(text));
    }
    let behind = at + 1;
    let cuts = part.char_indices().map(|(cut, _)| part.get(cut..).unwrap_or_default());
    let inside = cuts.into_iter().filter(|end| !end.trim().is_empty());
    let within = inside.filter_map(|end| {
        let rest = text.strip_prefix(end)?;
        Some(Common::of(end).and(followed(parts, behind, rest)?))
    });
    let is_value = at > 0;
    let before = text.find(part).filter(|start| is_value && *start > 0 && !part.trim().is_empty()).and_then(|start| {
        let rest = text.get(start + part.len()..)?;
        Some(Common::of(part).and(followed(parts, behind, rest)?))
    });
    within.chain(before).max()
}

/// What the parts from one on have in common with the rest of a text; `None` where it does not follow from them.
fn followed(parts: &[Option<String>], from: usize, text: &str) -> Option<Common> {
    let (mut common, mut rest, mut in_value) = (Common::default(), text, false);
    for part in parts.get(from..).unwrap_or_default() {
        if rest.is_empty() {
            break;
        }
        let Some(part) = part else {
            in_value = true;
            continue;
        };
        match (rest.find(part.as_str()), in_value) {
            (Some(0), _) | (Some(_), true) => {
                rest = rest.split_once(part.as_str()).map_or("", |(_, behind)| behind);
                common = common.and(Common::of(part));
                in_value = false;
            }
            // It ends in this part, or in the value before.
            _ if part.starts_with(rest) => return Some(common.and(Common::of(rest))),
            _ if in_value => {
                let tails = rest.char_indices().filter_map(|(at, _)| rest.get(at..));
                let shared = tails.into_iter().find(|tail| part.starts_with(tail)).unwrap_or_default();
                return Some(common.and(Common::of(shared)));
            }
            _ => return None,
        }
    }
    (in_value || rest.trim().is_empty()).then_some(common)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_part_of_what_a_line_may_print_or_not() {
        // A hole is `{}`.
        let parts = |line: &str| -> Vec<Option<String>> {
            let mut parts: Vec<Option<String>> = Vec::new();
            for (at, text) in line.split("{}").enumerate() {
                parts.extend((at > 0).then_some(None));
                parts.extend((!text.is_empty()).then(|| Some(text.to_owned())));
            }
            parts
        };
        for (line, text, words) in [
            ("lost volume {} of pod {}", "lost volume", 2),
            ("lost volume {} of pod {}", "volume data-0 of pod web", 3),
            ("lost volume {} of pod {}", "lost volume data-0", 2),
            ("lost volume {} of pod {}", "found volume data-0", 0),
            ("lost volume {} of pod {}", "we lost volume data-0", 0),
            ("{}: lost volume", "mounter: lost volume", 2),
            ("{}: lost volume", "lost volume of pod", 0),
            ("lost volume {}, giving up", "lost volume a, giving", 3),
            ("lost volume {}, giving up", "lost volume a, trying again", 2),
        ] {
            assert_eq!(common(&parts(line), text).words, words, "{line} {text}");
        }
    }
}
