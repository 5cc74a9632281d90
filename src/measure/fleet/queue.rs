//! The list of repositories: one a line, an address of git or a directory, in front of it a name if it is to have another than its own.

use std::collections::BTreeMap;

use crate::go::files::Shard;

/// A repository of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What reports call it; a relative path as well.
    pub name: String,
    /// Where git has it.
    pub address: String,
}

/// What is wrong with a list.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{line}:1: {what}")]
pub struct QueueError {
    line: usize,
    what: String,
}

/// Reads a list. A share of it is made of the repositories whose names fall to it, so that it stays the same while others come and go.
///
/// # Errors
/// A name that is no path below a directory, and one that stands there twice.
pub fn queue(text: &str, share: Option<Shard>) -> Result<Vec<Listed>, QueueError> {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let error = |what: String| QueueError { line: at + 1, what };
        let mut words = line.split_whitespace();
        let (name, address) = match (words.next(), words.next(), words.next()) {
            (Some(address), None, _) => (own_name(address), address),
            (Some(name), Some(address), None) => (name.to_owned(), address),
            _ => return Err(error("a line is an address, or a name and an address".to_owned())),
        };
        if address.starts_with('-') {
            return Err(error(format!("{address} is an option, not an address")));
        }
        if !is_name(&name) {
            return Err(error(format!(
                "{name} is no name; put one of letters, digits and -_./ in front of the address"
            )));
        }
        if let Some(first) = lines.insert(name.to_lowercase(), at + 1) {
            return Err(error(format!("{name} stands in line {first} as well; give one of them a name of its own")));
        }
        if share.is_none_or(|share| share.takes(&name)) {
            found.push(Listed { name, address: address.to_owned() });
        }
    }
    Ok(found)
}

/// The last two parts of an address: who has it, and what it is called.
fn own_name(address: &str) -> String {
    let plain = address.trim_end_matches('/');
    let plain = plain.strip_suffix(".git").unwrap_or(plain);
    let plain = plain.split_once("://").map_or(plain, |(_, rest)| rest);
    let parts: Vec<&str> = plain.split(['/', ':', '\\']).filter(|part| !part.is_empty()).collect();
    parts[parts.len().saturating_sub(2)..].join("/").replace('+', "-")
}

fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        !part.is_empty() && !part.starts_with(['.', '-']) && part.chars().all(plain)
    };
    name.len() <= 200 && name.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_names() {
        let list = "# ours\nhttps://git.example/shop/web.git\ngit@git.example:shop/api\n\n/srv/git/shop/jobs/\nother https://git.example/x/web\n";
        let names: Vec<_> = queue(list, None).unwrap().into_iter().map(|listed| listed.name).collect();
        assert_eq!(names, ["shop/web", "shop/api", "shop/jobs", "other"]);
    }

    #[test]
    fn what_would_lead_elsewhere_is_refused() {
        let refused = |list: &str| queue(list, None).unwrap_err().to_string();
        assert!(refused("\n../../etc https://git.example/a/b").starts_with("2:1: ../../etc is no name"));
        assert!(refused("--upload-pack=x").starts_with("1:1: "));
        assert!(refused("a --upload-pack=x").starts_with("1:1: --upload-pack=x is an option"));
        assert!(refused("https://a.example/x/y\nhttps://b.example/x/Y").contains("stands in line 1 as well"));
        assert!(refused("a b c").contains("a name and an address"));
    }

    #[test]
    fn shares_make_the_whole() {
        let list: String = (0..50).map(|at| format!("https://git.example/o/r{at}\n")).collect();
        let share = |index| queue(&list, Some(Shard { index, of: 3 })).unwrap();
        let mut all: Vec<_> = (1..=3).flat_map(share).map(|listed| listed.name).collect();
        all.sort();
        let mut want: Vec<_> = queue(&list, None).unwrap().into_iter().map(|listed| listed.name).collect();
        want.sort();
        assert_eq!(all, want);
        assert!((1..=3).all(|index| share(index).len() > 5));
    }
}
