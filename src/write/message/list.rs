//! Lists of nouns and values in a clause: "port %s type %s". The nouns are only there for the values, and go with them.

use crate::write::message::segment::Item;

/// A clause without its lists.
pub struct List {
    /// What is left.
    pub items: Vec<Item>,
    /// The words that went.
    pub gone: String,
}

/// How many pairs of a noun and its value items are, where they are nothing else: "node %s zone(%s)".
pub fn is_listing(items: &[Item], noun: &dyn Fn(&str) -> bool) -> usize {
    let items: Vec<&Item> = items.iter().filter(|item| **item != Item::Glue).collect();
    let pair = |pair: &[&Item]| matches!(pair, [Item::Word(word), value] if noun(word) && is_value(Some(*value)));
    let all = items.len().is_multiple_of(2) && items.chunks(2).all(pair);
    if all { items.len() / 2 } else { 0 }
}

/// "tunnel port %s type %s on bridge": takes a noun right behind a value out, and its value; and with them what introduces such a list:
/// "with name %s id %s". `None` where there is none.
pub fn unlist(
    items: &[Item],
    noun: &dyn Fn(&str) -> bool,
    preposition: &dyn Fn(&str) -> bool,
    attribute: &dyn Fn(&str) -> bool,
    on: &dyn Fn(&str) -> bool,
) -> Option<List> {
    let is_noun = |item: Option<&Item>| matches!(item, Some(Item::Word(word)) if noun(word));
    let mut left: Vec<Item> = Vec::with_capacity(items.len());
    let mut gone: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(item) = items.get(at) {
        let (value, thing) = (left.last(), left.iter().rev().skip(1).find(|item| **item != Item::Glue));
        // "IPv%d" is a word with a value in it, and no value of a noun.
        let glued = left.iter().rev().nth(1) == Some(&Item::Glue) && matches!(value, Some(Item::Hole(_)));
        let listed = is_value(value) && is_noun(thing) && !glued;
        let next = at + 1 + usize::from(items.get(at + 1) == Some(&Item::Glue));
        let bracketed = matches!(items.get(next), Some(Item::Group(..))) && is_value(items.get(next));
        let own = is_value(items.get(at + 1)) || bracketed;
        match item {
            Item::Word(word)
                if listed
                    && noun(word)
                    && own
                    && (attribute(word) && !attribute_of(thing, attribute) || ends(items, next + 1, noun, on)) =>
            {
                gone.push(word);
                at = next + 1;
            }
            _ => {
                left.push(item.clone());
                at += 1;
            }
        }
    }
    if gone.is_empty() {
        return None;
    }
    let tail: Vec<&Item> = left.iter().rev().take(4).collect();
    if let [Item::Hole(_), Item::Word(part), Item::Word(with), Item::Word(_)] = tail.as_slice()
        && matches!(part.to_lowercase().as_str(), "name" | "id" | "uid" | "path" | "type" | "kind")
        && preposition(with)
    {
        let keep = left.iter().rposition(|item| matches!(item, Item::Word(word) if word == with));
        left.truncate(keep.unwrap_or(left.len()));
    }
    Some(List { items: left, gone: gone.join(" ") })
}

/// Whether the thing before is itself only a part of one: of "uid %s name %s is gone" nothing would be left.
fn attribute_of(thing: Option<&Item>, attribute: &dyn Fn(&str) -> bool) -> bool {
    matches!(thing, Some(Item::Word(word)) if attribute(word))
}

/// Whether what stands here goes on with what stands before a list: its end, a preposition, another noun with its value. A verb speaks of
/// the last noun: "container %s log %s is gone".
fn ends(items: &[Item], mut at: usize, noun: &dyn Fn(&str) -> bool, on: &dyn Fn(&str) -> bool) -> bool {
    loop {
        match items.get(at) {
            None => return true,
            Some(Item::Word(word)) if on(word) => return true,
            Some(Item::Word(word)) if noun(word) && is_value(items.get(at + 1)) => at += 2,
            _ => return false,
        }
    }
}

/// A value, in brackets or not.
fn is_value(item: Option<&Item>) -> bool {
    match item {
        Some(Item::Hole(_)) => true,
        Some(Item::Group(_, inside, _)) => {
            let bare = |item: &Item| matches!(item, Item::Hole(_));
            inside.iter().all(|segment| segment.items.iter().all(bare))
                && inside.iter().any(|segment| !segment.items.is_empty())
        }
        _ => false,
    }
}

/// "via %s dev %s", "of type %T": how many items at the end only introduce the last values.
pub fn labels_at_end(items: &[Item], noun: &dyn Fn(&str) -> bool, preposition: &dyn Fn(&str) -> bool) -> Option<usize> {
    if items.contains(&Item::Glue) {
        return None;
    }
    match items {
        [.., Item::Hole(_), Item::Word(via), Item::Hole(_), Item::Word(word), Item::Hole(_)]
            if preposition(via) && noun(word) =>
        {
            Some(4)
        }
        [.., Item::Word(_), Item::Word(of), Item::Word(kind), Item::Hole(_)]
            if of == "of" && matches!(kind.as_str(), "type" | "kind") =>
        {
            Some(3)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::message::segment::words_of;

    /// The clause that is left, holes as `%`.
    fn left(text: &str) -> String {
        let item = |word: &str| if word == "%" { Item::Hole(0) } else { Item::Word(word.to_owned()) };
        let items: Vec<Item> = text.split(' ').map(item).collect();
        let is = |words: &'static [&str]| move |word: &str| words.contains(&word);
        let noun = is(&["port", "type", "bridge", "shelf", "name", "id", "row"]);
        let items = unlist(&items, &noun, &is(&["with", "on", "to"]), &is(&["id"]), &is(&["on", "to"]))
            .map_or(items, |list| list.items);
        let shown = items.iter().filter_map(|item| {
            if let Item::Hole(_) = item { Some("%") } else { words_of(std::slice::from_ref(item)).pop() }
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn nouns_between_values_go() {
        assert_eq!(left("added port % type % on bridge %"), "added port % on bridge %");
        assert_eq!(left("made shelf with name % id %"), "made shelf");
        assert_eq!(left("moved port % to row %"), "moved port % to row %");
        assert_eq!(left("port % was bridge %"), "port % was bridge %");
        assert_eq!(left("port % bridge % was lost"), "port % bridge % was lost");
        assert_eq!(left("port % id % was lost"), "port % was lost");
    }
}
