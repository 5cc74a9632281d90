//! Which known name somebody may have meant.

/// The known name that is nearest to one that nobody knows, if one is near.
pub fn near<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let most = (given.chars().count() / 3).clamp(1, 4);
    let distances = known.into_iter().map(|name| (distance(given, name), name));
    distances.filter(|(distance, _)| *distance <= most).min().map(|(_, name)| name)
}

/// `; did you mean pod?`, or nothing.
pub fn did_you_mean<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    near(given, known).map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

/// Characters that are added, taken away, replaced or exchanged with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    // Beyond this nothing is near.
    if one.len().abs_diff(other.len()) > 4 || one.len() > 200 {
        return usize::MAX;
    }
    let mut rows: [Vec<usize>; 3] = [Vec::new(), Vec::new(), (0..=other.len()).collect()];
    for (i, a) in one.iter().enumerate() {
        rows.rotate_left(1);
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut least = (rows[1][j] + usize::from(a != b)).min(rows[1][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(rows[0][j - 1] + 1);
            }
            row.push(least);
        }
        rows[2] = row;
    }
    rows[2].last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_near_and_other_words_are_not() {
        let known = ["create", "delete", "pod", "pv", "pkg/kubelet"];
        for (given, meant) in [
            ("creat", Some("create")),
            ("pdo", Some("pod")),
            ("pods", Some("pod")),
            ("delet", Some("delete")),
            ("pkg/kubelte", Some("pkg/kubelet")),
            ("drain", None),
            ("node", None),
            ("", None),
        ] {
            assert_eq!(near(given, known), meant, "{given}");
        }
        assert_eq!(did_you_mean("pdo", known), "; did you mean pod?");
    }
}
