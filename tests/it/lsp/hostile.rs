//! Editors that break the protocol: what is no message is refused and the session goes on; text counts, whatever version it is given.

use std::io::Write;

use lsp_server::Message;
use serde_json::{Value, json};

use super::{CALLS, Editor, applied, small};

impl Editor {
    /// Sends bytes behind a head, and reads the answer as it stands on the wire.
    fn send_raw(&mut self, length: u64, body: &str) -> Value {
        write!(self.input.as_mut().unwrap(), "Content-Length: {length}\r\n\r\n{body}").unwrap();
        loop {
            let mut line = String::new();
            std::io::BufRead::read_line(&mut self.output, &mut line).unwrap();
            let length: usize = line.trim_end().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
            let mut text = vec![0; length + 2];
            std::io::Read::read_exact(&mut self.output, &mut text).unwrap();
            let answer: Value = serde_json::from_slice(&text).unwrap();
            if answer.get("error").is_some() {
                return answer;
            }
            assert!(matches!(serde_json::from_value(answer).unwrap(), Message::Notification(_) | Message::Request(_)));
        }
    }
}

#[test]
fn what_is_no_message_is_answered_and_the_session_goes_on() {
    let mut editor = Editor::start(small(), &["--edits=s"]);
    for (body, code, id) in [
        ("{\"jsonrpc\":", -32700, Value::Null),
        ("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"shutdown\"}]", -32600, Value::Null),
        ("{\"jsonrpc\":\"2.0\",\"id\":7}", -32600, json!(7)),
    ] {
        let answer = editor.send_raw(body.len() as u64, body);
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(code), &id), "{answer}");
    }
    editor.open("a.go", CALLS);
    assert_eq!(editor.findings("a.go", 1).len(), 3);
    assert_eq!(editor.leave().0, 0);
}

#[test]
fn a_length_that_nobody_sends_is_not_believed() {
    let mut editor = Editor::start(small(), &["--edits=s"]);
    let answer = editor.send_raw(99_999_999_999_999, "{}");
    assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(-32600), &Value::Null), "{answer}");
    assert_eq!(editor.end().0, 1, "an editor that is gone without a word");
}

#[test]
fn text_counts_whatever_its_version() {
    let mut editor = Editor::start(small(), &["--edits=s"]);
    editor.open("a.go", CALLS);
    assert_eq!(editor.findings("a.go", 1).len(), 3);
    let shorter = CALLS.replace("\tklog.Infof(\"Started worker %s\", name)\n", "");
    let uri = editor.uri("a.go");
    editor.change("a.go", 1, &shorter);
    let found = editor.findings("a.go", 1);
    assert_eq!(found.iter().map(|found| found.1).collect::<Vec<_>>(), [5, 9], "{found:?}");
    let longer = CALLS.replace("func f", "// f does it.\nfunc f");
    editor.open("a.go", &longer);
    let found = editor.findings("a.go", 1);
    assert_eq!(found.iter().map(|found| found.1).collect::<Vec<_>>(), [6, 7, 11], "{found:?}");
    let action = editor.action("a.go", 6, "Rewrite: klog.InfoS(\"Started worker\"");
    let (after, _) = applied(&action, &uri, &longer);
    assert!(
        after.contains("// f does it.\nfunc f(name string, pod string) {\n\tklog.InfoS(\"Started worker\", "),
        "{after}"
    );
    assert_eq!(editor.leave().0, 0);
}
