//! Mail: whatever subject, body and files hold, headers are the series' own.
#![no_main]

use klogmod::ship::series::{Draft, Sender, Series};
use klogmod::text::FileChange;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, &str, &[u8], &[u8])| {
    let (subject, body, path, old, new) = input;
    let sender = Sender { name: "A".to_owned(), email: "a@example.org".to_owned(), date: 1 };
    let changes = vec![FileChange::edited(path, old, new)];
    let draft = Draft { subject, body, changes };
    let Ok(series) = Series::new(&sender, None, &[draft]) else { return };
    for patch in series.patches() {
        let text = String::from_utf8_lossy(&patch.bytes);
        let head = text.split("\n\n").next().unwrap_or_default();
        let headers = head.lines().filter(|line| !line.starts_with([' ', '\t']));
        let known = ["From ", "From: ", "Date: ", "Subject: ", "MIME-Version: ", "Content-", "Message-I", "In-Reply-To: ", "References: ", "X-"];
        for header in headers {
            assert!(known.iter().any(|name| header.starts_with(name)), "{header:?}");
        }
    }
});
