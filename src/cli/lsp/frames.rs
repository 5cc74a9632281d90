//! Standard input and output as the protocol's frames. Whatever an editor sends that is no message is answered as an error, and the next
//! message is read: nothing that it claims is believed before it is there.

use std::io::{BufRead, Error, ErrorKind, Read, Result, Write};
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use lsp_server::{Connection, ErrorCode, Message};
use serde_json::{Value, json};

/// Most bytes of a message: far more than any document that is edited.
const LONGEST: u64 = 256 << 20;
/// Most bytes of a line of a head.
const LINE: u64 = 4 << 10;

/// The threads that read and write.
pub struct Threads {
    reader: JoinHandle<Result<()>>,
    writer: JoinHandle<Result<()>>,
}

impl Threads {
    /// Waits for both; the connection must be gone.
    pub fn join(self) -> Result<()> {
        for thread in [self.reader, self.writer] {
            thread.join().map_err(|_| Error::other("a thread broke"))??;
        }
        Ok(())
    }
}

/// A connection over standard input and output.
pub fn connect() -> Result<(Connection, Threads)> {
    let (sender, outgoing) = bounded(0);
    let (incoming, receiver) = bounded(0);
    let writer = Builder::new().name("writer".to_owned()).spawn(move || write(&outgoing))?;
    let reader = Builder::new().name("reader".to_owned()).spawn(move || read(&incoming))?;
    Ok((Connection { sender, receiver }, Threads { reader, writer }))
}

/// Each message is written under the lock: answers to what is no message come from the thread that reads.
fn write(messages: &Receiver<Message>) -> Result<()> {
    messages.iter().try_for_each(|message| message.write(&mut std::io::stdout().lock()))
}

fn read(messages: &Sender<Message>) -> Result<()> {
    let mut input = std::io::stdin().lock();
    while let Some(frame) = frame(&mut input)? {
        match frame {
            Ok(message) => {
                let is_exit = matches!(&message, Message::Notification(note) if note.method == "exit");
                messages.send(message).map_err(Error::other)?;
                if is_exit {
                    break;
                }
            }
            Err(refusal) => {
                refusal.write(&mut std::io::stdout().lock())?;
                std::io::copy(&mut (&mut input).take(refusal.unread), &mut std::io::sink())?;
            }
        }
    }
    Ok(())
}

/// What is said of a frame that is no message.
#[derive(Debug)]
struct Refusal {
    /// The request that it answers; nothing where that cannot be told.
    id: Value,
    code: ErrorCode,
    message: String,
    /// Bytes of the body that are still to come.
    unread: u64,
}

impl Refusal {
    fn new(id: Value, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { id, code, message: message.into(), unread: 0 }
    }

    fn write(&self, out: &mut dyn Write) -> Result<()> {
        let error = json!({ "code": self.code as i32, "message": format!("klogmod: {}", self.message) });
        let text = json!({ "jsonrpc": "2.0", "id": self.id, "error": error }).to_string();
        write!(out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        out.flush()
    }
}

/// The next frame: a message, or why it is none; nothing at the end. A head that does not say how long the body is ends the stream.
fn frame(input: &mut dyn BufRead) -> Result<Option<std::result::Result<Message, Refusal>>> {
    let Some(length) = head(input)? else { return Ok(None) };
    if length > LONGEST {
        let message = format!("a message of {length} bytes is longer than the {LONGEST} that are read");
        let refusal = Refusal::new(Value::Null, ErrorCode::InvalidRequest, message);
        return Ok(Some(Err(Refusal { unread: length, ..refusal })));
    }
    let mut body = Vec::new();
    if input.take(length).read_to_end(&mut body)? as u64 != length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(message(&body)))
}

/// The length that a head announces; nothing at the end.
fn head(input: &mut dyn BufRead) -> Result<Option<u64>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if input.take(LINE).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let wrong =
            || Error::new(ErrorKind::InvalidData, format!("`{}` heads no message", line.trim_end().escape_debug()));
        let line = line.strip_suffix("\r\n").ok_or_else(wrong)?;
        if line.is_empty() {
            return length.map(Some).ok_or_else(wrong);
        }
        let (name, value) = line.split_once(':').ok_or_else(wrong)?;
        if name.eq_ignore_ascii_case("Content-Length") {
            length = Some(value.trim().parse().map_err(|_| wrong())?);
        }
    }
}

fn message(body: &[u8]) -> std::result::Result<Message, Refusal> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Refusal::new(Value::Null, ErrorCode::ParseError, format!("this is no JSON: {error}")))?;
    if value.is_array() {
        let message = "several messages in one are no part of the protocol; each comes on its own";
        return Err(Refusal::new(Value::Null, ErrorCode::InvalidRequest, message));
    }
    let id = value.get("id").cloned().unwrap_or_default();
    match serde_json::from_value(value) {
        // A request whose ID is no ID must not pass for what nobody waits for.
        Ok(message) if id.is_null() || !matches!(message, Message::Notification(_)) => Ok(message),
        _ => {
            let message = "this is neither a request, a response nor a notification";
            Err(Refusal::new(id, ErrorCode::InvalidRequest, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(text: &str) -> Vec<std::result::Result<Message, Refusal>> {
        let mut input = text.as_bytes();
        std::iter::from_fn(|| frame(&mut input).unwrap()).collect()
    }

    #[test]
    fn what_is_no_message_is_refused_and_the_next_is_read() {
        let framed = |body: &str| format!("content-length: {}\r\nContent-Type: x\r\n\r\n{body}", body.len());
        let note = framed(r#"{"jsonrpc":"2.0","method":"a"}"#);
        for (body, id, code) in [
            ("{\"a\":", Value::Null, ErrorCode::ParseError),
            ("\u{0}", Value::Null, ErrorCode::ParseError),
            (r#"[{"jsonrpc":"2.0","method":"a"}]"#, Value::Null, ErrorCode::InvalidRequest),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"a"}"#, json!(1.5), ErrorCode::InvalidRequest),
            ("7", Value::Null, ErrorCode::InvalidRequest),
        ] {
            let found = frames(&format!("{}{note}", framed(body)));
            assert!(
                matches!(&found[0], Err(refusal) if (&refusal.id, refusal.code as i32) == (&id, code as i32)),
                "{body}: {found:?}"
            );
            assert!(matches!(&found[1..], [Ok(Message::Notification(_))]), "{body}");
        }
    }

    #[test]
    fn lengths_are_not_believed() {
        let huge = frame(&mut &b"Content-Length: 99999999999999\r\n\r\n{}"[..]).unwrap();
        assert!(matches!(&huge, Some(Err(refusal)) if refusal.message.contains("longer than")), "{huge:?}");
        for head in
            ["Content-Length: x\r\n\r\n", "Content-Length: 99999999999999999999\r\n\r\n", "x\r\n\r\n", "\r\n", "a: b\n"]
        {
            assert!(frame(&mut head.as_bytes()).is_err(), "{head:?}");
        }
        assert!(frame(&mut &b"Content-Length: 5\r\n\r\n{}"[..]).is_err());
    }
}
