//! Outlines and bodies against the grammar, on all Go code in fixtures.

use crate::grammar;

#[test]
fn outlines_and_bodies_of_the_fixtures_agree_with_the_grammar() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut count = 0;
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
            if source.starts_with("package") || source.contains("\npackage ") {
                count += 1;
                assert_eq!(grammar::compare(source.as_bytes()), Ok(()), "{name}");
            }
        }
    }
    assert!(count > 30, "{count}");
}
