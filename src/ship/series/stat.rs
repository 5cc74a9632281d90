//! The diffstat below a commit message.

use super::LineCounts;
use super::path::{in_quotes, quoted};

/// Columns of the whole line, as `git format-patch` has it.
const WIDTH: usize = 72;

/// Columns for the name; a longer one loses its front.
const NAME: usize = 50;

/// One file of a diffstat.
pub(super) struct Row<'a> {
    /// The file.
    pub path: &'a str,
    /// What happens to its lines.
    pub counts: LineCounts,
    /// Whether it is new.
    pub new: bool,
    /// Whether it goes.
    pub gone: bool,
}

/// One line per file, the sum, and the files that come or go.
pub(super) fn diffstat(rows: &[Row]) -> String {
    let names: Vec<String> = rows.iter().map(|row| shown(row.path)).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let largest = rows.iter().map(|row| row.counts.added + row.counts.removed).max().unwrap_or(0);
    let digits = largest.to_string().len();
    let room = WIDTH.saturating_sub(width + digits + 5).max(10);
    let mut total = LineCounts::default();
    let mut out = String::new();
    for (row, name) in rows.iter().zip(&names) {
        total += row.counts;
        let count = row.counts.added + row.counts.removed;
        let line = format!(" {name:width$} | {count:digits$} {}", bar(row.counts, largest, room));
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.push_str(&summary(rows.len(), total));
    for row in rows.iter().filter(|row| row.new || row.gone) {
        let what = if row.gone { "delete" } else { "create" };
        out.push_str(&format!(" {what} mode 100644 {}\n", quoted(row.path)));
    }
    out
}

fn summary(files: usize, total: LineCounts) -> String {
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let mut out = format!(" {files} file{} changed", plural(files));
    if total.added > 0 || total.removed == 0 {
        out.push_str(&format!(", {} insertion{}(+)", total.added, plural(total.added)));
    }
    if total.removed > 0 || total.added == 0 {
        out.push_str(&format!(", {} deletion{}(-)", total.removed, plural(total.removed)));
    }
    out.push('\n');
    out
}

/// The name; quoted unless it starts harmlessly, since `patch` would read an indented ` --- a/x` as a header.
fn shown(path: &str) -> String {
    let name = quoted(path);
    if name.starts_with('"') {
        return name;
    }
    if !path.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_') || path.starts_with('X') {
        return in_quotes(path);
    }
    if name.len() <= NAME {
        return name;
    }
    let tail = &name[name.len() - (NAME - 3)..];
    let start = tail.find('/').unwrap_or(0);
    format!("...{}", &tail[start..])
}

fn bar(counts: LineCounts, largest: usize, room: usize) -> String {
    let scale = |count: usize| match count {
        0 => 0,
        _ if largest <= room => count,
        // Every kind of change keeps at least one sign.
        _ => (count * (room - 1) / largest).max(1),
    };
    "+".repeat(scale(counts.added)) + &"-".repeat(scale(counts.removed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_line_up_and_bars_are_scaled() {
        let row = |path, added, removed, new| Row { path, counts: LineCounts { added, removed }, new, gone: false };
        let long = "staging/src/k8s.io/kubernetes/pkg/kubelet/container/helpers.go";
        let text = diffstat(&[row("a.go", 1, 1, false), row("--- a/x.go", 100, 0, true), row(long, 0, 0, false)]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], format!(" {:47} |   2 +-", "a.go"));
        assert!(lines[1].starts_with(" \"--- a/x.go\" ") && lines[1].len() <= WIDTH, "{}", lines[1]);
        assert_eq!(lines[2], " .../kubernetes/pkg/kubelet/container/helpers.go |   0");
        assert_eq!(lines[3], " 3 files changed, 101 insertions(+), 1 deletion(-)");
        assert_eq!(lines[4], " create mode 100644 --- a/x.go");
    }
}
