//! journald's export format as lines: each entry becomes what `journalctl --output short-iso` shows of it.

use std::io::{BufRead, BufReader, Error, Read, Result};

use crate::trace::line::text_of_time;

/// Most bytes of one field that are kept. A message on one line that has more is too long as a line as well, and counted so; one of several
/// lines that has more ends the reading, which is said.
const FIELD: u64 = 16 << 20;

/// Whether a stream starts as an export does.
pub fn is_export(first: &[u8]) -> bool {
    first.starts_with(b"__CURSOR=")
}

#[derive(Default)]
struct Entry {
    micros: Option<i64>,
    identifier: String,
    unit: String,
    host: String,
    pid: String,
    message: Vec<u8>,
}

/// An export, read as lines.
pub struct Export<R> {
    from: BufReader<R>,
    ready: Vec<u8>,
    given: usize,
}

impl<R: Read> Export<R> {
    /// Lines of an export.
    pub fn new(from: R) -> Self {
        Self { from: BufReader::with_capacity(256 << 10, from), ready: Vec::new(), given: 0 }
    }

    /// Up to the next line break, which is not kept; none at the end.
    fn field(&mut self) -> Result<Option<Vec<u8>>> {
        let mut field = Vec::new();
        if (&mut self.from).take(FIELD).read_until(b'\n', &mut field)? == 0 {
            return Ok(None);
        }
        if field.pop_if(|last| *last == b'\n').is_none() {
            self.from.skip_until(b'\n')?;
        }
        Ok(Some(field))
    }

    /// A field of any bytes: its length in eight bytes, and the bytes.
    fn binary(&mut self, name: &[u8]) -> Result<Vec<u8>> {
        let mut length = [0; 8];
        self.from.read_exact(&mut length)?;
        let length = u64::from_le_bytes(length);
        let mut value = Vec::new();
        if name == b"MESSAGE" && length > FIELD {
            return Err(Error::other(format!("a message of {length} bytes, which is none")));
        }
        (&mut self.from).take(length.min(FIELD)).read_to_end(&mut value)?;
        std::io::copy(&mut (&mut self.from).take(length.saturating_sub(FIELD)), &mut std::io::sink())?;
        self.field()?;
        Ok(value)
    }

    /// The next entry as lines; false at the end.
    fn entry(&mut self) -> Result<bool> {
        let mut entry = Entry::default();
        let mut any = false;
        while let Some(field) = self.field()? {
            if field.is_empty() {
                if any {
                    break;
                }
                continue;
            }
            any = true;
            match memchr::memchr(b'=', &field) {
                Some(at) => entry.set(&field[..at], field[at + 1..].to_vec()),
                None => {
                    let value = self.binary(&field)?;
                    entry.set(&field, value);
                }
            }
        }
        self.ready.clear();
        self.given = 0;
        entry.write(&mut self.ready);
        Ok(any)
    }
}

impl Entry {
    fn set(&mut self, name: &[u8], value: Vec<u8>) {
        let text = |value: &[u8]| String::from_utf8_lossy(value).replace([' ', '[', ']', '\n'], "_");
        match name {
            b"__REALTIME_TIMESTAMP" => {
                self.micros = std::str::from_utf8(&value).ok().and_then(|text| text.parse().ok())
            }
            b"SYSLOG_IDENTIFIER" => self.identifier = text(&value),
            b"_SYSTEMD_UNIT" => self.unit = text(&value).trim_end_matches(".service").to_owned(),
            b"_HOSTNAME" => self.host = text(&value),
            b"_PID" => self.pid = text(&value),
            b"MESSAGE" => self.message = value,
            _ => {}
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        if self.message.is_empty() {
            return;
        }
        let time = text_of_time(self.micros.unwrap_or_default().saturating_mul(1000));
        let program = if self.identifier.is_empty() { &self.unit } else { &self.identifier };
        let program = if program.is_empty() { "journal" } else { program };
        let host = if self.host.is_empty() { "host" } else { &self.host };
        let pid = if self.pid.bytes().all(|b| b.is_ascii_digit()) && !self.pid.is_empty() { &self.pid } else { "0" };
        for line in self.message.split(|byte| *byte == b'\n') {
            out.extend_from_slice(format!("{time} {host} {program}[{pid}]: ").as_bytes());
            out.extend_from_slice(line);
            out.push(b'\n');
        }
    }
}

impl<R: Read> Read for Export<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while self.given == self.ready.len() {
            if !self.entry()? {
                return Ok(0);
            }
        }
        let count = buffer.len().min(self.ready.len() - self.given);
        buffer[..count].copy_from_slice(&self.ready[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_become_lines() {
        let mut export = b"__CURSOR=a\n__REALTIME_TIMESTAMP=1700000000123456\nSYSLOG_IDENTIFIER=kubelet\n_PID=7\n_HOSTNAME=n1\nMESSAGE=one\n\n".to_vec();
        export.extend_from_slice(
            b"__CURSOR=b\n__REALTIME_TIMESTAMP=1700000000123457\n_SYSTEMD_UNIT=kubelet.service\nMESSAGE\n",
        );
        export.extend_from_slice(&7_u64.to_le_bytes());
        export.extend_from_slice(b"two\n\tup\n\n__CURSOR=c\n\n");
        let mut text = String::new();
        Export::new(&export[..]).read_to_string(&mut text).unwrap();
        let want = "2023-11-14T22:13:20.123456Z n1 kubelet[7]: one\n2023-11-14T22:13:20.123457Z host kubelet[0]: two\n2023-11-14T22:13:20.123457Z host kubelet[0]: \tup\n";
        assert_eq!(text, want);
    }

    #[test]
    fn hostile_lengths_end() {
        let mut export = b"__CURSOR=a\nMESSAGE\n".to_vec();
        export.extend_from_slice(&u64::MAX.to_le_bytes());
        export.extend_from_slice(b"short");
        let mut text = Vec::new();
        let _ = Export::new(&export[..]).read_to_end(&mut text);
        assert!(text.is_empty() || text.ends_with(b"short\n"));
    }
}
