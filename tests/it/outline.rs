//! Outlines and bodies against the grammar, on all Go code in fixtures.

use crate::grammar;

use klogmod::go::parse::{first_error, parse_bytes, unread};

#[test]
fn outlines_and_bodies_of_the_fixtures_agree_with_the_grammar() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let (mut count, mut left_out) = (0, 0);
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name().into_iter().flatten() {
        let name = entry.path().display().to_string();
        let is_go = name.ends_with(".go");
        if !entry.file_type().is_file() || !(is_go || name.ends_with(".txtar")) {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let parts = if is_go { vec![text.as_str()] } else { text.split("\n-- ").skip(1).collect() };
        for part in parts {
            let source = if is_go { part } else { part.split_once(" --\n").map_or("", |(_, source)| source) };
            // What one of the two does not read cannot be compared.
            let tree = parse_bytes(source.as_bytes()).unwrap();
            let is_whole = unread(tree.root_node(), source.as_bytes()).is_empty();
            if !is_whole && first_error(tree.root_node()).is_none() {
                left_out += 1;
                continue;
            }
            if source.starts_with("package") || source.contains("\npackage ") {
                count += 1;
                assert_eq!(grammar::compare(source.as_bytes()), Ok(()), "{name}");
            }
        }
    }
    assert!(count > 30, "{count}");
    // One case is about such parts, before and after.
    assert_eq!(left_out, 2);
}
