//! Text from a checkout, made inert for commit messages.
//!
//! A commit message has many readers: `git am` cuts it at a `---`, `patch` applies a diff inside it, `git send-email`
//! mails everyone it names, and GitHub offers it as the text of a pull request, where bots obey it. So, visibly:
//!
//! * a line that would act gets a backslash in front, behind its indentation: `\/lgtm`, `\--- a/x.go`, `\From: …`;
//! * scissors are broken: `-- >\8 --`;
//! * `@name` becomes `@ name`, which notifies nobody; `a@b.c` and `v2@v2.9.0` are no mentions and stay;
//! * `fixes #12` becomes `fixes # 12`, which closes nothing; `see #12` stays;
//! * control, bidi and zero-width characters become Go escapes: `\x1b`, `\u202e`.
//!
//! Lines are trimmed and blank lines collapsed as git itself does, so `git am` commits exactly this text.

/// A message body made inert; ends with a newline unless it is empty.
pub fn inert_body(text: &str) -> String {
    let text = quiet_closers(&quiet_mentions(&show_hidden(&text.replace("\r\n", "\n"))));
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for line in text.split('\n').map(str::trim_end) {
        if line.is_empty() {
            gap = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push('\n');
        }
        out.push_str(&inert_line(line));
        out.push('\n');
    }
    out
}

/// A subject made inert: one line, single spaces, nothing that `git am` strips from its front.
pub fn inert_subject(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return "(no subject)".to_owned();
    }
    let text = inert_line(&quiet_closers(&quiet_mentions(&show_hidden(&words.join(" ")))));
    let lower = text.to_ascii_lowercase();
    // `git am` drops `[…]`, `:` and `Re:`; the others make `git rebase --autosquash` fold the commit into another.
    let stripped = ["[", ":", "re:", "fixup!", "squash!", "amend!"].iter().any(|start| lower.starts_with(start));
    if stripped { format!("\\{text}") } else { text }
}

/// Writes characters that show nothing, or move what is shown, as Go escapes.
fn show_hidden(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match u32::from(c) {
            _ if !is_hidden(c) => out.push(c),
            code @ ..0x80 => out.push_str(&format!("\\x{code:02x}")),
            code @ ..0x1_0000 => out.push_str(&format!("\\u{code:04x}")),
            code => out.push_str(&format!("\\U{code:08x}")),
        }
    }
    out
}

fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // Soft hyphen, Arabic letter mark, fillers, Mongolian separators.
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{180b}'..='\u{180f}' => true,
        // Zero width and bidi marks, line separators, bidi overrides and isolates, invisible operators.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        // Byte order mark, annotations, tags.
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => c.is_control(),
    }
}

/// Parts an `@` from the name behind it, unless a word stands before it.
fn quiet_mentions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        let named = chars.peek().is_some_and(|&next| is_word(next) || next == '-');
        if c == '@' && named && !is_word(before) {
            out.push(' ');
        }
        before = c;
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Parts the number from an issue reference that follows a closing keyword, even on the next line.
fn quiet_closers(text: &str) -> String {
    let gap = |c: char| c.is_whitespace() || c == ':';
    let mut out = String::with_capacity(text.len());
    let mut armed = false;
    for token in text.split_inclusive(gap) {
        let word = token.trim_end_matches(gap);
        let number = if armed { reference(word) } else { None };
        let (head, tail) = token.split_at(number.unwrap_or(0));
        out.push_str(head);
        if number.is_some() {
            out.push(' ');
        }
        out.push_str(tail);
        if !word.is_empty() {
            // Lists (`closes #1, #2`) and whole addresses keep the keyword alive.
            armed = closes(word) || armed && (number.is_some() || matches!(word, "http" | "https"));
        }
    }
    out
}

fn closes(word: &str) -> bool {
    const KEYWORDS: [&str; 9] =
        ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];
    let word = word.to_ascii_lowercase();
    KEYWORDS.iter().any(|keyword| word.ends_with(keyword))
}

/// Where the number starts in `#12`, `org/repo#12`, `GH-12`, `//host/org/repo/issues/12`.
fn reference(word: &str) -> Option<usize> {
    word.as_bytes().windows(2).position(|pair| b"#-/".contains(&pair[0]) && pair[1].is_ascii_digit()).map(|at| at + 1)
}

fn inert_line(line: &str) -> String {
    let (indent, text) = line.split_at(line.len() - line.trim_start().len());
    let text = break_scissors(text);
    let backslash = if acts(&text) { "\\" } else { "" };
    format!("{indent}{backslash}{text}")
}

fn break_scissors(text: &str) -> String {
    const MARKS: [(&str, &str); 4] = [(">8", ">\\8"), ("8<", "8\\<"), (">%", ">\\%"), ("%<", "%\\<")];
    let marked = MARKS.iter().any(|(mark, _)| text.contains(mark));
    // git wants a third of the line to be dashes, marks and blanks, its end included; this counts at least as many.
    let rule = 1 + text.bytes().filter(|byte| b"-<>8% \t".contains(byte)).count();
    if !marked || rule * 3 < text.len() {
        return text.to_owned();
    }
    MARKS.iter().fold(text.to_owned(), |text, (mark, broken)| text.replace(mark, broken))
}

/// Whether some reader of commit messages would act on this line.
fn acts(text: &str) -> bool {
    // `patch` looks behind indentation, `X` and the dashes of quoted mail.
    let mut bare = text.trim_start_matches(|c: char| c.is_whitespace() || c == 'X');
    let starts_patch = loop {
        if opens_patch(bare) {
            break true;
        }
        match bare.strip_prefix("- ") {
            Some(rest) => bare = rest.trim_start(),
            None => break false,
        }
    };
    starts_patch || is_command(text) || is_header(text)
}

