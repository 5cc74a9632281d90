//! How mail writes text that is not plain ASCII: encoded words, quoted-printable, folded lines, dates.

/// Columns of a header line.
const HEADER: usize = 76;

/// Columns of a quoted-printable line.
const BODY: usize = 76;

/// Bytes of text in one encoded word, which may have 75 with its frame.
const WORD: usize = 75 - "=?UTF-8?q?".len() - "?=".len();

/// A header of free text, folded, encoded where it must be; `label` is plain and stays in front (`[PATCH 1/2]`).
pub(super) fn text_header(name: &str, label: &str, text: &str) -> String {
    let start = format!("{name}: {label}");
    let plain = text.is_ascii() && !text.contains("=?") && text.split(' ').all(|word| word.len() < HEADER);
    if plain {
        return fold(start, text.split(' '));
    }
    let words = encoded_words(text);
    start + &words.iter().map(|word| format!("\n {word}")).collect::<String>() + "\n"
}

/// An address header; `name`, which holds neither `"` nor `\`, is quoted or encoded where it must be.
pub(super) fn address_header(header: &str, name: &str, email: &str) -> String {
    let name = if !name.is_ascii() || name.contains("=?") {
        encoded_words(name).join("\n ")
    } else if name.bytes().all(|b| b.is_ascii_alphanumeric() || b" !#$%&'*+-/=?^_`{|}~".contains(&b)) {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    };
    format!("{header}: {name} <{email}>\n")
}

fn fold<'a>(start: String, words: impl Iterator<Item = &'a str>) -> String {
    let mut width = start.len();
    let mut out = start;
    for word in words {
        let glue = if width + 1 + word.len() > HEADER { "\n " } else { " " };
        width = if glue == " " { width } else { 0 } + 1 + word.len();
        out.push_str(glue);
        out.push_str(word);
    }
    out.push('\n');
    out
}

/// Encoded words (RFC 2047, `Q`); no character is split between two of them.
fn encoded_words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.chars() {
        let piece = match c {
            ' ' => "_".to_owned(),
            c if c.is_ascii_alphanumeric() || "!*+-/".contains(c) => c.to_string(),
            c => c.encode_utf8(&mut [0; 4]).bytes().map(|b| format!("={b:02X}")).collect(),
        };
        match words.last_mut() {
            Some(word) if word.len() + piece.len() <= WORD => word.push_str(&piece),
            _ => words.push(piece),
        }
    }
    words.iter().map(|word| format!("=?UTF-8?q?{word}?=")).collect()
}

/// Quoted-printable (RFC 2045): every byte survives any transport; text stays readable.
pub(super) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 8);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let mut width = 0;
        for (at, &byte) in text.iter().enumerate() {
            // Three columns for the byte, one for the `=` of a soft break.
            if width + 3 > BODY - 1 {
                out.extend_from_slice(b"=\n");
                width = 0;
            }
            if printable(&text[at..], width == 0) {
                out.push(byte);
                width += 1;
            } else {
                out.extend_from_slice(format!("={byte:02X}").as_bytes());
                width += 3;
            }
        }
        if line.len() > text.len() {
            out.push(b'\n');
        }
    }
    out
}

/// Whether the first byte may stand for itself: no blank ends a line, no line looks like an mbox or SMTP mark.
fn printable(rest: &[u8], starts_line: bool) -> bool {
    match rest[0] {
        b' ' | b'\t' => rest.len() > 1,
        b'=' => false,
        b'.' => !starts_line,
        b'F' => !(starts_line && rest.starts_with(b"From ")),
        byte => byte.is_ascii_graphic(),
    }
}

/// Seconds since 1970 as RFC 2822 has it, in UTC.
pub(super) fn date(seconds: u32) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    // Years start in March here, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = (march_month + 2) % 12;
    let year = era * 400 + year_of_era + u32::from(month < 2);
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    let (week_day, month) = (DAYS[(days % 7) as usize], MONTHS[month as usize]);
    format!("{week_day}, {day} {month} {year} {hour:02}:{minute:02}:{second:02} +0000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_around_leap_days() {
        assert_eq!(date(0), "Thu, 1 Jan 1970 00:00:00 +0000");
        assert_eq!(date(951_782_399), "Mon, 28 Feb 2000 23:59:59 +0000");
        assert_eq!(date(951_782_400), "Tue, 29 Feb 2000 00:00:00 +0000");
        assert_eq!(date(1_735_689_599), "Tue, 31 Dec 2024 23:59:59 +0000");
        assert_eq!(date(u32::MAX), "Sun, 7 Feb 2106 06:28:15 +0000");
    }

    #[test]
    fn headers_are_folded_and_encoded() {
        let long = text_header("Subject", "[PATCH]", &"twelve chars ".repeat(8));
        assert!(long.lines().all(|line| line.len() <= HEADER) && long.lines().count() == 2, "{long}");
        assert_eq!(text_header("Subject", "[PATCH]", "plain"), "Subject: [PATCH] plain\n");
        assert_eq!(text_header("Subject", "[PATCH]", "é =?"), "Subject: [PATCH]\n =?UTF-8?q?=C3=A9_=3D=3F?=\n");
        let encoded = text_header("Subject", "[PATCH]", &"é".repeat(60));
        assert!(encoded.lines().all(|line| line.len() <= HEADER), "{encoded}");
        assert_eq!(address_header("From", "J. Doe, Jr", "a@b"), "From: \"J. Doe, Jr\" <a@b>\n");
        assert_eq!(address_header("From", "Zoë", "a@b"), "From: =?UTF-8?q?Zo=C3=AB?= <a@b>\n");
    }

    #[test]
    fn quoted_printable_guards_line_ends_and_marks() {
        let encode = |text: &[u8]| String::from_utf8(quoted_printable(text)).unwrap();
        assert_eq!(encode(b"a=b\r\n\0 \t\n-- \n"), "a=3Db=0D\n=00 =09\n--=20\n");
        assert_eq!(encode(b"From x\n.\nFrom"), "=46rom x\n=2E\nFrom");
        let long = encode("x ".repeat(200).as_bytes());
        assert!(long.lines().all(|line| line.len() <= BODY), "{long}");
        assert_eq!(long.replace("=\n", "").replace("=20", " "), "x ".repeat(200));
    }
}
