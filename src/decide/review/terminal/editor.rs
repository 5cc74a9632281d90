//! The user's editor on one call.

use std::io::{Read, Seek, SeekFrom, Write};

use crate::text::disk;

const HINT: &str =
    "// The call that replaces the old one. Lines that start with // are dropped; an empty text changes nothing.\n";

/// What the user makes of a call; `Ok(None)` where it stays as it is.
pub(super) fn edit(call: &str) -> Result<Option<String>, String> {
    let fail = |error: std::io::Error| format!("the editor could not be used: {error}");
    let mut file = tempfile::Builder::new().prefix("klogmod-").suffix(".go").tempfile().map_err(fail)?;
    writeln!(file, "{HINT}{call}").map_err(fail)?;
    file.flush().map_err(fail)?;
    let editor = ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or("vi".to_owned());
    // As git does it: the variable may hold options, so a shell reads it; the file is no part of that text.
    let status = disk::command("sh").arg("-c").arg(format!("{editor} \"$@\"")).arg(&editor).arg(file.path()).status();
    let status = status.map_err(fail)?;
    if !status.success() {
        return Err(format!("{editor} ended with {status}; nothing was changed"));
    }
    // Editors may write a new file in the place of the old one.
    let mut text = String::new();
    match std::fs::File::open(file.path()) {
        Ok(mut fresh) => fresh.read_to_string(&mut text).map_err(fail)?,
        Err(_) => {
            file.seek(SeekFrom::Start(0)).map_err(fail)?;
            file.read_to_string(&mut text).map_err(fail)?
        }
    };
    let kept: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let text = kept.join("\n").trim().to_owned();
    Ok((!text.is_empty() && text != call.trim()).then_some(text))
}