/// What `git am`, `patch` and mbox readers take for the start of a patch or a mail, or a mail program for its end.
fn opens_patch(text: &str) -> bool {
    const STARTS: [&str; 9] = ["diff -", "Index:", "Prereq:", "+++ ", "*** ", "@@ ", "From ", ">From ", "[PATCH"];
    let dashes = text.strip_prefix("--");
    STARTS.iter().any(|start| text.starts_with(start))
        || dashes.is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c == '-' || c.is_whitespace()))
        || is_ed_command(text)
}

/// `3d`, `1,2c`, `4a5,6`: `patch` takes such lines for an ed script or a normal diff.
fn is_ed_command(text: &str) -> bool {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let range = after.strip_prefix(',').map_or(after, |end| end.trim_start_matches(|c: char| c.is_ascii_digit()));
    let mut tail = range.chars();
    after.len() < text.len() && tail.next().is_some_and(|c| "acdis".contains(c)) && !tail.any(char::is_alphabetic)
}

/// `/lgtm` and its kin: Prow, GitLab and many a bot obey them at the start of a line.
fn is_command(text: &str) -> bool {
    text.strip_prefix('/').is_some_and(|rest| rest.starts_with(|c: char| c.is_alphabetic()))
}

/// Headers that `git am` obeys inside a body, people whom `git send-email` would copy, and signatures nobody gave.
fn is_header(text: &str) -> bool {
    let Some((name, _)) = text.split_once(':') else { return false };
    let name = name.trim_end().to_ascii_lowercase();
    let single = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let known = ["from", "subject", "date", "to", "cc", "bcc", "change-id"].contains(&name.as_str());
    single && (known || name.ends_with("-by"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_act_get_a_backslash() {
        let acting = [
            "---",
            "--- a/x.go",
            "--",
            "-- >",
            "diff --git a/x b/x",
            "diff -u a b",
            "Index: x",
            "Prereq: 1",
            "+++ b/x",
            "*** x",
            "@@ -1 +1 @@",
            "From 0 Mon Sep 17 00:00:00 2001",
            ">From me",
            "[PATCH] x",
            "3d",
            "1,2c3",
            "2a",
            "/lgtm",
            "/test all",
            "From: a <a@b.c>",
            "subject: x",
            "DATE: x",
            "Signed-off-by: A <a@b.c>",
            "Acked-by : A <a@b.c>",
            "cc: a@b.c",
            "X--- a/x.go",
            "- --- a/x.go",
            "- - diff -u",
        ];
        for line in acting {
            assert_eq!(inert_body(line), format!("\\{line}\n"));
            assert_eq!(inert_body(&format!("x\n \t{line}")), format!("x\n \t\\{line}\n"));
        }
        let idle =
            ["--edits=s", "a --- b", "- item", "3 dogs", "12", "pod: x", "//klogmod:ignore", "Indexes: x", "* x"];
        for line in idle {
            assert_eq!(inert_body(line), format!("{line}\n"));
        }
    }

    #[test]
    fn scissors_are_broken_and_comparisons_are_not() {
        assert_eq!(inert_body("x\n  -- >8 --  "), "x\n  \\-- >\\8 --\n");
        assert_eq!(inert_body("- - 8< - - %< -"), "- - 8\\< - - %\\< -\n");
        assert_eq!(inert_body(">8<>8<>8<"), ">\\8\\<>\\8\\<>\\8\\<\n");
        assert_eq!(inert_body("seventeen letters-- >8 --"), "seventeen letters-- >\\8 --\n");
        assert_eq!(inert_body("wants >8 replicas"), "wants >8 replicas\n");
    }

    #[test]
    fn nobody_is_notified_and_nothing_closed() {
        assert_eq!(inert_body("ask @k8s-bot, (@org/team) @@x"), "ask @ k8s-bot, (@ org/team) @@ x\n");
        assert_eq!(inert_body("a@b.c klog/v2@v2.9.0 @ 5 @"), "a@b.c klog/v2@v2.9.0 @ 5 @\n");
        assert_eq!(inert_body("Fixes: #1, #2; see #3"), "Fixes: # 1, # 2; see #3\n");
        assert_eq!(inert_body("hotfixes\no/r#12"), "hotfixes\no/r# 12\n");
        assert_eq!(inert_body("fix https://github.com/o/r/issues/7"), "fix https://github.com/o/r/issues/ 7\n");
        assert_eq!(inert_body("Part of kubernetes#100155"), "Part of kubernetes#100155\n");
    }

    #[test]
    fn hidden_characters_show() {
        assert_eq!(
            inert_body("a\u{1b}[31m\u{202e}b\r\nc\rd\u{e0041}\0"),
            "a\\x1b[31m\\u202eb\nc\\x0dd\\U000e0041\\x00\n"
        );
        assert_eq!(inert_body("@\u{200b}name \u{2028}/lgtm"), "@\\u200bname \\u2028/lgtm\n");
        assert_eq!(inert_body("é 日本 ❤️\t!"), "é 日本 ❤️\t!\n");
    }

    #[test]
    fn blank_lines_are_collapsed() {
        assert_eq!(inert_body("\n \n a \n\n\n\tb\n\n"), " a\n\n\tb\n");
        assert_eq!(inert_body(" \n"), "");
    }

    #[test]
    fn subjects_keep_their_front() {
        assert_eq!(inert_subject(" a\n\tb\r\u{85}c "), "a b c");
        assert_eq!(inert_subject(""), "(no subject)");
        for text in ["[x] y", ": y", "RE: y", "fixup! y", "/lgtm", "From: y"] {
            assert_eq!(inert_subject(text), format!("\\{text}"));
        }
    }
}
