//! Patches as mails that `git am` reads.

use super::SeriesError;
use super::encode::{address_header, date, quoted_printable, text_header};
use super::inert::{inert_body, inert_subject};

/// The first line of a mail from `git format-patch`: a date that marks patches, here with no commit behind it.
const SEPARATOR: &str = "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001";

/// Who sends a series, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The author's name.
    pub name: String,
    /// The author's address.
    pub email: String,
    /// Seconds since 1970, in UTC: the caller's, since the same input must give the same mails.
    pub date: u32,
}

impl Sender {
    /// Refuses what a `From:` header, or `git am` reading one, would garble.
    pub fn check(&self) -> Result<(), SeriesError> {
        let refuse = |what, value: &str, reason| Err(SeriesError::Sender { what, value: value.to_owned(), reason });
        let name = self.name.as_str();
        if name.trim().is_empty() || name.trim() != name {
            return refuse("the name", name, "it is empty or has blanks around it");
        }
        if inert_subject(name).chars().any(|c| c == '\\') || name.contains(['<', '>', '@', '"', '\t', '\n', '\r']) {
            return refuse(
                "the name",
                name,
                "git cannot keep `<`, `>`, `@`, `\"`, `\\` or control characters in a name",
            );
        }
        let (user, host) = self.email.split_once('@').unwrap_or_default();
        let plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && !b"<>()[]\\,;:\"@".contains(&b))
        };
        if !plain(user) || !plain(host) {
            return refuse("the address", &self.email, "expected the form user@host");
        }
        Ok(())
    }
}

/// One mail before it is rendered; subject and body may hold anything.
pub(super) struct Mail<'a> {
    /// Who and when.
    pub sender: &'a Sender,
    /// What stands in brackets before the subject.
    pub label: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The message.
    pub body: &'a str,
    /// What stands between message and diffstat: `git am` leaves it out.
    pub notes: &'a str,
    /// The diffstat.
    pub stat: &'a str,
    /// The diffs; none in a cover letter.
    pub diffs: Option<&'a [u8]>,
}

impl Mail<'_> {
    /// The mail as bytes: subject and body inert, diffs raw.
    ///
    /// `git am` strips the `\r` before a `\n` as mail programs may have added it, but keeps those that are encoded.
    /// So a mail with a `\r` or a NUL in it goes as quoted-printable: `git am` takes it as it is, `patch` does not.
    pub(super) fn render(&self) -> Vec<u8> {
        let payload = self.payload();
        let fragile = payload.iter().any(|byte| matches!(byte, b'\r' | 0));
        let (encoding, payload) =
            if fragile { ("quoted-printable", quoted_printable(&payload)) } else { ("8bit", payload) };
        let mut out = format!("{SEPARATOR}\n");
        out.push_str(&address_header("From", &self.sender.name, &self.sender.email));
        out.push_str(&format!("Date: {}\n", date(self.sender.date)));
        out.push_str(&text_header("Subject", &format!("[{}]", self.label), &inert_subject(self.subject)));
        out.push_str("MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n");
        out.push_str(&format!("Content-Transfer-Encoding: {encoding}\n\n"));
        let mut out = out.into_bytes();
        out.extend_from_slice(&payload);
        out
    }

    fn payload(&self) -> Vec<u8> {
        let body = inert_body(self.body);
        let rule = if self.diffs.is_some() { "---\n" } else { "\n" };
        let notes = inert_body(self.notes);
        let gap = if notes.is_empty() { "" } else { "\n" };
        let mut out = format!("{body}{rule}{gap}{notes}{gap}{}\n", self.stat).into_bytes();
        out.extend_from_slice(self.diffs.unwrap_or_default());
        out.extend_from_slice(format!("-- \nklogmod {}\n\n", env!("CARGO_PKG_VERSION")).as_bytes());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(name: &str, email: &str) -> Sender {
        Sender { name: name.to_owned(), email: email.to_owned(), date: 0 }
    }

    #[test]
    fn senders_that_break_the_header_are_refused() {
        for (name, email) in [
            ("", "a@b"),
            (" A", "a@b"),
            ("A\nBcc: x", "a@b"),
            ("A <x>", "a@b"),
            ("a@b", "a@b"),
            ("A\u{202e}", "a@b"),
            ("A \"B\"", "a@b"),
            ("A", "a"),
            ("A", "a@"),
            ("A", "a@b@c"),
            ("A", "a b@c"),
            ("A", "a@b>\n"),
            ("A", "ä@b"),
        ] {
            assert!(sender(name, email).check().is_err(), "{name:?} <{email}> was let through");
        }
        for name in ["A", "Zoë O'Hara", "J. R. (Bob) Doe, Jr."] {
            sender(name, "a.b+c@d-e.org").check().unwrap();
        }
    }

    #[test]
    fn a_mail_has_gits_form() {
        let mail = Mail {
            sender: &sender("A. B", "a@b.c"),
            label: "PATCH 1/2",
            subject: "s",
            body: "b",
            notes: "",
            stat: " s\n",
            diffs: Some(b"diff\n"),
        };
        let text = String::from_utf8(mail.render()).unwrap();
        let head = "Mon Sep 17 00:00:00 2001\nFrom: \"A. B\" <a@b.c>\nDate: Thu, 1 Jan 1970 00:00:00 +0000\n\
            Subject: [PATCH 1/2] s\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\
            Content-Transfer-Encoding: 8bit\n\nb\n---\n s\n\ndiff\n-- \nklogmod ";
        assert!(text.contains(head), "{text}");
        let mail = Mail { diffs: Some(b"+\r\n"), ..mail };
        let text = String::from_utf8(mail.render()).unwrap();
        assert!(text.contains("Encoding: quoted-printable\n") && text.contains("\n+=0D\n--=20\n"), "{text}");
    }
}
